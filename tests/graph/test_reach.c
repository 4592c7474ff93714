/* Far edges against a brute-force search of paths, on small graphs. */
#include "graph/reach.h"

#include <string.h>

#include "base/memory.h"
#include "base/parallel.h"
#include "support/check.h"
#include "support/tiny_graphs.h"

static gat_graph *reached(const gat_graph *base, reach_plan plan)
{
    gat_graph *g;
    gat_error err = {0};
    if (reach_build(&g, base, &plan, &err)) fail_msg("%s", err.message);
    return g;
}

static int32_t row_of(const gat_graph *g, int64_t edge)
{
    int32_t v = 0;
    while (g->in_indptr[v + 1] <= edge) v++;
    return v;
}

/* Without its far edges the graph is the plain one, row by row. */
static void assert_holds_plain(const gat_graph *g, const gat_graph *base)
{
    assert_int_equal(g->num_edges, base->num_edges + g->num_far);
    assert_int_equal(g->num_facts, base->num_facts);
    for (int32_t v = 0; v < base->num_nodes; v++) {
        int64_t count = base->in_indptr[v + 1] - base->in_indptr[v];
        size_t bytes = (size_t)count * sizeof(int32_t);
        assert_memory_equal(g->in_indices + g->in_indptr[v], base->in_indices + base->in_indptr[v], bytes);
        assert_memory_equal(g->in_relation + g->in_indptr[v], base->in_relation + base->in_indptr[v], bytes);
        assert_memory_equal(g->out_indices + g->out_indptr[v], base->out_indices + base->out_indptr[v], bytes);
        for (int64_t e = g->in_indptr[v] + count; e < g->in_indptr[v + 1]; e++)
            assert_true(g->in_relation[e] > 2 * g->num_relations && g->in_relation[e] < graph_edge_relations(g));
    }
    for (int64_t i = 0; i < 2 * base->num_facts; i++) {
        int64_t a = g->fact_edges[i], b = base->fact_edges[i];
        assert_int_equal(row_of(g, a), row_of(base, b));
        assert_int_equal(a - g->in_indptr[row_of(g, a)], b - base->in_indptr[row_of(base, b)]);
    }
}

static void assert_out_mirrors_in(const gat_graph *g)
{
    uint8_t *seen = gat_calloc(g->num_edges, 1);
    assert_non_null(seen);
    for (int32_t u = 0; u < g->num_nodes; u++)
        for (int64_t i = g->out_indptr[u]; i < g->out_indptr[u + 1]; i++) {
            int64_t e = g->out_eid[i];
            assert_int_equal(seen[e]++, 0);
            assert_int_equal(g->in_indices[e], u);
            assert_int_equal(row_of(g, e), g->out_indices[i]);
            assert_int_equal(g->in_relation[e], g->out_relation[i]);
            if (i > g->out_indptr[u]) assert_true(g->out_relation[i - 1] <= g->out_relation[i]);
        }
    assert_int_equal(g->out_indptr[g->num_nodes], g->num_edges);
    gat_free(seen);
}

/* The path of far edge i leads over facts from its source to its destination, in as many steps as its relation says. */
static void assert_path(const gat_graph *g, int64_t i)
{
    const int32_t *path = g->far_path + i * REACH_MAX_HOPS;
    int64_t edge = g->far_edge[i];
    int32_t at = row_of(g, edge), steps = 0, hearer = at;
    for (; steps < REACH_MAX_HOPS && path[steps] >= 0; steps++) {
        assert_int_equal(row_of(g, path[steps]), at);
        assert_true(g->in_relation[path[steps]] < 2 * g->num_relations);
        at = g->in_indices[path[steps]];
        assert_int_not_equal(at, hearer);
    }
    assert_int_equal(at, g->in_indices[edge]);
    assert_int_equal(g->in_relation[edge], 2 * g->num_relations + steps - 1);
}

/* Whether a path of `steps` facts that does not turn back leads from `node` to `end`. */
static bool leads(const gat_graph *g, int32_t node, int32_t previous, int32_t hearer, int32_t end, int steps)
{
    if (!steps) return node == end;
    for (int64_t e = g->in_indptr[node]; e < g->in_indptr[node + 1]; e++) {
        int32_t next = g->in_indices[e];
        if (next != hearer && next != node && next != previous && leads(g, next, node, hearer, end, steps - 1))
            return true;
    }
    return false;
}

static bool has_far(const gat_graph *g, int32_t v, int32_t from, int32_t relation)
{
    int count = 0;
    for (int64_t e = g->in_indptr[v]; e < g->in_indptr[v + 1]; e++)
        count += g->in_indices[e] == from && g->in_relation[e] == relation;
    assert_true(count <= 1);
    return count;
}

static void test_all_ends_are_found(void **state)
{
    (void)state;
    gat_graph *base = tiny_graph(TINY_MIXED);
    for (int hops = 2; hops <= REACH_MAX_HOPS; hops++) {
        gat_graph *g = reached(base, (reach_plan){GAT_REACH_HOPS, hops, REACH_MAX_EDGES, 0, 1});
        assert_holds_plain(g, base);
        assert_out_mirrors_in(g);
        assert_int_equal(g->far_relations, hops - 1);
        for (int64_t i = 0; i < g->num_far; i++) assert_path(g, i);
        for (int32_t v = 0; v < base->num_nodes; v++)
            for (int32_t u = 0; u < base->num_nodes; u++)
                assert_int_equal(has_far(g, v, u, 2 * base->num_relations + 1), leads(base, v, v, v, u, 2));
        graph_free(g);
    }
    graph_free(base);
}

static void test_few_edges(void **state)
{
    (void)state;
    static const tiny_shape shapes[] = {TINY_MIXED, TINY_STAR, TINY_MANY};
    for (int s = 0; s < 3; s++) {
        gat_graph *base = tiny_graph(shapes[s]);
        for (int most = 1; most <= 8; most += 7) {
            gat_graph *g = reached(base, (reach_plan){GAT_REACH_HOPS, 3, most, 0, 1});
            assert_holds_plain(g, base);
            assert_out_mirrors_in(g);
            assert_true(g->num_far > 0 && g->num_far <= 2 * (int64_t)most * base->num_nodes);
            for (int64_t i = 0; i < g->num_far; i++) assert_path(g, i);
            graph_free(g);
        }
        graph_free(base);
    }
}

static void test_sampled(void **state)
{
    (void)state;
    gat_graph *base = tiny_graph(TINY_MANY), *g = reached(base, (reach_plan){GAT_REACH_SAMPLED, 2, 5, 300, 1}),
              *other = reached(base, (reach_plan){GAT_REACH_SAMPLED, 2, 5, 300, 2});
    int64_t counts[300] = {0};
    assert_holds_plain(g, base);
    assert_out_mirrors_in(g);
    assert_true(g->num_far > 4 * 300 && g->num_far <= 5 * 300);
    for (int64_t i = 0; i < g->num_far; i++) {
        int32_t from = g->in_indices[g->far_edge[i]];
        assert_int_not_equal(from, row_of(g, g->far_edge[i]));
        assert_int_equal(g->far_path[i * REACH_MAX_HOPS], -1);
        counts[from]++;
    }
    for (int v = 0; v < 300; v++) assert_true(counts[v] < 25); /* about five each */
    assert_true(g->num_far != other->num_far ||
                memcmp(g->in_indices, other->in_indices, (size_t)g->num_edges * sizeof(int32_t)));
    graph_free(g);
    graph_free(other);
    graph_free(base);
}

static void test_plans_without_edges(void **state)
{
    (void)state;
    gat_graph *base = tiny_graph(TINY_MIXED), *nothing = tiny_graph(TINY_NOTHING);
    assert_null(reached(base, (reach_plan){GAT_REACH_LOCAL, 2, 8, 0, 1}));
    assert_null(reached(base, (reach_plan){GAT_REACH_GLOBAL, 2, 8, 0, 1}));
    gat_graph *g = reached(nothing, (reach_plan){GAT_REACH_SAMPLED, 2, 8, 0, 1});
    assert_int_equal(g->num_edges, 0);
    graph_free(g);
    graph_free(base);
    graph_free(nothing);
}

/* A far edge goes with any fact on its path, and with no other. */
static void test_hiding(void **state)
{
    (void)state;
    gat_graph *base = tiny_graph(TINY_MIXED), *g = reached(base, (reach_plan){GAT_REACH_HOPS, 3, 8, 0, 1});
    uint8_t hidden[2000];
    int64_t gone = 0;
    assert_true(g->num_edges < 2000);
    for (int64_t f = 0; f < g->num_facts; f++) {
        memset(hidden, 0, sizeof hidden);
        for (int64_t i = 0; i < g->num_far; i++) hidden[g->far_edge[i]] = 1; /* of a step before */
        hidden[g->fact_edges[2 * f]] = hidden[g->fact_edges[2 * f + 1]] = 1;
        reach_hide(hidden, g);
        for (int64_t i = 0; i < g->num_far; i++) {
            const int32_t *path = g->far_path + i * REACH_MAX_HOPS;
            bool over = false;
            for (int j = 0; j < REACH_MAX_HOPS && path[j] >= 0; j++)
                over |= path[j] == g->fact_edges[2 * f] || path[j] == g->fact_edges[2 * f + 1];
            assert_int_equal(hidden[g->far_edge[i]], over);
            gone += over;
        }
    }
    assert_true(gone > 0);
    memset(hidden, 0, sizeof hidden);
    reach_hide(hidden, base);
    graph_free(g);
    graph_free(base);
}

static void test_threads_give_the_same(void **state)
{
    (void)state;
    gat_graph *base = tiny_graph(TINY_MANY);
    parallel_set_threads(1);
    gat_graph *one = reached(base, (reach_plan){GAT_REACH_HOPS, 3, 4, 0, 9});
    for (FOR_THREADS(t)) {
        parallel_set_threads(thread_counts[t]);
        gat_graph *more = reached(base, (reach_plan){GAT_REACH_HOPS, 3, 4, 0, 9});
        assert_int_equal(one->num_edges, more->num_edges);
        assert_memory_equal(one->in_indices, more->in_indices, (size_t)one->num_edges * sizeof(int32_t));
        assert_memory_equal(one->far_path, more->far_path, (size_t)one->num_far * REACH_MAX_HOPS * sizeof(int32_t));
        graph_free(more);
    }
    parallel_set_threads(2);
    graph_free(one);
    graph_free(base);
}

static void test_failing_allocations(void **state)
{
    (void)state;
    gat_graph *base = tiny_graph(TINY_MIXED), *g;
    gat_status st = GAT_ENOMEM;
    int64_t n;
    for (n = 1; st; n++) {
        memory_fail_at(n, false);
        st = reach_build(&g, base, &(reach_plan){GAT_REACH_HOPS, 2, 3, 0, 1}, NULL);
        memory_fail_at(0, false);
        assert_true(st == GAT_OK || (st == GAT_ENOMEM && !g));
    }
    assert_true(n > 10);
    graph_free(g);
    graph_free(base);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_ends_are_found),
        cmocka_unit_test(test_few_edges),
        cmocka_unit_test(test_sampled),
        cmocka_unit_test(test_plans_without_edges),
        cmocka_unit_test(test_hiding),
        cmocka_unit_test(test_threads_give_the_same),
        cmocka_unit_test(test_failing_allocations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

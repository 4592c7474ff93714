/* graph_build against a brute-force reading of its contract, on small graphs of every awkward shape. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/memory.h"
#include "base/random.h"
#include "graph/csr.h"

enum { MOST_FACTS = 400 };

/* Source, relation and destination of an edge. */
typedef struct edge {
    int32_t from, relation, to;
} edge;

static edge edge_of_fact(const gat_graph *g, gat_triple f, int inverse)
{
    if (inverse) return (edge){f.tail, g->num_relations + f.relation, f.head};
    return (edge){f.head, f.relation, f.tail};
}

static int64_t count_edge(const gat_graph *g, const gat_triples *facts, edge e)
{
    int64_t count = e.relation == 2 * g->num_relations && e.from == e.to;
    for (int64_t i = 0; i < facts->count; i++)
        for (int inverse = 0; inverse < 2; inverse++) {
            edge f = edge_of_fact(g, facts->data[i], inverse);
            count += f.from == e.from && f.relation == e.relation && f.to == e.to;
        }
    return count;
}

static int64_t row_of(const int64_t *indptr, int32_t rows, int64_t position)
{
    int64_t row = 0;
    while (row < rows && indptr[row + 1] <= position) row++;
    return row;
}

static edge in_edge(const gat_graph *g, int64_t e)
{
    return (edge){g->in_indices[e], g->in_relation[e], (int32_t)row_of(g->in_indptr, g->num_nodes, e)};
}

static edge out_edge(const gat_graph *g, int64_t e)
{
    return (edge){(int32_t)row_of(g->out_indptr, g->num_nodes, e), g->out_relation[e], g->out_indices[e]};
}

static void assert_same_edge(edge a, edge b)
{
    assert_int_equal(a.from, b.from);
    assert_int_equal(a.relation, b.relation);
    assert_int_equal(a.to, b.to);
}

static void check_rows(const int64_t *indptr, const int32_t *indices, const int32_t *relation, int32_t n, int64_t edges)
{
    assert_int_equal(indptr[0], 0);
    assert_int_equal(indptr[n], edges);
    for (int32_t x = 0; x < n; x++) {
        assert_true(indptr[x] < indptr[x + 1]);
        for (int64_t e = indptr[x] + 1; e < indptr[x + 1]; e++)
            assert_true(relation[e - 1] < relation[e] ||
                        (relation[e - 1] == relation[e] && indices[e - 1] <= indices[e]));
    }
}

static void check_shared_ids(const gat_graph *g)
{
    int32_t *seen = gat_calloc(g->num_edges, sizeof *seen);
    assert_non_null(seen);
    for (int64_t e = 0; e < g->num_edges; e++) {
        assert_in_range(g->out_eid[e], 0, g->num_edges - 1);
        assert_int_equal(seen[g->out_eid[e]]++, 0);
        assert_same_edge(out_edge(g, e), in_edge(g, g->out_eid[e]));
    }
    gat_free(seen);
}

static void check_facts(const gat_graph *g, const gat_triples *facts)
{
    int32_t *seen = gat_calloc(g->num_edges, sizeof *seen);
    assert_non_null(seen);
    for (int64_t i = 0; i < facts->count; i++)
        for (int inverse = 0; inverse < 2; inverse++) {
            int32_t e = g->fact_edges[2 * i + inverse];
            assert_in_range(e, 0, g->num_edges - 1);
            assert_int_equal(seen[e]++, 0);
            assert_same_edge(in_edge(g, e), edge_of_fact(g, facts->data[i], inverse));
        }
    gat_free(seen);
}

static void check_graph(const gat_triples *facts, int32_t n, int32_t r)
{
    gat_graph *g;
    gat_error err;
    assert_int_equal(graph_build(&g, facts, n, r, &err), GAT_OK);
    assert_int_equal(g->num_nodes, n);
    assert_int_equal(g->num_facts, facts->count);
    assert_int_equal(g->num_edges, 2 * facts->count + n);
    assert_int_equal(graph_edge_relations(g), 2 * r + 1);
    check_rows(g->in_indptr, g->in_indices, g->in_relation, n, g->num_edges);
    check_rows(g->out_indptr, g->out_indices, g->out_relation, n, g->num_edges);
    check_shared_ids(g);
    check_facts(g, facts);
    for (int64_t e = 0; e < g->num_edges; e++) assert_true(count_edge(g, facts, in_edge(g, e)) > 0);
    graph_free(g);
}

static gat_triples random_facts(gat_triple *room, int64_t count, int32_t n, int32_t r, uint64_t seed)
{
    for (int64_t i = 0; i < count; i++)
        room[i] =
            (gat_triple){(int32_t)random_below(seed, 1, (uint64_t)i, n), (int32_t)random_below(seed, 2, (uint64_t)i, r),
                         (int32_t)random_below(seed, 3, (uint64_t)i, n)};
    return (gat_triples){room, count, count};
}

static void test_empty_and_isolated(void **state)
{
    (void)state;
    gat_triples none = {0};
    check_graph(&none, 0, 0);
    check_graph(&none, 5, 0);
    check_graph(&none, 1, 3);
}

static void test_small_shapes(void **state)
{
    (void)state;
    gat_triple self[] = {{1, 0, 1}}, twice[] = {{0, 1, 2}, {0, 1, 2}, {2, 1, 0}, {0, 1, 2}};
    check_graph(&(gat_triples){self, 1, 1}, 3, 1);
    check_graph(&(gat_triples){twice, 4, 4}, 4, 2);
}

static void test_hub(void **state)
{
    (void)state;
    gat_triple star[2 * MOST_FACTS];
    for (int32_t i = 0; i < MOST_FACTS; i++) {
        star[2 * i] = (gat_triple){0, i % 3, i + 1};
        star[2 * i + 1] = (gat_triple){MOST_FACTS - i, i % 2, 0};
    }
    check_graph(&(gat_triples){star, 2 * MOST_FACTS, 2 * MOST_FACTS}, MOST_FACTS + 2, 3);
}

static void test_random(void **state)
{
    (void)state;
    gat_triple room[MOST_FACTS];
    int32_t nodes[] = {1, 2, 7, 33, 100};
    for (uint64_t i = 0; i < 5; i++)
        for (int32_t r = 1; r < 6; r += 2) {
            gat_triples facts = random_facts(room, 150, nodes[i], r, 10 * i + (uint64_t)r);
            check_graph(&facts, nodes[i], r);
        }
}

static void test_refuses_bad_ids(void **state)
{
    (void)state;
    gat_triple bad[] = {{-1, 0, 0}, {0, 0, 3}, {0, 2, 0}, {0, -1, 0}, {INT32_MAX, 0, 0}};
    for (int i = 0; i < 5; i++) {
        gat_graph *g = (gat_graph *)bad;
        gat_error err;
        assert_int_equal(graph_build(&g, &(gat_triples){&bad[i], 1, 1}, 3, 2, &err), GAT_EUSAGE);
        assert_null(g);
        assert_int_equal(err.code, GAT_EUSAGE);
    }
}

static void test_refuses_too_many_edges(void **state)
{
    (void)state;
    gat_graph *g;
    gat_triples many = {NULL, (int64_t)1 << 30, 0}, none = {0};
    assert_int_equal(graph_build(&g, &many, 1, 1, NULL), GAT_EUSAGE);
    assert_int_equal(graph_build(&g, &none, -1, 1, NULL), GAT_EUSAGE);
    assert_int_equal(graph_build(&g, &none, 1, INT32_MAX, NULL), GAT_EUSAGE);
    assert_null(g);
}

static void test_failing_allocations(void **state)
{
    (void)state;
    gat_triple room[20];
    gat_triples facts = random_facts(room, 20, 6, 2, 4);
    gat_status st = GAT_ENOMEM;
    for (int64_t n = 1; st == GAT_ENOMEM; n++) {
        gat_graph *g;
        gat_error err;
        memory_fail_at(n, false);
        st = graph_build(&g, &facts, 6, 2, &err);
        memory_fail_at(0, false);
        assert_true(st == GAT_OK ? g != NULL && n > 10 : g == NULL && err.code == GAT_ENOMEM);
        graph_free(g);
    }
    assert_int_equal(st, GAT_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_empty_and_isolated),
        cmocka_unit_test(test_small_shapes),
        cmocka_unit_test(test_hub),
        cmocka_unit_test(test_random),
        cmocka_unit_test(test_refuses_bad_ids),
        cmocka_unit_test(test_refuses_too_many_edges),
        cmocka_unit_test(test_failing_allocations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

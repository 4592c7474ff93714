/* Blocks: the edges of a graph under other numbers, all of them or a fair sample, and their transposed rows. */
#include "graph/block.h"

#include <string.h>

#include "base/memory.h"
#include "base/parallel.h"
#include "support/check.h"
#include "support/tiny_graphs.h"

enum { LAYERS = 2 };

typedef struct cut_case {
    gat_graph *graph;
    node_set set;
    gat_arena *arena;
    gat_block blocks[LAYERS];
} cut_case;

static void case_init(cut_case *c, tiny_shape shape)
{
    c->graph = tiny_graph(shape);
    c->arena = arena_new();
    assert_non_null(c->arena);
    assert_int_equal(node_set_init(&c->set, c->graph->num_nodes, NULL), GAT_OK);
}

static void case_clear(cut_case *c)
{
    graph_free(c->graph);
    node_set_clear(&c->set);
    arena_free(c->arena);
}

/* Every `step`-th node, backwards. */
static void cut(cut_case *c, int step, gat_sampling sampling)
{
    node_set_empty(&c->set);
    for (int32_t v = c->graph->num_nodes - 1; v >= 0; v -= step) node_set_add(&c->set, v);
    assert_int_equal(blocks_cut(c->blocks, LAYERS, &c->set, c->graph, &sampling, c->arena, NULL), GAT_OK);
}

static void test_node_set(void **state)
{
    (void)state;
    node_set set;
    assert_int_equal(node_set_init(&set, 5, NULL), GAT_OK);
    assert_int_equal(node_set_add(&set, 3), 0);
    assert_int_equal(node_set_add(&set, 0), 1);
    assert_int_equal(node_set_add(&set, 3), 0);
    assert_int_equal(node_set_find(&set, 0), 1);
    assert_int_equal(node_set_find(&set, 4), -1);
    assert_int_equal(set.count, 2);
    node_set_empty(&set);
    assert_int_equal(node_set_find(&set, 3), -1);
    assert_int_equal(node_set_add(&set, 4), 0);
    node_set_clear(&set);
    node_set_clear(&set);
}

/* Rows in order, the transposed rows by relation and target, and both the same edges. */
static void check_rows(const gat_block *b)
{
    const gat_graph *g = &b->graph;
    char *named = gat_calloc(g->num_edges, 1);
    assert_non_null(named);
    for (int32_t v = 0; v < g->num_nodes; v++) {
        assert_true(v < b->num_targets || g->in_indptr[v] == g->in_indptr[v + 1]);
        for (int64_t i = g->in_indptr[v]; i + 1 < g->in_indptr[v + 1]; i++)
            assert_true(g->in_relation[i] <= g->in_relation[i + 1]);
        for (int64_t i = g->out_indptr[v]; i < g->out_indptr[v + 1]; i++) {
            int32_t e = g->out_eid[i], to = g->out_indices[i];
            named[e]++;
            assert_int_equal(g->in_indices[e], v);
            assert_int_equal(g->in_relation[e], g->out_relation[i]);
            assert_true(e >= g->in_indptr[to] && e < g->in_indptr[to + 1]);
            if (i == g->out_indptr[v]) continue;
            assert_true(g->out_relation[i - 1] < g->out_relation[i] ||
                        (g->out_relation[i - 1] == g->out_relation[i] && g->out_indices[i - 1] <= to));
        }
    }
    for (int64_t e = 0; e < g->num_edges; e++) assert_int_equal(named[e], 1);
    assert_int_equal(g->in_indptr[g->num_nodes], g->num_edges);
    assert_int_equal(g->out_indptr[g->num_nodes], g->num_edges);
    gat_free(named);
}

static void check_shape(const cut_case *c)
{
    for (int i = 0; i < LAYERS; i++) {
        check_rows(&c->blocks[i]);
        assert_int_equal(c->blocks[i].graph.num_relations, c->graph->num_relations);
    }
    assert_int_equal(c->blocks[0].num_targets, c->blocks[1].graph.num_nodes);
    assert_int_equal(c->blocks[0].graph.num_nodes, c->set.count);
}

/* Whole rows, edge by edge. */
static void test_all_edges(void **state)
{
    (void)state;
    static const int64_t enough[] = {0, 260, 100000};
    for (int shape = 0; shape < TINY_SHAPES; shape++)
        for (int how = 0; how < 6; how++) {
            cut_case c;
            case_init(&c, (tiny_shape)shape);
            cut(&c, how < 3 ? 1 : 3, (gat_sampling){.fan_out = enough[how % 3], .key = 5});
            check_shape(&c);
            const gat_graph *b = &c.blocks[1].graph;
            for (int32_t v = 0; v < c.blocks[1].num_targets; v++) {
                int64_t from = c.graph->in_indptr[c.set.nodes[v]], first = b->in_indptr[v];
                assert_int_equal(b->in_indptr[v + 1] - first, c.graph->in_indptr[c.set.nodes[v] + 1] - from);
                for (int64_t i = 0; i < b->in_indptr[v + 1] - first; i++) {
                    assert_int_equal(c.set.nodes[b->in_indices[first + i]], c.graph->in_indices[from + i]);
                    assert_int_equal(b->in_relation[first + i], c.graph->in_relation[from + i]);
                }
            }
            case_clear(&c);
        }
}

/* A large row gives `fan_out` edges, one of every stratum, and its self-loop. */
static void test_fan_out(void **state)
{
    (void)state;
    for (int64_t fan_out = 1; fan_out < 8; fan_out += 3)
        for (uint32_t key = 0; key < 5; key++) {
            cut_case c;
            case_init(&c, TINY_MANY);
            cut(&c, 4, (gat_sampling){.fan_out = fan_out, .key = key});
            check_shape(&c);
            for (int i = 0; i < LAYERS; i++)
                for (int32_t v = 0; v < c.blocks[i].num_targets; v++) {
                    const gat_graph *b = &c.blocks[i].graph;
                    int64_t degree = c.graph->in_indptr[c.set.nodes[v] + 1] - c.graph->in_indptr[c.set.nodes[v]];
                    assert_int_equal(b->in_indptr[v + 1] - b->in_indptr[v],
                                     degree < fan_out + 1 ? degree : fan_out + 1);
                    assert_int_equal(b->in_relation[b->in_indptr[v + 1] - 1], 2 * b->num_relations);
                    assert_int_equal(b->in_indices[b->in_indptr[v + 1] - 1], v);
                }
            case_clear(&c);
        }
}

/* Over many keys every edge of the hub is drawn as often as any other: 260 edges, 7 at a time. */
static void test_equal_chances(void **state)
{
    (void)state;
    enum { DRAWS = 4000, FAN_OUT = 7 };
    cut_case c;
    int *drawn = gat_calloc(1000, sizeof *drawn);
    case_init(&c, TINY_STAR);
    assert_non_null(drawn);
    for (uint32_t key = 0; key < DRAWS; key++) {
        const gat_graph *b = &c.blocks[1].graph;
        arena_reset(c.arena);
        cut(&c, 1, (gat_sampling){.fan_out = FAN_OUT, .key = key});
        int32_t hub = node_set_find(&c.set, 0);
        for (int64_t i = b->in_indptr[hub]; i + 1 < b->in_indptr[hub + 1]; i++)
            drawn[b->in_relation[i] * 200 + c.set.nodes[b->in_indices[i]]]++;
    }
    double expected = (double)DRAWS * FAN_OUT / 260;
    for (int64_t e = c.graph->in_indptr[0]; e + 1 < c.graph->in_indptr[1]; e++) {
        double difference = drawn[c.graph->in_relation[e] * 200 + c.graph->in_indices[e]] - expected;
        assert_at_most(difference * difference, 20 * expected); /* four and a half standard deviations */
    }
    gat_free(drawn);
    case_clear(&c);
}

static void test_hidden_edges(void **state)
{
    (void)state;
    for (int64_t fan_out = 0; fan_out < 6; fan_out += 5) {
        cut_case c;
        case_init(&c, TINY_MANY);
        uint8_t *hidden = gat_calloc(c.graph->num_edges, 1);
        assert_non_null(hidden);
        for (int64_t e = 0; e < c.graph->num_edges; e++) hidden[e] = c.graph->in_relation[e] == 1;
        cut(&c, 2, (gat_sampling){.fan_out = fan_out, .key = 3, .hidden = hidden});
        check_shape(&c);
        for (int i = 0; i < LAYERS; i++)
            for (int64_t e = 0; e < c.blocks[i].graph.num_edges; e++)
                assert_int_not_equal(c.blocks[i].graph.in_relation[e], 1);
        gat_free(hidden);
        case_clear(&c);
    }
}

static void assert_same_graph(const gat_graph *a, const gat_graph *b)
{
    assert_int_equal(a->num_nodes, b->num_nodes);
    assert_int_equal(a->num_edges, b->num_edges);
    assert_memory_equal(a->in_indices, b->in_indices, (size_t)a->num_edges * sizeof *a->in_indices);
    assert_memory_equal(a->out_eid, b->out_eid, (size_t)a->num_edges * sizeof *a->out_eid);
}

static void test_threads_and_keys(void **state)
{
    (void)state;
    cut_case one, more;
    case_init(&one, TINY_MANY);
    case_init(&more, TINY_MANY);
    parallel_set_threads(1);
    cut(&one, 3, (gat_sampling){.fan_out = 3, .key = 11});
    for (FOR_THREADS(t)) {
        parallel_set_threads(thread_counts[t]);
        cut(&more, 3, (gat_sampling){.fan_out = 3, .key = 11});
        for (int i = 0; i < LAYERS; i++) assert_same_graph(&one.blocks[i].graph, &more.blocks[i].graph);
    }
    cut(&more, 3, (gat_sampling){.fan_out = 3, .key = 12});
    int64_t shorter = one.blocks[1].graph.num_edges < more.blocks[1].graph.num_edges ? one.blocks[1].graph.num_edges
                                                                                     : more.blocks[1].graph.num_edges;
    assert_memory_not_equal(one.blocks[1].graph.in_indices, more.blocks[1].graph.in_indices,
                            (size_t)shorter * sizeof(int32_t));
    parallel_set_threads(2);
    case_clear(&one);
    case_clear(&more);
}

static void test_failing_allocations(void **state)
{
    (void)state;
    cut_case c;
    gat_status st = GAT_ENOMEM;
    for (int64_t n = 1; st; n++) {
        gat_error err = {0};
        gat_sampling all = {0};
        case_init(&c, TINY_MANY);
        for (int32_t v = 0; v < 40; v++) node_set_add(&c.set, v);
        memory_fail_at(n, false);
        st = blocks_cut(c.blocks, LAYERS, &c.set, c.graph, &all, c.arena, &err);
        memory_fail_at(0, false);
        assert_true(st == GAT_OK || err.code == GAT_ENOMEM);
        case_clear(&c);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_node_set),
        cmocka_unit_test(test_all_edges),
        cmocka_unit_test(test_fan_out),
        cmocka_unit_test(test_equal_chances),
        cmocka_unit_test(test_hidden_edges),
        cmocka_unit_test(test_threads_and_keys),
        cmocka_unit_test(test_failing_allocations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The learned encoder: both graphs in one, learning that finds links it was not told, the same bits for any number of
 * threads, memory that runs out. */
#include "support/check.h"

#include <string.h>

#include "align/learned_encoder.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "support/align_graphs.h"

enum { THINGS = 60, FACTS = 300, SEEDS = 30, EPOCHS = 40, DIM = 16 };

typedef struct sides {
    kg_side *a, *b;
    union_graph graph;
    link_list seeds, rest;
} sides;

static void sides_open(sides *s)
{
    *s = (sides){0};
    align_graphs_write(THINGS, FACTS, SEEDS, 3);
    s->a = align_graphs_load(1);
    s->b = align_graphs_load(2);
    assert_int_equal(links_read(&s->seeds, "seeds.tsv", s->a, s->b, false, NULL, NULL), GAT_OK);
    assert_int_equal(links_read(&s->rest, "rest.tsv", s->a, s->b, false, NULL, NULL), GAT_OK);
    assert_int_equal(union_graph_init(&s->graph, s->a, s->b, NULL), GAT_OK);
}

static void sides_close(sides *s)
{
    union_graph_clear(&s->graph);
    link_list_clear(&s->seeds);
    link_list_clear(&s->rest);
    kg_side_free(s->a);
    kg_side_free(s->b);
}

static gat_status learn(float *vectors[2], double *loss, const sides *s, int64_t epochs, gat_error *err)
{
    learned_encoder encoder;
    learned_settings settings = learned_defaults();
    settings.dim = DIM;
    settings.batch = 16;
    gat_status st = learned_init(&encoder, &s->graph, s->a->num_entities, &settings, err);
    if (st) return st;
    st = learned_teach(&encoder, &s->seeds, epochs, loss, err);
    if (!st) st = learned_vectors(vectors, &encoder, err);
    learned_clear(&encoder);
    return st;
}

static void forget(float *vectors[2])
{
    gat_free(vectors[0]);
    gat_free(vectors[1]);
}

/* Every fact of either graph is an edge both ways, and no edge leads across. */
static void test_union_graph(void **state)
{
    (void)state;
    sides s;
    sides_open(&s);
    const row_lists *l = &s.graph.edges.hears, *r = &s.graph.kind_relations;
    int64_t relations = 0;
    int32_t n = s.a->num_entities;
    assert_int_equal(l->rows, (int64_t)n + s.b->num_entities);
    assert_int_equal(s.graph.edges.kinds.rows, l->start[l->rows]);
    for (int64_t i = 0; i < l->rows; i++)
        for (int64_t e = l->start[i]; e < l->start[i + 1]; e++) {
            assert_true((i < n) == (l->place[e] < n));
            int32_t kind = s.graph.edges.kinds.place[e];
            assert_int_equal(s.graph.edges.node[e], i);
            for (int64_t k = r->start[kind]; k < r->start[kind + 1]; k++, relations++)
                assert_true((i < n) == (r->place[k] < 2 * s.a->num_relations));
        }
    assert_int_equal(relations, s.a->num_edges + s.b->num_edges);
    assert_true(r->rows < l->start[l->rows]);
    sides_close(&s);
}

static int nearest(const sides *s, float *vectors[2], int32_t x, int64_t width)
{
    int best = -1;
    float most = -2;
    for (int32_t y = 0; y < s->b->num_entities; y++) {
        float sum = 0;
        for (int64_t k = 0; k < width; k++) sum += vectors[0][x * width + k] * vectors[1][y * width + k];
        if (sum > most) {
            most = sum;
            best = y;
        }
    }
    return best;
}

/* By chance one of sixty would be right. */
static void test_finds_links(void **state)
{
    (void)state;
    sides s;
    sides_open(&s);
    learned_settings settings = learned_defaults();
    settings.dim = DIM;
    int64_t width = learned_width(&settings), right = 0;
    float *vectors[2];
    double loss;
    assert_int_equal(learn(vectors, &loss, &s, EPOCHS, NULL), GAT_OK);
    assert_true(loss > 0 && loss < 1e3);
    for (int64_t i = 0; i < s.rest.count; i++)
        right += nearest(&s, vectors, s.rest.data[i].source, width) == s.rest.data[i].target;
    assert_true(right * 3 > s.rest.count);
    forget(vectors);
    sides_close(&s);
}

static void test_threads(void **state)
{
    (void)state;
    sides s;
    sides_open(&s);
    learned_settings settings = learned_defaults();
    settings.dim = DIM;
    size_t bytes = (size_t)(s.a->num_entities * learned_width(&settings)) * sizeof(float);
    float *first[2] = {0};
    for (FOR_THREADS(t)) {
        float *now[2];
        parallel_set_threads(thread_counts[t]);
        assert_int_equal(learn(now, NULL, &s, 2, NULL), GAT_OK);
        if (!first[0]) {
            memcpy(first, now, sizeof first);
            continue;
        }
        assert_memory_equal(now[0], first[0], bytes);
        forget(now);
    }
    parallel_set_threads(0);
    forget(first);
    sides_close(&s);
}

static int end_after(void *context)
{
    int *left = context;
    return (*left)-- <= 0;
}

/* Learning ends between steps. */
static void test_end(void **state)
{
    (void)state;
    sides s;
    sides_open(&s);
    learned_encoder encoder;
    learned_settings settings = learned_defaults();
    int left = 5;
    settings.dim = DIM;
    settings.batch = 16;
    settings.should_end = end_after;
    settings.context = &left;
    assert_int_equal(learned_init(&encoder, &s.graph, s.a->num_entities, &settings, NULL), GAT_OK);
    assert_int_equal(learned_teach(&encoder, &s.seeds, EPOCHS, NULL, NULL), GAT_OK);
    assert_true(encoder.steps > 0 && encoder.steps <= 5);
    learned_clear(&encoder);
    sides_close(&s);
}

static void test_memory(void **state)
{
    (void)state;
    sides s;
    sides_open(&s);
    float *vectors[2];
    gat_status st = GAT_ENOMEM;
    for (int64_t n = 1; st; n++) {
        memory_fail_at(n, false);
        st = learn(vectors, NULL, &s, 1, NULL);
        memory_fail_at(0, false);
        assert_true(!st || st == GAT_ENOMEM);
    }
    forget(vectors);
    for (int64_t n = 1; n; n++) {
        union_graph graph;
        memory_fail_at(n, false);
        st = union_graph_init(&graph, s.a, s.b, NULL);
        memory_fail_at(0, false);
        if (st) continue;
        union_graph_clear(&graph);
        break;
    }
    sides_close(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_union_graph), cmocka_unit_test(test_finds_links), cmocka_unit_test(test_threads),
        cmocka_unit_test(test_end),         cmocka_unit_test(test_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

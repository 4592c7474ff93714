/* The heaviest paths against all paths there are; a hub; paths that a budget turned away; failing allocations. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/random.h"
#include "path/path_reasons.h"
#include "support/check.h"

enum { NODES = 9, RELATIONS = 2, FACTS = 22, LAYERS = 3, MOST = 6, MOST_FOUND = 4096 };

typedef struct walk {
    int32_t node[LAYERS + 1], relation[LAYERS];
    int length;
    double weight;
} walk;

/* All paths from the entity to the answer, each with its best weight. */
typedef struct all_walks {
    const path_graph *graph;
    const path_scratch *scratch;
    int32_t answer;
    int64_t count;
    walk list[MOST_FOUND];
} all_walks;

static void note(all_walks *a, const walk *w)
{
    for (int64_t i = 0; i < a->count; i++) {
        walk *old = &a->list[i];
        bool same = old->length == w->length &&
                    !memcmp(old->node, w->node, ((size_t)w->length + 1) * sizeof *w->node) &&
                    !memcmp(old->relation, w->relation, (size_t)w->length * sizeof *w->relation);
        if (!same) continue;
        if (w->weight > old->weight) old->weight = w->weight;
        return;
    }
    assert_true(a->count < MOST_FOUND);
    a->list[a->count++] = *w;
}

static void go_on(all_walks *a, const walk *w, int layer);

/* Over edge e, the k-th of the row's, of run r of the row, in `layer`. */
static void take_edge(all_walks *a, const walk *w, int layer, int32_t row, int32_t r, int32_t e)
{
    const path_reach *s = &a->scratch->reach;
    int32_t to = a->graph->target[e], k = e - a->graph->run_edge[s->first_run[row]];
    walk next = *w;
    if (s->target[s->first_edge[row] + k] != s->row_of[to]) return;
    for (int i = 0; i <= w->length; i++)
        if (w->node[i] == to) return;
    next.weight *= (double)a->scratch->kept[layer].gate[s->gate_place[row] + r];
    next.relation[next.length++] = a->graph->run_relation[s->first_run[row] + r];
    next.node[next.length] = to;
    go_on(a, &next, layer + 1);
}

static void go_on(all_walks *a, const walk *w, int layer)
{
    const path_reach *s = &a->scratch->reach;
    int32_t row = s->row_of[w->node[w->length]];
    if (w->node[w->length] == a->answer) {
        if (w->length) note(a, w);
        return;
    }
    for (int l = layer; l < LAYERS; l++) {
        if (row < 0 || row >= s->rows_at[l]) continue;
        for (int32_t r = 0; r < s->runs[row]; r++)
            for (int32_t e = a->graph->run_edge[s->first_run[row] + r];
                 e < a->graph->run_edge[s->first_run[row] + r + 1]; e++)
                take_edge(a, w, l, row, r, e);
    }
}

static int heavier(const void *a, const void *b)
{
    const walk *x = a, *y = b;
    return x->weight < y->weight ? 1 : x->weight > y->weight ? -1 : 0;
}

/* Found paths are among all, heaviest first, and weigh as much as the heaviest. */
static void check(const path_reason *found, int64_t count, all_walks *a)
{
    qsort(a->list, (size_t)a->count, sizeof *a->list, heavier);
    assert_int_equal(count, a->count < MOST ? a->count : MOST);
    for (int64_t i = 0; i < count; i++) {
        bool there = false;
        assert_at_most(fabs(found[i].weight - a->list[i].weight), 1e-12);
        for (int64_t k = 0; k < a->count && !there; k++) {
            const walk *w = &a->list[k];
            there = w->length == found[i].length && fabs(w->weight - found[i].weight) < 1e-12;
            for (int e = 0; e < found[i].length && there; e++)
                there = w->node[e] == found[i].edge[e].from && w->node[e + 1] == found[i].edge[e].to &&
                        w->relation[e] == found[i].edge[e].relation;
        }
        assert_true(there);
    }
}

static void some_facts(gat_triples *facts)
{
    for (int i = 0; i < FACTS; i++) {
        gat_triple f = {(int32_t)random_below(7, 1, (uint64_t)i, NODES),
                        (int32_t)random_below(7, 2, (uint64_t)i, RELATIONS),
                        (int32_t)random_below(7, 3, (uint64_t)i, NODES)};
        assert_int_equal(triples_push(facts, f, NULL), GAT_OK);
    }
}

static path_model *a_model(int64_t budget)
{
    path_model *m;
    path_shape shape = {.width = 32, .layers = LAYERS, .form = GAT_SCORE_DYNAMIC, .gate = true, .budget = budget};
    assert_int_equal(path_model_new(&m, &shape, RELATIONS, false, NULL), GAT_OK);
    path_model_draw(m, 11);
    return m;
}

static void check_all(int64_t budget)
{
    gat_triples facts = {0};
    path_model *m = a_model(budget);
    path_view *view;
    path_scratch scratch;
    path_reason found[MOST];
    int64_t count, some = 0;
    all_walks *a = gat_alloc(1, sizeof *a);
    assert_non_null(a);
    some_facts(&facts);
    assert_int_equal(path_view_new(&view, m, &facts, NODES, NULL), GAT_OK);
    assert_int_equal(path_scratch_init(&scratch, NODES, NULL), GAT_OK);
    for (int32_t from = 0; from < NODES; from++)
        for (int32_t to = 0; to < NODES; to++) {
            assert_int_equal(path_attention(&scratch, view, 0, from, 1, NULL), GAT_OK);
            a->graph = path_view_graph(view), a->scratch = &scratch, a->answer = to, a->count = 0;
            go_on(a, &(walk){.node = {from}, .weight = 1}, 0);
            assert_int_equal(path_reasons_find(found, &count, MOST, view, from, 1, to, NULL), GAT_OK);
            check(found, count, a);
            some += count;
        }
    assert_true(some > NODES);
    path_scratch_clear(&scratch);
    path_view_free(view);
    path_model_free(m);
    triples_clear(&facts);
    gat_free(a);
}

static void test_all_paths(void **state)
{
    (void)state;
    check_all(0);
    check_all(1);
    check_all(2);
}

/* Every leaf leads back and forth: more ways than are kept, and memory for a few of them. */
static void test_hub(void **state)
{
    (void)state;
    enum { LEAVES = 20000 };
    gat_triples facts = {0};
    path_model *m = a_model(0);
    path_view *view;
    path_reason found[MOST];
    int64_t count;
    for (int32_t i = 2; i < LEAVES; i++) {
        assert_int_equal(triples_push(&facts, (gat_triple){0, 0, i}, NULL), GAT_OK);
        assert_int_equal(triples_push(&facts, (gat_triple){1, 1, i}, NULL), GAT_OK);
    }
    assert_int_equal(path_view_new(&view, m, &facts, LEAVES, NULL), GAT_OK);
    assert_int_equal(path_reasons_find(found, &count, MOST, view, 0, 0, 1, NULL), GAT_OK);
    assert_int_equal(count, MOST);
    for (int64_t i = 0; i < count; i++) {
        assert_int_equal(found[i].length, 2);
        assert_int_equal(found[i].edge[0].to, found[i].edge[1].from);
        assert_int_equal(found[i].edge[1].to, 1);
    }
    path_view_free(view);
    path_model_free(m);
    triples_clear(&facts);
}

static void test_failing_allocations(void **state)
{
    (void)state;
    gat_triples facts = {0};
    path_model *m = a_model(2);
    path_view *view;
    path_reason found[MOST];
    some_facts(&facts);
    assert_int_equal(path_view_new(&view, m, &facts, NODES, NULL), GAT_OK);
    for (int64_t n = 1;; n++) {
        int64_t count;
        memory_fail_at(n, true);
        gat_status st = path_reasons_find(found, &count, MOST, view, 0, 0, 1, NULL);
        bool reached = memory_count() >= n;
        memory_fail_at(0, false);
        assert_int_equal(st, reached ? GAT_ENOMEM : GAT_OK);
        if (!reached) break;
        assert_int_equal(count, 0);
    }
    path_view_free(view);
    path_model_free(m);
    triples_clear(&facts);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_paths),
        cmocka_unit_test(test_hub),
        cmocka_unit_test(test_failing_allocations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

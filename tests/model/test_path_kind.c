/* Path models among the others: files, views over any graph, what they refuse. */
#include "model/path_kind.h"

#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "base/parallel.h"
#include "model/embedding_view.h"
#include "model/model_io.h"
#include "support/path_data.h"

static const char path[] = "paths.model";

typedef struct place {
    gat_dataset *data;
    gat_model *model;
} place;

static int setup(void **state)
{
    place *p = gat_calloc(1, sizeof *p);
    gat_config c = path_config("");
    assert_non_null(p);
    p->data = ring_dataset(false);
    p->model = ring_train(p->data, &c, NULL, GAT_OK);
    *state = p;
    return 0;
}

static int teardown(void **state)
{
    place *p = *state;
    model_free(p->model);
    dataset_free(p->data);
    gat_free(p);
    return 0;
}

static void scores_of(float *scores, const model_view *v, int32_t entity, int32_t relation)
{
    gat_error err = {0};
    if (view_score(scores, v, &entity, &relation, 1, &err)) fail_msg("%s", err.message);
}

static void test_round_trip(void **state)
{
    const gat_model *m = ((place *)*state)->model;
    gat_model *back = NULL;
    gat_error err = {0};
    float a[RING], b[RING];
    if (model_save(m, path, &err) || model_load(&back, path, &err) || model_finish(back, &err))
        fail_msg("%s", err.message);
    ring_digest first = ring_digest_of(m), second = ring_digest_of(back);
    assert_same_digest(first, second);
    assert_int_equal(back->queries, m->queries);
    assert_int_equal(back->best_queries, m->best_queries);
    assert_int_equal(back->eval_queries, m->eval_queries);
    assert_true(m->eval_queries > 0);
    assert_string_equal(back->config_lines, m->config_lines);
    for (int32_t r = 0; r < 2 * m->num_seen_relations; r++) {
        scores_of(a, m->view, 3, r);
        scores_of(b, back->view, 3, r);
        assert_memory_equal(a, b, sizeof a);
    }
    assert_null(embedding_view_of(m->view));
    assert_non_null(path_view_of(m->view));
    model_free(back);
}

/* Alone or beside others, in any number of threads: the same bits. Relations are columns of the same scores. */
static void test_scores(void **state)
{
    const gat_model *m = ((place *)*state)->model;
    float all[6 * RING], one[RING], relations[3];
    int32_t entity[6] = {0, 5, 5, 23, 1, 2}, relation[6] = {0, 1, 4, 5, 2, 3};
    for (FOR_THREADS(t)) {
        parallel_set_threads(thread_counts[t]);
        assert_int_equal(view_score(all, m->view, entity, relation, 6, NULL), GAT_OK);
        for (int i = 0; i < 6; i++) {
            scores_of(one, m->view, entity[i], relation[i]);
            assert_memory_equal(one, all + i * RING, sizeof one);
        }
    }
    parallel_set_threads(0);
    assert_int_equal(m->num_seen_relations, 3);
    assert_int_equal(view_score_relations(relations, m->view, 7, 9, NULL), GAT_OK);
    for (int32_t r = 0; r < 3; r++) {
        scores_of(one, m->view, 7, r);
        assert_true(one[9] == relations[r]);
    }
}

/* Entities in another order: the same scores, to rounding. */
static void test_other_numbers(void **state)
{
    const gat_model *m = ((place *)*state)->model;
    gat_intern *names = intern_new();
    gat_triples facts = {0};
    model_view *v;
    float a[RING], b[RING];
    assert_non_null(names);
    for (int32_t i = RING - 1; i >= 0; i--) {
        const char *name = intern_string(m->entities, i);
        assert_true(intern_add(names, name, strlen(name)) >= 0);
    }
    for (int64_t i = 0; i < m->facts.count; i++) {
        gat_triple f = m->facts.data[i];
        f.head = RING - 1 - f.head, f.tail = RING - 1 - f.tail;
        assert_int_equal(triples_push(&facts, f, NULL), GAT_OK);
    }
    assert_int_equal(view_build(&v, m, names, &facts, NULL), GAT_OK);
    for (int32_t e = 0; e < RING; e++) {
        scores_of(a, m->view, e, 1);
        scores_of(b, v, RING - 1 - e, 1);
        for (int32_t i = 0; i < RING; i++) assert_float_equal(a[i], b[RING - 1 - i], 1e-3f);
    }
    view_free(v);
    triples_clear(&facts);
    intern_free(names);
}

static gat_intern *numbered(int32_t n)
{
    gat_intern *names = intern_new();
    char name[20];
    assert_non_null(names);
    for (int32_t i = 0; i < n; i++)
        assert_true(intern_add(names, name, (size_t)snprintf(name, sizeof name, "x%d", i)) >= 0);
    return names;
}

static void test_graph_without_facts(void **state)
{
    const gat_model *m = ((place *)*state)->model;
    gat_intern *names = numbered(5);
    gat_triples none = {0};
    model_view *v;
    float scores[5];
    assert_int_equal(view_build(&v, m, names, &none, NULL), GAT_OK);
    scores_of(scores, v, 2, 0);
    for (int i = 0; i < 5; i++) assert_true(isfinite(scores[i]));
    assert_true(scores[0] == scores[1] && scores[1] == scores[4]);
    view_free(v);
    intern_free(names);
    names = numbered(0);
    assert_int_equal(view_build(&v, m, names, &none, NULL), GAT_OK);
    view_free(v);
    intern_free(names);
}

/* A hub of more facts than a layer reaches, asked itself and through a leaf: leaves are alike, reached or not. */
static void test_hub(void **state)
{
    const gat_model *m = ((place *)*state)->model;
    enum { LEAVES = PATH_MOST_NEW + 5000 };
    gat_intern *names = numbered(LEAVES + 1);
    gat_triples facts = {0};
    model_view *v;
    float *scores = gat_alloc(LEAVES + 1, sizeof *scores);
    assert_non_null(scores);
    for (int32_t i = 1; i <= LEAVES; i++) assert_int_equal(triples_push(&facts, (gat_triple){0, 0, i}, NULL), GAT_OK);
    assert_int_equal(view_build(&v, m, names, &facts, NULL), GAT_OK);
    for (int32_t e = 0; e < 2; e++) {
        scores_of(scores, v, e, 1);
        for (int32_t i = 0; i <= LEAVES; i++) assert_true(isfinite(scores[i]));
        assert_true(scores[7] == scores[PATH_MOST_NEW - 1] && scores[LEAVES - 7] == scores[LEAVES]);
    }
    view_free(v);
    triples_clear(&facts);
    intern_free(names);
    gat_free(scores);
}

static void test_failing_allocations(void **state)
{
    const gat_model *m = ((place *)*state)->model;
    gat_status st = GAT_ENOMEM;
    parallel_set_threads(1);
    for (int64_t n = 1; st; n++) {
        gat_model *back = NULL;
        float scores[RING];
        int32_t zero = 0;
        gat_error err = {0};
        memory_fail_at(n, false);
        st = model_save(m, path, &err);
        if (!st) st = model_load(&back, path, &err);
        if (!st) st = model_finish(back, &err);
        if (!st) st = view_score(scores, back->view, &zero, &zero, 1, &err);
        if (!st) st = view_score_relations(scores, back->view, 0, 1, &err);
        memory_fail_at(0, false);
        assert_true(st == GAT_OK ? n > 30 : st == GAT_ENOMEM);
        assert_int_equal(err.code, st);
        model_free(back);
    }
    parallel_set_threads(0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip),    cmocka_unit_test(test_scores),
        cmocka_unit_test(test_other_numbers), cmocka_unit_test(test_graph_without_facts),
        cmocka_unit_test(test_hub),           cmocka_unit_test(test_failing_allocations),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}

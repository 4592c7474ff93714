/* Training learns a rule that its facts follow, and stops and goes on without a trace. */
#include <string.h>

#include "base/memory.h"
#include "base/parallel.h"
#include "path/path_training.h"
#include "path/path_view.h"
#include "support/check.h"

enum { NODES = 30, RELATIONS = 2 };

/* x -next-> x + 1 and x -next but one-> x + 2, around a circle. */
static void make_circle(gat_triples *facts)
{
    for (int32_t i = 0; i < NODES; i++) {
        assert_int_equal(triples_push(facts, (gat_triple){i, 0, (i + 1) % NODES}, NULL), GAT_OK);
        assert_int_equal(triples_push(facts, (gat_triple){i, 1, (i + 2) % NODES}, NULL), GAT_OK);
    }
}

static path_training_options options(int64_t budget)
{
    return (path_training_options){
        .lr = 0.01, .warmup_steps = 5, .clip = 1, .batch = 8, .budget = budget, .share = 0.2, .seed = 3};
}

static path_model *new_model(void)
{
    path_model *m;
    path_shape shape = {
        .width = 32, .layers = 2, .form = GAT_SCORE_DYNAMIC, .gate = true, .profile = true, .members = 2};
    assert_int_equal(path_model_new(&m, &shape, RELATIONS, true, NULL), GAT_OK);
    path_model_draw(m, 3);
    return m;
}

/* Runs at most `steps` steps. */
static void run(path_training *t, int64_t steps)
{
    bool done = false;
    for (int64_t i = 0; i < steps && !done; i++) assert_int_equal(path_training_step(&done, t, NULL), GAT_OK);
}

static int best_of(const float *scores)
{
    int best = 0;
    for (int v = 1; v < NODES; v++)
        if (scores[v] > scores[best]) best = v;
    return best;
}

static void test_learns_a_rule(void **state)
{
    (void)state;
    gat_triples facts = {0};
    path_training *t;
    path_view *view;
    path_model *m = new_model();
    float scores[NODES];
    make_circle(&facts);
    path_training_options o = options(2000);
    assert_int_equal(path_training_new(&t, m, &facts, NODES, &o, NULL), GAT_OK);
    run(t, INT64_MAX);
    assert_true(path_training_questions(t) >= 4000);
    path_training_free(t);

    /* A shorter circle of entities never seen, with one fact of relation 1 missing. */
    gat_triples other = {0};
    for (int32_t i = 0; i < 10; i++) {
        assert_int_equal(triples_push(&other, (gat_triple){i, 0, (i + 1) % 10}, NULL), GAT_OK);
        if (i != 4) assert_int_equal(triples_push(&other, (gat_triple){i, 1, (i + 2) % 10}, NULL), GAT_OK);
    }
    assert_int_equal(path_view_new(&view, m, &other, NODES, NULL), GAT_OK);
    assert_int_equal(path_scores(scores, view, (int32_t[]){4}, (int32_t[]){1}, 1, NULL), GAT_OK);
    assert_int_equal(best_of(scores), 6);
    assert_int_equal(path_scores(scores, view, (int32_t[]){6}, (int32_t[]){RELATIONS + 1}, 1, NULL), GAT_OK);
    assert_int_equal(best_of(scores), 4);
    path_view_free(view);
    path_model_free(m);
    triples_clear(&facts);
    triples_clear(&other);
}

static void test_stops_and_goes_on(void **state)
{
    (void)state;
    gat_triples facts = {0};
    path_training *t;
    path_model *whole = new_model(), *parts = new_model();
    path_training_options o = options(400); /* 61 steps are in the second net */
    make_circle(&facts);
    int64_t size = whole->params.size;
    assert_int_equal(path_training_new(&t, whole, &facts, NODES, &o, NULL), GAT_OK);
    run(t, INT64_MAX);
    path_training_free(t);

    float *moments = gat_alloc(2 * size, sizeof *moments);
    assert_non_null(moments);
    assert_int_equal(path_training_new(&t, parts, &facts, NODES, &o, NULL), GAT_OK);
    run(t, 61);
    path_position at = t->at;
    memcpy(moments, t->moments, 2 * (size_t)size * sizeof *moments);
    path_training_free(t);
    parallel_set_threads(2);
    assert_int_equal(path_training_new(&t, parts, &facts, NODES, &o, NULL), GAT_OK);
    t->at = at;
    memcpy(t->moments, moments, 2 * (size_t)size * sizeof *moments);
    run(t, INT64_MAX);
    parallel_set_threads(0);
    path_training_free(t);
    assert_memory_equal(whole->params.value, parts->params.value, (size_t)size * sizeof(float));
    gat_free(moments);
    path_model_free(whole);
    path_model_free(parts);
    triples_clear(&facts);
}

static void test_no_facts(void **state)
{
    (void)state;
    gat_triples none = {0};
    gat_error err;
    path_training *t;
    path_model *m = new_model();
    path_training_options o = options(10);
    assert_int_equal(path_training_new(&t, m, &none, NODES, &o, &err), GAT_EDATA);
    assert_null(t);
    path_model_free(m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_learns_a_rule),
        cmocka_unit_test(test_stops_and_goes_on),
        cmocka_unit_test(test_no_facts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

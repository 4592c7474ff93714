/* What a path model can have beside the usual: a learned choice of new nodes, statistics of messages, attention of all to
 * all. Alone and together. */
#include <math.h>

#include "base/memory.h"
#include "base/parallel.h"
#include "path/path_view.h"
#include "support/check.h"
#include "support/path_case.h"

enum { NODES = PATH_CASE_NODES };

static const path_shape usual = {.width = 32, .layers = 2, .form = GAT_SCORE_DYNAMIC, .gate = true};

static const path_shape everything = {.width = 32,
                                      .layers = 3,
                                      .form = GAT_SCORE_DYNAMIC,
                                      .gate = true,
                                      .profile = true,
                                      .budget = 2,
                                      .choice = PATH_CHOOSE_LEARNED,
                                      .aggregation = PATH_STATISTICS,
                                      .global = PATH_GLOBAL_LAST,
                                      .members = 2};

/* Numbers of each parameter that are looked at. */
static void check(const path_shape *shape, uint64_t seed) { path_case_check_gradients(shape, seed, 2, 3e-4); }

/* With every kind of message. */
static void test_statistics(void **state)
{
    (void)state;
    path_shape plain = usual, turned = usual;
    plain.aggregation = turned.aggregation = PATH_STATISTICS;
    check(&plain, 6);
    turned.message = PATH_MESSAGE_ROTATION, turned.form = GAT_SCORE_COSINE, turned.heads = 2, turned.shared = true;
    check(&turned, 6);
    check(&(path_shape){.width = 64, .layers = 1, .aggregation = PATH_STATISTICS, .message = PATH_MESSAGE_TRANSLATION},
          6);
}

static void test_global(void **state)
{
    (void)state;
    for (path_global g = PATH_GLOBAL_LAST; g < PATH_NUM_GLOBALS; g++) {
        path_shape s = usual;
        s.global = g, s.shared = g == PATH_GLOBAL_EACH;
        check(&s, 5);
    }
}

/* Budgets below and above what there is; with a budget there is a row that is no node. */
static void test_choice(void **state)
{
    (void)state;
    path_shape s = usual, all = usual;
    s.budget = 2, s.choice = PATH_CHOOSE_LEARNED, s.layers = 3;
    check(&s, 5);
    s.budget = NODES, s.layers = 2;
    check(&s, 5);
    all.budget = 1, all.choice = PATH_CHOOSE_LEARNED, all.aggregation = PATH_STATISTICS, all.global = PATH_GLOBAL_EACH;
    check(&all, 6);
}

/* Noise is a function of its names alone, finite, and of the right mean: that of Gumbel, .5772. */
static void test_noise(void **state)
{
    (void)state;
    enum { DRAWS = 20000 };
    const path_noise a = path_noise_of(1, 2, 3), again = path_noise_of(1, 2, 3), b = path_noise_of(1, 3, 3);
    double sum = 0;
    for (int32_t v = 0; v < DRAWS; v++) {
        float x = path_noise_at(&a, 1, DRAWS, v);
        assert_true(isfinite(x));
        assert_memory_equal(&x, &(float){path_noise_at(&again, 1, DRAWS, v)}, sizeof x);
        sum += (double)x;
    }
    assert_true(fabs(sum / DRAWS - .5772) < .03);
    assert_true(path_noise_at(&a, 1, DRAWS, 5) < path_noise_at(&b, 1, DRAWS, 5) ||
                path_noise_at(&a, 1, DRAWS, 5) > path_noise_at(&b, 1, DRAWS, 5));
}

static void test_threads(void **state)
{
    (void)state;
    path_case_check_threads(&everything);
}

static void test_scores(void **state)
{
    (void)state;
    path_case_check_scores(&everything);
}

static void test_nothing_to_walk(void **state)
{
    (void)state;
    path_case c;
    path_view *view;
    gat_triples none = {0};
    float scores[2 * NODES];
    path_case_init(&c, &everything, 5);
    assert_int_equal(path_view_new(&view, c.model, &none, NODES, NULL), GAT_OK);
    assert_int_equal(path_scores(scores, view, (int32_t[]){8, 0}, (int32_t[]){0, 3}, 2, NULL), GAT_OK);
    for (int i = 0; i < 2 * NODES; i++) assert_true(isfinite(scores[i]));
    path_view_free(view);
    path_case_clear(&c);
}

static gat_status step_once(path_case *c)
{
    path_step *step;
    double loss;
    gat_status st = path_step_new(&step, &c->model->net[0], NODES, c->questions.count, NULL);
    if (!st) st = path_step_run(&loss, step, &c->model->net[0], c->graph, c->known, &c->questions, NULL);
    path_step_free(step);
    return st;
}

static void test_failing_allocations(void **state)
{
    (void)state;
    path_case c;
    gat_status st = GAT_ENOMEM;
    path_case_init(&c, &everything, 5);
    parallel_set_threads(1);
    for (int64_t n = 1; st; n++) {
        memory_fail_at(n, true);
        st = step_once(&c);
        memory_fail_at(0, false);
        assert_true(st == GAT_OK ? n > 20 : st == GAT_ENOMEM);
    }
    parallel_set_threads(0);
    path_case_clear(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_statistics),      cmocka_unit_test(test_global),
        cmocka_unit_test(test_choice),          cmocka_unit_test(test_noise),
        cmocka_unit_test(test_threads),         cmocka_unit_test(test_scores),
        cmocka_unit_test(test_nothing_to_walk), cmocka_unit_test(test_failing_allocations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

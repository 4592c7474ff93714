/* Scores and gradients of a path model against the double-precision reference; the same bits for any number of threads;
 * a score does not depend on the questions beside it. */
#include <math.h>

#include "base/memory.h"
#include "path/path_view.h"
#include "support/check.h"
#include "support/path_case.h"

enum { NODES = PATH_CASE_NODES };

static void check_shape(const path_shape *shape, double tolerance)
{
    path_case_check_gradients(shape, 5, 3, tolerance);
}

static void test_gradients(void **state)
{
    (void)state;
    check_shape(&(path_shape){.width = 32, .layers = 3, .form = GAT_SCORE_DYNAMIC, .gate = true, .profile = true},
                2e-4);
    check_shape(&(path_shape){.width = 64, .layers = 1, .form = GAT_SCORE_DYNAMIC, .gate = true, .profile = false},
                2e-4);
    check_shape(&(path_shape){.width = 96, .layers = 2, .form = GAT_SCORE_DYNAMIC, .gate = false, .profile = true},
                2e-4);
    check_shape(&(path_shape){.width = 32, .layers = 3, .form = GAT_SCORE_DYNAMIC, .gate = true, .budget = 2}, 2e-4);
    check_shape(&(path_shape){.width = 32, .layers = 2, .form = GAT_SCORE_DYNAMIC, .gate = true, .budget = 1}, 2e-4);
    check_shape(&(path_shape){.width = 32, .layers = 2, .form = GAT_SCORE_DYNAMIC, .gate = true, .budget = NODES},
                2e-4);
}

/* Every form of gate and message, heads, shared layers: one variation each, in pairs. */
static void test_forms(void **state)
{
    (void)state;
    for (gat_score form = 0; form < GAT_NUM_SCORES; form++)
        path_case_check_gradients(&(path_shape){.width = 32,
                                                .layers = 2,
                                                .gate = true,
                                                .form = form,
                                                .heads = (int64_t)1 << form % 4,
                                                .message = (path_message)(form % PATH_NUM_MESSAGES),
                                                .shared = form % 2 != 0},
                                  5 + form, 2, 3e-4);
    check_shape(&(path_shape){.width = 32, .layers = 1, .message = PATH_MESSAGE_ROTATION, .heads = 2}, 2e-4);
}

static void test_threads(void **state)
{
    (void)state;
    path_case_check_threads(
        &(path_shape){.width = 32, .layers = 3, .form = GAT_SCORE_DYNAMIC, .gate = true, .profile = true});
}

static void test_scores(void **state)
{
    (void)state;
    path_case_check_scores(&(path_shape){
        .width = 32, .layers = 3, .form = GAT_SCORE_DYNAMIC, .gate = true, .profile = true, .members = 2});
}

/* An empty graph, and an entity that no fact names: every score is finite. */
static void test_nothing_to_walk(void **state)
{
    (void)state;
    path_case c;
    path_view *view;
    gat_triples none = {0};
    float scores[2 * NODES];
    const path_shape all = {.width = 32, .layers = 2, .form = GAT_SCORE_DYNAMIC, .gate = true, .profile = true};
    path_case_init(&c, &all, 5);
    assert_int_equal(path_view_new(&view, c.model, &none, NODES, NULL), GAT_OK);
    assert_int_equal(path_scores(scores, view, (int32_t[]){8, 0}, (int32_t[]){0, 3}, 2, NULL), GAT_OK);
    for (int i = 0; i < 2 * NODES; i++) assert_true(isfinite(scores[i]));
    path_view_free(view);
    path_case_clear(&c);
}

static void test_failing_allocations(void **state)
{
    (void)state;
    path_case c;
    const path_shape all = {.width = 32, .layers = 2, .form = GAT_SCORE_DYNAMIC, .gate = true, .profile = true};
    path_case_init(&c, &all, 5);
    for (int64_t n = 1;; n++) {
        path_view *view = NULL;
        float scores[2 * NODES];
        memory_fail_at(n, true);
        gat_status st = path_view_new(&view, c.model, &c.left, NODES, NULL);
        if (!st) st = path_scores(scores, view, c.questions.entity, c.questions.relation, 2, NULL);
        bool reached = memory_count() >= n;
        memory_fail_at(0, false);
        path_view_free(view);
        if (!reached) break;
        assert_int_equal(st, GAT_ENOMEM);
    }
    path_case_clear(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_gradients),       cmocka_unit_test(test_forms),
        cmocka_unit_test(test_threads),         cmocka_unit_test(test_scores),
        cmocka_unit_test(test_nothing_to_walk), cmocka_unit_test(test_failing_allocations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

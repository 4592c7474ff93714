/* A hub with more edges than a layer may reach: the best stay, the others lead to nobody, whoever asks. */
#include "path/path_reach.h"

#include <math.h>

#include "base/memory.h"
#include "support/check.h"

enum { LEAVES = PATH_MOST_NEW + 1000, HUB = LEAVES, NODES = LEAVES + 1, PLAIN = 0, FAVOURED = 1, RELATIONS = 2 };

static path_graph *star(void)
{
    gat_triples facts = {0};
    path_facts *ordered = NULL;
    path_graph *g = NULL;
    for (int32_t i = 0; i < LEAVES; i++)
        assert_int_equal(triples_push(&facts, (gat_triple){HUB, i >= LEAVES - 10 ? FAVOURED : PLAIN, i}, NULL), GAT_OK);
    assert_int_equal(path_facts_new(&ordered, &facts, NODES, RELATIONS, NULL), GAT_OK);
    assert_int_equal(path_graph_new(&g, ordered, NULL), GAT_OK);
    path_graph_fill(g, ordered, NULL);
    path_facts_free(ordered);
    triples_clear(&facts);
    return g;
}

static void test_budget(void **state)
{
    const path_shape none = {.layers = 2}, small = {.layers = 2, .budget = 7},
                     large = {.layers = 2, .budget = INT32_MAX};
    (void)state;
    assert_int_equal(path_reach_budget(&none, PATH_MOST_NEW), 0);
    assert_int_equal(path_reach_budget(&none, NODES), PATH_MOST_NEW);
    assert_int_equal(path_reach_budget(&small, 100), 7);
    assert_int_equal(path_reach_budget(&small, NODES), 7);
    assert_int_equal(path_reach_budget(&large, 100), INT32_MAX);
    assert_int_equal(path_reach_budget(&large, NODES), PATH_MOST_NEW);
}

static void test_hub(void **state)
{
    path_graph *g = star();
    path_reach r;
    const float gate[] = {.25f, .75f};
    (void)state;
    assert_int_equal(path_reach_init(&r, NODES, NULL), GAT_OK);
    for (int again = 0; again < 2; again++) {
        path_reach_start(&r, HUB, true);
        assert_int_equal(path_reach_step(&r, g, NULL), GAT_OK);
        assert_int_equal(r.rows_at[1], 2 + LEAVES);
        assert_int_equal(path_reach_prune(&r, g, gate, PATH_MOST_NEW, NULL), GAT_OK);
        assert_int_equal(r.rows_at[1], 2 + PATH_MOST_NEW);
        int64_t reached = 0;
        for (int32_t i = 0; i < LEAVES; i++) reached += r.row_of[i] >= 0;
        assert_int_equal(reached, PATH_MOST_NEW);
        for (int32_t i = 0; i < 10; i++) assert_true(r.row_of[i] >= 0 && r.row_of[LEAVES - 1 - i] >= 0);
        assert_true(r.row_of[LEAVES - 11] < 0);
        assert_int_equal(path_reach_step(&r, g, NULL), GAT_OK);
        assert_int_equal(r.rows_at[2], r.rows_at[1]);
    }
    path_reach_clear(&r);
    path_graph_free(g);
}

/* By a score: the highest stay, in the order they were found; of equal ones the first; what is not a number is lowest. */
static void test_choose(void **state)
{
    enum { STAY = 4 };
    path_graph *g = star();
    path_reach r;
    float *score = gat_calloc(LEAVES, sizeof *score);
    (void)state;
    assert_non_null(score);
    assert_int_equal(path_reach_init(&r, NODES, NULL), GAT_OK);
    path_reach_start(&r, HUB, true);
    assert_int_equal(path_reach_step(&r, g, NULL), GAT_OK);
    score[0] = NAN, score[7] = 1, score[LEAVES - 1] = 2;
    assert_int_equal(path_reach_choose(&r, score, STAY, NULL), GAT_OK);
    assert_int_equal(r.rows_at[1], 2 + STAY);
    const int64_t kept[STAY] = {1, 2, 7, LEAVES - 1};
    for (int k = 0; k < STAY; k++) assert_int_equal(path_reach_kept(&r, k), kept[k]);
    int64_t reached = 0;
    for (int32_t i = 0; i < LEAVES; i++) reached += r.row_of[i] >= 0;
    assert_int_equal(reached, STAY);
    gat_free(score);
    path_reach_clear(&r);
    path_graph_free(g);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_budget), cmocka_unit_test(test_hub),
                                       cmocka_unit_test(test_choose)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

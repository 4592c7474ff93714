/* Statistics of graphs, counted by hand, and the distance of two sets. */
#include "generate/graph_statistics.h"
#include "support/check.h"

static void test_counts(void **state)
{
    (void)state;
    /* 0 -r0-> 1 -r1-> 2, 0 -r1-> 2, and 3 with itself */
    const gat_triple facts[] = {{0, 0, 1}, {1, 1, 2}, {0, 1, 2}, {3, 0, 3}};
    graph_statistics s;
    assert_int_equal(graph_statistics_init(&s, 2, NULL), GAT_OK);
    assert_int_equal(graph_statistics_add(&s, facts, 4, NULL), GAT_OK);
    assert_true(s.degree[0][0] == 1 && s.degree[0][1] == 2 && s.degree[0][2] == 1);
    assert_true(s.degree[1][0] == 1 && s.degree[1][1] == 2 && s.degree[1][2] == 1);
    assert_true(s.relation[0] == 2 && s.relation[1] == 2);
    assert_int_equal(s.pairs, 1);
    assert_true(s.pair[0] == 1);
    graph_statistics_clear(&s);
}

static void test_distances(void **state)
{
    (void)state;
    const gat_triple chain[] = {{0, 0, 1}, {1, 1, 2}}, back[] = {{0, 1, 1}, {1, 0, 2}},
                     apart[] = {{0, 0, 1}, {2, 0, 3}};
    graph_statistics a, b, c, none;
    graph_statistics *const all[] = {&a, &b, &c, &none};
    for (int i = 0; i < 4; i++) assert_int_equal(graph_statistics_init(all[i], 2, NULL), GAT_OK);
    assert_int_equal(graph_statistics_add(&a, chain, 2, NULL), GAT_OK);
    assert_int_equal(graph_statistics_add(&b, back, 2, NULL), GAT_OK);
    assert_int_equal(graph_statistics_add(&c, apart, 2, NULL), GAT_OK);
    for (graph_statistic s = 0; s < NUM_GRAPH_STATISTICS; s++) {
        assert_at_most(graph_statistics_distance(&a, &a, s), 0);
        assert_at_most(graph_statistics_distance(&none, &none, s), 0);
    }
    assert_at_most(graph_statistics_distance(&a, &b, STAT_RELATION), 0);
    assert_true(graph_statistics_distance(&a, &b, STAT_PATHS) == 1);
    assert_true(graph_statistics_distance(&a, &c, STAT_PATHS) == 1);
    assert_true(graph_statistics_distance(&a, &c, STAT_RELATION) == .5);
    assert_at_most(graph_statistics_distance(&a, &c, STAT_OUT) - (2. / 3 - .5), 1e-12);
    for (int i = 0; i < 4; i++) graph_statistics_clear(all[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_counts), cmocka_unit_test(test_distances)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

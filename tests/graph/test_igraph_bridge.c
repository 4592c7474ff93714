/* Measures from igraph against hand counts; igraph's own failures come back as a status. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "graph/igraph_bridge.h"

static void test_two_components_and_a_loner(void **state)
{
    (void)state;
    gat_triple facts[] = {{0, 0, 1}, {1, 0, 2}, {1, 1, 2}, {3, 0, 4}, {4, 2, 4}};
    double rank[6], sum = 0;
    gat_graph_measures m;
    gat_error err;
    gat_status st = bridge_measure(&m, rank, &(gat_triples){facts, 5, 5}, 6, &err);
    if (!bridge_built_in()) {
        assert_int_equal(st, GAT_EUSAGE);
        assert_int_equal(m.components, 0);
        return;
    }
    assert_int_equal(st, GAT_OK);
    assert_int_equal(m.components, 3);
    assert_int_equal(m.largest_component, 3);
    assert_int_equal(m.max_degree, 3);
    assert_true(fabs(m.mean_degree - 10.0 / 6) < 1e-12);
    for (int i = 0; i < 6; i++) sum += rank[i];
    assert_true(fabs(sum - 1) < 1e-9);
    assert_true(rank[2] > rank[1] && rank[1] > rank[0] && fabs(rank[0] - rank[5]) < 1e-12);
}

static void test_empty(void **state)
{
    (void)state;
    gat_triples none = {0};
    gat_graph_measures m;
    double rank[2];
    if (!bridge_built_in()) skip();
    assert_int_equal(bridge_measure(&m, rank, &none, 0, NULL), GAT_OK);
    assert_int_equal(m.components, 0);
    assert_int_equal(m.largest_component, 0);
    assert_int_equal(bridge_measure(&m, rank, &none, 2, NULL), GAT_OK);
    assert_int_equal(m.components, 2);
    assert_int_equal(m.max_degree, 0);
    assert_true(fabs(rank[0] - 0.5) < 1e-12);
    assert_int_equal(bridge_measure(&m, NULL, &none, 2, NULL), GAT_OK);
}

/* igraph would abort the process here if its handler were left in place. */
static void test_failure_is_a_status(void **state)
{
    (void)state;
    gat_triple facts[] = {{-1, 0, 1}};
    gat_graph_measures m;
    gat_error err;
    if (!bridge_built_in()) skip();
    assert_int_equal(bridge_measure(&m, NULL, &(gat_triples){facts, 1, 1}, 3, &err), GAT_EFAILED);
    assert_memory_equal(err.message, "igraph: ", 8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_two_components_and_a_loner),
        cmocka_unit_test(test_empty),
        cmocka_unit_test(test_failure_is_a_status),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

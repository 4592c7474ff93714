/* Weights of answers follow the number of their facts. */
#include "base/memory.h"
#include "support/check.h"
#include "train/answer_weight.h"

static gat_triple facts[] = {{0, 0, 1}, {2, 1, 1}, {1, 0, 3}, {1, 1, 1}};
static const gat_triples list = {facts, 4, 4};

static void test_weights(void **state)
{
    (void)state;
    float *weight;
    assert_int_equal(answer_weights(&weight, &list, 4, 0.8, NULL), GAT_OK);
    assert_float_equal(weight[1], 1, 1e-6f);
    assert_float_equal(weight[0], 0.36f, 1e-6f);
    assert_float_equal(weight[3], 0.36f, 1e-6f);
    static const int64_t first[] = {0, 2, 3};
    static const int32_t answer[] = {1, 0, 3};
    const gat_rows rows = {2, first, answer};
    assert_float_equal((float)answer_total(weight, &rows), 1.72f, 1e-6f);
    assert_true(answer_total(NULL, &rows) == 3);
    gat_free(weight);
}

static void test_no_weights(void **state)
{
    (void)state;
    float *weight = &(float){1};
    gat_error err = {0};
    assert_int_equal(answer_weights(&weight, &list, 4, 0, NULL), GAT_OK);
    assert_null(weight);
    memory_fail_at(1, false);
    assert_int_equal(answer_weights(&weight, &list, 4, 1, &err), GAT_ENOMEM);
    memory_fail_at(0, false);
    assert_null(weight);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_weights), cmocka_unit_test(test_no_weights)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Means of listed rows and rows at length 1, with their slopes. */
#include <math.h>

#include "base/memory.h"
#include "kernels/kernels.h"
#include "kernels/row_lists.h"
#include "ref/differences.h"
#include "support/check.h"

enum { ROWS = 5, COLUMNS = 7, D = 6 };

typedef struct lists_case {
    row_lists lists;
    tensor x, weight;
    double ref[ROWS * D];
} lists_case;

static void case_init(lists_case *c)
{
    static const int32_t places[] = {0, 3, 6, 2, 1, 2, 3, 4, 5};
    static const int64_t starts[] = {0, 3, 3, 4, 8, 9};
    int64_t *start = gat_alloc(ROWS + 1, sizeof *start);
    int32_t *place = gat_alloc(9, sizeof *place);
    assert_true(start && place);
    for (int i = 0; i <= ROWS; i++) start[i] = starts[i];
    for (int i = 0; i < 9; i++) place[i] = places[i];
    assert_int_equal(row_lists_init(&c->lists, start, place, ROWS, COLUMNS, NULL), GAT_OK);
    c->x = tensor_normal(COLUMNS * D, 1, 1);
    c->weight = tensor_normal(ROWS * D, 1, 2);
}

static void case_clear(lists_case *c)
{
    row_lists_clear(&c->lists);
    tensor_free(&c->x);
    tensor_free(&c->weight);
}

/* Unit vectors of the means. */
static double reference(void *context)
{
    lists_case *c = context;
    const row_lists *l = &c->lists;
    double loss = 0;
    for (int64_t i = 0; i < ROWS; i++) {
        double mean[D] = {0}, square = 0;
        for (int64_t e = l->start[i]; e < l->start[i + 1]; e++)
            for (int k = 0; k < D; k++)
                mean[k] += c->x.ref[l->place[e] * D + k] / (double)(l->start[i + 1] - l->start[i]);
        for (int k = 0; k < D; k++) square += mean[k] * mean[k];
        for (int k = 0; k < D; k++) {
            c->ref[i * D + k] = square > 0 ? mean[k] / sqrt(square) : 0;
            loss += c->weight.ref[i * D + k] * c->ref[i * D + k];
        }
    }
    return loss;
}

static void test_values_and_slopes(void **state)
{
    (void)state;
    lists_case c;
    case_init(&c);
    float mean[ROWS * D], unit[ROWS * D], dmean[ROWS * D] = {0}, inverse[ROWS];
    tensor_differentiate(&c.x, reference, &c, COLUMNS * D);
    reference(&c);
    tensor_restart(&c.x);
    row_mean_forward(mean, c.x.x, &c.lists, D);
    row_unit_forward(unit, inverse, mean, ROWS, D);
    row_unit_backward(dmean, c.weight.x, unit, inverse, ROWS, D);
    row_mean_backward(c.x.grad, dmean, &c.lists, D);
    assert_at_most(largest_difference(unit, c.ref, ROWS * D), 1e-5);
    assert_at_most(tensor_error(&c.x), 1e-4);
    assert_sign_error_is_caught(&c.x, 1e-4);
    case_clear(&c);
}

static void test_transposed(void **state)
{
    (void)state;
    lists_case c;
    case_init(&c);
    const row_lists *l = &c.lists;
    for (int64_t k = 0; k < COLUMNS; k++)
        for (int64_t b = l->back_start[k]; b < l->back_start[k + 1]; b++) {
            assert_int_equal(l->place[l->back_entry[b]], k);
            assert_true(l->start[l->back_row[b]] <= l->back_entry[b] &&
                        l->back_entry[b] < l->start[l->back_row[b] + 1]);
        }
    assert_int_equal(l->back_start[COLUMNS], l->start[ROWS]);
    case_clear(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values_and_slopes),
        cmocka_unit_test(test_transposed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

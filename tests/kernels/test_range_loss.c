/* Cross-entropy over a range of columns against its reference. */
#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "kernels/kernels.h"
#include "kernels/range_loss.h"
#include "ref/differences.h"
#include "support/check.h"

enum { MOST_ROWS = 9 };

typedef struct range_case {
    tensor logit;
    range_targets targets;
    int32_t low[MOST_ROWS], high[MOST_ROWS], target[MOST_ROWS];
    int64_t cols;
    float loss[MOST_ROWS];
    double ref[MOST_ROWS];
} range_case;

static void case_init(range_case *x, int64_t rows, int64_t cols)
{
    *x = (range_case){.logit = tensor_normal(rows * cols, 3, 1), .cols = cols};
    for (int64_t i = 0; i < rows; i++) {
        x->low[i] = (int32_t)(i % 3 * (cols / 4));
        x->high[i] = i % 2 ? (int32_t)cols : x->low[i] + 1 + (int32_t)(cols / 3);
        x->target[i] = i % 4 ? x->high[i] - 1 : x->low[i];
    }
    x->targets = (range_targets){rows, x->low, x->high, x->target};
}

static const double SCALE = 0.5;

static double loss(void *context)
{
    range_case *x = context;
    double total = 0;
    for (int64_t i = 0; i < x->targets.rows; i++) {
        const double *row = x->logit.ref + i * x->cols;
        double sum = 0;
        for (int32_t j = x->low[i]; j < x->high[i]; j++) sum += exp(row[j]);
        x->ref[i] = log(sum) - row[x->target[i]];
        total += SCALE * x->ref[i];
    }
    return total;
}

static void run(range_case *x)
{
    tensor_restart(&x->logit);
    range_loss(x->loss, x->logit.grad, x->logit.x, &x->targets, x->cols, (float)SCALE);
}

static void test_sizes(void **state)
{
    (void)state;
    static const int64_t sizes[][2] = {{1, 1}, {3, 7}, {9, 8}, {5, 33}, {4, 257}, {2, 1000}};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        range_case x;
        case_init(&x, sizes[i][0], sizes[i][1]);
        tensor_differentiate(&x.logit, loss, &x, 60);
        loss(&x);
        for (FOR_VARIANTS(v)) {
            float alone[MOST_ROWS];
            run(&x);
            assert_at_most(largest_difference(x.loss, x.ref, x.targets.rows), 1e-5);
            assert_at_most(tensor_error(&x.logit), 1e-4);
            range_loss(alone, NULL, x.logit.x, &x.targets, x.cols, 0);
            assert_memory_equal(alone, x.loss, (size_t)x.targets.rows * sizeof(float));
        }
        kernels_select("auto");
        tensor_free(&x.logit);
    }
}

/* Columns outside the range have no part in it, however large. */
static void test_outside(void **state)
{
    (void)state;
    range_case x, y;
    case_init(&x, 4, 12);
    case_init(&y, 4, 12);
    for (int64_t i = 0; i < 4; i++)
        for (int32_t j = 0; j < 12; j++)
            if (j < y.low[i] || j >= y.high[i]) y.logit.x[i * 12 + j] = 1e30f;
    run(&x);
    run(&y);
    assert_memory_equal(x.loss, y.loss, sizeof x.loss);
    assert_memory_equal(x.logit.grad, y.logit.grad, 48 * sizeof(float));
    tensor_free(&x.logit);
    tensor_free(&y.logit);
}

static void test_sign_errors_are_caught(void **state)
{
    (void)state;
    range_case x;
    case_init(&x, 3, 5);
    tensor_differentiate(&x.logit, loss, &x, INT64_MAX);
    run(&x);
    assert_sign_error_is_caught(&x.logit, 1e-4);
    tensor_free(&x.logit);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sizes),
        cmocka_unit_test(test_outside),
        cmocka_unit_test(test_sign_errors_are_caught),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

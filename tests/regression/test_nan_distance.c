/* A distance that is not a number was clamped to the smallest distance and so became the best score. It must stay NaN,
 * and rank last. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>

#include "eval/rank.h"
#include "kernels/kernels.h"
#include "kernels/loss.h"

static void test_nan_is_worst(void **state)
{
    enum { N = 5, D = 4 };
    float x[N * D] = {0}, squares[N], scores[N], q[D] = {0.5f, 0, 0, 0};
    (void)state;
    for (int i = 0; i < N; i++) x[i * D] = (float)i;
    x[2 * D + 1] = NAN;
    kernels()->row_squares(squares, x, N, D);
    score_all(scores, q, x, squares, 1, N, D, GAT_COMPARE_DISTANCE);
    assert_true(isnan(scores[2]));
    gat_rank worst = rank_filtered(scores, N, 2, NULL, 0), best = rank_filtered(scores, N, 0, NULL, 0);
    assert_int_equal(worst.above, N - 1);
    assert_int_equal(best.above, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_nan_is_worst)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

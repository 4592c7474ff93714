/* Rows from elsewhere, against a plain version. */
#include <stdlib.h>
#include <string.h>

#include "base/parallel.h"
#include "base/random.h"
#include "kernels/kernels.h"
#include "kernels/replace.h"
#include "support/check.h"

enum { MOST = 257, WIDEST = 33 };

static const int64_t sizes[] = {0, 1, 7, 8, 9, 31, 32, 33, 257}, widths[] = {1, 8, 33};

static uint8_t source[MOST];
static float x[MOST * WIDEST], y[MOST * WIDEST], dx[MOST * WIDEST], dy[MOST * WIDEST], row[WIDEST], drow[WIDEST],
    scratch[KERNEL_PARTS * WIDEST];

static void make(int64_t n, int64_t d)
{
    for (int64_t i = 0; i < n; i++) source[i] = (uint8_t)random_below(1, 7, (uint64_t)i, 3);
    random_fill_normal(x, n * d, 1, 1, 1);
    random_fill_normal(dy, n * d, 1, 1, 2);
    random_fill_normal(row, d, 1, 1, 3);
}

static void test_forward(void **state)
{
    (void)state;
    for (int s = 0; s < 9; s++)
        for (int w = 0; w < 3; w++) {
            int64_t n = sizes[s], d = widths[w];
            make(n, d);
            for (int64_t i = 0; i < n * d; i++) y[i] = -5;
            replace_forward(y, x, row, source, n, d);
            for (int64_t i = 0; i < n * d; i++) {
                float right = source[i / d] == GAT_ROW_OWN ? x[i] : source[i / d] == GAT_ROW_COMMON ? row[i % d] : -5;
                assert_true(y[i] == right);
            }
        }
}

/* Gradients are added: the own rows', and the common row's sum; nothing goes through a filled row. */
static void test_backward(void **state)
{
    (void)state;
    for (int s = 0; s < 9; s++)
        for (int w = 0; w < 3; w++) {
            int64_t n = sizes[s], d = widths[w];
            double sum[WIDEST];
            make(n, d);
            for (int64_t j = 0; j < d; j++) sum[j] = drow[j] = 1;
            for (int64_t i = 0; i < n * d; i++) dx[i] = 2;
            replace_backward(dx, drow, scratch, dy, source, n, d);
            for (int64_t i = 0; i < n * d; i++) {
                assert_true(dx[i] == (source[i / d] == GAT_ROW_OWN ? 2 + dy[i] : 2));
                if (source[i / d] == GAT_ROW_COMMON) sum[i % d] += (double)dy[i];
            }
            for (int64_t j = 0; j < d; j++) assert_float_equal(drow[j], sum[j], 1e-4);
            replace_backward(dx, NULL, scratch, dy, source, n, d);
        }
}

static void test_threads_give_equal_bits(void **state)
{
    (void)state;
    float first[WIDEST];
    make(MOST, WIDEST);
    for (FOR_THREADS(t)) {
        parallel_set_threads(thread_counts[t]);
        memset(drow, 0, sizeof drow);
        replace_backward(dx, drow, scratch, dy, source, MOST, WIDEST);
        if (!t) memcpy(first, drow, sizeof first);
        assert_memory_equal(first, drow, sizeof first);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_forward),
        cmocka_unit_test(test_backward),
        cmocka_unit_test(test_threads_give_equal_bits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

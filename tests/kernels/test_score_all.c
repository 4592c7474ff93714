/* Scores against a double-precision product, and bits that depend on nothing but the two rows. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/memory.h"
#include "base/random.h"
#include "kernels/kernels.h"

enum { MOST_B = 14, MOST_N = 290, MOST_D = 257 };

static const char *const variants[] = {"portable", "avx2", "avx512"};
static const int64_t widths[] = {1, 7, 8, 31, 32, 127, 128, 129, 257}, sizes[] = {1, 7, 16, 31, 33, 257, 290};

typedef struct rows {
    float *q, *x, *x2, *whole, *part;
} rows;

static int setup(void **state)
{
    rows *r = gat_calloc(1, sizeof *r);
    assert_non_null(r);
    r->q = gat_alloc(MOST_B * MOST_D, sizeof(float));
    r->x = gat_alloc(MOST_N * MOST_D, sizeof(float));
    r->x2 = gat_alloc(MOST_N, sizeof(float));
    r->whole = gat_alloc(MOST_B * MOST_N, sizeof(float));
    r->part = gat_alloc(MOST_B * MOST_N, sizeof(float));
    assert_true(r->q && r->x && r->x2 && r->whole && r->part);
    random_fill_normal(r->q, MOST_B * MOST_D, 1, 1, 1);
    random_fill_normal(r->x, MOST_N * MOST_D, 1, 1, 2);
    *state = r;
    return 0;
}

static int teardown(void **state)
{
    rows *r = *state;
    gat_free(r->q);
    gat_free(r->x);
    gat_free(r->x2);
    gat_free(r->whole);
    gat_free(r->part);
    gat_free(r);
    return kernels_select("auto") ? 0 : 1;
}

static void check_values(const rows *r, int64_t b, int64_t n, int64_t d, gat_comparator compare)
{
    kernels()->row_squares(r->x2, r->x, n, d);
    score_all(r->whole, r->q, r->x, r->x2, b, n, d, compare);
    for (int64_t j = 0; j < b; j++)
        for (int64_t i = 0; i < n; i++) {
            double dot = 0, square = 0, size = 0;
            for (int64_t k = 0; k < d; k++) {
                double q = (double)r->q[j * d + k], x = (double)r->x[i * d + k];
                dot += q * x;
                size += fabs(q * x);
                square += (q - x) * (q - x);
            }
            double expected = compare == GAT_COMPARE_DOT ? dot : -sqrt(square),
                   tolerance = 1e-6 * (size + 1) + (compare == GAT_COMPARE_DOT ? 0 : 1e-3);
            if (!(fabs((double)r->whole[j * n + i] - expected) <= tolerance))
                fail_msg("%g is not %g", (double)r->whole[j * n + i], expected);
        }
}

static void test_values(void **state)
{
    const rows *r = *state;
    for (int v = 0; v < 3; v++) {
        if (!kernels_select(variants[v])) continue;
        for (size_t w = 0; w < sizeof widths / sizeof *widths; w++)
            for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s += 2) {
                check_values(r, 3, sizes[s], widths[w], GAT_COMPARE_DOT);
                check_values(r, 1, sizes[s], widths[w], GAT_COMPARE_DISTANCE);
            }
    }
}

/* Any run of questions, against any run of entities, gives the bits of the whole. */
static void check_parts(const rows *r, int64_t d, gat_comparator compare)
{
    kernels()->row_squares(r->x2, r->x, MOST_N, d);
    score_all(r->whole, r->q, r->x, r->x2, MOST_B, MOST_N, d, compare);
    for (int64_t b = 1; b <= MOST_B; b += 4)
        for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
            int64_t n = sizes[s], row = MOST_B - b, column = (MOST_N - n) / 2;
            score_all(r->part, r->q + row * d, r->x + column * d, r->x2 + column, b, n, d, compare);
            for (int64_t j = 0; j < b; j++)
                assert_memory_equal(r->part + j * n, r->whole + (row + j) * MOST_N + column, (size_t)n * sizeof(float));
        }
}

static void test_bits_do_not_depend_on_the_batch(void **state)
{
    const rows *r = *state;
    for (int v = 0; v < 3; v++) {
        if (!kernels_select(variants[v])) continue;
        check_parts(r, 32, GAT_COMPARE_DOT);
        check_parts(r, 129, GAT_COMPARE_DOT);
        check_parts(r, 33, GAT_COMPARE_DISTANCE);
    }
}

/* Listed rows, repeated and out of order. */
static void test_listed_rows(void **state)
{
    const rows *r = *state;
    int32_t list[70];
    float score[70];
    for (int i = 0; i < 70; i++) list[i] = (int32_t)random_below(5, 5, (uint64_t)i, MOST_N);
    for (int v = 0; v < 3; v++) {
        if (!kernels_select(variants[v])) continue;
        for (size_t w = 0; w < sizeof widths / sizeof *widths; w++) {
            int64_t d = widths[w];
            score_all(r->whole, r->q, r->x, NULL, 1, MOST_N, d, GAT_COMPARE_DOT);
            for (int count = 1; count <= 70; count += 23) {
                kernels()->score_rows(score, r->q, r->x, list, count, d, true);
                for (int i = 0; i < count; i++) assert_true(score[i] == r->whole[list[i]]);
                kernels()->score_rows(score, r->q, r->x, list, count, d, false);
                for (int i = 0; i < count; i++) assert_true(fabsf(score[i] - r->whole[list[i]]) < 1e-4f);
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_bits_do_not_depend_on_the_batch),
        cmocka_unit_test(test_listed_rows),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}

/* bf16 products against double precision over rounded numbers, and the loss made of them against the one in f32. */
#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "base/parallel.h"
#include "base/random.h"
#include "kernels/bf16.h"
#include "kernels/kernels.h"
#include "support/check.h"

static float *numbers(int64_t n, uint64_t stream)
{
    float *x = gat_alloc(n, sizeof *x);
    assert_non_null(x);
    random_fill_normal(x, n, 1, 1, stream);
    return x;
}

/* The nearest number of eight significant bits, ties to even. */
static double rounded(float x)
{
    int exponent;
    double mantissa = frexp((double)x, &exponent);
    return ldexp(nearbyint(mantissa * 256), exponent - 8);
}

static float through_bf16(float x)
{
    uint32_t word[16];
    float one = 1, y;
    bf16_kernels()->pack(word, &x, 1, false, 1, 1);
    bf16_kernels()->product(&y, 1, &one, 1, false, word, 1, 1, 1, false);
    return y;
}

/* 1.00390625 and 1.01171875 lie between two neighbours. */
static void test_rounding(void **state)
{
    (void)state;
    static const float x[] = {0,      1,          -1,    1.00390625f, 1.01171875f, -1.00390625f,
                              1.004f, 1.0078125f, 3e38f, 1e-30f,      0.1f};
    assert_true(rounded(1.00390625f) == 1 && rounded(1.01171875f) == 1.015625);
    for (FOR_VARIANTS(v)) {
        for (size_t i = 0; i < sizeof x / sizeof *x; i++) assert_true((double)through_bf16(x[i]) == rounded(x[i]));
        assert_true(isinf(through_bf16(INFINITY)) && isinf(through_bf16(3.4028e38f)));
        assert_true(isnan(through_bf16(NAN)));
    }
    kernels_select("auto");
}

static double *rounded_all(const float *x, int64_t n)
{
    double *y = gat_alloc(n, sizeof *y);
    assert_non_null(y);
    for (int64_t i = 0; i < n; i++) y[i] = rounded(x[i]);
    return y;
}

/* A product: strides wider than the matrices, c with a column to its right that must stay. */
typedef struct product_case {
    int64_t m, n, k, lda, ldb, ldc;
    bool transpose_a, transpose_b;
    float *a, *b, *c, *before;
    double *a64, *b64;
    uint32_t *words;
} product_case;

static void product_init(product_case *p)
{
    int64_t rows_a = p->transpose_a ? p->k : p->m, rows_b = p->transpose_b ? p->n : p->k;
    p->lda = (p->transpose_a ? p->m : p->k) + 3;
    p->ldb = (p->transpose_b ? p->k : p->n) + 5;
    p->ldc = p->n + 1;
    p->a = numbers(p->lda * rows_a, 1);
    p->b = numbers(p->ldb * rows_b, 2);
    p->c = numbers(p->ldc * p->m, 3);
    p->before = numbers(p->ldc * p->m, 3);
    p->a64 = rounded_all(p->a, p->lda * rows_a);
    p->b64 = rounded_all(p->b, p->ldb * rows_b);
    p->words = gat_alloc(bf16_words(p->k, p->n), sizeof *p->words);
    assert_non_null(p->words);
}

static void product_clear(product_case *p)
{
    gat_free(p->a);
    gat_free(p->b);
    gat_free(p->c);
    gat_free(p->before);
    gat_free(p->a64);
    gat_free(p->b64);
    gat_free(p->words);
}

static void check_entry(const product_case *p, int64_t i, int64_t j, bool add)
{
    double sum = add ? (double)p->before[i * p->ldc + j] : 0, size = 1;
    for (int64_t l = 0; l < p->k; l++) {
        double x = p->a64[p->transpose_a ? l * p->lda + i : i * p->lda + l],
               y = p->b64[p->transpose_b ? j * p->ldb + l : l * p->ldb + j];
        sum += x * y, size += fabs(x * y);
    }
    assert_at_most(fabs((double)p->c[i * p->ldc + j] - sum), 1e-6 * size);
}

static void check_product(product_case *p)
{
    for (int add = 0; add < 2; add++) {
        memcpy(p->before, p->c, (size_t)(p->ldc * p->m) * sizeof *p->c);
        bf16_kernels()->pack(p->words, p->b, p->ldb, p->transpose_b, p->k, p->n);
        bf16_kernels()->product(p->c, p->ldc, p->a, p->lda, p->transpose_a, p->words, p->m, p->n, p->k, add);
        for (int64_t i = 0; i < p->m; i++) {
            for (int64_t j = 0; j < p->n; j++) check_entry(p, i, j, add);
            assert_true(p->c[i * p->ldc + p->n] == p->before[i * p->ldc + p->n]);
        }
    }
}

static void test_products(void **state)
{
    (void)state;
    static const int64_t sizes[][3] = {{1, 1, 1},     {5, 3, 2},      {6, 16, 7},    {7, 17, 8},
                                       {49, 64, 9},   {48, 65, 33},   {13, 80, 31},  {47, 128, 32},
                                       {6, 129, 257}, {50, 208, 256}, {50, 16, 600}, {2, 200, 511}};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        for (int how = 0; how < 4; how++) {
            product_case p = {
                .m = sizes[i][0], .n = sizes[i][1], .k = sizes[i][2], .transpose_a = how & 1, .transpose_b = how & 2};
            product_init(&p);
            for (FOR_VARIANTS(v)) check_product(&p);
            product_clear(&p);
        }
    kernels_select("auto");
}

/* The loss over N entities and B rows, both precisions. */
typedef struct loss_run {
    float *q, *x, *dq, *dx;
    double value;
} loss_run;

enum { MOST_ANSWERS = 3 };

static loss_run run_loss(int64_t n, int64_t b, int64_t d, gat_loss_options how)
{
    loss_run r = {numbers(b * d, 1), numbers(n * d, 2), numbers(b * d, 4), numbers(n * d, 5), 0};
    int64_t *first = gat_alloc(b + 1, sizeof *first);
    int32_t *answer = gat_alloc(b * MOST_ANSWERS, sizeof *answer);
    float *work = gat_alloc(loss_work_size(n, b, d, b * MOST_ANSWERS, &how), sizeof *work);
    assert_true(first && answer && work);
    for (int64_t i = 0; i < b * d; i++) r.q[i] *= 0.5f, r.dq[i] *= 1e-3f;
    for (int64_t i = 0; i < n * d; i++) r.x[i] *= 0.5f, r.dx[i] *= 1e-3f;
    for (int64_t j = 0; j <= b; j++) first[j] = j * MOST_ANSWERS;
    for (int64_t j = 0; j < b * MOST_ANSWERS; j++)
        answer[j] = (int32_t)((random_below(7, 7, (uint64_t)j / MOST_ANSWERS, n) + j) % n);
    gat_rows rows = {b, first, answer};
    r.value = loss_one_vs_all(r.dq, r.dx, work, r.q, r.x, &rows, n, d, &how);
    gat_free(first);
    gat_free(answer);
    gat_free(work);
    return r;
}

static void loss_run_clear(loss_run *r)
{
    gat_free(r->q);
    gat_free(r->x);
    gat_free(r->dq);
    gat_free(r->dx);
}

/* No entry is off by more than 1 % of the largest. */
static void assert_near(const float *x, const float *right, int64_t n)
{
    double largest = 0, error = 0;
    for (int64_t i = 0; i < n; i++) {
        largest = fmax(largest, fabs((double)right[i]));
        error = fmax(error, fabs((double)x[i] - (double)right[i]));
    }
    assert_true(largest > 0);
    assert_at_most(error, 1e-2 * largest);
}

static void test_loss_is_near_f32(void **state)
{
    (void)state;
    static const int64_t sizes[][3] = {{3, 2, 1}, {255, 7, 31}, {257, 49, 33}, {600, 100, 64}, {700, 5, 200}};
    for (FOR_VARIANTS(v))
        for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
            for (int kind = 0; kind < GAT_NUM_LOSSES; kind++) {
                int64_t n = sizes[i][0], b = sizes[i][1], d = sizes[i][2];
                gat_loss_options how = {.kind = (gat_loss)kind, .smoothing = 0.1f, .total = (double)b};
                loss_run right = run_loss(n, b, d, how);
                how.precision = GAT_PRECISION_BF16;
                loss_run near = run_loss(n, b, d, how);
                assert_near(near.dq, right.dq, b * d);
                assert_near(near.dx, right.dx, n * d);
                assert_at_most(fabs(near.value - right.value), 1e-2 * fabs(right.value));
                if (d > 1) assert_true(memcmp(near.dx, right.dx, (size_t)(n * d) * sizeof *near.dx) != 0);
                loss_run_clear(&right);
                loss_run_clear(&near);
            }
    kernels_select("auto");
}

/* Distances take f32 whatever is asked. */
static void test_distances_stay_f32(void **state)
{
    (void)state;
    gat_loss_options how = {.compare = GAT_COMPARE_DISTANCE, .total = 9};
    loss_run f32 = run_loss(300, 9, 20, how);
    how.precision = GAT_PRECISION_BF16;
    loss_run bf16 = run_loss(300, 9, 20, how);
    assert_memory_equal(f32.dx, bf16.dx, 300 * 20 * sizeof(float));
    loss_run_clear(&f32);
    loss_run_clear(&bf16);
}

static void test_threads_give_equal_bits(void **state)
{
    (void)state;
    gat_loss_options how = {.precision = GAT_PRECISION_BF16, .smoothing = 0.1f, .total = 100};
    enum { N = 1500, B = 100, D = 70 };
    parallel_set_threads(1);
    loss_run one = run_loss(N, B, D, how);
    for (FOR_THREADS(t)) {
        parallel_set_threads(thread_counts[t]);
        loss_run more = run_loss(N, B, D, how);
        assert_true(one.value == more.value);
        assert_memory_equal(one.dq, more.dq, B * D * sizeof(float));
        assert_memory_equal(one.dx, more.dx, N * D * sizeof(float));
        loss_run_clear(&more);
    }
    loss_run_clear(&one);
    parallel_set_threads(2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rounding),
        cmocka_unit_test(test_products),
        cmocka_unit_test(test_loss_is_near_f32),
        cmocka_unit_test(test_distances_stay_f32),
        cmocka_unit_test(test_threads_give_equal_bits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

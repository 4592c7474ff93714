/* The softmax loss with a sampled gradient: its value is exact, its gradient is right on average. */
#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "base/parallel.h"
#include "base/random.h"
#include "kernels/kernels.h"
#include "support/check.h"

enum { MOST = 65536 };

/* b rows with one to three answers each; gradients start at zero. */
typedef struct sampled_case {
    int64_t n, b, d;
    float *q, *x, *dq, *dx, *work;
    int64_t *first;
    int32_t *answer;
    gat_rows rows;
    gat_loss_options how;
} sampled_case;

static void case_init(sampled_case *c, int64_t n, int64_t b, int64_t d, int64_t samples)
{
    *c = (sampled_case){.n = n, .b = b, .d = d, .how = {.samples = samples, .key = 7, .total = (double)b + 0.5}};
    c->q = gat_alloc(b * d, sizeof *c->q);
    c->x = gat_alloc(n * d, sizeof *c->x);
    c->dq = gat_alloc(b * d, sizeof *c->dq);
    c->dx = gat_alloc(n * d, sizeof *c->dx);
    c->first = gat_calloc(b + 1, sizeof *c->first);
    c->answer = gat_calloc(3 * b + 1, sizeof *c->answer);
    gat_loss_options exact = c->how;
    exact.samples = 0;
    int64_t size = loss_work_size(n, b, d, 3 * b, &c->how), whole = loss_work_size(n, b, d, 3 * b, &exact);
    c->work = gat_alloc(size > whole ? size : whole, sizeof *c->work);
    assert_true(c->q && c->x && c->dq && c->dx && c->first && c->answer && c->work);
    random_fill_normal(c->q, b * d, (float)pow((double)d, -0.25), 1, 1);
    random_fill_normal(c->x, n * d, (float)pow((double)d, -0.25), 1, 2);
    for (int64_t j = 0; j < b; j++) {
        c->first[j + 1] = c->first[j] + 1 + j % 3;
        for (int64_t i = c->first[j]; i < c->first[j + 1]; i++) c->answer[i] = (int32_t)((7 * i + j) % n);
    }
    c->rows = (gat_rows){b, c->first, c->answer};
}

static void case_clear(sampled_case *c)
{
    gat_free(c->q);
    gat_free(c->x);
    gat_free(c->dq);
    gat_free(c->dx);
    gat_free(c->work);
    gat_free(c->first);
    gat_free(c->answer);
}

static double run(sampled_case *c, int64_t samples, uint32_t key)
{
    gat_loss_options how = c->how;
    how.samples = samples;
    how.key = key;
    memset(c->dq, 0, (size_t)(c->b * c->d) * sizeof *c->dq);
    memset(c->dx, 0, (size_t)(c->n * c->d) * sizeof *c->dx);
    return loss_one_vs_all(c->dq, c->dx, c->work, c->q, c->x, &c->rows, c->n, c->d, &how);
}

static double difference(const double *a, const double *b, int64_t n)
{
    double most = 0;
    for (int64_t i = 0; i < n; i++) most = fmax(most, fabs(a[i] - b[i]));
    return most;
}

/* sum (b d + n d) += the gradients, dq first. */
static void add_gradients(double *sum, const sampled_case *c)
{
    for (int64_t i = 0; i < c->b * c->d; i++) sum[i] += (double)c->dq[i];
    for (int64_t i = 0; i < c->n * c->d; i++) sum[c->b * c->d + i] += (double)c->dx[i];
}

static double *gradients(sampled_case *c)
{
    double *sum = gat_calloc((c->b + c->n) * c->d, sizeof *sum);
    assert_non_null(sum);
    add_gradients(sum, c);
    return sum;
}

/* With very many draws nothing is left to chance. */
static void test_many_draws_are_exact(void **state)
{
    (void)state;
    static const int64_t sizes[][3] = {{1, 1, 1},    {2, 3, 7},    {9, 15, 63},  {31, 16, 64}, {256, 17, 65},
                                       {257, 64, 8}, {600, 65, 9}, {40, 130, 3}, {12, 5, 130}, {300, 1, 257}};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        sampled_case c;
        float weight[600];
        case_init(&c, sizes[i][0], sizes[i][1], sizes[i][2], MOST);
        for (int64_t k = 0; k < c.n; k++) weight[k] = 0.5f + (float)(k % 5) / 4;
        if (i % 2) c.how.answer_weight = weight;
        for (FOR_VARIANTS(v)) {
            double value = run(&c, 0, 0), *exact = gradients(&c);
            assert_at_most(fabs(run(&c, MOST, 7) - value), 1e-5 * fmax(1, value));
            double *drawn = gradients(&c);
            assert_at_most(difference(drawn, exact, (c.b + c.n) * c.d), 1e-3 / (double)c.b + 1e-5);
            gat_free(exact);
            gat_free(drawn);
        }
        case_clear(&c);
    }
    kernels_select("auto");
}

/* Two draws an answer, averaged over many keys: an error of one in the start of a column would show. */
static void test_few_draws_are_right_on_average(void **state)
{
    (void)state;
    enum { KEYS = 1000 };
    sampled_case c;
    case_init(&c, 270, 6, 8, 2);
    run(&c, 0, 0);
    int64_t size = (c.b + c.n) * c.d;
    double *exact = gradients(&c), *sum = gat_calloc(size, sizeof *sum);
    assert_non_null(sum);
    for (uint32_t key = 0; key < KEYS; key++) {
        run(&c, 2, key * 77);
        add_gradients(sum, &c);
        if (!key) assert_true(difference(sum, exact, size) > 0.02); /* one set of draws is far off */
    }
    for (int64_t i = 0; i < size; i++) sum[i] /= KEYS;
    assert_at_most(difference(sum, exact, size), 0.01);
    gat_free(exact);
    gat_free(sum);
    case_clear(&c);
}

static void test_threads_give_equal_bits(void **state)
{
    (void)state;
    sampled_case one, more;
    case_init(&one, 1000, 19, 200, 16);
    case_init(&more, 1000, 19, 200, 16);
    for (FOR_VARIANTS(v))
        for (int p = 0; p < 2; p++) {
            one.how.precision = more.how.precision = (gat_precision)p;
            parallel_set_threads(1);
            double value = run(&one, 16, 3);
            for (FOR_THREADS(t)) {
                parallel_set_threads(thread_counts[t]);
                assert_true(value == run(&more, 16, 3));
                assert_memory_equal(one.dq, more.dq, (size_t)(one.b * one.d) * sizeof(float));
                assert_memory_equal(one.dx, more.dx, (size_t)(one.n * one.d) * sizeof(float));
            }
        }
    kernels_select("auto");
    case_clear(&one);
    case_clear(&more);
    parallel_set_threads(2);
}

/* 2^20 entities leave room for 32 rows: the 33rd is a slice of its own. */
static void test_batch_above_the_bound_is_cut(void **state)
{
    (void)state;
    enum { N = 1 << 20, FITS = 32, D = 2 };
    assert_int_equal(LOSS_MAX_SCORES / N, FITS);
    sampled_case c;
    case_init(&c, N, FITS + 1, D, MOST);
    double value = run(&c, 0, 0), *exact = gradients(&c);
    assert_at_most(fabs(run(&c, MOST, 5) - value), 1e-5 * value);
    double *drawn = gradients(&c);
    assert_at_most(difference(drawn, exact, (FITS + 1) * D), 2e-2 / FITS);
    assert_true(difference(drawn + FITS * D, drawn + (FITS - 1) * D, D) > 1e-3 / FITS);
    gat_free(exact);
    gat_free(drawn);
    case_clear(&c);
}

static void test_nan_shows(void **state)
{
    (void)state;
    sampled_case c;
    case_init(&c, 30, 4, 8, 4);
    c.q[9] = NAN;
    for (FOR_VARIANTS(v)) assert_true(isnan(run(&c, 4, 1)));
    kernels_select("auto");
    case_clear(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_many_draws_are_exact),
        cmocka_unit_test(test_few_draws_are_right_on_average),
        cmocka_unit_test(test_threads_give_equal_bits),
        cmocka_unit_test(test_batch_above_the_bound_is_cut),
        cmocka_unit_test(test_nan_shows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

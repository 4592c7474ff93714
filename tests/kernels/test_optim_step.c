/* Adam, Adagrad and the regulariser against double precision. */
#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "base/parallel.h"
#include "kernels/kernels.h"
#include "ref/differences.h"
#include "ref/ref_optim.h"
#include "ref/ref_score.h"
#include "support/check.h"

static const int64_t lengths[] = {0, 1, 7, 8, 9, 31, 32, 33, 257, 16385};
enum { LENGTHS = sizeof lengths / sizeof *lengths, STEPS = 5 };

/* Adam (two moments) or Adagrad (one sum) over STEPS steps of changing gradients. */
static void run_steps(tensor *x, float *first, float *second, bool adam)
{
    int64_t n = x->count;
    memset(first, 0, (size_t)n * sizeof *first);
    memset(second, 0, (size_t)n * sizeof *second);
    for (int64_t t = 1; t <= STEPS; t++) {
        tensor dx = tensor_normal(n, 1, 100 + (uint64_t)t);
        if (adam) kernels()->adam(x->x, first, second, dx.x, n, 0.1f, 0.9f, 0.999f, 1e-8f, 0.01f, t);
        else kernels()->adagrad(x->x, first, dx.x, n, 0.1f, 1e-10f, 0.01f);
        tensor_free(&dx);
    }
}

static double ref_steps(double x, int64_t i, int64_t n, bool adam)
{
    double first = 0, second = 0;
    for (int64_t t = 1; t <= STEPS; t++) {
        tensor dx = tensor_normal(n, 1, 100 + (uint64_t)t);
        if (adam) ref_adam(&x, &first, &second, dx.ref[i], 0.1, 0.9, 0.999, 1e-8, 0.01, t);
        else ref_adagrad(&x, &first, dx.ref[i], 0.1, 1e-10, 0.01);
        tensor_free(&dx);
    }
    return x;
}

static void check_steps(int64_t n, bool adam)
{
    float *first = gat_calloc(n, sizeof *first), *second = gat_calloc(n, sizeof *second);
    assert_true(first && second);
    for (FOR_VARIANTS(v)) {
        tensor x = tensor_normal(n, 1, 1);
        run_steps(&x, first, second, adam);
        for (int64_t i = 0; i < n; i += 1 + n / 20)
            assert_at_most(fabs((double)x.x[i] - ref_steps(x.ref[i], i, n, adam)), 5e-6);
        tensor_free(&x);
    }
    kernels_select("auto");
    gat_free(first);
    gat_free(second);
}

static void test_steps(void **state)
{
    (void)state;
    for (int i = 0; i < LENGTHS; i++) {
        check_steps(lengths[i], true);
        check_steps(lengths[i], false);
    }
}

/* What has never had a gradient stays where it is. */
static void test_zero_gradient(void **state)
{
    (void)state;
    float x = 3, first = 0, second = 0, zero = 0;
    kernels()->adagrad(&x, &first, &zero, 1, 0.1f, 1e-10f, 0);
    assert_true(x == 3);
    kernels()->adam(&x, &first, &second, &zero, 1, 0.1f, 0.9f, 0.999f, 1e-8f, 0, 1);
    assert_true(x == 3);
}

/* Some rows stepped alone are what a step over the whole table makes of them; the others stay as they are. */
static void test_rows(void **state)
{
    (void)state;
    enum { ROWS = 40, D = 37, SOME = 3 };
    static const int32_t row[SOME] = {39, 0, 17};
    for (int adam = 0; adam < 2; adam++)
        for (FOR_VARIANTS(v)) {
            tensor x = tensor_normal(ROWS * D, 1, 1), dx = tensor_normal(SOME * D, 1, 2);
            tensor m = tensor_normal(ROWS * D, 1, 3), s = tensor_normal(ROWS * D, 1, 4);
            tensor all = tensor_normal(ROWS * D, 1, 1), am = tensor_normal(ROWS * D, 1, 3),
                   as = tensor_normal(ROWS * D, 1, 4), spread = tensor_normal(ROWS * D, 0, 5);
            for (int i = 0; i < ROWS * D; i++) s.x[i] = as.x[i] = fabsf(s.x[i]);
            for (int i = 0; i < SOME; i++) memcpy(spread.x + row[i] * D, dx.x + i * D, D * sizeof(float));
            if (adam) {
                kernels()->adam_rows(x.x, m.x, s.x, dx.x, row, SOME, D, 0.1f, 0.9f, 0.999f, 1e-8f, 0.01f, 3);
                kernels()->adam(all.x, am.x, as.x, spread.x, ROWS * D, 0.1f, 0.9f, 0.999f, 1e-8f, 0.01f, 3);
            } else {
                kernels()->adagrad_rows(x.x, s.x, dx.x, row, SOME, D, 0.1f, 1e-10f, 0.01f);
                kernels()->adagrad(all.x, as.x, spread.x, ROWS * D, 0.1f, 1e-10f, 0.01f);
            }
            for (int i = 0; i < ROWS * D; i++) {
                bool stepped = i / D == row[0] || i / D == row[1] || i / D == row[2];
                if (stepped) assert_at_most(fabsf(x.x[i] - all.x[i]) + fabsf(s.x[i] - as.x[i]), 1e-6);
                else
                    assert_true((double)x.x[i] == x.ref[i] && (double)m.x[i] == m.ref[i] &&
                                s.x[i] == fabsf((float)s.ref[i]));
            }
            tensor_free(&x), tensor_free(&dx), tensor_free(&m), tensor_free(&s);
            tensor_free(&all), tensor_free(&am), tensor_free(&as), tensor_free(&spread);
        }
    kernels_select("auto");
}

typedef struct power_case {
    tensor x;
    float *weight, cubes, squares;
    int64_t n, d;
    bool moduli;
} power_case;

static double power_loss(void *context)
{
    const power_case *c = context;
    return ref_regularize(c->x.ref, c->weight, (double)c->cubes, (double)c->squares, c->n, c->d, c->moduli);
}

/* Every third row has weight 0 and is left alone, even where it holds no number. */
static void check_powers(int64_t n, int64_t d, bool moduli, float cubes, float squares)
{
    power_case c = {.x = tensor_normal(n * d, 1, 1),
                    .weight = gat_calloc(n, sizeof(float)),
                    .cubes = cubes,
                    .squares = squares,
                    .n = n,
                    .d = d,
                    .moduli = moduli};
    assert_non_null(c.weight);
    for (int64_t i = 0; i < n; i++) c.weight[i] = i % 3 == 2 ? 0 : (float)(i + 1);
    tensor_differentiate(&c.x, power_loss, &c, 40);
    double right = power_loss(&c);
    if (n > 2) c.x.x[2 * d] = NAN;
    for (FOR_VARIANTS(v)) {
        tensor_restart(&c.x);
        double value = kernels()->regularize(c.x.grad, c.x.x, c.weight, cubes, squares, n, d, moduli);
        assert_at_most(fabs(value - right), 1e-5 * fmax(1, right));
        assert_at_most(tensor_error(&c.x), 1e-4);
    }
    kernels_select("auto");
    gat_free(c.weight);
    tensor_free(&c.x);
}

static void test_powers(void **state)
{
    (void)state;
    static const int64_t sizes[][2] = {{0, 4}, {1, 2}, {7, 8}, {9, 16}, {33, 32}, {40, 34}, {5, 258}};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        for (int moduli = 0; moduli < 2; moduli++) {
            check_powers(sizes[i][0], sizes[i][1], moduli, 0.03f, 0);
            check_powers(sizes[i][0], sizes[i][1], moduli, 0, 0.05f);
            check_powers(sizes[i][0], sizes[i][1], moduli, 0.02f, 0.01f);
        }
    check_powers(4, 33, false, 0.03f, 0.05f);
}

static void test_threads_give_equal_bits(void **state)
{
    (void)state;
    enum { N = 40000 };
    float *first = gat_calloc(N, sizeof *first), *second = gat_calloc(N, sizeof *second);
    tensor one = tensor_normal(N, 1, 1), ones = tensor_normal(200, 1, 2);
    assert_true(first && second);
    parallel_set_threads(1);
    run_steps(&one, first, second, true);
    double value = kernels()->regularize(one.grad, one.x, ones.x, 0.1f, 0.2f, 200, 200, true);
    for (FOR_THREADS(t)) {
        tensor more = tensor_normal(N, 1, 1);
        parallel_set_threads(thread_counts[t]);
        run_steps(&more, first, second, true);
        assert_true(value == kernels()->regularize(more.grad, more.x, ones.x, 0.1f, 0.2f, 200, 200, true));
        assert_memory_equal(one.x, more.x, N * sizeof(float));
        assert_memory_equal(one.grad, more.grad, N * sizeof(float));
        tensor_free(&more);
    }
    parallel_set_threads(2);
    tensor_free(&one);
    tensor_free(&ones);
    gat_free(first);
    gat_free(second);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_steps),  cmocka_unit_test(test_zero_gradient),           cmocka_unit_test(test_rows),
        cmocka_unit_test(test_powers), cmocka_unit_test(test_threads_give_equal_bits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Layer normalisation and the column scale against double precision. */
#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "base/parallel.h"
#include "kernels/kernels.h"
#include "ref/differences.h"
#include "ref/ref_layers.h"
#include "support/check.h"

typedef struct layer {
    int64_t n, d;
    tensor x, gain, bias, weight;
    float *y, *mean_rstd, *scratch;
    double *ref;
} layer;

static void layer_init(layer *l, int64_t n, int64_t d)
{
    *l = (layer){.n = n, .d = d};
    l->x = tensor_normal(n * d, 2, 1);
    l->gain = tensor_normal(d, 1, 2);
    l->bias = tensor_normal(d, 1, 3);
    l->weight = tensor_normal(n * d, 1, 4);
    l->y = gat_alloc(n * d, sizeof(float));
    l->mean_rstd = gat_alloc(2 * n, sizeof(float));
    l->scratch = gat_alloc(2 * KERNEL_PARTS * d, sizeof(float));
    l->ref = gat_alloc(n * d, sizeof(double));
    assert_true(l->y && l->mean_rstd && l->scratch && l->ref);
}

static void layer_clear(layer *l)
{
    tensor_free(&l->x);
    tensor_free(&l->gain);
    tensor_free(&l->bias);
    tensor_free(&l->weight);
    gat_free(l->y);
    gat_free(l->mean_rstd);
    gat_free(l->scratch);
    gat_free(l->ref);
}

static double weighted(const layer *l)
{
    double sum = 0;
    for (int64_t i = 0; i < l->n * l->d; i++) sum += l->weight.ref[i] * l->ref[i];
    return sum;
}

static double norm_loss(void *context)
{
    layer *l = context;
    ref_norm(l->ref, l->x.ref, l->gain.ref, l->bias.ref, l->n, l->d);
    return weighted(l);
}

static double scale_loss(void *context)
{
    layer *l = context;
    for (int64_t i = 0; i < l->n * l->d; i++) l->ref[i] = l->x.ref[i] * l->gain.ref[i % l->d];
    return weighted(l);
}

static void restart(layer *l)
{
    tensor_restart(&l->x);
    tensor_restart(&l->gain);
    tensor_restart(&l->bias);
    for (int64_t i = 0; i < l->n * l->d; i++) l->y[i] = 99;
}

static void run_norm(layer *l)
{
    restart(l);
    kernels()->norm_forward(l->y, l->mean_rstd, l->x.x, l->gain.x, l->bias.x, l->n, l->d);
    kernels()->norm_backward(l->x.grad, l->gain.grad, l->bias.grad, l->scratch, l->weight.x, l->x.x, l->mean_rstd,
                             l->gain.x, l->n, l->d);
}

static void run_scale(layer *l)
{
    restart(l);
    kernels()->scale_forward(l->y, l->x.x, l->gain.x, l->n, l->d);
    kernels()->scale_backward(l->x.grad, l->gain.grad, l->scratch, l->weight.x, l->x.x, l->gain.x, l->n, l->d);
}

typedef void run_function(layer *l);

static void check(layer *l, run_function *run, ref_function *loss)
{
    tensor_differentiate(&l->x, loss, l, 30);
    tensor_differentiate(&l->gain, loss, l, 30);
    if (loss == norm_loss) tensor_differentiate(&l->bias, loss, l, 30);
    loss(l);
    for (FOR_VARIANTS(v)) {
        run(l);
        assert_at_most(largest_difference(l->y, l->ref, l->n * l->d), 1e-5);
        assert_at_most(tensor_error(&l->x), 1e-4);
        assert_at_most(tensor_error(&l->gain), 1e-4);
        if (loss == norm_loss) assert_at_most(tensor_error(&l->bias), 1e-4);
    }
    kernels_select("auto");
}

static void test_sizes(void **state)
{
    (void)state;
    static const int64_t sizes[][2] = {{1, 7},   {7, 8},   {9, 9},   {5, 16},  {31, 31}, {32, 32},
                                       {33, 33}, {17, 64}, {4, 257}, {300, 8}, {0, 4}};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        layer a, b;
        layer_init(&a, sizes[i][0], sizes[i][1]);
        check(&a, run_norm, norm_loss);
        layer_clear(&a);
        layer_init(&b, sizes[i][0], sizes[i][1]);
        check(&b, run_scale, scale_loss);
        layer_clear(&b);
    }
}

/* Equal numbers, or a single one, have no spread: the row becomes the bias, and nothing is NaN. */
static void test_constant_rows(void **state)
{
    (void)state;
    for (int64_t d = 1; d <= 8; d += 7) {
        layer l;
        layer_init(&l, 3, d);
        for (int64_t i = 0; i < l.x.count; i++) l.x.x[i] = (float)(i / d);
        for (FOR_VARIANTS(v)) {
            run_norm(&l);
            for (int64_t i = 0; i < l.x.count; i++) {
                assert_float_equal(l.y[i], l.bias.x[i % d], 1e-6f);
                assert_true(isfinite(l.x.grad[i]));
            }
        }
        layer_clear(&l);
    }
    kernels_select("auto");
}

static void test_threads_give_equal_bits(void **state)
{
    (void)state;
    run_function *const runs[] = {run_norm, run_scale};
    for (int i = 0; i < 2; i++) {
        layer one, more;
        layer_init(&one, 1001, 37);
        layer_init(&more, 1001, 37);
        parallel_set_threads(1);
        runs[i](&one);
        for (FOR_THREADS(t)) {
            parallel_set_threads(thread_counts[t]);
            runs[i](&more);
            assert_memory_equal(one.y, more.y, 1001 * 37 * sizeof(float));
            assert_memory_equal(one.x.grad, more.x.grad, 1001 * 37 * sizeof(float));
            assert_memory_equal(one.gain.grad, more.gain.grad, 37 * sizeof(float));
            assert_memory_equal(one.bias.grad, more.bias.grad, 37 * sizeof(float));
        }
        layer_clear(&one);
        layer_clear(&more);
    }
    parallel_set_threads(2);
}

static void test_sign_errors_are_caught(void **state)
{
    (void)state;
    layer l;
    layer_init(&l, 5, 6);
    tensor_differentiate(&l.x, norm_loss, &l, INT64_MAX);
    run_norm(&l);
    assert_sign_error_is_caught(&l.x, 1e-4);
    layer_clear(&l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sizes),
        cmocka_unit_test(test_constant_rows),
        cmocka_unit_test(test_threads_give_equal_bits),
        cmocka_unit_test(test_sign_errors_are_caught),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Elementwise kernels: activations, dropout, axpy. */
#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "base/parallel.h"
#include "kernels/kernels.h"
#include "ref/differences.h"
#include "ref/ref_layers.h"
#include "support/check.h"

enum { MOST = 40000 };

static const int64_t lengths[] = {0, 1, 7, 8, 9, 31, 32, 33, 257, 16384, 16385, MOST};
enum { LENGTHS = sizeof lengths / sizeof *lengths };

static float y[MOST], again[MOST];

typedef struct activation_case {
    double x, dy;
    gat_activation kind;
} activation_case;

static double activation_loss(void *context)
{
    const activation_case *c = context;
    return c->dy * ref_act(c->x, c->kind);
}

static void check_activation(tensor *x, const tensor *dy, gat_activation kind)
{
    for (int64_t i = 0; i < x->count; i++) {
        activation_case c = {x->ref[i], dy->ref[i], kind};
        x->slope[i] = ref_derivative(activation_loss, &c, &c.x);
    }
    for (FOR_VARIANTS(v)) {
        kernels()->act_forward(y, x->x, x->count, kind);
        for (int64_t i = 0; i < x->count; i++) {
            double right = ref_act(x->ref[i], kind);
            assert_at_most(fabs((double)y[i] - right),
                           6e-7 * fmax(fabs(right), 1e-3) + (kind == GAT_ACT_ELU ? 1e-7 : 0));
        }
        tensor_restart(x);
        kernels()->act_backward(x->grad, dy->x, y, x->count, kind);
        assert_at_most(tensor_error(x), 1e-4);
    }
    kernels_select("auto");
}

static void test_activations(void **state)
{
    (void)state;
    for (int kind = 0; kind < GAT_NUM_ACTIVATIONS; kind++)
        for (int i = 0; i < LENGTHS; i++) {
            tensor x = tensor_normal(lengths[i], 2, 1), dy = tensor_normal(lengths[i], 1, 2);
            check_activation(&x, &dy, (gat_activation)kind);
            tensor_free(&x);
            tensor_free(&dy);
        }
}

static void test_activations_far_out(void **state)
{
    (void)state;
    static const float x[] = {-INFINITY, -1e30f, -200, -100, -88, -87, -20,   -0.0f,
                              0,         1e-30f, 20,   87,   88,  100, 1e30f, INFINITY};
    enum { COUNT = sizeof x / sizeof *x };
    for (int kind = 0; kind < GAT_NUM_ACTIVATIONS; kind++)
        for (FOR_VARIANTS(v)) {
            float out[COUNT];
            kernels()->act_forward(out, x, COUNT, (gat_activation)kind);
            for (int i = 0; i < COUNT; i++) {
                double right = ref_act((double)x[i], (gat_activation)kind);
                if (isinf(right)) assert_true(out[i] == (float)right);
                else assert_at_most(fabs((double)out[i] - right), 1e-6 * fmax(1, fabs(right)));
            }
        }
    kernels_select("auto");
}

/* A lost number must not look like a good one. */
static void test_nan_stays(void **state)
{
    (void)state;
    float nan = NAN, out = 0;
    for (FOR_VARIANTS(v)) {
        kernels()->act_forward(&out, &nan, 1, GAT_ACT_NONE);
        assert_true(isnan(out));
        kernels()->act_forward(&out, &nan, 1, GAT_ACT_TANH);
        assert_true(isnan(out));
        kernels()->axpy(&out, &nan, 1, 1);
        assert_true(isnan(out));
    }
    kernels_select("auto");
}

static void test_dropout(void **state)
{
    (void)state;
    const float p = 0.3f;
    for (int i = 0; i < LENGTHS; i++) {
        tensor x = tensor_normal(lengths[i], 1, 1), dy = tensor_normal(lengths[i], 1, 2);
        for (FOR_VARIANTS(v)) {
            tensor_restart(&x);
            kernels()->dropout_forward(y, x.x, x.count, p, 77);
            kernels()->dropout_backward(x.grad, dy.x, x.count, p, 77);
            for (int64_t j = 0; j < x.count; j++) {
                double factor = ref_dropout(77, j, p);
                assert_at_most(fabs((double)y[j] - factor * x.ref[j]), 1e-6);
                assert_at_most(fabs((double)x.grad[j] - (double)GRADIENT_START - factor * dy.ref[j]), 1e-6);
            }
        }
        tensor_free(&x);
        tensor_free(&dy);
    }
    kernels_select("auto");
}

static void test_dropout_keeps_the_mean(void **state)
{
    (void)state;
    static const float shares[] = {0.1f, 0.5f, 0.9f};
    for (int i = 0; i < MOST; i++) again[i] = 1;
    for (int s = 0; s < 3; s++)
        for (uint32_t key = 0; key < 5; key++) {
            double mean = 0, zeros = 0;
            kernels()->dropout_forward(y, again, MOST, shares[s], key);
            for (int i = 0; i < MOST; i++) mean += (double)y[i] / MOST, zeros += y[i] == 0 ? 1.0 / MOST : 0;
            assert_at_most(fabs(mean - 1), 0.06);
            assert_at_most(fabs(zeros - (double)shares[s]), 0.01);
        }
}

static void test_axpy(void **state)
{
    (void)state;
    for (int i = 0; i < LENGTHS; i++) {
        tensor x = tensor_normal(lengths[i], 1, 1), to = tensor_normal(lengths[i], 1, 2);
        for (FOR_VARIANTS(v)) {
            for (int64_t j = 0; j < x.count; j++) to.x[j] = (float)to.ref[j];
            kernels()->axpy(to.x, x.x, -2.5f, x.count);
            for (int64_t j = 0; j < x.count; j++)
                assert_at_most(fabs((double)to.x[j] - (to.ref[j] - 2.5 * x.ref[j])), 1e-6);
        }
        tensor_free(&x);
        tensor_free(&to);
    }
    kernels_select("auto");
}

static void run_all(float *out, const float *x)
{
    kernels()->act_forward(out, x, MOST, GAT_ACT_TANH);
    kernels()->act_backward(out, x, out, MOST, GAT_ACT_ELU);
    kernels()->axpy(out, x, 0.3f, MOST);
    kernels()->dropout_backward(out, x, MOST, 0.2f, 5);
}

static void test_threads_give_equal_bits(void **state)
{
    (void)state;
    tensor x = tensor_normal(MOST, 1, 1);
    parallel_set_threads(1);
    run_all(y, x.x);
    for (FOR_THREADS(t)) {
        parallel_set_threads(thread_counts[t]);
        run_all(again, x.x);
        assert_memory_equal(y, again, sizeof y);
    }
    parallel_set_threads(2);
    tensor_free(&x);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_activations),
        cmocka_unit_test(test_activations_far_out),
        cmocka_unit_test(test_nan_stays),
        cmocka_unit_test(test_dropout),
        cmocka_unit_test(test_dropout_keeps_the_mean),
        cmocka_unit_test(test_axpy),
        cmocka_unit_test(test_threads_give_equal_bits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

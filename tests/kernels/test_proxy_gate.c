/* Proxies and gate against a double-precision reference. */
#include <math.h>

#include "base/memory.h"
#include "kernels/kernels.h"
#include "kernels/proxy_gate.h"
#include "ref/differences.h"
#include "support/check.h"

typedef struct gate_case {
    proxy_gate g;
    tensor z, proxy, w, b, weight;
    float *out, *scratch;
    double *ref;
} gate_case;

static float *floats(int64_t n)
{
    float *x = gat_calloc(n, sizeof *x);
    assert_non_null(x);
    return x;
}

static void case_init(gate_case *c, int64_t n, int64_t d, int64_t count)
{
    c->z = tensor_normal(n * d, 1, 1);
    c->proxy = tensor_normal(count * d, 1, 2);
    c->w = tensor_normal(d * d, 0.5, 3);
    c->b = tensor_normal(d, 1, 4);
    c->weight = tensor_normal(n * d, 1, 5);
    c->g = (proxy_gate){n,
                        d,
                        count,
                        c->z.x,
                        c->proxy.x,
                        c->w.x,
                        c->b.x,
                        floats(count * d),
                        floats(count),
                        floats(n),
                        floats(n * count),
                        floats(n * d)};
    c->out = floats(n * d);
    c->scratch = floats(proxy_gate_scratch(d, count));
    c->ref = gat_calloc(n * d, sizeof *c->ref);
    assert_non_null(c->ref);
}

static void case_clear(gate_case *c)
{
    tensor *tensors[] = {&c->z, &c->proxy, &c->w, &c->b, &c->weight};
    void *blocks[] = {c->g.unit, c->g.unit_inverse, c->g.inverse, c->g.p, c->g.s, c->out, c->scratch, c->ref};
    for (int i = 0; i < 5; i++) tensor_free(tensors[i]);
    for (int i = 0; i < 8; i++) gat_free(blocks[i]);
}

static double length(const double *x, int64_t d)
{
    double sum = 0;
    for (int64_t k = 0; k < d; k++) sum += x[k] * x[k];
    return sqrt(sum);
}

/* q (D) <- softmax of the cosines of z, times the proxies. */
static void common(double *q, const gate_case *c, const double *z)
{
    int64_t d = c->g.d;
    double p[16], sum = 0;
    for (int64_t k = 0; k < c->g.count; k++) {
        const double *x = c->proxy.ref + k * d;
        double dot = 0;
        for (int64_t j = 0; j < d; j++) dot += z[j] * x[j];
        sum += p[k] = exp(dot / length(z, d) / length(x, d));
    }
    for (int64_t j = 0; j < d; j++) {
        q[j] = 0;
        for (int64_t k = 0; k < c->g.count; k++) q[j] += p[k] / sum * c->proxy.ref[k * d + j];
    }
}

static double reference(void *context)
{
    gate_case *c = context;
    int64_t d = c->g.d;
    double loss = 0, q[64];
    for (int64_t i = 0; i < c->g.n; i++) {
        const double *z = c->z.ref + i * d;
        common(q, c, z);
        for (int64_t j = 0; j < d; j++) {
            double a = c->b.ref[j];
            for (int64_t k = 0; k < d; k++) a += (z[k] - q[k]) * c->w.ref[k * d + j];
            c->ref[i * d + j] = z[j] - q[j] / (1 + exp(a));
            loss += c->weight.ref[i * d + j] * c->ref[i * d + j];
        }
    }
    return loss;
}

static void test_values_and_slopes(void **state)
{
    (void)state;
    static const struct {
        int64_t n, d, count;
    } sizes[] = {{1, 1, 1}, {5, 3, 2}, {150, 12, 7}, {70, 48, 16}};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        gate_case c;
        case_init(&c, sizes[i].n, sizes[i].d, sizes[i].count);
        tensor *tensors[] = {&c.z, &c.proxy, &c.w, &c.b};
        for (int t = 0; t < 4; t++) {
            tensor_restart(tensors[t]);
            tensor_differentiate(tensors[t], reference, &c, 25);
        }
        reference(&c);
        proxy_gate_forward(c.out, c.scratch, &c.g);
        proxy_gate_backward(c.z.grad, c.proxy.grad, c.w.grad, c.b.grad, c.scratch, c.weight.x, &c.g);
        assert_at_most(largest_difference(c.out, c.ref, c.g.n * c.g.d), 2e-5);
        for (int t = 0; t < 4; t++) assert_at_most(tensor_error(tensors[t]), 2e-4);
        if (c.g.d > 1) assert_sign_error_is_caught(&c.proxy, 2e-4);
        case_clear(&c);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_values_and_slopes)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

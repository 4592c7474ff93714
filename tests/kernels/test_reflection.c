/* Reflection attention against a double-precision reference: values, slopes, equal bits for any number of threads. */
#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "base/parallel.h"
#include "kernels/kernels.h"
#include "ref/differences.h"
#include "support/check.h"

enum { NODES = 9, MOST = 64, KINDS = 5, LAYERS = 3, LAYER = 1 };

typedef struct reflect_case {
    reflection_edges edges;
    int64_t d, count, kinds; /* width, edges, kinds of them */
    tensor h, u, logit, weight;
    float *out, *alpha, *onto;
    double *ref;
} reflect_case;

static void give_kinds(reflection_edges *edges)
{
    int64_t count = edges->hears.start[NODES], *start = gat_calloc(count + 1, sizeof *start);
    int32_t *place = gat_calloc(count, sizeof *place);
    edges->node = gat_calloc(count, sizeof *edges->node);
    assert_true(start && place && edges->node);
    for (int32_t i = 0; i < NODES; i++)
        for (int64_t e = edges->hears.start[i]; e < edges->hears.start[i + 1]; e++) {
            edges->node[e] = i;
            start[e + 1] = e + 1;
            place[e] = (int32_t)(e * e % KINDS);
        }
    assert_int_equal(row_lists_init(&edges->kinds, start, place, count, KINDS, NULL), GAT_OK);
}

/* Node i hears i + 1, i + 3 and, where i is even, itself; node 4 nobody. */
static void ring(reflection_edges *edges)
{
    int64_t *start = gat_calloc(NODES + 1, sizeof *start);
    int32_t *place = gat_calloc(MOST, sizeof *place);
    assert_non_null(start);
    assert_non_null(place);
    for (int32_t i = 0; i < NODES; i++) {
        int64_t at = start[i];
        bool heard[NODES] = {false};
        if (i != 4) heard[(i + 1) % NODES] = heard[(i + 3) % NODES] = true;
        if (i % 2 == 0 && i != 4) heard[i] = true;
        for (int32_t j = 0; j < NODES; j++)
            if (heard[j]) place[at++] = j;
        start[i + 1] = at;
    }
    assert_int_equal(row_lists_init(&edges->hears, start, place, NODES, NODES, NULL), GAT_OK);
    give_kinds(edges);
}

static void case_init(reflect_case *c, int64_t d)
{
    ring(&c->edges);
    c->kinds = c->edges.kinds.columns;
    c->d = d;
    c->count = c->edges.hears.start[NODES];
    c->h = tensor_normal(NODES * d, 1, 1);
    c->u = tensor_normal(c->kinds * d, 1, 2);
    c->logit = tensor_normal(c->kinds * LAYERS, 1, 3);
    c->weight = tensor_normal(NODES * d, 1, 4);
    c->out = gat_calloc(NODES * d, sizeof *c->out);
    c->alpha = gat_calloc(c->count, sizeof *c->alpha);
    c->onto = gat_calloc(2 * c->count, sizeof *c->onto);
    c->ref = gat_calloc(NODES * d, sizeof *c->ref);
    assert_true(c->out && c->alpha && c->onto && c->ref);
}

static void case_clear(reflect_case *c)
{
    tensor *tensors[] = {&c->h, &c->u, &c->logit, &c->weight};
    for (int i = 0; i < 4; i++) tensor_free(tensors[i]);
    row_lists_clear(&c->edges.hears);
    row_lists_clear(&c->edges.kinds);
    gat_free(c->edges.node);
    gat_free(c->out);
    gat_free(c->alpha);
    gat_free(c->onto);
    gat_free(c->ref);
}

static double logit_of(const reflect_case *c, int64_t e)
{
    return c->logit.ref[c->edges.kinds.place[e] * LAYERS + LAYER];
}

static double edge_weight(const reflect_case *c, int64_t i, int64_t e)
{
    double sum = 0;
    for (int64_t f = c->edges.hears.start[i]; f < c->edges.hears.start[i + 1]; f++) sum += exp(logit_of(c, f));
    return exp(logit_of(c, e)) / sum;
}

static double reference(void *context)
{
    reflect_case *c = context;
    double loss = 0;
    memset(c->ref, 0, (size_t)(NODES * c->d) * sizeof *c->ref);
    for (int64_t i = 0; i < NODES; i++)
        for (int64_t e = c->edges.hears.start[i]; e < c->edges.hears.start[i + 1]; e++) {
            const double *h = c->h.ref + c->edges.hears.place[e] * c->d, *u = c->u.ref + c->edges.kinds.place[e] * c->d;
            double along = 0, alpha = edge_weight(c, i, e);
            for (int64_t k = 0; k < c->d; k++) along += h[k] * u[k];
            for (int64_t k = 0; k < c->d; k++) c->ref[i * c->d + k] += alpha * (h[k] - 2 * along * u[k]);
        }
    for (int64_t i = 0; i < NODES * c->d; i++) loss += c->weight.ref[i] * c->ref[i];
    return loss;
}

static void run(reflect_case *c)
{
    gat_reflection a = {&c->edges, c->h.x, c->u.x, c->logit.x + LAYER, c->d, LAYERS};
    tensor_restart(&c->h);
    tensor_restart(&c->u);
    tensor_restart(&c->logit);
    gat_reflection_grad g = {c->h.grad, c->u.grad, c->logit.grad + LAYER, c->onto};
    kernels()->reflection_forward(c->out, c->alpha, &a);
    kernels()->reflection_backward(&g, c->weight.x, c->out, c->alpha, &a);
}

static void test_values_and_slopes(void **state)
{
    (void)state;
    static const int64_t widths[] = {1, 3, 16, 40};
    for (size_t w = 0; w < sizeof widths / sizeof *widths; w++) {
        reflect_case c;
        case_init(&c, widths[w]);
        tensor_differentiate(&c.h, reference, &c, 40);
        tensor_differentiate(&c.u, reference, &c, 40);
        tensor_differentiate(&c.logit, reference, &c, 100);
        reference(&c);
        for (FOR_VARIANTS(v)) {
            run(&c);
            assert_at_most(largest_difference(c.out, c.ref, NODES * c.d), 2e-5);
            assert_at_most(tensor_error(&c.h), 1e-4);
            assert_at_most(tensor_error(&c.u), 1e-4);
            assert_at_most(tensor_error(&c.logit), 1e-4);
        }
        kernels_select("auto");
        assert_sign_error_is_caught(&c.logit, 1e-4);
        case_clear(&c);
    }
}

static void test_threads(void **state)
{
    (void)state;
    reflect_case c;
    case_init(&c, 40);
    float first[3] = {0};
    for (FOR_THREADS(t)) {
        parallel_set_threads(thread_counts[t]);
        run(&c);
        float now[3] = {c.out[7], c.h.grad[11], c.logit.grad[LAYERS + LAYER]};
        if (t == 0) memcpy(first, now, sizeof first);
        assert_memory_equal(first, now, sizeof first);
    }
    parallel_set_threads(0);
    case_clear(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values_and_slopes),
        cmocka_unit_test(test_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

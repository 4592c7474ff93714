/* The linear map of a layer alone: rows of the entity table times a square matrix. */
#include "bench.h"
#include "bench_data.h"
#include "verify.h"

#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/random.h"
#include "kernels/linear.h"
#include "ref/differences.h"
#include "ref/ref_layers.h"

typedef struct linear_work {
    bench_work work;
    int64_t n, d;
    float *x, *w, *y, *dx, *dw, *scratch;
} linear_work;

static void run_forward(bench_work *work)
{
    linear_work *l = (linear_work *)work;
    linear_forward(l->y, l->x, l->w, NULL, l->n, l->d, l->d);
}

static void run_backward(bench_work *work)
{
    linear_work *l = (linear_work *)work;
    linear_backward(l->dx, l->dw, NULL, l->scratch, l->y, l->x, l->w, l->n, l->d, l->d);
}

static void linear_close(bench_work *work)
{
    linear_work *l = (linear_work *)work;
    float *all[] = {l->x, l->w, l->y, l->dx, l->dw, l->scratch};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) gat_free(all[i]);
    gat_free(l);
}

static bool allocate(linear_work *l)
{
    l->x = gat_calloc(l->n * l->d, sizeof(float));
    l->y = gat_calloc(l->n * l->d, sizeof(float));
    l->dx = gat_calloc(l->n * l->d, sizeof(float));
    l->w = gat_calloc(l->d * l->d, sizeof(float));
    l->dw = gat_calloc(l->d * l->d, sizeof(float));
    l->scratch = gat_calloc(linear_scratch(l->d, l->d), sizeof(float));
    return l->x && l->y && l->dx && l->w && l->dw && l->scratch;
}

gat_status linear_open(bench_work **out, const bench_entry *entry, bench_data *data, gat_error *err)
{
    const bench_facts *facts;
    *out = NULL;
    gat_status st = data_facts(&facts, data, entry->graph, err);
    if (st) return st;
    linear_work *l = gat_calloc(1, sizeof *l);
    if (!l) return error_nomem(err);
    bool forward = entry->part == BENCH_FORWARD;
    l->work = (bench_work){.run = forward ? run_forward : run_backward, .close = linear_close};
    l->n = facts->num_nodes, l->d = entry->width;
    if (!allocate(l)) {
        linear_close(&l->work);
        return error_nomem(err);
    }
    random_fill_normal(l->x, l->n * l->d, 1, 1, 1);
    random_fill_normal(l->w, l->d * l->d, 0.1f, 1, 2);
    run_forward(&l->work);
    l->work.cost.product = LIMIT_SGEMM;
    l->work.flops = l->work.cost.flops = (forward ? 2 : 4) * (double)(l->n * l->d * l->d);
    snprintf(l->work.data, sizeof l->work.data, "%lld rows times %lld x %lld", (long long)l->n, (long long)l->d,
             (long long)l->d);
    *out = &l->work;
    return GAT_OK;
}

/* y, dx and dw in double. */
typedef struct linear_reference {
    tensor x, w;
    double *y, *dout;
    int64_t n, d;
} linear_reference;

static double reference(void *context)
{
    linear_reference *r = context;
    double sum = 0;
    ref_linear(r->y, r->x.ref, r->w.ref, NULL, r->n, r->d, r->d);
    for (int64_t i = 0; i < r->n * r->d; i++) sum += r->dout[i] * r->y[i];
    return sum;
}

static gat_status compare(linear_reference *r, linear_work *l, const bench_entry *entry, gat_error *err)
{
    run_forward(&l->work);
    for (int64_t i = 0; i < r->n * r->d; i++) r->dout[i] = (double)l->x[i];
    tensor_differentiate(&r->x, reference, r, 4);
    tensor_differentiate(&r->w, reference, r, 4);
    reference(r);
    gat_status st = verify(largest_difference(l->y, r->y, r->n * r->d), VERIFY_VALUES, entry, "output", err);
    linear_backward(r->x.grad, r->w.grad, NULL, l->scratch, l->x, l->x, l->w, l->n, l->d, l->d);
    if (!st) st = verify(tensor_error(&r->x), VERIFY_GRADIENTS, entry, "gradient of x", err);
    return st ? st : verify(tensor_error(&r->w), VERIFY_GRADIENTS, entry, "gradient of the weights", err);
}

gat_status linear_check(const bench_entry *entry, gat_error *err)
{
    linear_work *l = gat_calloc(1, sizeof *l);
    if (!l) return error_nomem(err);
    l->n = LINEAR_ROWS + 33, l->d = entry->width;
    int64_t size = l->n * l->d;
    linear_reference r = {.n = l->n, .d = l->d, .y = gat_calloc(size, sizeof(double))};
    r.dout = gat_calloc(size, sizeof *r.dout);
    r.x = tensor_normal(size, 1, 1);
    r.w = tensor_normal(l->d * l->d, 0.1, 2);
    bool ready = allocate(l) && r.y && r.dout;
    if (ready) memcpy(l->x, r.x.x, (size_t)size * sizeof *l->x);
    if (ready) memcpy(l->w, r.w.x, (size_t)(l->d * l->d) * sizeof *l->w);
    gat_status st = ready ? compare(&r, l, entry, err) : error_nomem(err);
    tensor_free(&r.x);
    tensor_free(&r.w);
    gat_free(r.y);
    gat_free(r.dout);
    linear_close(&l->work);
    return st;
}

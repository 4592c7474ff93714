/* Rows go in fixed parts and within them in blocks; a part has its own sums of the weights' gradients. Backward, with
 * g = dout:
 *     da = q g s (1 - s) (elementwise),  du = da W^T,  dz += g + du,  dq = -(1 - s) g - du,
 *     dp = dq P^T,  dc = p (dp - <p, dp>),  dz += the gradient of c = <z, unit P> / |z|. */
#include "kernels/proxy_gate.h"

#include <math.h>
#include <string.h>

#include "base/parallel.h"
#include "kernels/kernels.h"
#include "kernels/linear.h"
#include "kernels/row.h"
#include "kernels/row_lists.h"

enum { BLOCK = 64 };

/* What one part works with: three blocks of rows, one of proxies, and its sums. */
typedef struct part {
    float *q, *u, *v; /* (BLOCK, D) */
    float *c;         /* (BLOCK, P) */
    float *dproxy, *dunit, *dw, *db;
} part;

static int64_t sums(int64_t d, int64_t count) { return 2 * count * d + d * d + d; }
static int64_t part_size(int64_t d, int64_t count) { return BLOCK * (3 * d + count) + sums(d, count); }

int64_t proxy_gate_scratch(int64_t d, int64_t count) { return KERNEL_PARTS * part_size(d, count); }

static part part_at(float *scratch, const proxy_gate *g, int64_t p)
{
    float *at = scratch + p * part_size(g->d, g->count);
    part x = {.q = at, .u = at + BLOCK * g->d, .v = at + 2 * BLOCK * g->d, .c = at + 3 * BLOCK * g->d};
    x.dproxy = x.c + BLOCK * g->count;
    x.dunit = x.dproxy + g->count * g->d;
    x.dw = x.dunit + g->count * g->d;
    x.db = x.dw + g->d * g->d;
    return x;
}

static void softmax(float *p, int64_t n)
{
    float top = p[0], sum = 0;
    for (int64_t i = 1; i < n; i++) top = p[i] > top ? p[i] : top;
    for (int64_t i = 0; i < n; i++) sum += p[i] = expf(p[i] - top);
    for (int64_t i = 0; i < n; i++) p[i] /= sum;
}

/* y (rows,O) = beta y + x (rows,I) w, w (I,O) or transposed (O,I). */
static void times(float *y, const float *x, const float *w, int64_t rows, int64_t i, int64_t o, bool transposed,
                  float beta)
{
    matmul(y, x, w, rows, o, i, false, transposed, i, transposed ? i : o, o, beta);
}

/* q and u of rows from `first` on. */
static void common_part(const part *x, const proxy_gate *g, int64_t first, int64_t rows)
{
    times(x->q, g->p + first * g->count, g->proxy, rows, g->count, g->d, false, 0);
    for (int64_t i = 0; i < rows * g->d; i++) x->u[i] = g->z[first * g->d + i] - x->q[i];
}

static void forward_block(float *out, const part *x, const proxy_gate *g, int64_t first, int64_t rows)
{
    int64_t d = g->d;
    const float *z = g->z + first * d;
    float *p = g->p + first * g->count, *s = g->s + first * d;
    times(p, z, g->unit, rows, d, g->count, true, 0);
    for (int64_t i = 0; i < rows; i++) {
        float length = sqrtf(row_dot(z + i * d, z + i * d, d));
        g->inverse[first + i] = length > 0 ? 1 / length : 0;
        for (int64_t k = 0; k < g->count; k++) p[i * g->count + k] *= g->inverse[first + i];
        softmax(p + i * g->count, g->count);
    }
    common_part(x, g, first, rows);
    times(s, x->u, g->w, rows, d, d, false, 0);
    for (int64_t i = 0; i < rows * d; i++) {
        s[i] = 1 / (1 + expf(-(s[i] + g->b[i % d])));
        out[first * d + i] = z[i] - (1 - s[i]) * x->q[i];
    }
}

void proxy_gate_forward(float *out, float *scratch, const proxy_gate *g)
{
    row_unit_forward(g->unit, g->unit_inverse, g->proxy, g->count, g->d);
    linear_one_thread();
#pragma omp parallel for schedule(dynamic)
    for (int64_t p = 0; p < KERNEL_PARTS; p++) {
        part x = part_at(scratch, g, p);
        int64_t end = part_start(g->n, KERNEL_PARTS, p + 1);
        for (int64_t i = part_start(g->n, KERNEL_PARTS, p); i < end; i += BLOCK)
            forward_block(out, &x, g, i, end - i < BLOCK ? end - i : BLOCK);
    }
}

/* x->v <- da, and what it gives to W and b; then x->q <- dq, and dz. */
static void gate_back(float *dz, const part *x, const float *dout, const float *s, int64_t rows, const proxy_gate *g)
{
    int64_t d = g->d;
    for (int64_t i = 0; i < rows * d; i++) x->v[i] = x->q[i] * dout[i] * s[i] * (1 - s[i]);
    matmul(x->dw, x->u, x->v, d, d, rows, true, false, d, d, d, 1);
    for (int64_t i = 0; i < rows * d; i++) x->db[i % d] += x->v[i];
    times(x->u, x->v, g->w, rows, d, d, true, 0);
    for (int64_t i = 0; i < rows * d; i++) {
        dz[i] += dout[i] + x->u[i];
        x->q[i] = -(1 - s[i]) * dout[i] - x->u[i];
    }
}

/* From x->q = dq: through the softmax to the cosines, x->c, and from there to the proxies and z. */
static void proxies_back(float *dz, const part *x, const float *p, const float *z, const float *inverse, int64_t rows,
                         const proxy_gate *g)
{
    int64_t d = g->d, count = g->count;
    times(x->c, x->q, g->proxy, rows, d, count, true, 0);
    matmul(x->dproxy, p, x->q, count, d, rows, true, false, count, d, d, 1);
    for (int64_t i = 0; i < rows; i++) {
        float mean = row_dot(p + i * count, x->c + i * count, count);
        for (int64_t k = i * count; k < (i + 1) * count; k++) x->c[k] = p[k] * (x->c[k] - mean) * inverse[i];
    }
    matmul(x->dunit, x->c, z, count, d, rows, true, false, count, d, d, 1);
    times(x->v, x->c, g->unit, rows, count, d, false, 0);
    for (int64_t i = 0; i < rows; i++) {
        float along = row_dot(x->v + i * d, z + i * d, d) * inverse[i] * inverse[i];
        for (int64_t j = i * d; j < (i + 1) * d; j++) dz[j] += x->v[j] - along * z[j];
    }
}

static void backward_block(float *dz, const part *x, const float *dout, const proxy_gate *g, int64_t first,
                           int64_t rows)
{
    int64_t at = first * g->d;
    common_part(x, g, first, rows);
    gate_back(dz + at, x, dout + at, g->s + at, rows, g);
    proxies_back(dz + at, x, g->p + first * g->count, g->z + at, g->inverse + first, rows, g);
}

static void add_sums(float *dproxy, float *dw, float *db, float *scratch, const proxy_gate *g)
{
    part whole = part_at(scratch, g, 0);
    for (int64_t p = 1; p < KERNEL_PARTS; p++)
        kernels()->axpy(whole.dproxy, part_at(scratch, g, p).dproxy, 1, sums(g->d, g->count));
    kernels()->axpy(dproxy, whole.dproxy, 1, g->count * g->d);
    row_unit_backward(dproxy, whole.dunit, g->unit, g->unit_inverse, g->count, g->d);
    kernels()->axpy(dw, whole.dw, 1, g->d * g->d);
    kernels()->axpy(db, whole.db, 1, g->d);
}

void proxy_gate_backward(float *dz, float *dproxy, float *dw, float *db, float *scratch, const float *dout,
                         const proxy_gate *g)
{
    linear_one_thread();
#pragma omp parallel for schedule(dynamic)
    for (int64_t p = 0; p < KERNEL_PARTS; p++) {
        part x = part_at(scratch, g, p);
        int64_t end = part_start(g->n, KERNEL_PARTS, p + 1);
        memset(x.dproxy, 0, (size_t)sums(g->d, g->count) * sizeof *x.dproxy);
        for (int64_t i = part_start(g->n, KERNEL_PARTS, p); i < end; i += BLOCK)
            backward_block(dz, &x, dout, g, i, end - i < BLOCK ? end - i : BLOCK);
    }
    add_sums(dproxy, dw, db, scratch, g);
}

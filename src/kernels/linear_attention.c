/* Backward: with g = dout / total and c = <dout, out> / total of a node,
 *     dphi(q) = state g - c mass,   dstate = sum phi(q)^T g,   dmass = -sum c phi(q),
 *     dphi(k) = dstate v + dmass,   dv = phi(k) dstate,        phi'(x) = min(phi(x), 1). */
#include "kernels/linear_attention.h"

#include <string.h>

#include "base/parallel.h"
#include "kernels/kernels.h"
#include "kernels/linear.h"

/* Added to a node's total, which is zero where every phi has underflowed. */
#define SMALLEST_TOTAL 1e-6f

static int64_t state_size(const linear_attention *a) { return (int64_t)a->num_heads * a->width * (a->width + 1); }

int64_t linear_attention_scratch(const linear_attention *a)
{
    int64_t hf = (int64_t)a->num_heads * a->width;
    return (KERNEL_PARTS + 1) * state_size(a) + 2 * a->n * hf + a->n * a->num_heads;
}

static void feature_map(float *phi, const float *x, int64_t n)
{
    kernels()->act_forward(phi, x, n, GAT_ACT_ELU);
#pragma omp parallel for simd schedule(static)
    for (int64_t i = 0; i < n; i++) phi[i] += 1;
}

/* state (H,F,F) and mass (H,F), one after the other, <- sum over rows of left^T right and of factor * left; factor (N,H),
 * NULL: 1. parts: KERNEL_PARTS * state_size. */
static void sum_states(float *to, float *parts, const float *left, const float *right, const float *factor,
                       const linear_attention *a)
{
    int64_t h = a->num_heads, f = a->width, hf = h * f, size = state_size(a);
    linear_one_thread();
#pragma omp parallel for schedule(dynamic)
    for (int64_t p = 0; p < KERNEL_PARTS; p++) {
        int64_t first = part_start(a->n, KERNEL_PARTS, p), rows = part_start(a->n, KERNEL_PARTS, p + 1) - first;
        float *state = parts + p * size, *mass = state + h * f * f;
        memset(state, 0, (size_t)size * sizeof *state);
        for (int64_t j = 0; rows && j < h; j++)
            matmul(state + j * f * f, left + first * hf + j * f, right + first * hf + j * f, f, f, rows, true, false,
                   hf, hf, f, 0);
        for (int64_t i = first; i < first + rows; i++)
            for (int64_t c = 0; c < hf; c++) mass[c] += (factor ? factor[i * h + c / f] : 1) * left[i * hf + c];
    }
    memset(to, 0, (size_t)size * sizeof *to);
    for (int64_t p = 0; p < KERNEL_PARTS; p++) kernels()->axpy(to, parts + p * size, 1, size);
}

/* y (N,H,F) <- beta y + x (N,H,F) times state, transposed or not, of each head; rows of one chunk. */
static void times_state(float *y, const float *x, const float *state, bool transpose, float beta, int64_t chunk,
                        const linear_attention *a)
{
    int64_t f = a->width, hf = a->num_heads * f, first = chunk * LINEAR_ROWS,
            rows = a->n - first < LINEAR_ROWS ? a->n - first : LINEAR_ROWS;
    for (int64_t j = 0; j < a->num_heads; j++)
        matmul(y + first * hf + j * f, x + first * hf + j * f, state + j * f * f, rows, f, f, false, transpose, hf, f,
               hf, beta);
}

static int64_t chunk_end(int64_t chunk, const linear_attention *a)
{
    return (chunk + 1) * LINEAR_ROWS < a->n ? (chunk + 1) * LINEAR_ROWS : a->n;
}

static void divide_rows(float *out, int64_t first, int64_t end, const linear_attention *a)
{
    int64_t h = a->num_heads, f = a->width;
    for (int64_t i = first * h; i < end * h; i++) {
        const float *phi = a->phi_q + i * f, *mass = a->mass + i % h * f;
        float total = SMALLEST_TOTAL;
        for (int64_t c = 0; c < f; c++) total += phi[c] * mass[c];
        for (int64_t c = 0; c < f; c++) out[i * f + c] /= total;
        a->total[i] = total;
    }
}

void linear_attention_forward(float *out, const linear_attention *a, float *scratch, const float *q, const float *k,
                              const float *v)
{
    int64_t h = a->num_heads, f = a->width, hf = h * f, size = state_size(a);
    feature_map(a->phi_q, q, a->n * hf);
    feature_map(a->phi_k, k, a->n * hf);
    sum_states(scratch, scratch + size, a->phi_k, v, NULL, a);
    memcpy(a->state, scratch, (size_t)(hf * f) * sizeof *scratch);
    memcpy(a->mass, scratch + hf * f, (size_t)hf * sizeof *scratch);
    linear_one_thread();
#pragma omp parallel for schedule(dynamic)
    for (int64_t c = 0; c < chunk_count(a->n, LINEAR_ROWS); c++) {
        times_state(out, a->phi_q, a->state, false, 0, c, a);
        divide_rows(out, c * LINEAR_ROWS, chunk_end(c, a), a);
    }
}

/* g (N,H,F) <- dout / total; minus_c (N,H) <- -<dout, out> / total. */
static void output_side(float *g, float *minus_c, const float *dout, const float *out, const linear_attention *a)
{
    int64_t f = a->width;
#pragma omp parallel for schedule(static)
    for (int64_t i = 0; i < a->n * a->num_heads; i++) {
        float sum = 0, inverse = 1 / a->total[i];
        for (int64_t c = i * f; c < (i + 1) * f; c++) {
            g[c] = dout[c] * inverse;
            sum += g[c] * out[c];
        }
        minus_c[i] = -sum;
    }
}

/* dx (N,H,F) += (d + factor * mass) * phi' of rows [first, end). */
static void feature_map_back(float *dx, const float *d, const float *factor, const float *mass, const float *phi,
                             int64_t first, int64_t end, const linear_attention *a)
{
    int64_t h = a->num_heads, f = a->width;
    for (int64_t i = first * h; i < end * h; i++) {
        const float *m = mass + i % h * f;
        float by = factor ? factor[i] : 1;
        for (int64_t c = 0; c < f; c++) {
            float slope = phi[i * f + c] < 1 ? phi[i * f + c] : 1;
            dx[i * f + c] += (d[i * f + c] + by * m[c]) * slope;
        }
    }
}

void linear_attention_backward(float *dq, float *dk, float *dv, const linear_attention *a, float *scratch,
                               const float *dout, const float *out, const float *v)
{
    int64_t h = a->num_heads, f = a->width, size = state_size(a);
    float *dstate = scratch, *dmass = dstate + h * f * f, *g = scratch + (KERNEL_PARTS + 1) * size,
          *d = g + a->n * h * f, *minus_c = d + a->n * h * f;
    output_side(g, minus_c, dout, out, a);
    sum_states(dstate, scratch + size, a->phi_q, g, minus_c, a);
    linear_one_thread();
#pragma omp parallel for schedule(dynamic)
    for (int64_t c = 0; c < chunk_count(a->n, LINEAR_ROWS); c++) {
        int64_t first = c * LINEAR_ROWS, end = chunk_end(c, a);
        times_state(d, g, a->state, true, 0, c, a);
        feature_map_back(dq, d, minus_c, a->mass, a->phi_q, first, end, a);
        times_state(d, v, dstate, true, 0, c, a);
        feature_map_back(dk, d, NULL, dmass, a->phi_k, first, end, a);
        times_state(dv, a->phi_k, dstate, false, 1, c, a);
    }
}

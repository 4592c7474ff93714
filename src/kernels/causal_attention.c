/* Sequences are short (a hundred rows at most), so that all their weights are made at once by small matrix products, the
 * half above the diagonal too, which is then set to zero: cheaper than loops over a triangle. */
#include "kernels/causal_attention.h"

#include <math.h>
#include <string.h>

#include "kernels/linear.h"
#include "kernels/path_layer.h"

/* One attention head of one sequence. */
typedef struct block {
    int64_t first, n, at; /* rows, and where its weights stand */
    int64_t column;       /* of its q */
} block;

static block block_of(const causal_rows *rows, int64_t g, int head, int heads, int64_t d)
{
    int64_t n = rows->first[g + 1] - rows->first[g];
    return (block){rows->first[g], n, heads * rows->place[g] + head * n * n, head * (d / heads)};
}

static void softmax_row(float *s, int64_t seen, int64_t n, float scale)
{
    float top = s[0];
    for (int64_t j = 1; j < seen; j++) top = s[j] > top ? s[j] : top;
    for (int64_t j = 0; j < seen; j++) s[j] *= scale;
    float inverse = 1 / path_kernels()->exp_sum(s, s, top * scale, seen);
    for (int64_t j = 0; j < seen; j++) s[j] *= inverse;
    memset(s + seen, 0, (size_t)(n - seen) * sizeof *s);
}

static void forward_block(float *out, float *alpha, const float *qkv, const block *b, int64_t d, int heads)
{
    const float *q = qkv + b->first * 3 * d + b->column, *k = q + d, *v = k + d;
    float *s = alpha + b->at;
    int64_t f = d / heads;
    matmul(s, q, k, b->n, b->n, f, false, true, 3 * d, 3 * d, b->n, 0);
    for (int64_t i = 0; i < b->n; i++) softmax_row(s + i * b->n, i + 1, b->n, 1 / sqrtf((float)f));
    matmul(out + b->first * d + b->column, s, v, b->n, f, b->n, false, false, b->n, 3 * d, d, 0);
}

void causal_forward(float *out, float *alpha, const float *qkv, const causal_rows *rows, int64_t d, int heads)
{
    linear_one_thread();
#pragma omp parallel for schedule(dynamic, 4)
    for (int64_t g = 0; g < rows->count; g++)
        for (int h = 0; h < heads; h++) {
            block b = block_of(rows, g, h, heads, d);
            forward_block(out, alpha, qkv, &b, d, heads);
        }
}

/* ds (n,n) <- gradient of the logits, from that of the weights. */
static void softmax_back(float *ds, const float *alpha, int64_t n, float scale)
{
    for (int64_t i = 0; i < n; i++, ds += n, alpha += n) {
        float sum = 0;
        for (int64_t j = 0; j <= i; j++) sum += ds[j] * alpha[j];
        for (int64_t j = 0; j <= i; j++) ds[j] = scale * alpha[j] * (ds[j] - sum);
        memset(ds + i + 1, 0, (size_t)(n - i - 1) * sizeof *ds);
    }
}

static void backward_block(float *dqkv, float *scratch, const float *dout, const float *alpha, const float *qkv,
                           const block *b, int64_t d, int heads)
{
    int64_t n = b->n, f = d / heads, start = b->first * 3 * d + b->column;
    const float *q = qkv + start, *k = q + d, *v = k + d, *dy = dout + b->first * d + b->column, *s = alpha + b->at;
    float *dq = dqkv + start, *dk = dq + d, *dv = dk + d, *ds = scratch + b->at;
    matmul(dv, s, dy, n, f, n, true, false, n, d, 3 * d, 1);
    matmul(ds, dy, v, n, n, f, false, true, d, 3 * d, n, 0);
    softmax_back(ds, s, n, 1 / sqrtf((float)f));
    matmul(dq, ds, k, n, f, n, false, false, n, 3 * d, 3 * d, 1);
    matmul(dk, ds, q, n, f, n, true, false, n, 3 * d, 3 * d, 1);
}

void causal_backward(float *dqkv, float *scratch, const float *dout, const float *alpha, const float *qkv,
                     const causal_rows *rows, int64_t d, int heads)
{
    linear_one_thread();
#pragma omp parallel for schedule(dynamic, 4)
    for (int64_t g = 0; g < rows->count; g++)
        for (int h = 0; h < heads; h++) {
            block b = block_of(rows, g, h, heads, d);
            backward_block(dqkv, scratch, dout, alpha, qkv, &b, d, heads);
        }
}

/* Every product is cut into fixed square blocks of its result, each summed by one task over the whole inner width. */
#include "kernels/dense.h"

#include "base/parallel.h"
#include "kernels/kernels.h"
#include "kernels/linear.h"

enum { BLOCK = 128 };

/* A block of an (n, m) matrix. */
typedef struct block {
    int64_t row, rows, col, cols;
} block;

static int64_t block_count(int64_t n, int64_t m) { return chunk_count(n, BLOCK) * chunk_count(m, BLOCK); }

static block block_at(int64_t c, int64_t n, int64_t m)
{
    int64_t across = chunk_count(m, BLOCK), row = c / across * BLOCK, col = c % across * BLOCK;
    return (block){row, n - row < BLOCK ? n - row : BLOCK, col, m - col < BLOCK ? m - col : BLOCK};
}

void dense_forward(float *y, const float *x, const float *w, const float *b, int64_t n, int64_t i, int64_t o)
{
    const gat_kernels *kn = kernels();
#pragma omp parallel for schedule(dynamic)
    for (int64_t c = 0; c < block_count(n, o); c++) {
        block k = block_at(c, n, o);
        kn->score_tile(y + k.row * o + k.col, o, x + k.row * i, w + k.col * i, k.rows, k.cols, i);
        for (int64_t r = k.row; b && r < k.row + k.rows; r++)
            for (int64_t j = k.col; j < k.col + k.cols; j++) y[r * o + j] += b[j];
    }
}

static void bias_backward(float *db, const float *dy, int64_t n, int64_t o)
{
    for (int64_t r = 0; db && r < n; r++)
        for (int64_t j = 0; j < o; j++) db[j] += dy[r * o + j];
}

void dense_backward(float *dx, float *dw, float *db, const float *dy, const float *x, const float *w, int64_t n,
                    int64_t i, int64_t o)
{
    linear_one_thread();
#pragma omp parallel for schedule(dynamic)
    for (int64_t c = 0; c < block_count(n, i); c++) {
        block k = block_at(c, n, i);
        matmul(dx + k.row * i + k.col, dy + k.row * o, w + k.col, k.rows, k.cols, o, false, false, o, i, i, 1);
    }
#pragma omp parallel for schedule(dynamic)
    for (int64_t c = 0; c < (n ? block_count(o, i) : 0); c++) {
        block k = block_at(c, o, i);
        matmul(dw + k.row * i + k.col, dy + k.row, x + k.col, k.rows, k.cols, n, true, false, o, i, i, 1);
    }
    bias_backward(db, dy, n, o);
}

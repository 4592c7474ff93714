#include "kernels/linear.h"

#include <cblas.h>
#include <string.h>

#include "base/parallel.h"
#include "kernels/blas_core.h"
#include "kernels/kernels.h"

void matmul(float *c, const float *a, const float *b, int64_t m, int64_t n, int64_t k, bool transpose_a,
            bool transpose_b, int64_t lda, int64_t ldb, int64_t ldc, float beta)
{
    cblas_sgemm(CblasRowMajor, transpose_a ? CblasTrans : CblasNoTrans, transpose_b ? CblasTrans : CblasNoTrans,
                (blasint)m, (blasint)n, (blasint)k, 1, a, (blasint)lda, b, (blasint)ldb, beta, c, (blasint)ldc);
}

void linear_one_thread(void)
{
    kernels(); /* the instruction set, and with it the BLAS kernels, is chosen by now */
    blas_one_thread();
}

static int64_t rows_in(int64_t n, int64_t chunk)
{
    return n - chunk * LINEAR_ROWS < LINEAR_ROWS ? n - chunk * LINEAR_ROWS : LINEAR_ROWS;
}

static void add_bias(float *y, const float *b, int64_t rows, int64_t o)
{
    for (int64_t r = 0; b && r < rows; r++)
        for (int64_t j = 0; j < o; j++) y[r * o + j] += b[j];
}

void linear_forward(float *y, const float *x, const float *w, const float *b, int64_t n, int64_t i, int64_t o)
{
    linear_one_thread();
#pragma omp parallel for schedule(dynamic)
    for (int64_t c = 0; c < chunk_count(n, LINEAR_ROWS); c++) {
        int64_t first = c * LINEAR_ROWS, rows = rows_in(n, c);
        matmul(y + first * o, x + first * i, w, rows, o, i, false, false, i, o, o, 0);
        add_bias(y + first * o, b, rows, o);
    }
}

int64_t linear_scratch(int64_t i, int64_t o) { return KERNEL_PARTS * (i + 1) * o; }

/* Weight and bias gradients of one part of the rows, at scratch + part * (i + 1) * o. */
static void weight_part(float *scratch, const float *dy, const float *x, int64_t n, int64_t i, int64_t o, int64_t part)
{
    float *dw = scratch + part * (i + 1) * o, *db = dw + i * o;
    int64_t first = part_start(n, KERNEL_PARTS, part), rows = part_start(n, KERNEL_PARTS, part + 1) - first;
    memset(dw, 0, (size_t)((i + 1) * o) * sizeof *dw);
    if (rows) matmul(dw, x + first * i, dy + first * o, i, o, rows, true, false, i, o, o, 0);
    for (int64_t r = first; r < first + rows; r++)
        for (int64_t j = 0; j < o; j++) db[j] += dy[r * o + j];
}

static void add_parts(float *to, const float *scratch, int64_t n, int64_t stride)
{
    for (int64_t p = 0; to && p < KERNEL_PARTS; p++) kernels()->axpy(to, scratch + p * stride, 1, n);
}

void linear_backward(float *dx, float *dw, float *db, float *scratch, const float *dy, const float *x, const float *w,
                     int64_t n, int64_t i, int64_t o)
{
    linear_one_thread();
    if (dx) {
#pragma omp parallel for schedule(dynamic)
        for (int64_t c = 0; c < chunk_count(n, LINEAR_ROWS); c++) {
            int64_t first = c * LINEAR_ROWS;
            matmul(dx + first * i, dy + first * o, w, rows_in(n, c), i, o, false, true, o, o, i, 1);
        }
    }
    if (!dw && !db) return;
#pragma omp parallel for schedule(dynamic)
    for (int64_t p = 0; p < KERNEL_PARTS; p++) weight_part(scratch, dy, x, n, i, o, p);
    add_parts(dw, scratch, i * o, (i + 1) * o);
    add_parts(db, scratch + i * o, o, (i + 1) * o);
}

void head_linear_forward(float *y, const float *x, const float *w, int64_t n, int h, int64_t i, int64_t o)
{
    linear_one_thread();
#pragma omp parallel for schedule(dynamic)
    for (int64_t c = 0; c < chunk_count(n, LINEAR_ROWS); c++) {
        int64_t first = c * LINEAR_ROWS;
        for (int j = 0; j < h; j++)
            matmul(y + (first * h + j) * o, x + (first * h + j) * i, w + j * i * o, rows_in(n, c), o, i, false, false,
                   h * i, o, h * o, 0);
    }
}

void head_linear_backward(float *dx, float *dw, float *scratch, const float *dy, const float *x, const float *w,
                          int64_t n, int h, int64_t i, int64_t o)
{
    linear_one_thread();
#pragma omp parallel for schedule(dynamic)
    for (int64_t c = 0; c < chunk_count(n, LINEAR_ROWS); c++) {
        int64_t first = c * LINEAR_ROWS;
        for (int j = 0; j < h; j++)
            matmul(dx + (first * h + j) * i, dy + (first * h + j) * o, w + j * i * o, rows_in(n, c), i, o, false, true,
                   h * o, o, h * i, 1);
    }
    int64_t size = h * i * o;
#pragma omp parallel for schedule(dynamic)
    for (int64_t p = 0; p < KERNEL_PARTS; p++) {
        int64_t first = part_start(n, KERNEL_PARTS, p), rows = part_start(n, KERNEL_PARTS, p + 1) - first;
        memset(scratch + p * size, 0, (size_t)size * sizeof *scratch);
        for (int j = 0; rows && j < h; j++)
            matmul(scratch + p * size + j * i * o, x + (first * h + j) * i, dy + (first * h + j) * o, i, o, rows, true,
                   false, h * i, h * o, o, 0);
    }
    add_parts(dw, scratch, size, size);
}

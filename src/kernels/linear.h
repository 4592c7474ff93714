/* Matrix products. Alone includes cblas.h: rows are cut into fixed chunks, one parallel task each, and BLAS itself
 * runs on one thread (its own threading is up to six times slower on tall shapes, and would depend on the
 * number of threads). Parallel regions elsewhere that call matmul do linear_one_thread() first. */
#ifndef GAT_KERNELS_LINEAR_H
#define GAT_KERNELS_LINEAR_H

#include <stdbool.h>
#include <stdint.h>

enum { LINEAR_ROWS = 256 };

/* y (N,O) = x (N,I) w (I,O) + b (O); b may be NULL. */
void linear_forward(float *y, const float *x, const float *w, const float *b, int64_t n, int64_t i, int64_t o);

/* dx, dw, db += gradients; each may be NULL. scratch: linear_scratch(i, o) floats, needed for dw and db. */
void linear_backward(float *dx, float *dw, float *db, float *scratch, const float *dy, const float *x, const float *w,
                     int64_t n, int64_t i, int64_t o);
int64_t linear_scratch(int64_t i, int64_t o);

/* Per attention head: y (N,H,O) = x (N,H,I) w (H,I,O), and its gradients. scratch: h * linear_scratch(i, o). */
void head_linear_forward(float *y, const float *x, const float *w, int64_t n, int h, int64_t i, int64_t o);
void head_linear_backward(float *dx, float *dw, float *scratch, const float *dy, const float *x, const float *w,
                          int64_t n, int h, int64_t i, int64_t o);

/* BLAS keeps to the calling thread from here on. Before every parallel region that multiplies, as another library in the
 * process may change it. */
void linear_one_thread(void);

/* Plain products for callers that do their own cutting: c (M,N) = beta c + op(a) op(b), leading dimensions in
 * elements. Single-threaded; safe inside a parallel region. */
void matmul(float *c, const float *a, const float *b, int64_t m, int64_t n, int64_t k, bool transpose_a,
            bool transpose_b, int64_t lda, int64_t ldb, int64_t ldc, float beta);

#endif

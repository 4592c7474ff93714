/* y (N,O) = x (N,I) times w (O,I) transposed, plus b (O): a linear map whose rows keep their bits whatever the batch, as
 * queries must. linear.h promises that only within a batch. */
#ifndef GAT_KERNELS_DENSE_H
#define GAT_KERNELS_DENSE_H

#include <stdint.h>

/* b may be NULL. */
void dense_forward(float *y, const float *x, const float *w, const float *b, int64_t n, int64_t i, int64_t o);

/* db may be NULL. */
void dense_backward(float *dx, float *dw, float *db, const float *dy, const float *x, const float *w, int64_t n,
                    int64_t i, int64_t o);

#endif

/* Pointing back in a sequence (Vinyals et al. 2015): every row raises or lowers the logits of the names that stand before it,
 *     logit[i, name[j]] += q[i] k[j] / sqrt(D)   for all j <= i of its sequence whose name is in the range of row i
 * so that a name that stands there several times gets the sum. Every sequence is worked on by one thread. */
#ifndef GAT_KERNELS_POINTER_H
#define GAT_KERNELS_POINTER_H

#include "kernels/causal_attention.h"
#include "kernels/range_loss.h"

/* qk (N,2D), a row being q | k; name (N): a column each; scratch: rows->place[rows->count] floats. */
void pointer_forward(float *logit, float *scratch, const float *qk, const causal_rows *rows,
                     const range_targets *targets, const int32_t *name, int64_t cols, int64_t d);

/* dqk (N,2D) += gradient; that of logit passes as it is. */
void pointer_backward(float *dqk, float *scratch, const float *dlogit, const float *qk, const causal_rows *rows,
                      const range_targets *targets, const int32_t *name, int64_t cols, int64_t d);

#endif

/* The softmax loss against all entities with a sparse gradient.
 *
 * The gradient of a row is p - y: a softmax p over all N entities, and the answers y. Here p is replaced by a number of draws
 * from it, so that both matrix products of the backward pass shrink to as many rows. The draws are unbiased: an entity's
 * expected count is its share of them (systematic sampling: down a column the shares are added up from a random start, and each
 * whole number passed is a draw), and what is likely is drawn with an error below one. Answers and the value of the loss
 * are exact. A fact is itself one draw from what the model learns, so 16 draws beside it add a sixteenth to the noise. */
#ifndef GAT_KERNELS_SAMPLED_LOSS_H
#define GAT_KERNELS_SAMPLED_LOSS_H

#include "kernels/loss.h"

/* As loss_one_vs_all, whose options say how->samples > 0 draws an answer. */
double loss_sampled(float *dq, float *dx, float *work, const float *q, const float *x, const gat_rows *rows, int64_t n,
                    int64_t d, const gat_loss_options *how);
int64_t loss_sampled_work_size(int64_t n, int64_t b, int64_t d, int64_t answers, const gat_loss_options *how);

#endif

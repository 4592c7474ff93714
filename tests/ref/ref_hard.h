/* Hard attention of kernels/selection.h in double, from the softmax of ref_attention. */
#ifndef GAT_TESTS_REF_HARD_H
#define GAT_TESTS_REF_HARD_H

#include "kernels/selection.h"
#include "ref/ref_attention.h"

/* weight and soft (E,H) of top-k and gumbel, from alpha (E,H) of ref_attention_forward. k edges at most. */
void ref_hard_weights(double *weight, double *soft, const double *alpha, const gat_attention *shape,
                      const gat_hard *hard);

/* out (N,H,F) <- sum over edges of weight * mask * value * m. */
void ref_hard_forward(double *out, const double *weight, const ref_attention *r);

/* What the gradients are those of, with w (N,H,F) the gradient of out. Of values and relations of messages: <w, out>, the
 * weights fixed. Of everything in the logits: the mean of the messages' gains under `soft`, or, of sampled, the
 * score-function objective: sum over draws c of (gain c - mean gain of the other draws) log alpha c / k. */
double ref_hard_logit_objective(const double *w, const double *weight, const double *alpha, const ref_attention *r,
                                const gat_hard *hard);

#endif

/* The operations of the tape. Shapes as in kernels.h; all inputs are borrowed until the tape is reset. */
#ifndef GAT_AUTODIFF_OPS_H
#define GAT_AUTODIFF_OPS_H

#include <stdint.h>

#include "autodiff/tape.h"
#include "kernels/candidate_loss.h"
#include "kernels/compose.h"
#include "kernels/kernels.h"
#include "kernels/linear.h"
#include "kernels/replace.h"

/* A parameter as a matrix; its gradient is added to the block. */
gat_mat *ad_param(gat_tape *tape, const gat_params *params, int index);

/* The first rows of x, whose data and gradient it shares. */
gat_mat *ad_rows(gat_tape *tape, gat_mat *x, int64_t rows);

gat_mat *ad_linear(gat_tape *tape, gat_mat *x, gat_mat *w, gat_mat *b); /* (N,O) = x (N,I) w (I,O) + b (1,O) or NULL */
gat_mat *ad_head_linear(gat_tape *tape, gat_mat *x, gat_mat *w, int num_heads); /* (N,HF) per head; w (HF,F) */
gat_mat *ad_head_dot(gat_tape *tape, gat_mat *v, gat_mat *a, int num_heads);    /* (N,H); a (H,F) */
gat_mat *ad_head_mean(gat_tape *tape, gat_mat *x, int num_heads);           /* (N,F) = mean over heads of x (N,HF) */
gat_mat *ad_norm(gat_tape *tape, gat_mat *x, gat_mat *gain, gat_mat *bias); /* LayerNorm */
gat_mat *ad_act(gat_tape *tape, gat_mat *x, gat_activation kind);
gat_mat *ad_dropout(gat_tape *tape, gat_mat *x, float p, uint32_t key); /* x itself for p 0 or no recording */
gat_mat *ad_scale(gat_tape *tape, gat_mat *x, gat_mat *scale);          /* column-wise; scale (1,D) */

/* x (N,D) with rows from elsewhere, see replace.h; the caller writes the filled ones right after. row (1,D) may be NULL where
 * source has no common one. */
gat_mat *ad_replace(gat_tape *tape, gat_mat *x, gat_mat *row, const uint8_t *source);
gat_mat *ad_add(gat_tape *tape, gat_mat *x, gat_mat *y);

/* The layer of attention.h. `shape` carries graph, score, sizes, dropout and hidden edges; its arrays come from the
 * matrices. a may be NULL for scores without a vector. lse (N,H) is given back when wanted. */
gat_mat *ad_attention(gat_tape *tape, const gat_attention *shape, gat_mat *q, gat_mat *k, gat_mat *e, gat_mat *a,
                      gat_mat *value, gat_mat *m, float **lse);

/* The same with hard attention, see selection.h; the weights (E,H) are given back when wanted. */
gat_mat *ad_hard_attention(gat_tape *tape, const gat_attention *shape, const gat_hard *hard, gat_mat *q, gat_mat *k,
                           gat_mat *e, gat_mat *a, gat_mat *value, gat_mat *m, float **weight);

/* Attention of every node to all nodes, see linear_attention.h: (N,HF) from q, k, v (N,HF). */
gat_mat *ad_linear_attention(gat_tape *tape, gat_mat *q, gat_mat *k, gat_mat *v, int num_heads);

gat_mat *ad_repeat_row(gat_tape *tape, gat_mat *row, int64_t n); /* (N,D), every row the one of (1,D) */

/* Queries of a decoder: (B,D). */
gat_mat *ad_compose(gat_tape *tape, gat_mat *x, gat_mat *r, const int32_t *entity, const int32_t *relation, int64_t b,
                    gat_decoder decoder);

/* The other side of a score, see compose.h: (B,D). */
gat_mat *ad_pair(gat_tape *tape, gat_mat *x, const int32_t *head, const int32_t *tail, int64_t b, gat_decoder decoder);

/* Losses: return their value and put their gradient into the inputs at once (the tape's seed is 1). */
double ad_loss_one_vs_all(gat_tape *tape, gat_mat *q, gat_mat *x, const gat_rows *rows, const gat_loss_options *how);

/* The same against candidates x (K,D), see candidate_loss.h. */
double ad_loss_candidates(gat_tape *tape, gat_mat *q, gat_mat *x, const gat_rows *rows,
                          const gat_candidates *candidates, const gat_loss_options *how);

/* Sum of weight (N) * (cubes |x|^3 + squares |x|^2), see kernels.h. */
double ad_regularize(gat_tape *tape, gat_mat *x, const float *weight, float cubes, float squares, bool moduli);

#endif

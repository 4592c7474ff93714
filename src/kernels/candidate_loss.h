/* The loss against some entities in place of all: for graphs whose score matrix does not fit.
 *
 * All rows of a batch share K candidates, among them every answer of every row. An entity is a candidate with a known
 * chance. The softmax compares s - log(chance), of answers and others alike: the answer is then the likelier by as much as
 * its score is higher, however often it is drawn (Jean et al. 2015; that the candidates are the batch's answers and a uniform
 * sample: Yang et al. 2020). In the binary loss a candidate that is no answer weighs 1 / chance (importance sampling). A
 * candidate that is a known answer, but none of the row's own, is masked: it is no wrong answer. With every chance 1 and
 * nothing masked this is loss_one_vs_all. */
#ifndef GAT_KERNELS_CANDIDATE_LOSS_H
#define GAT_KERNELS_CANDIDATE_LOSS_H

#include "kernels/loss.h"

typedef struct gat_candidates {
    int64_t count, num_entities; /* K; N, which label smoothing is spread over */
    const float *log_chance;     /* (K) */
    const int64_t *masked_first; /* (B + 1) */
    const int32_t *masked;       /* of row b: candidates masked[masked_first[b] .. masked_first[b + 1]) */
} gat_candidates;

/* As loss_one_vs_all, with x (K,D), answers as places among the candidates and their weights (K); products in
 * f32. work:
 * loss_candidates_work_size floats, for the answers of all rows. */
double loss_candidates(float *dq, float *dx, float *work, const float *q, const float *x, const gat_rows *rows,
                       const gat_candidates *candidates, int64_t d, const gat_loss_options *how);
int64_t loss_candidates_work_size(int64_t count, int64_t answers, int64_t d);

#endif

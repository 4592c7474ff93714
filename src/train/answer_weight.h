/* Answers that stand in many facts may weigh more in the softmax loss: (1 - share) + share * degree / largest degree, as
 * the authors of DURA train on WN18RR with a share of 0.9. */
#ifndef GAT_TRAIN_ANSWER_WEIGHT_H
#define GAT_TRAIN_ANSWER_WEIGHT_H

#include "graph/triples.h"
#include "kernels/loss.h"

/* (n) weights of the entities by their places in the facts; NULL for share 0: one each. Free with gat_free. */
gat_status answer_weights(float **out, const gat_triples *facts, int64_t n, double share, gat_error *err);

/* Sum of the weights of all answers. */
double answer_total(const float *weight, const gat_rows *rows);

#endif

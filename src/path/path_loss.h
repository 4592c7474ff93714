/* Masked softmax of one question. */
#ifndef GAT_PATH_PATH_LOSS_H
#define GAT_PATH_PATH_LOSS_H

#include <stdint.h>

/* s (N): scores, becomes their slopes of weight * the sum over answers a of -log(e^s[a] / (e^s[a] + sum of e^s over
 * entities that are not known)). known: all known answers, the asked ones among them. Returns the sum without the
 * weight, NaN where scores are none. e (N) and kept (num_answers) are scratch. */
double path_loss(float *s, float *e, float *kept, const int32_t *answer, int64_t num_answers, const int32_t *known,
                 int64_t num_known, int64_t n, float weight);

#endif

/* Cross-entropy where every row chooses among a range of the columns of its own. */
#ifndef GAT_KERNELS_RANGE_LOSS_H
#define GAT_KERNELS_RANGE_LOSS_H

#include <stdint.h>

/* Borrowed. Row i chooses among the columns low[i] .. high[i], of which target[i] is right. */
typedef struct range_targets {
    int64_t rows;
    const int32_t *low, *high, *target;
} range_targets;

/* loss (N) <- log-sum-exp over the range of logit (N,C), less the right one, natural logarithm; dlogit (N,C), may be NULL,
 * += scale times its gradient. */
void range_loss(float *loss, float *dlogit, const float *logit, const range_targets *targets, int64_t cols,
                float scale);

#endif

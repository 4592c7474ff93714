/* Pairs that should be near, against many rows of a table, with the hardest ones weighing most (Mao et al. 2021, "Boosting
 * the Speed of Entity Alignment 10x"). For an anchor a with partner p and every row e of x from `from` up to `to`
 *     margin(e) = |a - p|^2 - |a - e|^2 + gamma,   0 at the anchor and the partner themselves,
 *     loss      = log sum over e of exp(lambda (margin(e) - mean) / deviation),
 * mean and standard deviation over the rows taken as constants. The scores exist for CONTRAST_ROWS anchors at a time. */
#ifndef GAT_KERNELS_CONTRAST_LOSS_H
#define GAT_KERNELS_CONTRAST_LOSS_H

#include <stdint.h>

enum { CONTRAST_ROWS = 128 };

typedef struct contrast_options {
    float gamma, lambda; /* 1 and 30 */
    float weight;        /* of each anchor's loss */
    int64_t from, to;    /* rows of x that anchors are told apart from */
} contrast_options;

/* Floats of scratch. */
int64_t contrast_scratch(int64_t n, int64_t d);

/* Sum over the anchors (B) of weight times their loss; x and dx, which is added to: (N,D). */
double contrast_loss(float *dx, float *scratch, const float *x, int64_t n, int64_t d, const int32_t *anchor,
                     const int32_t *partner, int64_t b, const contrast_options *how);

#endif

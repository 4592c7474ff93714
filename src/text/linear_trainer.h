/* One linear classifier a label, all trained in one sweep.
 *
 * For every label l by itself: least 1/2 |w_l|^2 + C sum over rows of max(0, 1 - y w_l.x)^2, y = +-1, by dual coordinate
 * descent (Hsieh et al. 2008). The weights of a feature for all labels lie side by side, so that a row is read once for all of
 * them. */
#ifndef GAT_TEXT_LINEAR_TRAINER_H
#define GAT_TEXT_LINEAR_TRAINER_H

#include "text/sparse_rows.h"

/* Labels are padded to multiples of this in memory. */
enum { LABEL_LANES = 4, LABEL_MOST = 512 };
static inline int32_t label_stride(int32_t labels) { return (labels + LABEL_LANES - 1) / LABEL_LANES * LABEL_LANES; }

/* Where the rows of a training are, and what they are. */
typedef struct linear_task {
    const sparse_rows *x;
    const uint8_t *truth; /* (rows, labels) 1: the label holds */
    int32_t columns, labels;
    double c;
    int passes;
    uint64_t seed;
} linear_task;

/* w (columns, stride) <- weights from the rows use[0..n). Single-threaded. */
gat_status linear_train(float *w, const linear_task *task, const int64_t *use, int64_t n, gat_error *err);

/* margin (stride) = the row's products with all labels. */
void linear_margins(float *margin, const float *w, int32_t stride, const int32_t *column, const float *value,
                    int64_t n);

/* Margins (rows, stride) of every row from weights that have not seen its fold, fold[row] < folds. One fold a thread. */
gat_status linear_held_out(float *margin, const linear_task *task, const uint8_t *fold, int folds, gat_error *err);

#endif

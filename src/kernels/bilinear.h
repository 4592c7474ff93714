/* A matrix for each row of a batch, chosen by slot: y (B,D), y[b] = M[slot[b]] x[b], M (S,D,D), or the matrix transposed.
 * Rows of one slot are put together, so that the work is matrix products. Untransposed, a row's bits do not depend on the
 * rows beside it. */
#ifndef GAT_KERNELS_BILINEAR_H
#define GAT_KERNELS_BILINEAR_H

#include <stdbool.h>
#include <stdint.h>

enum { BILINEAR_ROWS = 64 };

/* The rows of a batch by slot. */
typedef struct bilinear_plan {
    const int32_t *slot; /* (B) borrowed */
    int64_t b;
    int64_t *order;         /* (B) rows, ascending within a slot */
    int64_t *group, groups; /* (groups + 1) where each slot begins in `order` */
    int64_t *piece, pieces; /* (pieces + 1) the same, cut to at most BILINEAR_ROWS rows */
    bool transposed;        /* set by the caller */
} bilinear_plan;

/* work: bilinear_plan_size(b, num_slots) numbers, which the plan keeps. */
int64_t bilinear_plan_size(int64_t b, int64_t num_slots);
bilinear_plan bilinear_plan_make(int64_t *work, const int32_t *slot, int64_t b, int64_t num_slots);

/* sorted (B,D): the rows of x in the plan's order, wanted by backward. scratch (B,D). */
void bilinear_forward(float *y, float *sorted, float *scratch, const float *x, const float *m,
                      const bilinear_plan *plan, int64_t d);

/* scratch (2,B,D). */
void bilinear_backward(float *dx, float *dm, float *scratch, const float *dy, const float *sorted, const float *m,
                       const bilinear_plan *plan, int64_t d);

#endif

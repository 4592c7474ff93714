/* Rows that are each made of several rows of another table: the neighbours of an entity, the relations of an edge. Stored
 * both ways, so that either direction writes its own rows. */
#ifndef GAT_KERNELS_ROW_LISTS_H
#define GAT_KERNELS_ROW_LISTS_H

#include <stdint.h>

#include "base/status.h"

typedef struct row_lists {
    int64_t rows, columns; /* M lists of places below K */
    int64_t *start;        /* M + 1 */
    int32_t *place;        /* ascending in a list, each once */
    int64_t *back_start;   /* K + 1 */
    int32_t *back_row;     /* the lists that name a place, ascending */
    int64_t *back_entry;   /* their entries, positions in `place` */
} row_lists;

/* Takes over start and place (gat_free), also after a failure. */
gat_status row_lists_init(row_lists *out, int64_t *start, int32_t *place, int64_t rows, int64_t columns,
                          gat_error *err);
void row_lists_clear(row_lists *lists);

/* y (M,D) = mean of the listed rows of x (K,D), zero for an empty list; and its gradient, added to dx. */
void row_mean_forward(float *y, const float *x, const row_lists *lists, int64_t d);
void row_mean_backward(float *dx, const float *dy, const row_lists *lists, int64_t d);

/* y (N,D) = rows of x at length 1, zero for those (nearly) zero; and its gradient, added to dx. inverse (N): 1 / length. */
void row_unit_forward(float *y, float *inverse, const float *x, int64_t n, int64_t d);
void row_unit_backward(float *dx, const float *dy, const float *y, const float *inverse, int64_t n, int64_t d);

#endif

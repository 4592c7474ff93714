/* A table in which some rows come from elsewhere: how entities without an embedding enter the encoder. */
#ifndef GAT_KERNELS_REPLACE_H
#define GAT_KERNELS_REPLACE_H

#include <stdint.h>

/* Where row i of the result comes from. */
typedef enum gat_row_source {
    GAT_ROW_OWN,    /* row i of the table */
    GAT_ROW_COMMON, /* one row for all of these */
    GAT_ROW_FILLED  /* written by the caller; no gradient goes through it */
} gat_row_source;

/* y (N,D) <- x (N,D) or row (D) by source (N), a gat_row_source; filled rows are left as they are. */
void replace_forward(float *y, const float *x, const float *row, const uint8_t *source, int64_t n, int64_t d);

/* drow may be NULL. scratch: KERNEL_PARTS * D floats. */
void replace_backward(float *dx, float *drow, float *scratch, const float *dy, const uint8_t *source, int64_t n,
                      int64_t d);

#endif

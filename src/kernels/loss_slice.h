/* A slice of a batch on its way through the loss of loss.h, and the scratch memory it works in. For loss.c alone. */
#ifndef GAT_KERNELS_LOSS_SLICE_H
#define GAT_KERNELS_LOSS_SLICE_H

#include "kernels/bf16.h"
#include "kernels/loss.h"

/* An answer where its entity stands; `index` is its place among the answers of the slice, row after row. */
typedef struct loss_answer {
    int32_t entity, row, index;
} loss_answer;

typedef struct loss_slice {
    /* set by the caller */
    const gat_loss_options *how;
    const gat_rows *rows;
    const float *x;                        /* (N,D) */
    float *dx;                             /* (N,D) gradient is added */
    int64_t n, d, tile_rows, tiles, parts; /* parts: of the tiles, each with its own dq; 1: dq itself */

    /* set by slice_run */
    const float *q; /* (b,D) */
    float *dq;      /* (b,D) gradient is added */
    int64_t row, b; /* rows row .. row + b of the batch */

    /* scratch, see slice_layout */
    float *s, *distance;          /* softmax: (N,b) scores, then their gradient; binary: (parts,tile_rows,b) */
    float *max, *sum;             /* (tiles,b) of the softmax; sum: the binary losses */
    float *lse, *weight, *q2;     /* (b) */
    float *x2;                    /* (N), set by slice_begin */
    float *part, *column;         /* (parts,b,D) dq; (parts,b) column sums of a distance's gradient */
    int32_t *tile_answer;         /* (tiles + 2) */
    loss_answer *answer;          /* tile after tile */
    float *value;                 /* of an answer, by index: its score, then its gradient */
    const gat_bf16 *bf16;         /* NULL: products in f32 */
    uint32_t *q_columns, *q_rows; /* packed: q transposed, q */
    uint32_t *x_rows;             /* (parts) packed: the tile at work */
} loss_slice;

/* Shares out scratch memory for at most b rows with at most `answers` answers; returns its length in floats. work NULL:
 * only that. */
int64_t slice_layout(loss_slice *slice, float *work, int64_t b, int64_t answers);

/* Once, when x is known. */
void slice_begin(loss_slice *slice);

/* Loss and gradients of rows row .. row + b; q and dq are those of row 0. Parallel over tiles; single-threaded inside
 * another parallel region, which has called linear_one_thread. */
double slice_run(loss_slice *slice, float *dq, const float *q, int64_t row, int64_t b);

#endif

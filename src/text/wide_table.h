/* A table with a row for every feature of a sentence, trained row by row: the wide half of a net.
 *
 * A sentence's output is the weighted sum of the rows of its features. Only rows that a batch touches are worked on; what
 * Adam would have done to a row in the steps between (its momentum runs on, its moments fade) is made up for when the row
 * is next touched, as a geometric series with the rate of that step. */
#ifndef GAT_TEXT_WIDE_TABLE_H
#define GAT_TEXT_WIDE_TABLE_H

#include "base/status.h"
#include "kernels/bag.h"

typedef struct wide_table {
    int64_t columns, width;
    float *w; /* (columns, width) */
} wide_table;

/* Zeros. */
gat_status wide_table_init(wide_table *table, int64_t columns, int64_t width, gat_error *err);
void wide_table_clear(wide_table *table);

/* What training of a table needs beside it. */
typedef struct wide_trainer {
    wide_table *table;
    float *first, *second, *grad; /* moments (columns, width); (width) */
    int32_t *last;                /* (columns) step up to which a row is worked out */
    int32_t *head, *tail, *touched;
    int32_t *next, *row; /* (entries) the chain of a column's entries; the batch's row of each */
    int64_t num_touched, entries;
} wide_trainer;

/* table: borrowed. entries: of a batch, at most. */
gat_status wide_trainer_init(wide_trainer *trainer, wide_table *table, int64_t entries, gat_error *err);
void wide_trainer_clear(wide_trainer *trainer);

typedef struct wide_step {
    int64_t step; /* from 1 */
    float rate, decay;
} wide_step;

/* Brings the rows of a batch up to the step before this one; then, with the gradient dy (rows, width) of their sums, takes it.
 */
void wide_begin(wide_trainer *trainer, const bag_rows *batch, const wide_step *step);
void wide_end(wide_trainer *trainer, const bag_rows *batch, const float *dy, const wide_step *step);

/* Brings all rows up to `step`. */
void wide_finish(wide_trainer *trainer, const wide_step *step);

#endif

/* A sparse matrix over pairs: rows are entities of KG1, columns of KG2, values scores or beliefs. */
#ifndef GAT_ALIGN_PAIR_MATRIX_H
#define GAT_ALIGN_PAIR_MATRIX_H

#include <stdint.h>

#include "base/status.h"

typedef struct pair_matrix {
    int32_t rows, columns;
    int64_t *start;  /* rows + 1 */
    int32_t *column; /* ascending in a row */
    float *value;
} pair_matrix;

/* Values are not set. */
gat_status pair_matrix_new(pair_matrix **out, int32_t rows, int32_t columns, int64_t count, gat_error *err);
void pair_matrix_free(pair_matrix *matrix);

static inline int64_t pair_matrix_count(const pair_matrix *m) { return m->start[m->rows]; }

/* Place of an entry, -1: not there. */
int64_t pair_matrix_find(const pair_matrix *matrix, int32_t row, int32_t column);

/* Place of the largest value of a row, the first of equal ones; -1: an empty row. */
int64_t pair_matrix_best(const pair_matrix *matrix, int32_t row);

/* Rows while they are being found, each by one thread: at most `width` entries a row. */
typedef struct pair_rows {
    int32_t rows, columns;
    int64_t width;
    int32_t *count;  /* rows */
    int32_t *column; /* (rows, width) */
    float *value;
} pair_rows;

gat_status pair_rows_init(pair_rows *rows, int32_t count, int32_t columns, int64_t width, gat_error *err);
void pair_rows_clear(pair_rows *rows);

/* The same entries without the gaps; columns must be ascending in each row. */
gat_status pair_rows_pack(pair_matrix **out, const pair_rows *rows, gat_error *err);

/* The entries of each column, rows ascending. */
typedef struct pair_columns {
    int64_t *start; /* columns + 1 */
    int32_t *row;
    int64_t *entry; /* place in the matrix */
} pair_columns;

gat_status pair_columns_init(pair_columns *out, const pair_matrix *matrix, gat_error *err);
void pair_columns_clear(pair_columns *columns);

#endif

/* Rows of features with columns in place of names: what the linear model is trained on. */
#ifndef GAT_TEXT_SPARSE_ROWS_H
#define GAT_TEXT_SPARSE_ROWS_H

#include "text/feature_row.h"

/* The features a model knows: sorted keys, and a hash table over them. */
typedef struct feature_table {
    uint32_t *key; /* (count) ascending; a column is a place in it */
    int32_t count;
    int32_t *slot; /* (mask + 1) column or -1 */
    uint32_t mask;
} feature_table;

/* Takes over keys, ascending and each once (gat_free), also after a failure. */
gat_status feature_table_init(feature_table *table, uint32_t *key, int32_t count, gat_error *err);
void feature_table_clear(feature_table *table);

/* -1: unknown. */
static inline int32_t feature_find(const feature_table *t, uint32_t key)
{
    for (uint32_t at = key * 2654435769u;; at++) {
        int32_t column = t->slot[at & t->mask];
        if (column < 0 || t->key[column] == key) return column;
    }
}

typedef struct sparse_rows {
    int64_t rows, entries, capacity, row_capacity;
    int64_t *start;  /* rows + 1 */
    int32_t *column; /* entries; keys until sparse_rows_name */
    float *value;
} sparse_rows;

gat_status sparse_rows_add(sparse_rows *rows, const feature_row *row, gat_error *err);
void sparse_rows_clear(sparse_rows *rows);

/* Makes the table of all keys that `least` rows have, puts columns in the place of keys and drops the rest. */
gat_status sparse_rows_name(feature_table *table, sparse_rows *rows, int least, gat_error *err);

/* Puts the columns of a table in the place of keys and drops the rest. */
void sparse_rows_rename(sparse_rows *rows, const feature_table *table);

/* Makes rare columns louder in place: loudness (columns) = (rows / 160 / rows that have the column)^power, *loudness for the
 * caller (gat_free). Weights learned from such rows times the loudness are weights for the rows as they were. */
gat_status sparse_rows_weigh(float **loudness, sparse_rows *rows, int32_t columns, double power, gat_error *err);

/* w (n, width): row i times scale[i]. */
void rows_scale(float *w, const float *scale, int64_t n, int64_t width);

#endif

#include "text/sparse_rows.h"

#include <math.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"

enum { DIGIT = 11, BUCKETS = 1 << DIGIT };

gat_status feature_table_init(feature_table *t, uint32_t *key, int32_t count, gat_error *err)
{
    uint32_t size = 16;
    while (size < 2 * (uint32_t)count) size *= 2;
    *t = (feature_table){.key = key, .count = count, .mask = size - 1, .slot = gat_alloc(size, sizeof *t->slot)};
    if (!t->slot) {
        feature_table_clear(t);
        return error_nomem(err);
    }
    memset(t->slot, -1, size * sizeof *t->slot);
    for (int32_t i = 0; i < count; i++) {
        uint32_t at = key[i] * 2654435769u;
        while (t->slot[at & t->mask] >= 0) at++;
        t->slot[at & t->mask] = i;
    }
    return GAT_OK;
}

void feature_table_clear(feature_table *t)
{
    gat_free(t->key);
    gat_free(t->slot);
    *t = (feature_table){0};
}

void sparse_rows_clear(sparse_rows *x)
{
    gat_free(x->start);
    gat_free(x->column);
    gat_free(x->value);
    *x = (sparse_rows){0};
}

static gat_status reserve(sparse_rows *x, int64_t more, gat_error *err)
{
    if (x->rows + 1 >= x->row_capacity) {
        int64_t capacity = x->row_capacity ? 2 * x->row_capacity : 1024;
        int64_t *start = gat_regrow(x->start, x->rows + 1, capacity, sizeof *start);
        if (!start) return error_nomem(err);
        if (!x->row_capacity) start[0] = 0;
        x->start = start;
        x->row_capacity = capacity;
    }
    if (x->entries + more <= x->capacity) return GAT_OK;
    int64_t capacity = 2 * (x->entries + more);
    int32_t *column = gat_regrow(x->column, x->entries, capacity, sizeof *column);
    if (!column) return error_nomem(err);
    x->column = column;
    float *value = gat_regrow(x->value, x->entries, capacity, sizeof *value);
    if (!value) return error_nomem(err);
    x->value = value;
    x->capacity = capacity;
    return GAT_OK;
}

gat_status sparse_rows_add(sparse_rows *x, const feature_row *row, gat_error *err)
{
    gat_status st = reserve(x, row->count, err);
    if (st) return st;
    for (int64_t i = 0; i < row->count; i++, x->entries++) {
        memcpy(&x->column[x->entries], &row->data[i].key, sizeof row->data[i].key);
        x->value[x->entries] = row->data[i].value;
    }
    x->start[++x->rows] = x->entries;
    return GAT_OK;
}

/* One pass of a radix sort. */
static void sort_digit(uint32_t *to, const uint32_t *from, int64_t n, int shift)
{
    int64_t start[BUCKETS + 1] = {0};
    for (int64_t i = 0; i < n; i++) start[((from[i] >> shift) & (BUCKETS - 1)) + 1]++;
    for (int b = 0; b < BUCKETS; b++) start[b + 1] += start[b];
    for (int64_t i = 0; i < n; i++) to[start[(from[i] >> shift) & (BUCKETS - 1)]++] = from[i];
}

/* Keys that are there `least` times, ascending, at the front of `sorted`; how many. */
static int64_t keep_frequent(uint32_t *sorted, int64_t n, int least)
{
    int64_t kept = 0;
    for (int64_t i = 0, j; i < n; i = j) {
        for (j = i; j < n && sorted[j] == sorted[i];) j++;
        if (j - i >= least) sorted[kept++] = sorted[i];
    }
    return kept;
}

void sparse_rows_rename(sparse_rows *x, const feature_table *t)
{
    int64_t kept = 0, from = 0;
    for (int64_t r = 0; r < x->rows; r++) {
        int64_t to = x->start[r + 1];
        for (int64_t i = from; i < to; i++) {
            uint32_t key;
            memcpy(&key, &x->column[i], sizeof key);
            int32_t column = feature_find(t, key);
            if (column < 0) continue;
            x->column[kept] = column;
            x->value[kept++] = x->value[i];
        }
        from = to;
        x->start[r + 1] = kept;
    }
    x->entries = kept;
}

gat_status sparse_rows_name(feature_table *table, sparse_rows *x, int least, gat_error *err)
{
    uint32_t *a = gat_alloc(x->entries, sizeof *a), *b = gat_alloc(x->entries, sizeof *b), *key = NULL;
    gat_status st = a && b ? GAT_OK : error_nomem(err);
    if (!st) {
        if (x->entries) memcpy(a, x->column, (size_t)x->entries * sizeof *a);
        sort_digit(b, a, x->entries, 0);
        sort_digit(a, b, x->entries, DIGIT);
        sort_digit(b, a, x->entries, 2 * DIGIT);
        int64_t kept = keep_frequent(b, x->entries, least);
        if (kept > INT32_MAX / 4) st = error_set(err, GAT_ENOSPC, "more than %d features", INT32_MAX / 4);
        else if (!(key = gat_alloc(kept, sizeof *key))) st = error_nomem(err);
        if (key) {
            if (kept) memcpy(key, b, (size_t)kept * sizeof *key);
            st = feature_table_init(table, key, (int32_t)kept, err);
        }
    }
    if (!st) sparse_rows_rename(x, table);
    gat_free(a);
    gat_free(b);
    return st;
}

gat_status sparse_rows_weigh(float **loudness, sparse_rows *x, int32_t columns, double power, gat_error *err)
{
    static const double ORDINARY = 1.0 / 160; /* share of rows in which a column is neither loud nor quiet */
    float *scale = *loudness = gat_calloc(columns, sizeof *scale);
    if (!scale) return error_nomem(err);
    for (int64_t i = 0; i < x->entries; i++) scale[x->column[i]]++;
    for (int32_t c = 0; c < columns; c++)
        if (scale[c] > 0) scale[c] = (float)pow(ORDINARY * (double)x->rows / (double)scale[c], power);
    for (int64_t i = 0; i < x->entries; i++) x->value[i] *= scale[x->column[i]];
    return GAT_OK;
}

void rows_scale(float *w, const float *scale, int64_t n, int64_t width)
{
    for (int64_t i = 0; i < n; i++)
        for (int64_t k = 0; k < width; k++) w[i * width + k] *= scale[i];
}

#include "align/pair_matrix.h"

#include <string.h>

#include "base/error.h"
#include "base/memory.h"

gat_status pair_matrix_new(pair_matrix **out, int32_t rows, int32_t columns, int64_t count, gat_error *err)
{
    pair_matrix *m = gat_calloc(1, sizeof *m);
    *out = NULL;
    if (!m) return error_nomem(err);
    m->rows = rows;
    m->columns = columns;
    m->start = gat_calloc((int64_t)rows + 1, sizeof *m->start);
    m->column = gat_alloc(count, sizeof *m->column);
    m->value = gat_alloc(count, sizeof *m->value);
    if (!m->start || !m->column || !m->value) {
        pair_matrix_free(m);
        return error_nomem(err);
    }
    *out = m;
    return GAT_OK;
}

void pair_matrix_free(pair_matrix *m)
{
    if (!m) return;
    gat_free(m->start);
    gat_free(m->column);
    gat_free(m->value);
    gat_free(m);
}

int64_t pair_matrix_find(const pair_matrix *m, int32_t row, int32_t column)
{
    int64_t low = m->start[row], high = m->start[row + 1];
    while (low < high) {
        int64_t middle = (low + high) / 2;
        if (m->column[middle] < column) low = middle + 1;
        else high = middle;
    }
    return low < m->start[row + 1] && m->column[low] == column ? low : -1;
}

int64_t pair_matrix_best(const pair_matrix *m, int32_t row)
{
    int64_t best = -1;
    for (int64_t e = m->start[row]; e < m->start[row + 1]; e++)
        if (best < 0 || m->value[e] > m->value[best]) best = e;
    return best;
}

gat_status pair_rows_init(pair_rows *r, int32_t count, int32_t columns, int64_t width, gat_error *err)
{
    *r = (pair_rows){.rows = count, .columns = columns, .width = width};
    r->count = gat_calloc(count, sizeof *r->count);
    r->column = gat_alloc(count * width, sizeof *r->column);
    r->value = gat_alloc(count * width, sizeof *r->value);
    if (r->count && r->column && r->value) return GAT_OK;
    pair_rows_clear(r);
    return error_nomem(err);
}

void pair_rows_clear(pair_rows *r)
{
    gat_free(r->count);
    gat_free(r->column);
    gat_free(r->value);
    *r = (pair_rows){0};
}

gat_status pair_rows_pack(pair_matrix **out, const pair_rows *r, gat_error *err)
{
    int64_t total = 0;
    for (int32_t i = 0; i < r->rows; i++) total += r->count[i];
    gat_status st = pair_matrix_new(out, r->rows, r->columns, total, err);
    if (st) return st;
    for (int32_t i = 0; i < r->rows; i++) {
        int64_t at = (*out)->start[i], n = r->count[i];
        (*out)->start[i + 1] = at + n;
        if (!n) continue;
        memcpy((*out)->column + at, r->column + i * r->width, (size_t)n * sizeof *r->column);
        memcpy((*out)->value + at, r->value + i * r->width, (size_t)n * sizeof *r->value);
    }
    return GAT_OK;
}

gat_status pair_columns_init(pair_columns *c, const pair_matrix *m, gat_error *err)
{
    int64_t count = pair_matrix_count(m);
    c->start = gat_calloc((int64_t)m->columns + 2, sizeof *c->start);
    c->row = gat_alloc(count, sizeof *c->row);
    c->entry = gat_alloc(count, sizeof *c->entry);
    if (!c->start || !c->row || !c->entry) {
        pair_columns_clear(c);
        return error_nomem(err);
    }
    int64_t *next = c->start + 1; /* start[k + 1] is where column k goes on, and ends as its end */
    for (int64_t e = 0; e < count; e++) next[m->column[e] + 1]++;
    for (int32_t k = 0; k < m->columns; k++) next[k + 1] += next[k];
    for (int32_t i = 0; i < m->rows; i++)
        for (int64_t e = m->start[i]; e < m->start[i + 1]; e++) {
            int64_t at = next[m->column[e]]++;
            c->row[at] = i;
            c->entry[at] = e;
        }
    return GAT_OK;
}

void pair_columns_clear(pair_columns *c)
{
    gat_free(c->start);
    gat_free(c->row);
    gat_free(c->entry);
    *c = (pair_columns){0};
}

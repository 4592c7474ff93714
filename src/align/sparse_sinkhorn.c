/* Kept are the two vectors of scales, in double, as values span many powers of ten; entries are written once at the end. */
#include "align/sparse_sinkhorn.h"

#include "base/error.h"
#include "base/memory.h"

static double inverse(double sum) { return sum > 1e-300 ? 1 / sum : 0; }

static void scale_rows(double *row, const double *column, const pair_matrix *m, const float *slack)
{
#pragma omp parallel for schedule(static)
    for (int32_t i = 0; i < m->rows; i++) {
        double sum = slack ? slack[i] : 0;
        for (int64_t e = m->start[i]; e < m->start[i + 1]; e++) sum += (double)m->value[e] * column[m->column[e]];
        row[i] = inverse(sum);
    }
}

/* value: that of the matrix, in the order of c. */
static void scale_columns(double *column, const double *row, const pair_matrix *m, const pair_columns *c,
                          const float *value, const float *slack)
{
#pragma omp parallel for schedule(static)
    for (int32_t k = 0; k < m->columns; k++) {
        double sum = slack ? slack[k] : 0;
        for (int64_t e = c->start[k]; e < c->start[k + 1]; e++) sum += (double)value[e] * row[c->row[e]];
        column[k] = inverse(sum);
    }
}

static void apply(pair_matrix *m, const double *row, const double *column)
{
#pragma omp parallel for schedule(static)
    for (int32_t i = 0; i < m->rows; i++)
        for (int64_t e = m->start[i]; e < m->start[i + 1]; e++)
            m->value[e] = (float)(row[i] * (double)m->value[e] * column[m->column[e]]);
}

gat_status sparse_sinkhorn(pair_matrix *m, const float *row_slack, const float *column_slack, int rounds,
                           gat_error *err)
{
    pair_columns c = {0};
    int64_t count = pair_matrix_count(m);
    double *row = gat_alloc(m->rows, sizeof *row), *column = gat_alloc(m->columns, sizeof *column);
    float *value = gat_alloc(count, sizeof *value);
    gat_status st = row && column && value ? pair_columns_init(&c, m, err) : error_nomem(err);
    if (!st && rounds > 0) {
        for (int32_t k = 0; k < m->columns; k++) column[k] = 1;
        for (int64_t e = 0; e < count; e++) value[e] = m->value[c.entry[e]];
        for (int r = 0; r < rounds; r++) {
            scale_rows(row, column, m, row_slack);
            scale_columns(column, row, m, &c, value, column_slack);
        }
        apply(m, row, column);
    }
    pair_columns_clear(&c);
    gat_free(row);
    gat_free(column);
    gat_free(value);
    return st;
}

#include "kernels/row_lists.h"

#include <math.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "kernels/row.h"

/* Rows shorter than this are no direction. */
#define LEAST_LENGTH 1e-12f

static void transpose(row_lists *l)
{
    for (int64_t e = 0; e < l->start[l->rows]; e++) l->back_start[l->place[e] + 1]++;
    for (int64_t k = 0; k < l->columns; k++) l->back_start[k + 1] += l->back_start[k];
    for (int64_t i = 0; i < l->rows; i++)
        for (int64_t e = l->start[i]; e < l->start[i + 1]; e++) {
            int64_t at = l->back_start[l->place[e]]++;
            l->back_row[at] = (int32_t)i;
            l->back_entry[at] = e;
        }
    memmove(l->back_start + 1, l->back_start, (size_t)l->columns * sizeof *l->back_start);
    l->back_start[0] = 0;
}

gat_status row_lists_init(row_lists *out, int64_t *start, int32_t *place, int64_t rows, int64_t columns, gat_error *err)
{
    *out = (row_lists){.rows = rows, .columns = columns, .start = start, .place = place};
    out->back_start = gat_calloc(columns + 1, sizeof *out->back_start);
    out->back_row = gat_alloc(start[rows], sizeof *out->back_row);
    out->back_entry = gat_alloc(start[rows], sizeof *out->back_entry);
    if (!out->back_start || !out->back_row || !out->back_entry) {
        row_lists_clear(out);
        return error_nomem(err);
    }
    transpose(out);
    return GAT_OK;
}

void row_lists_clear(row_lists *l)
{
    gat_free(l->start);
    gat_free(l->place);
    gat_free(l->back_start);
    gat_free(l->back_row);
    gat_free(l->back_entry);
    *l = (row_lists){0};
}

static float share(const row_lists *l, int64_t row) { return 1 / (float)(l->start[row + 1] - l->start[row]); }

void row_mean_forward(float *y, const float *x, const row_lists *l, int64_t d)
{
#pragma omp parallel for schedule(dynamic, 64)
    for (int64_t i = 0; i < l->rows; i++) {
        memset(y + i * d, 0, (size_t)d * sizeof *y);
        for (int64_t e = l->start[i]; e < l->start[i + 1]; e++) row_add(y + i * d, x + l->place[e] * d, share(l, i), d);
    }
}

void row_mean_backward(float *dx, const float *dy, const row_lists *l, int64_t d)
{
#pragma omp parallel for schedule(dynamic, 16)
    for (int64_t k = 0; k < l->columns; k++)
        for (int64_t e = l->back_start[k]; e < l->back_start[k + 1]; e++)
            row_add(dx + k * d, dy + l->back_row[e] * d, share(l, l->back_row[e]), d);
}

void row_unit_forward(float *y, float *inverse, const float *x, int64_t n, int64_t d)
{
#pragma omp parallel for schedule(static)
    for (int64_t i = 0; i < n; i++) {
        float length = sqrtf(row_dot(x + i * d, x + i * d, d));
        inverse[i] = length > LEAST_LENGTH ? 1 / length : 0;
        for (int64_t j = i * d; j < (i + 1) * d; j++) y[j] = x[j] * inverse[i];
    }
}

/* dx += (dy - <dy, y> y) / length. */
void row_unit_backward(float *dx, const float *dy, const float *y, const float *inverse, int64_t n, int64_t d)
{
#pragma omp parallel for schedule(static)
    for (int64_t i = 0; i < n; i++) {
        float along = row_dot(dy + i * d, y + i * d, d);
        row_add(dx + i * d, dy + i * d, inverse[i], d);
        row_add(dx + i * d, y + i * d, -along * inverse[i], d);
    }
}

#include "recommend/matrix_factors.h"

#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "base/random.h"
#include "recommend/spd_inverse.h"

enum { STREAM_FACTORS = 0x7e40, ITERATIONS = 12 };

void matrix_factors_gram(double *gram, const float *x, int64_t n, int64_t d, double l2)
{
#pragma omp parallel for schedule(dynamic)
    for (int64_t i = 0; i < d; i++)
        for (int64_t j = 0; j <= i; j++) {
            double sum = i == j ? l2 : 0;
            for (int64_t r = 0; r < n; r++) sum += (double)x[r * d + i] * (double)x[r * d + j];
            gram[i * d + j] = sum;
        }
    for (int64_t i = 0; i < d; i++)
        for (int64_t j = i + 1; j < d; j++) gram[i * d + j] = gram[j * d + i];
}

/* out (D): least squares against the rows `index` of x; a is D * D + D of scratch. */
static void solve(float *out, const float *x, const double *gram, const int32_t *index, int64_t n, const factor_plan *p,
                  double *a)
{
    int64_t d = p->dim;
    double *b = a + d * d;
    memcpy(a, gram, (size_t)(d * d) * sizeof *a);
    memset(b, 0, (size_t)d * sizeof *b);
    for (int64_t e = 0; e < n; e++) {
        const float *row = x + index[e] * d;
        for (int64_t i = 0; i < d; i++) {
            double f = p->confidence * (double)row[i];
            b[i] += (1 + p->confidence) * (double)row[i];
            for (int64_t j = 0; j <= i; j++) a[i * d + j] += f * (double)row[j];
        }
    }
    bool fine = n > 0 && spd_solve(a, b, d);
    for (int64_t i = 0; i < d; i++) out[i] = fine ? (float)b[i] : 0;
}

void matrix_factors_user(float *user, const float *items, const double *gram, const rec_history *h,
                         const factor_plan *p, double *scratch)
{
    solve(user, items, gram, h->item, h->count, p, scratch);
}

/* All rows of one side from the other. */
static void half_step(float *to, const float *from, int64_t from_rows, const int64_t *start, const int32_t *index,
                      int32_t rows, const factor_plan *p, double *gram, double *scratch)
{
    int64_t d = p->dim, size = d * d + d;
    matrix_factors_gram(gram, from, from_rows, d, p->l2);
#pragma omp parallel for schedule(dynamic, 16)
    for (int32_t r = 0; r < rows; r++)
        solve(to + r * d, from, gram, index + start[r], start[r + 1] - start[r], p, scratch + parallel_thread() * size);
}

gat_status matrix_factors_make(float *items, const histories *h, const factor_plan *p, int (*should_stop)(void *),
                               void *context, gat_error *err)
{
    int64_t d = p->dim;
    float *users = gat_alloc(h->users * d, sizeof *users);
    double *gram = gat_alloc(d * d, sizeof *gram),
           *scratch = gat_alloc(parallel_threads() * (d * d + d), sizeof *scratch);
    gat_status st = users && gram && scratch ? GAT_OK : error_nomem(err);
    if (!st) random_fill_normal(items, h->items * d, .1f, p->seed, random_stream(STREAM_FACTORS, 0, 0));
    for (int i = 0; !st && i < ITERATIONS; i++) {
        if (should_stop && should_stop(context)) st = error_set(err, GAT_EINTERRUPTED, "interrupted");
        half_step(users, items, h->items, h->start, h->item, h->users, p, gram, scratch);
        half_step(items, users, h->users, h->item_start, h->user, h->items, p, gram, scratch);
    }
    gat_free(users);
    gat_free(gram);
    gat_free(scratch);
    return st;
}

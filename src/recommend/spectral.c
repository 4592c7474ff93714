#include "recommend/spectral.h"

#include <math.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "base/random.h"
#include "kernels/linear.h"

enum { STREAM_SPECTRAL = 0x7e30, ITERATIONS = 24, EXTRA = 16 };

static double root_of(int64_t n) { return n ? 1 / sqrt((double)n) : 0; }

/* to (rows,K) <- sum over the row of scale * from. */
static void multiply(float *to, const float *from, const int64_t *start, const int32_t *index, const int64_t *other,
                     int32_t rows, int64_t k)
{
#pragma omp parallel for schedule(dynamic, 64)
    for (int32_t r = 0; r < rows; r++) {
        float *y = to + r * k;
        double own = root_of(start[r + 1] - start[r]);
        memset(y, 0, (size_t)k * sizeof *y);
        for (int64_t e = start[r]; e < start[r + 1]; e++) {
            float w = (float)(own * root_of(other[index[e] + 1] - other[index[e]]));
            const float *x = from + index[e] * k;
            for (int64_t c = 0; c < k; c++) y[c] += w * x[c];
        }
    }
}

/* Modified Gram-Schmidt on the rows of x (K,N), twice, as is needed in single precision. A row without anything left becomes 0. */
static void orthonormalise(float *x, int64_t k, int64_t n)
{
    for (int64_t i = 0; i < k; i++) {
        float *row = x + i * n;
        for (int pass = 0; pass < 2; pass++)
            for (int64_t j = 0; j < i; j++) {
                double dot = 0;
                for (int64_t c = 0; c < n; c++) dot += (double)row[c] * (double)x[j * n + c];
                for (int64_t c = 0; c < n; c++) row[c] -= (float)dot * x[j * n + c];
            }
        double square = 0;
        for (int64_t c = 0; c < n; c++) square += (double)row[c] * (double)row[c];
        float scale = square > 1e-20 ? (float)(1 / sqrt(square)) : 0;
        for (int64_t c = 0; c < n; c++) row[c] *= scale;
    }
}

static void transpose(float *to, const float *from, int64_t rows, int64_t columns)
{
    for (int64_t r = 0; r < rows; r++)
        for (int64_t c = 0; c < columns; c++) to[c * rows + r] = from[r * columns + c];
}

gat_status spectral_make(float **out, int64_t *width, const histories *h, uint64_t seed, gat_error *err)
{
    int64_t n = h->items, k = *width + EXTRA;
    int64_t limit = h->users < h->items ? h->users : h->items;
    if (k > limit) k = limit;
    if (*width > k) *width = k;
    float *v = gat_alloc(n * k, sizeof *v), *t = gat_alloc(n * k, sizeof *t);
    float *u = gat_alloc(h->users * k, sizeof *u);
    *out = gat_alloc(n * *width, sizeof **out);
    gat_status st = v && t && u && *out ? GAT_OK : error_nomem(err);
    if (!st) {
        random_fill_normal(t, n * k, 1, seed, random_stream(STREAM_SPECTRAL, 0, 0));
        for (int i = 0; i < ITERATIONS; i++) {
            orthonormalise(t, k, n);
            transpose(v, t, k, n);
            multiply(u, v, h->start, h->item, h->item_start, h->users, k);
            multiply(v, u, h->item_start, h->user, h->start, h->items, k);
            transpose(t, v, n, k);
        }
        orthonormalise(t, k, n);
        transpose(*out, t, *width, n);
    } else gat_free(*out), *out = NULL;
    gat_free(v);
    gat_free(t);
    gat_free(u);
    return st;
}

void spectral_factors(float *from, float *to, const float *v, const histories *h, int64_t k)
{
    for (int64_t i = 0; i < h->items; i++) {
        double n = (double)(h->item_start[i + 1] - h->item_start[i]);
        float down = n > 0 ? (float)(1 / sqrt(n)) : 0, up = (float)sqrt(n);
        for (int64_t c = 0; c < k; c++) from[i * k + c] = down * v[i * k + c], to[i * k + c] = up * v[i * k + c];
    }
}

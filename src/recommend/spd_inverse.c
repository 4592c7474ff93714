#include "recommend/spd_inverse.h"

#include <math.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "kernels/linear.h"

enum { BLOCK = 128, ROWS = 128 };

/* a (n,n) in double, no pivoting: the leading minors of such a matrix are positive. */
static bool invert_small(double *a, int64_t n)
{
    for (int64_t k = 0; k < n; k++) {
        double pivot = a[k * n + k];
        if (!(pivot > 0)) return false;
        a[k * n + k] = 1;
        for (int64_t j = 0; j < n; j++) a[k * n + j] /= pivot;
        for (int64_t i = 0; i < n; i++) {
            double f = a[i * n + k];
            if (i == k) continue;
            a[i * n + k] = 0;
            for (int64_t j = 0; j < n; j++) a[i * n + j] -= f * a[k * n + j];
        }
    }
    return true;
}

/* Rows `from` .. of a block column are taken out of a, negated, into t, and zeroed. */
static void take_column(float *t, float *a, int64_t n, int64_t first, int64_t rows, int64_t k, int64_t b)
{
    for (int64_t i = 0; i < rows; i++)
        for (int64_t j = 0; j < b; j++) {
            t[i * b + j] = -a[(first + i) * n + k + j];
            a[(first + i) * n + k + j] = 0;
        }
}

typedef struct room {
    double *pivot;                 /* (BLOCK,BLOCK) */
    float *small, *panel, *column; /* (BLOCK,BLOCK), (BLOCK,N), (N,BLOCK) */
} room;

static bool pivot_block(room *w, float *a, int64_t n, int64_t k, int64_t b)
{
    for (int64_t i = 0; i < b; i++)
        for (int64_t j = 0; j < b; j++) w->pivot[i * b + j] = (double)a[(k + i) * n + k + j];
    if (!invert_small(w->pivot, b)) return false;
    for (int64_t i = 0; i < b * b; i++) w->small[i] = (float)w->pivot[i];
    for (int64_t i = 0; i < b; i++) memcpy(w->panel + i * n, a + (k + i) * n, (size_t)n * sizeof *a);
#pragma omp parallel for schedule(dynamic)
    for (int64_t c = 0; c < chunk_count(n, 512); c++) {
        int64_t first = c * 512, columns = n - first < 512 ? n - first : 512;
        matmul(a + k * n + first, w->small, w->panel + first, b, columns, b, false, false, b, n, n, 0);
    }
    for (int64_t i = 0; i < b; i++) memcpy(a + (k + i) * n + k, w->small + i * b, (size_t)b * sizeof *a);
    return true;
}

/* The rows of chunk c that are not in the pivot's block, as at most two runs. */
static void eliminate(float *a, float *t, int64_t n, int64_t first, int64_t end, int64_t k, int64_t b)
{
    if (end <= first) return;
    take_column(t + first * BLOCK, a, n, first, end - first, k, b);
    matmul(a + first * n, t + first * BLOCK, a + k * n, end - first, n, b, false, false, b, n, n, 1);
}

static int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }
static int64_t most(int64_t a, int64_t b) { return a > b ? a : b; }

gat_status spd_inverse(float *a, int64_t n, gat_error *err)
{
    room w = {gat_alloc(BLOCK * BLOCK, sizeof(double)), gat_alloc(BLOCK * BLOCK, sizeof(float)),
              gat_alloc(BLOCK * n, sizeof(float)), gat_alloc(BLOCK * n, sizeof(float))};
    gat_status st = w.pivot && w.small && w.panel && w.column ? GAT_OK : error_nomem(err);
    linear_one_thread();
    for (int64_t k = 0; !st && k < n; k += BLOCK) {
        int64_t b = least(BLOCK, n - k);
        if (!pivot_block(&w, a, n, k, b)) st = error_set(err, GAT_EFAILED, "a matrix is not positive definite");
        if (st) break;
#pragma omp parallel for schedule(dynamic)
        for (int64_t c = 0; c < chunk_count(n, ROWS); c++) {
            int64_t first = c * ROWS, end = least(n, first + ROWS);
            eliminate(a, w.column, n, first, least(end, k), k, b);
            eliminate(a, w.column, n, most(first, k + b), end, k, b);
        }
    }
    gat_free(w.pivot);
    gat_free(w.small);
    gat_free(w.panel);
    gat_free(w.column);
    return st;
}

bool spd_solve(double *a, double *b, int64_t n)
{
    for (int64_t j = 0; j < n; j++) {
        for (int64_t k = 0; k < j; k++)
            for (int64_t i = j; i < n; i++) a[i * n + j] -= a[i * n + k] * a[j * n + k];
        if (!(a[j * n + j] > 0)) return false;
        double root = sqrt(a[j * n + j]);
        for (int64_t i = j; i < n; i++) a[i * n + j] /= root;
    }
    for (int64_t i = 0; i < n; i++) {
        for (int64_t k = 0; k < i; k++) b[i] -= a[i * n + k] * b[k];
        b[i] /= a[i * n + i];
    }
    for (int64_t i = n - 1; i >= 0; i--) {
        for (int64_t k = i + 1; k < n; k++) b[i] -= a[k * n + i] * b[k];
        b[i] /= a[i * n + i];
    }
    return true;
}

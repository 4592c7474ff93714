/* Orthogonal iteration on the covariance, with a few directions more than are wanted: it converges by the ratio of the
 * variances that are wanted to those past the spare ones. */
#include "tasks/principal.h"

#include <math.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "kernels/linear.h"

enum { WANTED = 2, DIRECTIONS = 6, MOST_ROUNDS = 500 };
static const double SETTLED = 1e-10;

static void take_mean_off(float *x, double *mean, int64_t rows, int64_t dim)
{
    memset(mean, 0, (size_t)dim * sizeof *mean);
    for (int64_t i = 0; i < rows; i++)
        for (int64_t j = 0; j < dim; j++) mean[j] += (double)x[i * dim + j];
    for (int64_t j = 0; j < dim; j++) mean[j] /= (double)rows;
#pragma omp parallel for schedule(static)
    for (int64_t i = 0; i < rows; i++)
        for (int64_t j = 0; j < dim; j++) x[i * dim + j] -= (float)mean[j];
}

/* c (dim, dim) = x' x, its rows in fixed chunks. */
static void covariance(float *c, const float *x, int64_t rows, int64_t dim)
{
    int64_t chunks = chunk_count(dim, LINEAR_ROWS);
    linear_one_thread();
#pragma omp parallel for schedule(dynamic, 1)
    for (int64_t k = 0; k < chunks; k++) {
        int64_t first = k * LINEAR_ROWS, count = dim - first < LINEAR_ROWS ? dim - first : LINEAR_ROWS;
        matmul(c + first * dim, x + first, x, count, dim, rows, true, false, dim, dim, dim, 0);
    }
}

static double dot(const double *a, const double *b, int64_t n)
{
    double sum = 0;
    for (int64_t i = 0; i < n; i++) sum += a[i] * b[i];
    return sum;
}

/* Gram and Schmidt, twice. A direction that is nothing becomes zero. */
static void make_orthonormal(double *v, int64_t dim)
{
    for (int k = 0; k < DIRECTIONS; k++) {
        double *mine = v + k * dim, before = sqrt(dot(mine, mine, dim));
        for (int again = 0; again < 2; again++)
            for (int j = 0; j < k; j++) {
                double share = dot(mine, v + j * dim, dim);
                for (int64_t i = 0; i < dim; i++) mine[i] -= share * v[j * dim + i];
            }
        double length = sqrt(dot(mine, mine, dim));
        bool nothing = !(length > 1e-9 * before);
        for (int64_t i = 0; i < dim; i++) mine[i] = nothing ? 0 : mine[i] / length;
    }
}

/* w (DIRECTIONS, dim) = v c, c symmetric. */
static void multiply(double *w, const double *v, const float *c, int64_t dim)
{
#pragma omp parallel for schedule(static)
    for (int64_t i = 0; i < dim; i++)
        for (int k = 0; k < DIRECTIONS; k++) {
            double sum = 0;
            for (int64_t j = 0; j < dim; j++) sum += v[k * dim + j] * (double)c[i * dim + j];
            w[k * dim + i] = sum;
        }
}

/* A start that leans nowhere: the golden ratio's multiples, modulo 1. */
static void fill_start(double *v, int64_t dim)
{
    for (int64_t i = 0; i < DIRECTIONS * dim; i++) v[i] = fmod(0.6180339887498949 * (double)(i + 1), 1) - .5;
}

/* v (DIRECTIONS, dim) <- eigenvectors of c, w the same in size. */
static void iterate(double *v, double *w, const float *c, int64_t dim)
{
    fill_start(v, dim);
    make_orthonormal(v, dim);
    for (int round = 0; round < MOST_ROUNDS; round++) {
        double least = 1;
        multiply(w, v, c, dim);
        make_orthonormal(w, dim);
        for (int k = 0; k < WANTED; k++) {
            double same = fabs(dot(v + k * dim, w + k * dim, dim));
            least = same < least ? same : least;
        }
        memcpy(v, w, (size_t)(DIRECTIONS * dim) * sizeof *v);
        if (least > 1 - SETTLED) return;
    }
}

static void fix_sign(double *v, int64_t dim)
{
    int64_t largest = 0;
    for (int64_t i = 1; i < dim; i++)
        if (fabs(v[i]) > fabs(v[largest])) largest = i;
    for (int64_t i = 0; i < dim && v[largest] < 0; i++)
        if (i != largest) v[i] = -v[i];
    v[largest] = fabs(v[largest]);
}

static void project(double *place, const float *x, const double *v, int64_t rows, int64_t dim)
{
#pragma omp parallel for schedule(static)
    for (int64_t i = 0; i < rows; i++)
        for (int k = 0; k < WANTED; k++) {
            double sum = 0;
            for (int64_t j = 0; j < dim; j++) sum += (double)x[i * dim + j] * v[k * dim + j];
            place[i * WANTED + k] = sum;
        }
}

gat_status principal_plane(double *place, float *x, int64_t rows, int64_t dim, gat_error *err)
{
    double *v = gat_alloc(2 * DIRECTIONS * dim, sizeof *v);
    float *c = gat_alloc(dim * dim, sizeof *c);
    gat_status st = v && c ? GAT_OK : error_nomem(err);
    if (!st && rows) {
        take_mean_off(x, v, rows, dim);
        covariance(c, x, rows, dim);
        iterate(v, v + DIRECTIONS * dim, c, dim);
        for (int k = 0; k < WANTED; k++) fix_sign(v + k * dim, dim);
        project(place, x, v, rows, dim);
    }
    gat_free(v);
    gat_free(c);
    return st;
}

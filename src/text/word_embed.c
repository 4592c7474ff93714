#include "text/word_embed.h"

#include <math.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/random.h"
#include "kernels/linear.h"

enum { STREAM_START = 0x7e70, SPARE = 12, SWEEPS = 30 };

/* A subspace of k columns. */
typedef struct subspace {
    int64_t n, k;
    float *q, *y, *small, *scratch; /* (n,k), (n,k), (k,k) */
    double *a, *v, *value;          /* (k,k), (k,k), (k) */
} subspace;

static void subspace_clear(subspace *s)
{
    gat_free(s->q);
    gat_free(s->y);
    gat_free(s->small);
    gat_free(s->scratch);
    gat_free(s->a);
    gat_free(s->v);
    gat_free(s->value);
}

static gat_status subspace_init(subspace *s, gat_error *err)
{
    int64_t n = s->n, k = s->k;
    s->q = gat_alloc(n * k, sizeof *s->q);
    s->y = gat_alloc(n * k, sizeof *s->y);
    s->small = gat_alloc(k * k, sizeof *s->small);
    s->scratch = gat_alloc(linear_scratch(k, k), sizeof *s->scratch);
    s->a = gat_alloc(k * k, sizeof *s->a);
    s->v = gat_alloc(k * k, sizeof *s->v);
    s->value = gat_alloc(k, sizeof *s->value);
    return s->q && s->y && s->small && s->scratch && s->a && s->v && s->value ? GAT_OK : error_nomem(err);
}

/* small = x' y. */
static void inner(subspace *s, const float *x, const float *y)
{
    memset(s->small, 0, (size_t)(s->k * s->k) * sizeof *s->small);
    linear_backward(NULL, s->small, NULL, s->scratch, y, x, NULL, s->n, s->k, s->k);
}

/* a = its Cholesky factor L; columns that depend on others become 0. */
static void cholesky(subspace *s)
{
    int64_t k = s->k;
    for (int64_t i = 0; i < k * k; i++) s->a[i] = (double)s->small[i];
    for (int64_t j = 0; j < k; j++) {
        double own = s->a[j * k + j], whole = own;
        for (int64_t l = 0; l < j; l++) own -= s->a[j * k + l] * s->a[j * k + l];
        double root = own > 1e-7 * whole && own > 0 ? sqrt(own) : 0;
        s->a[j * k + j] = root;
        for (int64_t i = j + 1; i < k; i++) {
            double x = s->a[i * k + j];
            for (int64_t l = 0; l < j; l++) x -= s->a[i * k + l] * s->a[j * k + l];
            s->a[i * k + j] = root > 0 ? x / root : 0;
        }
    }
}

/* small = the inverse of L', so that y small has columns of length 1 at right angles. */
static void invert(subspace *s)
{
    int64_t k = s->k;
    memset(s->v, 0, (size_t)(k * k) * sizeof *s->v);
    for (int64_t c = 0; c < k; c++) /* column c of inverse(L), which is row c of its transpose */
        for (int64_t i = c; i < k; i++) {
            double x = i == c;
            for (int64_t l = c; l < i; l++) x -= s->a[i * k + l] * s->v[c * k + l];
            s->v[c * k + i] = s->a[i * k + i] > 0 ? x / s->a[i * k + i] : 0;
        }
    for (int64_t i = 0; i < k * k; i++) s->small[i] = (float)s->v[i];
}

/* q = y with orthonormal columns; twice, for what rounding leaves. */
static void straighten(subspace *s)
{
    for (int pass = 0; pass < 2; pass++) {
        inner(s, s->y, s->y);
        cholesky(s);
        invert(s);
        linear_forward(s->q, s->y, s->small, NULL, s->n, s->k, s->k);
        if (!pass) memcpy(s->y, s->q, (size_t)(s->n * s->k) * sizeof *s->y);
    }
}

static void rotate(double *x, double *y, double c, double s)
{
    double a = *x, b = *y;
    *x = c * a - s * b;
    *y = s * a + c * b;
}

/* Eigenvalues of the symmetric a into its diagonal, eigenvectors into the columns of v (Jacobi's method). */
static void diagonalise(subspace *s)
{
    int64_t k = s->k;
    for (int64_t i = 0; i < k; i++)
        for (int64_t j = 0; j < k; j++) {
            s->a[i * k + j] = ((double)s->small[i * k + j] + (double)s->small[j * k + i]) / 2;
            s->v[i * k + j] = i == j;
        }
    for (int sweep = 0; sweep < SWEEPS; sweep++)
        for (int64_t p = 0; p < k; p++)
            for (int64_t q = p + 1; q < k; q++) {
                double off = s->a[p * k + q], gap = s->a[q * k + q] - s->a[p * k + p];
                if (fabs(off) <= 1e-12 * (fabs(s->a[p * k + p]) + fabs(s->a[q * k + q]))) continue;
                double theta = gap / (2 * off), t = (theta < 0 ? -1 : 1) / (fabs(theta) + sqrt(theta * theta + 1));
                double c = 1 / sqrt(t * t + 1);
                for (int64_t i = 0; i < k; i++) rotate(&s->a[i * k + p], &s->a[i * k + q], c, t * c);
                for (int64_t i = 0; i < k; i++) rotate(&s->a[p * k + i], &s->a[q * k + i], c, t * c);
                for (int64_t i = 0; i < k; i++) rotate(&s->v[i * k + p], &s->v[i * k + q], c, t * c);
            }
}

/* The column of v with the largest eigenvalue not taken yet; -1: no positive one is left. */
static int64_t take_largest(subspace *s)
{
    int64_t best = -1;
    for (int64_t i = 0; i < s->k; i++)
        if (s->value[i] > 0 && (best < 0 || s->value[i] > s->value[best])) best = i;
    return best;
}

/* small (k,dim) = the leading eigenvectors of the subspace, times the roots of their values. */
static void choose(subspace *s, int64_t dim)
{
    int64_t k = s->k;
    memset(s->small, 0, (size_t)(k * k) * sizeof *s->small);
    for (int64_t i = 0; i < k; i++) s->value[i] = s->a[i * k + i];
    for (int64_t c = 0; c < dim; c++) {
        int64_t best = take_largest(s);
        if (best < 0) return;
        double root = sqrt(s->value[best]), most = 0;
        for (int64_t i = 0; i < k; i++)
            if (fabs(s->v[i * k + best]) > fabs(most)) most = s->v[i * k + best];
        for (int64_t i = 0; i < k; i++) /* the sign of an eigenvector is anyone's choice */
            s->small[i * dim + c] = (float)(most < 0 ? -root * s->v[i * k + best] : root * s->v[i * k + best]);
        s->value[best] = -1;
    }
}

/* q <- an orthonormal basis near that of the leading eigenvectors. */
static gat_status iterate(subspace *s, const word_company *m, const word_embed_plan *p, gat_error *err)
{
    random_fill_normal(s->y, s->n * s->k, 1, p->seed, random_stream(STREAM_START, 0, 0));
    straighten(s);
    for (int64_t i = 0; i < p->rounds; i++) {
        if (p->should_stop && p->should_stop(p->context)) return error_set(err, GAT_EINTERRUPTED, "interrupted");
        word_company_times(s->y, m, s->q, s->k);
        straighten(s);
    }
    return GAT_OK;
}

gat_status word_embed(float *out, const word_company *m, const word_embed_plan *p, gat_error *err)
{
    subspace s = {.n = m->rows, .k = p->dim + SPARE < m->rows ? p->dim + SPARE : m->rows};
    memset(out, 0, (size_t)(m->rows * p->dim) * sizeof *out);
    if (!m->rows) return GAT_OK;
    gat_status st = subspace_init(&s, err);
    if (!st) st = iterate(&s, m, p, err);
    if (!st) {
        int64_t kept = p->dim < s.k ? p->dim : s.k;
        word_company_times(s.y, m, s.q, s.k);
        inner(&s, s.q, s.y);
        diagonalise(&s);
        choose(&s, kept);
        linear_forward(s.y, s.q, s.small, NULL, s.n, s.k, kept);
        for (int64_t i = 0; i < s.n; i++) memcpy(out + i * p->dim, s.y + i * kept, (size_t)kept * sizeof *out);
    }
    subspace_clear(&s);
    return st;
}

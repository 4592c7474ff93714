#include "align/calibration.h"

#include <math.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/memory.h"

/* Answers at the mean that every pool is given on top of its own, and the least number in a pool. */
static const double PRIOR = 1;
enum { LEAST_POOL = 10, PARTS = 5, BINS = 10 };

typedef struct pool {
    double belief; /* sum */
    double right, count;
} pool;

static int by_belief(const void *p, const void *q)
{
    const calibration_point *a = p, *b = q;
    if (a->belief < b->belief || a->belief > b->belief) return a->belief < b->belief ? -1 : 1;
    return (int)a->right - (int)b->right;
}

static pool join(pool a, pool b) { return (pool){a.belief + b.belief, a.right + b.right, a.count + b.count}; }

static bool violates(pool a, pool b) { return a.right * b.count >= b.right * a.count; }

/* Points in a row by tens, and more where beliefs are equal; the last few go to the pool before. */
static int64_t first_pools(pool *pools, const calibration_point *points, int64_t count)
{
    int64_t n = 0;
    for (int64_t i = 0; i < count; i++) {
        bool equal = i && points[i].belief <= points[i - 1].belief;
        pool one = {points[i].belief, points[i].right, 1};
        if (!n || (pools[n - 1].count >= LEAST_POOL && !equal && count - i >= LEAST_POOL)) pools[n++] = one;
        else pools[n - 1] = join(pools[n - 1], one);
    }
    return n;
}

static int64_t pool_points(pool *pools, const calibration_point *points, int64_t count)
{
    int64_t first = first_pools(pools, points, count), n = 0;
    for (int64_t i = 0; i < first; i++) {
        pools[n++] = pools[i];
        for (; n > 1 && violates(pools[n - 2], pools[n - 1]); n--) pools[n - 2] = join(pools[n - 2], pools[n - 1]);
    }
    return n;
}

gat_status calibration_fit(calibration *c, calibration_point *points, int64_t count, gat_error *err)
{
    double right = 0;
    *c = (calibration){0};
    if (!count) return GAT_OK;
    pool *pools = gat_alloc(count, sizeof *pools);
    c->belief = gat_alloc(count, sizeof *c->belief);
    c->confidence = gat_alloc(count, sizeof *c->confidence);
    if (!pools || !c->belief || !c->confidence) {
        gat_free(pools);
        calibration_clear(c);
        return error_nomem(err);
    }
    qsort(points, (size_t)count, sizeof *points, by_belief);
    for (int64_t i = 0; i < count; i++) right += points[i].right;
    c->count = pool_points(pools, points, count);
    for (int64_t i = 0; i < c->count; i++) {
        c->belief[i] = pools[i].belief / pools[i].count;
        c->confidence[i] = (pools[i].right + PRIOR * right / (double)count) / (pools[i].count + PRIOR);
        if (i && c->confidence[i] < c->confidence[i - 1]) c->confidence[i] = c->confidence[i - 1];
    }
    gat_free(pools);
    return GAT_OK;
}

/* Every fifth of the sorted points is left out in turn, so that all parts span all beliefs. */
gat_status calibration_cross_fit(double *confidence, calibration_point *points, int64_t count, gat_error *err)
{
    calibration_point *others = gat_alloc(count, sizeof *others);
    gat_status st = others ? GAT_OK : error_nomem(err);
    if (!st) qsort(points, (size_t)count, sizeof *points, by_belief);
    for (int64_t part = 0; !st && part < PARTS && part < count; part++) {
        calibration fit;
        int64_t n = 0;
        for (int64_t i = 0; i < count; i++)
            if (i % PARTS != part) others[n++] = points[i];
        st = calibration_fit(&fit, others, n, err);
        for (int64_t i = part; !st && i < count; i += PARTS) confidence[i] = calibration_apply(&fit, points[i].belief);
        if (!st) calibration_clear(&fit);
    }
    gat_free(others);
    return st;
}

double calibration_error(const double *confidence, const calibration_point *points, int64_t count)
{
    double gap[BINS] = {0}, sum = 0;
    for (int64_t i = 0; i < count; i++) {
        int bin = (int)(confidence[i] * BINS);
        gap[bin < BINS ? bin : BINS - 1] += confidence[i] - points[i].right;
    }
    for (int b = 0; b < BINS; b++) sum += fabs(gap[b]);
    return count ? sum / (double)count : 0;
}

void calibration_clear(calibration *c)
{
    gat_free(c->belief);
    gat_free(c->confidence);
    *c = (calibration){0};
}

static int ascending(const void *p, const void *q)
{
    double a = *(const double *)p, b = *(const double *)q;
    return (a > b) - (a < b);
}

/* How many of the sorted values lie below x, or with `equal` are at most x. */
static int64_t count_below(const double *sorted, int64_t n, double x, bool equal)
{
    int64_t low = 0, high = n;
    while (low < high) {
        int64_t middle = low + (high - low) / 2;
        if (sorted[middle] < x || (equal && sorted[middle] <= x)) low = middle + 1;
        else high = middle;
    }
    return low;
}

/* How many of the sorted values lie below x; half of those that equal it, and part of the step that x falls in. */
static double place(const double *sorted, int64_t n, double x)
{
    int64_t below = count_below(sorted, n, x, false), upto = count_below(sorted, n, x, true);
    if (upto > below || !below || below == n) return 0.5 * (double)(below + upto);
    return (double)below - 0.5 + (x - sorted[below - 1]) / (sorted[below] - sorted[below - 1]);
}

/* The value at a place, straight between the middles of the steps. */
static double value_at(const double *sorted, int64_t n, double at)
{
    double low = floor(at - 0.5), share = at - 0.5 - low;
    int64_t i = (int64_t)low;
    if (i < 0) return sorted[0];
    if (i >= n - 1) return sorted[n - 1];
    return sorted[i] + share * (sorted[i + 1] - sorted[i]);
}

void calibration_carry(calibration *c, double *from, int64_t num_from, double *to, int64_t num_to)
{
    if (!num_from || !num_to) return;
    qsort(from, (size_t)num_from, sizeof *from, ascending);
    qsort(to, (size_t)num_to, sizeof *to, ascending);
    for (int64_t i = 0; i < c->count; i++) {
        double share = place(from, num_from, c->belief[i]) / (double)num_from;
        c->belief[i] = value_at(to, num_to, share * (double)num_to);
    }
}

double calibration_apply(const calibration *c, double belief)
{
    if (!c->count) return belief < 0 ? 0 : belief > 1 ? 1 : belief;
    int64_t i = count_below(c->belief, c->count, belief, false);
    if (i == c->count) return c->confidence[c->count - 1];
    if (!i) return c->confidence[0];
    double width = c->belief[i] - c->belief[i - 1], share = width > 0 ? (belief - c->belief[i - 1]) / width : 1;
    return c->confidence[i - 1] + share * (c->confidence[i] - c->confidence[i - 1]);
}

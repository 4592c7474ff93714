/* With w(e) the gradient of the loss by margin(e), which is a constant times its softmax,
 *     de = 2 w(e) (a - e),   dp = -2 sum(w) (a - p),   da = 2 (sum of w(e) e) - 2 sum(w) p.
 * Only rows near the hardest have a w that is not zero, some dozens of them, so that all but the scores is gathered. */
#include "kernels/contrast_loss.h"

#include <math.h>
#include <string.h>

#include "base/parallel.h"
#include "kernels/kernels.h"
#include "kernels/linear.h"
#include "kernels/row.h"

enum { CHUNK = 512, LANES = 8 };

/* Terms of the softmax this far below the largest are nothing. */
#define NEGLIGIBLE (-10.0f)

/* One tile of anchors and the M rows they are told apart from. Row i of s holds scores, then those w that are not zero, of
 * the rows named in `hard`, counted from the first of the M. */
typedef struct tile {
    const float *x;
    float *dx, *s, *a, *da; /* (N,D) twice; (rows,M); (rows,D) twice */
    int32_t *hard;          /* (rows,M), ascending */
    int64_t *count;         /* (rows) */
    float *square, *total;  /* (N): |x|^2; (rows): sum of w */
    double *loss;           /* (rows) */
    const int32_t *anchor, *partner;
    int64_t first, m, d, rows; /* first: of the M rows */
    const contrast_options *how;
} tile;

int64_t contrast_scratch(int64_t n, int64_t d) { return CONTRAST_ROWS * (2 * n + 2 * d + 1) + n; }

static void scores(const tile *t)
{
    linear_one_thread();
#pragma omp parallel for schedule(dynamic)
    for (int64_t c = 0; c < chunk_count(t->m, CHUNK); c++) {
        int64_t first = c * CHUNK, count = t->m - first < CHUNK ? t->m - first : CHUNK;
        matmul(t->s + first, t->a, t->x + (t->first + first) * t->d, t->rows, count, t->d, false, true, t->d, t->d,
               t->m, 0);
    }
}

/* Sum of (v - shift)^power over n numbers, in lanes that are added in order. */
static double row_sum(const float *v, int64_t n, float shift, bool squares)
{
    float lane[LANES] = {0};
    double sum = 0;
    int64_t i = 0;
    for (; i + LANES <= n; i += LANES)
        for (int k = 0; k < LANES; k++) {
            float x = v[i + k] - shift;
            lane[k] += squares ? x * x : x;
        }
    for (int k = 0; k < LANES; k++) sum += lane[k];
    for (; i < n; i++) sum += squares ? (v[i] - shift) * (v[i] - shift) : v[i] - shift;
    return sum;
}

/* y += a (x - z). */
static void add_apart(float *y, const float *x, const float *z, float a, int64_t d)
{
#pragma omp simd
    for (int64_t i = 0; i < d; i++) y[i] += a * (x[i] - z[i]);
}

/* Scores of row i become margins. */
static void margins(float *v, const tile *t, int64_t i)
{
    const float *a = t->a + i * t->d, *p = t->x + t->partner[i] * t->d;
    const float *square = t->square + t->first;
    float apart = 0, length = t->square[t->anchor[i]];
    for (int64_t c = 0; c < t->d; c++) apart += (a[c] - p[c]) * (a[c] - p[c]);
    for (int64_t e = 0; e < t->m; e++) v[e] = apart - length + t->how->gamma + 2 * v[e] - square[e];
    for (int k = 0; k < 2; k++) {
        int64_t own = (k ? t->partner[i] : t->anchor[i]) - t->first;
        if (own >= 0 && own < t->m) v[own] = 0;
    }
}

/* Margins become w, packed; the row's loss and sum of w. Without deviation nothing is hard. */
static void weights(float *v, const tile *t, int64_t i)
{
    float mean = (float)(row_sum(v, t->m, 0, false) / (double)t->m), top = v[0];
    float deviation = (float)sqrt(row_sum(v, t->m, mean, true) / (double)t->m);
    float scale = deviation > 0 ? t->how->lambda / deviation : 0, sum = 0, total = 0;
    int32_t *hard = t->hard + i * t->m;
    int64_t count = 0;
    for (int64_t e = 1; e < t->m; e++) top = v[e] > top ? v[e] : top;
    for (int64_t e = 0; e < t->m; e++) {
        float power = scale * (v[e] - top);
        if (power <= NEGLIGIBLE) continue;
        float w = expf(power);
        sum += w;
        if (scale <= 0 || t->first + e == t->anchor[i] || t->first + e == t->partner[i]) continue;
        v[count] = w;
        hard[count++] = (int32_t)e;
    }
    for (int64_t k = 0; k < count; k++) {
        v[k] *= t->how->weight * scale / sum;
        total += v[k];
    }
    t->count[i] = count;
    t->total[i] = total;
    t->loss[i] = (double)t->how->weight * (scale * (top - mean) + logf(sum));
}

static void to_weights(const tile *t)
{
#pragma omp parallel for schedule(dynamic)
    for (int64_t i = 0; i < t->rows; i++) {
        margins(t->s + i * t->m, t, i);
        weights(t->s + i * t->m, t, i);
    }
}

/* First entry of row i that names a row of x from `first` on. */
static int64_t first_hard(const tile *t, int64_t i, int64_t first)
{
    const int32_t *hard = t->hard + i * t->m;
    int64_t low = 0, high = t->count[i];
    while (low < high) {
        int64_t middle = (low + high) / 2;
        if (hard[middle] < first) low = middle + 1;
        else high = middle;
    }
    return low;
}

/* dx += 2 w (a - x), a chunk of the rows of x at a time. */
static void rows_back(const tile *t)
{
#pragma omp parallel for schedule(dynamic)
    for (int64_t c = 0; c < chunk_count(t->m, CHUNK); c++)
        for (int64_t i = 0; i < t->rows; i++) {
            const int32_t *hard = t->hard + i * t->m;
            for (int64_t k = first_hard(t, i, c * CHUNK); k < t->count[i] && hard[k] < (c + 1) * CHUNK; k++) {
                float w = 2 * t->s[i * t->m + k], *dx = t->dx + (t->first + hard[k]) * t->d;
                add_apart(dx, t->a + i * t->d, t->x + (t->first + hard[k]) * t->d, w, t->d);
            }
        }
}

/* da <- sum of w(e) e. */
static void anchors_back(const tile *t)
{
#pragma omp parallel for schedule(dynamic)
    for (int64_t i = 0; i < t->rows; i++) {
        float *da = t->da + i * t->d;
        memset(da, 0, (size_t)t->d * sizeof *da);
        for (int64_t k = 0; k < t->count[i]; k++)
            row_add(da, t->x + (t->first + t->hard[i * t->m + k]) * t->d, t->s[i * t->m + k], t->d);
    }
}

/* Anchors and partners may come more than once, so they are added in order. */
static void pairs_back(const tile *t)
{
    for (int64_t i = 0; i < t->rows; i++) {
        const float *a = t->x + t->anchor[i] * t->d, *p = t->x + t->partner[i] * t->d;
        float *da = t->dx + t->anchor[i] * t->d, *dp = t->dx + t->partner[i] * t->d;
        row_add(da, t->da + i * t->d, 2, t->d);
        row_add(da, p, -2 * t->total[i], t->d);
        row_add(dp, a, -2 * t->total[i], t->d);
        row_add(dp, p, 2 * t->total[i], t->d);
    }
}

static double tile_loss(const tile *t)
{
    double sum = 0;
    for (int64_t i = 0; i < t->rows; i++)
        for (int64_t c = 0; c < t->d; c++) t->a[i * t->d + c] = t->x[t->anchor[i] * t->d + c];
    scores(t);
    to_weights(t);
    rows_back(t);
    anchors_back(t);
    pairs_back(t);
    for (int64_t i = 0; i < t->rows; i++) sum += t->loss[i];
    return sum;
}

double contrast_loss(float *dx, float *scratch, const float *x, int64_t n, int64_t d, const int32_t *anchor,
                     const int32_t *partner, int64_t b, const contrast_options *how)
{
    double row_loss[CONTRAST_ROWS], sum = 0;
    int64_t counts[CONTRAST_ROWS];
    tile t = {.x = x, .dx = dx, .d = d, .how = how, .loss = row_loss, .count = counts, .s = scratch};
    t.first = how->from;
    t.m = how->to - how->from;
    t.hard = (int32_t *)(t.s + CONTRAST_ROWS * t.m);
    t.a = t.s + 2 * CONTRAST_ROWS * t.m;
    t.da = t.a + CONTRAST_ROWS * d;
    t.total = t.da + CONTRAST_ROWS * d;
    t.square = t.total + CONTRAST_ROWS;
    kernels()->row_squares(t.square, x, n, d);
    for (int64_t i = 0; i < b; i += CONTRAST_ROWS) {
        t.rows = b - i < CONTRAST_ROWS ? b - i : CONTRAST_ROWS;
        t.anchor = anchor + i;
        t.partner = partner + i;
        sum += tile_loss(&t);
    }
    return sum;
}

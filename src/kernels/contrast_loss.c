/* With w(e) the gradient of the loss by margin(e), which is a constant times its softmax,
 *     de = 2 w(e) (a - e),   dp = -2 sum(w) (a - p),   da = 2 (sum of w(e) e) - 2 sum(w) p. */
#include "kernels/contrast_loss.h"

#include <math.h>

#include "base/parallel.h"
#include "kernels/kernels.h"
#include "kernels/linear.h"

enum { CHUNK = 512, LANES = 8 };

/* Terms of the softmax this far below the largest are nothing. */
#define NEGLIGIBLE (-20.0f)

/* One tile of anchors; s holds scores, then w. */
typedef struct tile {
    const float *x;
    float *dx, *s, *a, *da; /* (N,D) twice; (rows,N); (rows,D), da in parts */
    float *square, *total;  /* (N): |x|^2; (rows): sum of w */
    double *loss;           /* (rows) */
    const int32_t *anchor, *partner;
    int64_t n, d, rows;
    const contrast_options *how;
} tile;

int64_t contrast_scratch(int64_t n, int64_t d) { return CONTRAST_ROWS * (n + (KERNEL_PARTS + 1) * d + 1) + n; }

static void scores(const tile *t)
{
    linear_one_thread();
#pragma omp parallel for schedule(dynamic)
    for (int64_t c = 0; c < chunk_count(t->n, CHUNK); c++) {
        int64_t first = c * CHUNK, count = t->n - first < CHUNK ? t->n - first : CHUNK;
        matmul(t->s + first, t->a, t->x + first * t->d, t->rows, count, t->d, false, true, t->d, t->d, t->n, 0);
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

/* y += a x. */
static void add_row(float *y, const float *x, float a, int64_t d)
{
    for (int64_t i = 0; i < d; i++) y[i] += a * x[i];
}

/* Scores of row i become margins. */
static void margins(float *v, const tile *t, int64_t i)
{
    const float *a = t->a + i * t->d, *p = t->x + t->partner[i] * t->d;
    float apart = 0, length = t->square[t->anchor[i]];
    for (int64_t c = 0; c < t->d; c++) apart += (a[c] - p[c]) * (a[c] - p[c]);
    for (int64_t e = 0; e < t->n; e++) v[e] = apart - length + t->how->gamma + 2 * v[e] - t->square[e];
    v[t->anchor[i]] = v[t->partner[i]] = 0;
}

/* Margins become w; the row's loss and sum of w. */
static void weights(float *v, const tile *t, int64_t i)
{
    float mean = (float)(row_sum(v, t->n, 0, false) / (double)t->n), top = v[0];
    float deviation = (float)sqrt(row_sum(v, t->n, mean, true) / (double)t->n);
    float scale = deviation > 0 ? t->how->lambda / deviation : 0, sum = 0, total = 0;
    for (int64_t e = 1; e < t->n; e++) top = v[e] > top ? v[e] : top;
    for (int64_t e = 0; e < t->n; e++) {
        float power = scale * (v[e] - top);
        v[e] = power > NEGLIGIBLE ? expf(power) : 0;
        sum += v[e];
    }
    v[t->anchor[i]] = v[t->partner[i]] = 0;
    for (int64_t e = 0; e < t->n; e++) {
        v[e] *= t->how->weight * scale / sum;
        total += v[e];
    }
    t->total[i] = total;
    t->loss[i] = (double)t->how->weight * (scale * (top - mean) + logf(sum));
}

static void to_weights(const tile *t)
{
#pragma omp parallel for schedule(dynamic)
    for (int64_t i = 0; i < t->rows; i++) {
        margins(t->s + i * t->n, t, i);
        weights(t->s + i * t->n, t, i);
    }
}

/* dx += 2 w^T a - 2 (column sums of w) x; a holds the doubled anchors by now. */
static void rows_back(const tile *t)
{
    linear_one_thread();
#pragma omp parallel for schedule(dynamic)
    for (int64_t c = 0; c < chunk_count(t->n, CHUNK); c++) {
        int64_t first = c * CHUNK, count = t->n - first < CHUNK ? t->n - first : CHUNK;
        float column[CHUNK] = {0};
        for (int64_t i = 0; i < t->rows; i++)
            for (int64_t e = 0; e < count; e++) column[e] += t->s[i * t->n + first + e];
        matmul(t->dx + first * t->d, t->s + first, t->a, count, t->d, t->rows, true, false, t->n, t->d, t->d, 1);
        for (int64_t e = 0; e < count; e++)
            if (column[e] > 0) add_row(t->dx + (first + e) * t->d, t->x + (first + e) * t->d, -2 * column[e], t->d);
    }
}

/* da <- sum of w(e) e, in parts of the rows that are added in order. */
static void anchors_back(const tile *t)
{
    int64_t size = t->rows * t->d;
    linear_one_thread();
#pragma omp parallel for schedule(dynamic)
    for (int64_t p = 0; p < KERNEL_PARTS; p++) {
        int64_t first = part_start(t->n, KERNEL_PARTS, p), count = part_start(t->n, KERNEL_PARTS, p + 1) - first;
        matmul(t->da + p * size, t->s + first, t->x + first * t->d, t->rows, t->d, count, false, false, t->n, t->d,
               t->d, 0);
    }
    kernels()->add_parts(t->da, t->da + size, KERNEL_PARTS - 1, size, size);
}

/* Anchors and partners may come more than once, so they are added in order. */
static void pairs_back(const tile *t)
{
    for (int64_t i = 0; i < t->rows; i++) {
        const float *a = t->x + t->anchor[i] * t->d, *p = t->x + t->partner[i] * t->d;
        float *da = t->dx + t->anchor[i] * t->d, *dp = t->dx + t->partner[i] * t->d;
        add_row(da, t->da + i * t->d, 2, t->d);
        add_row(da, p, -2 * t->total[i], t->d);
        add_row(dp, a, -2 * t->total[i], t->d);
        add_row(dp, p, 2 * t->total[i], t->d);
    }
}

static double tile_loss(const tile *t)
{
    double sum = 0;
    for (int64_t i = 0; i < t->rows; i++)
        for (int64_t c = 0; c < t->d; c++) t->a[i * t->d + c] = t->x[t->anchor[i] * t->d + c];
    scores(t);
    to_weights(t);
    for (int64_t i = 0; i < t->rows * t->d; i++) t->a[i] *= 2;
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
    tile t = {.x = x, .dx = dx, .n = n, .d = d, .how = how, .loss = row_loss, .s = scratch};
    t.a = t.s + CONTRAST_ROWS * n;
    t.da = t.a + CONTRAST_ROWS * d;
    t.total = t.da + KERNEL_PARTS * CONTRAST_ROWS * d;
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

/* Work on one tile of the score matrix, s (n entities, b rows), between the matrix products of loss.c. Everything
 * runs along the batch, so the loops vectorise and a column's sums are taken in entity order. */

/* s <- -sqrt(|x|^2 + |q|^2 - 2 s): the product turned into a negative distance. NaN stays NaN, which ranks last. */
static void tile_distance(float *s, const float *x2, const float *q2, int64_t n, int64_t b)
{
    for (int64_t i = 0; i < n; i++) {
        float *row = s + i * b, xi = x2[i];
#pragma omp simd
        for (int64_t j = 0; j < b; j++) {
            float square = xi + q2[j] - 2 * row[j];
            row[j] = -sqrtf(square < 1e-12f ? 1e-12f : square);
        }
    }
}

/* g <- g / -distance: the weight of (x - q) in the gradient; s holds negative distances. */
static void tile_distance_backward(float *g, const float *s, int64_t n, int64_t b)
{
    for (int64_t i = 0; i < n * b; i++) g[i] = -g[i] / s[i];
}

/* max (b), sum (b) of exp(s - max) over the tile. */
static void tile_max_sum(float *max, float *sum, const float *s, int64_t n, int64_t b)
{
    for (int64_t j = 0; j < b; j++) max[j] = -INFINITY, sum[j] = 0;
    for (int64_t i = 0; i < n; i++) {
        const float *row = s + i * b;
#pragma omp simd
        for (int64_t j = 0; j < b; j++) max[j] = row[j] > max[j] ? row[j] : max[j];
    }
    for (int64_t i = 0; i < n; i++) {
        const float *row = s + i * b;
#pragma omp simd
        for (int64_t j = 0; j < b; j++) sum[j] += v_exp(row[j] - max[j]);
    }
}

/* In place: g <- weight * (exp(s - lse) - shift). */
static void tile_softmax(float *g, const float *lse, const float *weight, float shift, int64_t n, int64_t b)
{
    for (int64_t i = 0; i < n; i++) {
        float *row = g + i * b;
#pragma omp simd
        for (int64_t j = 0; j < b; j++) row[j] = weight[j] * (v_exp(row[j] - lse[j]) - shift);
    }
}

/* In place: g <- weight * (sigmoid(s) - target); loss (b) <- softplus(s) - target * s, summed over the tile. The caller
 * corrects both at the answers. */
static void tile_sigmoid(float *g, float *loss, const float *weight, float target, int64_t n, int64_t b)
{
    for (int64_t j = 0; j < b; j++) loss[j] = 0;
    for (int64_t i = 0; i < n; i++) {
        float *row = g + i * b;
#pragma omp simd
        for (int64_t j = 0; j < b; j++) {
            float s = row[j], low = v_exp(s > 0 ? -s : s), high = 1 / (1 + low);
            loss[j] += (s > 0 ? s : 0) + v_log1p(low) - target * s;
            row[j] = weight[j] * ((s > 0 ? high : low * high) - target);
        }
    }
}

/* row (n) <- the sums of the rows of g (n,b), column (b) += those of its columns. */
static void tile_sums(float *row, float *column, const float *g, int64_t n, int64_t b)
{
    for (int64_t i = 0; i < n; i++) {
        float sum = 0;
#pragma omp simd reduction(+ : sum)
        for (int64_t j = 0; j < b; j++) {
            float x = g[i * b + j];
            sum += x;
            column[j] += x;
        }
        row[i] = sum;
    }
}

/* lse (b) of whole columns, from max and sum (tiles,b). */
static void tile_lse(float *lse, const float *max, const float *sum, int64_t tiles, int64_t b)
{
    enum { COLUMNS = 16 };
    for (int64_t j = 0; j < b; j++) lse[j] = -INFINITY;
    for (int64_t t = 0; t < tiles; t++)
        for (int64_t j = 0; j < b; j++) lse[j] = max[t * b + j] > lse[j] ? max[t * b + j] : lse[j];
#pragma omp parallel for schedule(static)
    for (int64_t c = 0; c < chunk_count(b, COLUMNS); c++) {
        int64_t first = c * COLUMNS, end = first + COLUMNS < b ? first + COLUMNS : b;
        double total[COLUMNS] = {0};
        for (int64_t t = 0; t < tiles; t++) {
#pragma omp simd
            for (int64_t j = first; j < end; j++)
                total[j - first] += (double)(sum[t * b + j] * v_exp(max[t * b + j] - lse[j]));
        }
        for (int64_t j = first; j < end; j++) lse[j] += (float)log(total[j - first]);
    }
}

static void row_squares(float *out, const float *x, int64_t n, int64_t d)
{
#pragma omp parallel for schedule(static)
    for (int64_t i = 0; i < n; i++) {
        const float *xi = x + i * d;
        float sum = 0;
#pragma omp simd reduction(+ : sum)
        for (int64_t j = 0; j < d; j++) sum += xi[j] * xi[j];
        out[i] = sum;
    }
}

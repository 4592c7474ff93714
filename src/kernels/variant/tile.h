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
        for (int64_t j = 0; j < b; j++) {
            float s = row[j], size = s > 0 ? s : -s;
            loss[j] += (s > 0 ? s : 0) + log1pf(v_exp(-size)) - target * s;
            row[j] = weight[j] * (v_sigmoid(s) - target);
        }
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

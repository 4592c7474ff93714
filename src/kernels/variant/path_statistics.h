/* Mean, maximum, minimum and deviation of the messages into a row, see path_layer.h. Edges from nodes without a row carry
 * zero, and so does one message more: largest and smallest begin at zero, and only count has to be told of them. */
static const float LEAST_DEVIATION = 1e-3f;

/* One message m (D) into a row: sums of it and of its square, largest, smallest. */
static void statistics_add(float *row, const float *m, int64_t d)
{
    float *sum = row, *high = row + d, *low = row + 2 * d, *squares = row + 3 * d;
#pragma omp simd
    for (int64_t c = 0; c < d; c++) {
        sum[c] += m[c];
        high[c] = m[c] > high[c] ? m[c] : high[c];
        low[c] = m[c] < low[c] ? m[c] : low[c];
        squares[c] += m[c] * m[c];
    }
}

/* Sums become means, squares deviations. */
static void statistics_finish(const path_kept *kept, int64_t rows, int64_t d)
{
    for (int64_t i = 0; i < rows; i++) {
        float *mean = kept->sum + i * PATH_NUM_STATISTICS * d, *deviation = mean + 3 * d, share = kept->share[i];
#pragma omp simd
        for (int64_t c = 0; c < d; c++) {
            mean[c] *= share;
            float variance = deviation[c] * share - mean[c] * mean[c], root = sqrtf(variance > 0 ? variance : 0);
            deviation[c] = root > LEAST_DEVIATION ? root : LEAST_DEVIATION;
        }
    }
}

/* Slopes of mean and deviation become those of a message m: first + last m. */
static void statistics_finish_backward(float *dsum, const path_kept *kept, int64_t rows, int64_t d)
{
    for (int64_t i = 0; i < rows; i++) {
        const float *mean = kept->sum + i * PATH_NUM_STATISTICS * d, *deviation = mean + 3 * d;
        float *first = dsum + i * PATH_NUM_STATISTICS * d, *last = first + 3 * d, share = kept->share[i];
#pragma omp simd
        for (int64_t c = 0; c < d; c++) {
            float slope = deviation[c] > LEAST_DEVIATION ? last[c] / deviation[c] * share : 0;
            first[c] = first[c] * share - slope * mean[c];
            last[c] = slope;
        }
    }
}

/* Adds to dm what one message asks for. Of equal messages the first is the largest: it takes that slope with it, so that
 * edges have to come in the order of forward. */
static void statistics_take(float *dm, float *drow, const float *row, const float *m, int64_t d)
{
    const float *high = row + d, *low = row + 2 * d, *first = drow, *last = drow + 3 * d;
    float *dhigh = drow + d, *dlow = drow + 2 * d;
#pragma omp simd
    for (int64_t c = 0; c < d; c++) {
        bool top = m[c] > 0 && !(m[c] < high[c]), bottom = m[c] < 0 && !(m[c] > low[c]);
        dm[c] += first[c] + last[c] * m[c] + (top ? dhigh[c] : 0) + (bottom ? dlow[c] : 0);
        dhigh[c] = top ? 0 : dhigh[c];
        dlow[c] = bottom ? 0 : dlow[c];
    }
}

/* pre (n,D) += what W makes of rows [from, from + n), with the scalings by degree. */
static void statistics_product(float *pre, const path_kept *kept, const path_weights *w, int64_t from, int64_t n,
                               int64_t d)
{
    float part[DENSE_BLOCK * PATH_NUM_SCALINGS * PATH_MAX_WIDTH];
    int64_t wide = PATH_NUM_STATISTICS * d, scaled = PATH_NUM_SCALINGS * d;
    dense_product(part, kept->sum + from * wide, w->w_sum, n, wide, scaled, false);
    for (int64_t i = 0; i < n; i++) {
        const float *plain = part + i * scaled, *more = plain + d, *less = more + d;
        float scale = kept->scale[from + i], inverse = 1 / scale, *to = pre + i * d;
#pragma omp simd
        for (int64_t c = 0; c < d; c++) to[c] += plain[c] + scale * more[c] + inverse * less[c];
    }
}

static void statistics_product_backward(float *dsum, float *dw, const float *dpre, const path_kept *kept,
                                        const path_weights *w, int64_t from, int64_t n, int64_t d)
{
    float part[DENSE_BLOCK * PATH_NUM_SCALINGS * PATH_MAX_WIDTH];
    int64_t wide = PATH_NUM_STATISTICS * d, scaled = PATH_NUM_SCALINGS * d;
    for (int64_t i = 0; i < n; i++) {
        float *plain = part + i * scaled, *more = plain + d, *less = more + d;
        float scale = kept->scale[from + i], inverse = 1 / scale;
        const float *of = dpre + i * d;
#pragma omp simd
        for (int64_t c = 0; c < d; c++) plain[c] = of[c], more[c] = scale * of[c], less[c] = inverse * of[c];
    }
    dense_product(dsum + from * wide, part, w->w_sum_turned, n, scaled, wide, false);
    dense_slope(dw, kept->sum + from * wide, part, n, wide, scaled);
}

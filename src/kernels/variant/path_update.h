/* From sums to the next states, see path_layer.h: blocks of rows, so that what is between stays in the first-level cache. */
#define UPDATE_EPS 1e-5f

/* unit, rstd <- norm of pre (D). Ba et al. 2016. */
PATH_INLINE void update_norm(float *unit, float *rstd, const float *pre, int64_t d)
{
    vec total = {0}, squares = {0};
    for (int64_t c = 0; c < d; c += VEC_LANES) total += vec_load(pre + c);
    float mean = vec_sum(total) / (float)d;
    for (int64_t c = 0; c < d; c += VEC_LANES) {
        vec x = vec_load(pre + c) - mean;
        squares += x * x;
    }
    *rstd = 1 / sqrtf(vec_sum(squares) / (float)d + UPDATE_EPS);
    for (int64_t c = 0; c < d; c += VEC_LANES) vec_store(unit + c, (vec_load(pre + c) - mean) * *rstd);
}

static inline float update_open(float unit, float gain, float shift)
{
    float y = unit * gain + shift;
    return y > 0 ? y : 0;
}

/* Rows [from, to). */
static void update_block(float *out, const path_kept *kept, const path_walk *walk, const path_weights *w, int64_t from,
                         int64_t to, int64_t d)
{
    float pre[DENSE_BLOCK * PATH_MAX_WIDTH];
    int64_t n = to - from, old = walk->rows < to ? walk->rows - from : n;
    for (int64_t i = 0; i < n; i++) memcpy(pre + i * d, w->bias, (size_t)d * sizeof *pre);
    dense_product(pre, kept->sum + from * d, w->w_sum, n, d, d, true);
    if (old > 0) dense_product(pre, kept->x + from * d, w->w_state, old, d, d, true);
    for (int64_t i = 0; i < n; i++) {
        float *unit = kept->unit + (from + i) * d, *to_row = out + (from + i) * d;
        update_norm(unit, kept->rstd + from + i, pre + i * d, d);
        const float *x = kept->x + (from + i) * d;
        bool known = i < old;
#pragma omp simd
        for (int64_t c = 0; c < d; c++) {
            float y = update_open(unit[c], w->gain[c], w->shift[c]);
            to_row[c] = known ? x[c] + y : y;
        }
    }
}

static void update_forward(float *out, const path_kept *kept, const path_walk *walk, const path_weights *w, int64_t d)
{
    for (int64_t i = 0; i < walk->rows_after; i += DENSE_BLOCK) {
        int64_t to = i + DENSE_BLOCK < walk->rows_after ? i + DENSE_BLOCK : walk->rows_after;
        update_block(out, kept, walk, w, i, to, d);
    }
}

/* dpre (D) of one row. */
PATH_INLINE void update_norm_backward(float *dpre, const path_slopes *g, const float *dout, const float *unit,
                                      float rstd, const path_weights *w, int64_t d)
{
    float mean = 0, along = 0;
#pragma omp simd reduction(+ : mean, along)
    for (int64_t c = 0; c < d; c++) {
        float dy = unit[c] * w->gain[c] + w->shift[c] > 0 ? dout[c] : 0;
        g->gain[c] += dy * unit[c];
        g->shift[c] += dy;
        dpre[c] = dy * w->gain[c];
        mean += dpre[c];
        along += dpre[c] * unit[c];
    }
    mean /= (float)d;
    along /= (float)d;
#pragma omp simd
    for (int64_t c = 0; c < d; c++) dpre[c] = rstd * (dpre[c] - mean - unit[c] * along);
}

static void update_block_backward(float *dx, const path_slopes *g, float *dsum, const float *dout,
                                  const path_kept *kept, const path_walk *walk, const path_weights *w, int64_t from,
                                  int64_t to, int64_t d)
{
    float dpre[DENSE_BLOCK * PATH_MAX_WIDTH];
    int64_t n = to - from, old = walk->rows < to ? walk->rows - from : n;
    for (int64_t i = 0; i < n; i++)
        update_norm_backward(dpre + i * d, g, dout + (from + i) * d, kept->unit + (from + i) * d, kept->rstd[from + i],
                             w, d);
    dense_column_sums(g->bias, dpre, n, d);
    dense_product(dsum + from * d, dpre, w->w_sum_turned, n, d, d, false);
    dense_slope(g->w_sum, kept->sum + from * d, dpre, n, d, d);
    if (old <= 0) return;
    memcpy(dx + from * d, dout + from * d, (size_t)(old * d) * sizeof *dx);
    dense_product(dx + from * d, dpre, w->w_state_turned, old, d, d, true);
    dense_slope(g->w_state, kept->x + from * d, dpre, old, d, d);
}

static void update_backward(float *dx, const path_slopes *g, float *dsum, const float *dout, const path_kept *kept,
                            const path_walk *walk, const path_weights *w, int64_t d)
{
    for (int64_t i = 0; i < walk->rows_after; i += DENSE_BLOCK) {
        int64_t to = i + DENSE_BLOCK < walk->rows_after ? i + DENSE_BLOCK : walk->rows_after;
        update_block_backward(dx, g, dsum, dout, kept, walk, w, i, to, d);
    }
}

/* From sums to the next states, see path_layer.h: blocks of rows, so that what is between stays in the first-level
 * cache. */
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

/* pre (n,D) += the sums of rows [from, from + n) times W, and backward: dsum is written. */
static void sums_product(float *pre, const path_kept *kept, const path_weights *w, int64_t from, int64_t n, int64_t d)
{
    if (w->aggregation == PATH_STATISTICS) statistics_product(pre, kept, w, from, n, d);
    else dense_product(pre, kept->sum + from * d, w->w_sum, n, d, d, true);
}

static void sums_product_backward(float *dsum, float *dw, const float *dpre, const path_kept *kept,
                                  const path_weights *w, int64_t from, int64_t n, int64_t d)
{
    if (w->aggregation == PATH_STATISTICS) {
        statistics_product_backward(dsum, dw, dpre, kept, w, from, n, d);
        return;
    }
    dense_product(dsum + from * d, dpre, w->w_sum_turned, n, d, d, false);
    dense_slope(dw, kept->sum + from * d, dpre, n, d, d);
}

/* Rows [from, to). */
static void update_block(float *out, const path_kept *kept, const path_walk *walk, const path_weights *w, int64_t from,
                         int64_t to, int64_t d)
{
    float pre[DENSE_BLOCK * PATH_MAX_WIDTH];
    int64_t n = to - from, old = walk->rows < to ? walk->rows - from : n;
    for (int64_t i = 0; i < n; i++) memcpy(pre + i * d, w->bias, (size_t)d * sizeof *pre);
    sums_product(pre, kept, w, from, n, d);
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

/* dpre (n,D) of a block; dgain and dshift (D) are summed here first. */
PATH_INLINE void update_norm_backward(float *dpre, const path_slopes *g, const float *dout, const float *unit,
                                      const float *rstd, const path_weights *w, int64_t n, const int64_t d)
{
    float dgain[PATH_MAX_WIDTH] = {0}, dshift[PATH_MAX_WIDTH] = {0}, share = 1 / (float)d;
    for (int64_t i = 0; i < n; i++, dpre += d, dout += d, unit += d) {
        vec mean = {0}, along = {0};
        for (int64_t c = 0; c < d; c += VEC_LANES) {
            vec u = vec_load(unit + c), gain = vec_load(w->gain + c);
            ivec open = u * gain + vec_load(w->shift + c) > 0;
            vec dy = (vec)((ivec)vec_load(dout + c) & open), dx = dy * gain;
            vec_add(dgain + c, dy * u);
            vec_add(dshift + c, dy);
            vec_store(dpre + c, dx);
            mean += dx;
            along += dx * u;
        }
        float m = vec_sum(mean) * share, a = vec_sum(along) * share;
        for (int64_t c = 0; c < d; c += VEC_LANES)
            vec_store(dpre + c, rstd[i] * (vec_load(dpre + c) - m - vec_load(unit + c) * a));
    }
    for (int64_t c = 0; c < d; c++) g->gain[c] += dgain[c], g->shift[c] += dshift[c];
}

static void update_block_backward(float *dx, const path_slopes *g, float *dsum, const float *dout,
                                  const path_kept *kept, const path_walk *walk, const path_weights *w, int64_t from,
                                  int64_t to, int64_t d)
{
    float dpre[DENSE_BLOCK * PATH_MAX_WIDTH];
    int64_t n = to - from, old = walk->rows < to ? walk->rows - from : n;
    const float *dout_from = dout + from * d, *unit = kept->unit + from * d, *rstd = kept->rstd + from;
    if (d == 32) update_norm_backward(dpre, g, dout_from, unit, rstd, w, n, 32);
    else if (d == 64) update_norm_backward(dpre, g, dout_from, unit, rstd, w, n, 64);
    else update_norm_backward(dpre, g, dout_from, unit, rstd, w, n, d);
    dense_column_sums(g->bias, dpre, n, d);
    sums_product_backward(dsum, g->w_sum, dpre, kept, w, from, n, d);
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

/* Attention of all rows to all rows in linear time, see path_layer.h: sums over the rows first, then each row against
 * them. Backward as in linear_attention.c, with one head, in one thread. */
static const float GLOBAL_LEAST_TOTAL = 1e-6f;

/* x (n) <- elu(x) + 1; its slope is min(that, 1). */
static void global_feature(float *x, int64_t n)
{
#pragma omp simd
    for (int64_t i = 0; i < n; i++) x[i] = x[i] > 0 ? x[i] + 1 : v_exp(x[i]);
}

static void global_forward(const path_global_kept *kept, const path_global_weights *w, int64_t n, int64_t d)
{
    dense_product(kept->q, kept->x, w->map, n, d, d, false);
    dense_product(kept->k, kept->x, w->map + d * d, n, d, d, false);
    dense_product(kept->v, kept->x, w->map + 2 * d * d, n, d, d, false);
    global_feature(kept->q, n * d);
    global_feature(kept->k, n * d);
    memset(kept->state, 0, (size_t)(d * d) * sizeof *kept->state);
    memset(kept->mass, 0, (size_t)d * sizeof *kept->mass);
    dense_slope(kept->state, kept->k, kept->v, n, d, d);
    dense_column_sums(kept->mass, kept->k, n, d);
    dense_product(kept->out, kept->q, kept->state, n, d, d, false);
    for (int64_t i = 0; i < n; i++) {
        float *out = kept->out + i * d, total = dense_dot(kept->q + i * d, kept->mass, d) + GLOBAL_LEAST_TOTAL;
        kept->total[i] = total;
#pragma omp simd
        for (int64_t c = 0; c < d; c++) out[c] /= total;
    }
}

/* g (n,D) <- slopes of the sums over total, from dx; adds to that of scale. minus (n) <- -<g, out>. */
static void global_output_backward(float *g, float *minus, float *dscale, const float *dx, const path_global_kept *kept,
                                   const path_global_weights *w, int64_t n, int64_t d)
{
    for (int64_t i = 0; i < n; i++) {
        const float *of = dx + i * d, *out = kept->out + i * d;
        float *to = g + i * d, inverse = 1 / kept->total[i];
#pragma omp simd
        for (int64_t c = 0; c < d; c++) {
            dscale[c] += of[c] * out[c];
            to[c] = of[c] * w->scale[c] * inverse;
        }
        minus[i] = -dense_dot(to, out, d);
    }
}

/* y (n,D), slopes of f, become those of what f is of: (y + factor * row) f', factor (n) or 1. */
static void global_feature_backward(float *y, const float *factor, const float *row, const float *f, int64_t n,
                                    int64_t d)
{
    for (int64_t i = 0; i < n; i++) {
        float by = factor ? factor[i] : 1, *yi = y + i * d;
        const float *fi = f + i * d;
#pragma omp simd
        for (int64_t c = 0; c < d; c++) yi[c] = (yi[c] + by * row[c]) * (fi[c] < 1 ? fi[c] : 1);
    }
}

/* From the slopes y (n,D) of x times one of the three maps. */
static void global_map_backward(float *dx, float *dmap, const float *y, const path_global_kept *kept,
                                const float *map_turned, int64_t n, int64_t d)
{
    dense_product(dx, y, map_turned, n, d, d, true);
    dense_slope(dmap, kept->x, y, n, d, d);
}

static void global_turn(float *y, const float *x, int64_t d)
{
    for (int64_t i = 0; i < d; i++)
        for (int64_t j = 0; j < d; j++) y[j * d + i] = x[i * d + j];
}

static void global_backward(float *dx, const path_global_slopes *slopes, float *scratch, const path_global_kept *kept,
                            const path_global_weights *w, int64_t n, int64_t d)
{
    float *g = scratch, *y = g + n * d, *minus = y + n * d, *dstate = minus + n, *turned = dstate + d * d,
          *dmass = turned + d * d;
    global_output_backward(g, minus, slopes->scale, dx, kept, w, n, d);
    memset(dstate, 0, (size_t)(d * d) * sizeof *dstate);
    memset(dmass, 0, (size_t)d * sizeof *dmass);
    dense_slope(dstate, kept->q, g, n, d, d);
    for (int64_t i = 0; i < n; i++) add_scaled(dmass, kept->q + i * d, minus[i], d);
    global_turn(turned, kept->state, d);
    dense_product(y, g, turned, n, d, d, false);
    global_feature_backward(y, minus, kept->mass, kept->q, n, d);
    global_map_backward(dx, slopes->map, y, kept, w->map_turned, n, d);
    global_turn(turned, dstate, d);
    dense_product(y, kept->v, turned, n, d, d, false);
    global_feature_backward(y, NULL, dmass, kept->k, n, d);
    global_map_backward(dx, slopes->map + d * d, y, kept, w->map_turned + d * d, n, d);
    dense_product(y, kept->k, dstate, n, d, d, false);
    global_map_backward(dx, slopes->map + 2 * d * d, y, kept, w->map_turned + 2 * d * d, n, d);
}

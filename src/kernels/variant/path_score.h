/* The scorer of reached rows, see path_layer.h. Hidden units are made again in backward: cheaper than keeping them. */
enum { SCORE_MAX_HIDDEN = 2 * PATH_MAX_WIDTH };

/* hidden (n,K) before relu, n at most DENSE_BLOCK. */
static void score_hidden(float *hidden, const float *x, const path_scorer *s, int64_t n, int64_t d)
{
    for (int64_t i = 0; i < n; i++) memcpy(hidden + i * s->width, s->query, (size_t)s->width * sizeof *hidden);
    dense_product(hidden, x, s->hidden, n, d, s->width, true);
}

static void score_forward(float *score, const float *x, const path_scorer *s, int64_t rows, int64_t d)
{
    float hidden[DENSE_BLOCK * SCORE_MAX_HIDDEN];
    for (int64_t from = 0; from < rows; from += DENSE_BLOCK) {
        int64_t n = rows - from < DENSE_BLOCK ? rows - from : DENSE_BLOCK;
        score_hidden(hidden, x + from * d, s, n, d);
        for (int64_t i = 0; i < n; i++) {
            const float *h = hidden + i * s->width;
            float sum = 0;
#pragma omp simd reduction(+ : sum)
            for (int64_t k = 0; k < s->width; k++) sum += (h[k] > 0 ? h[k] : 0) * s->v[k];
            score[from + i] = sum + s->c[0];
        }
    }
}

/* hidden (n,K) becomes its gradient. */
static void score_hidden_backward(float *hidden, const path_scorer_slopes *g, const float *dscore, const path_scorer *s,
                                  int64_t n)
{
    for (int64_t i = 0; i < n; i++) {
        float *h = hidden + i * s->width, ds = dscore[i];
        g->c[0] += ds;
#pragma omp simd
        for (int64_t k = 0; k < s->width; k++) {
            float open = h[k] > 0 ? 1.0f : 0.0f;
            g->v[k] += ds * h[k] * open;
            h[k] = ds * s->v[k] * open;
        }
    }
}

static void score_backward(float *dx, const path_scorer_slopes *g, const float *dscore, const float *x,
                           const path_scorer *s, int64_t rows, int64_t d)
{
    float hidden[DENSE_BLOCK * SCORE_MAX_HIDDEN];
    for (int64_t from = 0; from < rows; from += DENSE_BLOCK) {
        int64_t n = rows - from < DENSE_BLOCK ? rows - from : DENSE_BLOCK;
        score_hidden(hidden, x + from * d, s, n, d);
        score_hidden_backward(hidden, g, dscore + from, s, n);
        dense_column_sums(g->query, hidden, n, s->width);
        dense_slope(g->hidden, x + from * d, hidden, n, d, s->width);
        dense_product(dx + from * d, hidden, s->hidden_turned, n, s->width, d, false);
    }
}

static float exp_sum(float *e, const float *s, float top, int64_t n)
{
    vec total = {0};
    int64_t i = 0;
    for (; i + VEC_LANES <= n; i += VEC_LANES) {
        for (int k = 0; k < VEC_LANES; k++) e[i + k] = v_exp(s[i + k] - top);
        total += vec_load(e + i);
    }
    float sum = vec_sum(total);
    for (; i < n; i++) sum += e[i] = v_exp(s[i] - top);
    return sum;
}

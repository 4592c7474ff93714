/* Scores as plain dot products in which the additions of every score run through the columns in the same order, with the
 * same instructions, wherever it stands in a batch. A BLAS product promises no such thing: its edges go through other
 * kernels, so the same question would get other bits beside other questions, and equal entities unequal scores.
 *
 * Entities are turned into a panel, two registers a column, that stays in the first-level cache; six questions at a time
 * keep their sums in twelve registers. */
#if defined __AVX512F__
typedef float score_vec __attribute__((vector_size(64)));
#elif defined __AVX__
typedef float score_vec __attribute__((vector_size(32)));
#else
typedef float score_vec __attribute__((vector_size(16)));
#endif

enum { SCORE_ROWS = 6, SCORE_DEPTH = 128, SCORE_VEC = sizeof(score_vec) / sizeof(float), SCORE_LANES = 2 * SCORE_VEC };

/* One column of a panel, or the sums of one question. */
typedef struct score_pair {
    score_vec low, high;
} score_pair;

/* panel (depth) <- columns of x (count, d); entities that are not there are zero. */
static void score_panel(score_pair *panel, const float *x, int64_t count, int64_t d, int64_t depth)
{
    float *out = (float *)panel;
    if (count < SCORE_LANES) memset(panel, 0, (size_t)depth * sizeof *panel);
    for (int64_t i = 0; i < count; i++)
        for (int64_t k = 0; k < depth; k++) out[k * SCORE_LANES + i] = x[i * d + k];
}

/* sum (6) += q (rows, d) times the panel; rows that are not there repeat the first. */
static void score_block(score_pair *sum, const float *q, int64_t rows, int64_t d, const score_pair *panel,
                        int64_t depth)
{
    const float *q0 = q, *q1 = rows > 1 ? q + d : q, *q2 = rows > 2 ? q + 2 * d : q;
    const float *q3 = rows > 3 ? q + 3 * d : q, *q4 = rows > 4 ? q + 4 * d : q, *q5 = rows > 5 ? q + 5 * d : q;
    score_pair a = sum[0], b = sum[1], c = sum[2], e = sum[3], f = sum[4], g = sum[5];
    for (int64_t k = 0; k < depth; k++) {
        score_vec low = panel[k].low, high = panel[k].high;
        a.low += q0[k] * low, a.high += q0[k] * high;
        b.low += q1[k] * low, b.high += q1[k] * high;
        c.low += q2[k] * low, c.high += q2[k] * high;
        e.low += q3[k] * low, e.high += q3[k] * high;
        f.low += q4[k] * low, f.high += q4[k] * high;
        g.low += q5[k] * low, g.high += q5[k] * high;
    }
    sum[0] = a, sum[1] = b, sum[2] = c, sum[3] = e, sum[4] = f, sum[5] = g;
}

static void score_rows(float *s, int64_t stride, const float *q, int64_t b, int64_t d, const score_pair *panel,
                       int64_t depth, int64_t count, bool first)
{
    for (int64_t j = 0; j < b; j += SCORE_ROWS) {
        int64_t rows = b - j < SCORE_ROWS ? b - j : SCORE_ROWS;
        score_pair sum[SCORE_ROWS] = {0};
        for (int64_t r = 0; !first && r < rows; r++) memcpy(&sum[r], s + (j + r) * stride, (size_t)count * sizeof *s);
        score_block(sum, q + j * d, rows, d, panel, depth);
        for (int64_t r = 0; r < rows; r++) memcpy(s + (j + r) * stride, &sum[r], (size_t)count * sizeof *s);
    }
}

static void score_tile(float *s, int64_t stride, const float *q, const float *x, int64_t b, int64_t n, int64_t d)
{
    score_pair panel[SCORE_DEPTH];
    for (int64_t i = 0; i < n; i += SCORE_LANES) {
        int64_t count = n - i < SCORE_LANES ? n - i : SCORE_LANES;
        for (int64_t k = 0; k < d; k += SCORE_DEPTH) {
            int64_t depth = d - k < SCORE_DEPTH ? d - k : SCORE_DEPTH;
            score_panel(panel, x + i * d + k, count, d, depth);
            score_rows(s + i, stride, q + k, b, d, panel, depth, count, k == 0);
        }
    }
}

/* What one lane of a panel does. */
static inline float score_step(float sum, float q, float x)
{
#ifdef __FMA__
    return __builtin_fmaf(q, x, sum);
#else
    return sum + q * x;
#endif
}

/* Rows that lie scattered, eight chains side by side, each in the order of a panel's columns. */
static void score_chains(float *s, const float *q, const float *x, const int32_t *row, int64_t count, int64_t d)
{
    enum { CHAINS = 8 };
    for (int64_t i = 0; i < count; i += CHAINS) {
        int64_t rows = count - i < CHAINS ? count - i : CHAINS;
        const float *xi[CHAINS];
        float sum[CHAINS] = {0};
        for (int64_t c = 0; c < CHAINS; c++) xi[c] = x + row[i + (c < rows ? c : 0)] * d;
        for (int64_t k = 0; k < d; k++)
            for (int c = 0; c < CHAINS; c++) sum[c] = score_step(sum[c], q[k], xi[c][k]);
        memcpy(s + i, sum, (size_t)rows * sizeof *s);
    }
}

/* <a, b>, summed in two vectors. */
static inline float score_dot(const float *a, const float *b, int64_t n)
{
    vec low = {0}, high = {0};
    float tail = 0;
    int64_t i = 0;
    for (; i + 2 * VEC_LANES <= n; i += 2 * VEC_LANES) {
        low += vec_load(a + i) * vec_load(b + i);
        high += vec_load(a + i + VEC_LANES) * vec_load(b + i + VEC_LANES);
    }
    for (; i < n; i++) tail += a[i] * b[i];
    return vec_sum(low + high) + tail;
}

static void score_rows_listed(float *s, const float *q, const float *x, const int32_t *row, int64_t count, int64_t d,
                              bool same_bits)
{
    if (same_bits) score_chains(s, q, x, row, count, d);
    for (int64_t i = 0; !same_bits && i < count; i++) s[i] = score_dot(q, x + row[i] * d, d);
}

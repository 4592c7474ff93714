/* Scores of questions against entities whose bits depend on the two rows alone: every score runs through the columns in
 * the same order, with the same instructions, wherever it stands in a batch. A BLAS product promises no such thing: its
 * edges go through other kernels, so the same question would get other bits beside other questions, and equal entities
 * unequal scores.
 *
 * Entities are turned into a panel, a few vectors a column; six questions at a time keep their sums in registers. */
#if defined __AVX512F__
enum { SCORE_VECS = 4 };
#else
enum { SCORE_VECS = 2 };
#endif
enum { SCORE_ROWS = 6, SCORE_DEPTH = 128, SCORE_LANES = SCORE_VECS * VEC_LANES };

/* panel (depth, lanes) <- columns of x (count, d); entities that are not there are zero. */
static void score_panel(float *panel, const float *x, int64_t count, int64_t d, int64_t depth)
{
    if (count < SCORE_LANES) memset(panel, 0, (size_t)(depth * SCORE_LANES) * sizeof *panel);
    for (int64_t i = 0; i < count; i++)
        for (int64_t k = 0; k < depth; k++) panel[k * SCORE_LANES + i] = x[i * d + k];
}

/* s (6, lanes), rows `stride` apart, = or continues the sums of the questions q (6) over the panel. */
static void score_block(float *s, int64_t stride, const float *const *q, const float *panel, int64_t depth, bool first)
{
    vec sum[SCORE_ROWS][SCORE_VECS] = {0};
    for (int r = 0; !first && r < SCORE_ROWS; r++)
        for (int v = 0; v < SCORE_VECS; v++) sum[r][v] = vec_load(s + r * stride + v * VEC_LANES);
    for (int64_t k = 0; k < depth; k++, panel += SCORE_LANES)
        for (int r = 0; r < SCORE_ROWS; r++)
            for (int v = 0; v < SCORE_VECS; v++) sum[r][v] += q[r][k] * vec_load(panel + v * VEC_LANES);
    for (int r = 0; r < SCORE_ROWS; r++)
        for (int v = 0; v < SCORE_VECS; v++) vec_store(s + r * stride + v * VEC_LANES, sum[r][v]);
}

/* The same where there are fewer questions or entities; questions that are not there repeat the first. */
static void score_part(float *s, int64_t stride, const float *const *q, int64_t rows, const float *panel, int64_t depth,
                       int64_t count, bool first)
{
    float part[SCORE_ROWS * SCORE_LANES] = {0};
    for (int64_t r = 0; !first && r < rows; r++)
        memcpy(part + r * SCORE_LANES, s + r * stride, (size_t)count * sizeof *s);
    score_block(part, SCORE_LANES, q, panel, depth, first);
    for (int64_t r = 0; r < rows; r++) memcpy(s + r * stride, part + r * SCORE_LANES, (size_t)count * sizeof *s);
}

static void score_rows(float *s, int64_t stride, const float *q, int64_t b, int64_t d, const float *panel,
                       int64_t depth, int64_t count, bool first)
{
    for (int64_t j = 0; j < b; j += SCORE_ROWS) {
        int64_t rows = b - j < SCORE_ROWS ? b - j : SCORE_ROWS;
        const float *row[SCORE_ROWS];
        for (int64_t r = 0; r < SCORE_ROWS; r++) row[r] = q + (j + (r < rows ? r : 0)) * d;
        if (rows == SCORE_ROWS && count == SCORE_LANES) score_block(s + j * stride, stride, row, panel, depth, first);
        else score_part(s + j * stride, stride, row, rows, panel, depth, count, first);
    }
}

static void score_tile(float *s, int64_t stride, const float *q, const float *x, int64_t b, int64_t n, int64_t d)
{
    float panel[SCORE_DEPTH * SCORE_LANES];
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

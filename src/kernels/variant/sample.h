/* The sparse parts of the sampled softmax loss: see sampled_loss.h. */

enum { SAMPLE_BLOCK = 64, SAMPLE_VECS = 4, SAMPLE_COLUMNS = SAMPLE_VECS * VEC_LANES };

/* Column j: its share of draws is added to what is carried since the last draw; whole numbers are drawn. Adding 1.5 * 2^23
 * rounds to a whole number; a conversion would leave NaN undefined. */
static void draw_row(float *row, float *carry, const float *lse, const float *draws, int64_t b)
{
#pragma omp simd
    for (int64_t j = 0; j < b; j++) {
        float sum = carry[j] + draws[j] * v_exp(row[j] - lse[j]);
        float drawn = (sum - 0.5f + 12582912.0f) - 12582912.0f;
        carry[j] = sum - drawn;
        row[j] = drawn;
    }
}

/* What is not zero moves to the front of the row, beside its columns. Most blocks have nothing. */
static int32_t pack_row_entries(float *row, int32_t *index, int64_t b)
{
    int32_t count = 0;
    for (int64_t j = 0; j < b; j += SAMPLE_BLOCK) {
        int64_t end = b - j < SAMPLE_BLOCK ? b : j + SAMPLE_BLOCK;
        float most = 0;
#pragma omp simd reduction(max : most)
        for (int64_t k = j; k < end; k++) most = fabsf(row[k]) > most ? fabsf(row[k]) : most;
        if (most == 0) continue;
        for (int64_t k = j; k < end; k++) {
            if (row[k] == 0) continue;
            row[count] = row[k];
            index[count++] = (int32_t)k;
        }
    }
    return count;
}

static void tile_draw(int32_t *count, int32_t *index, float *s, float *carry, const float *lse, const float *draws,
                      const int64_t *first, const int32_t *asked, const float *weight, int64_t n, int64_t b)
{
    for (int64_t i = 0; i < n; i++) {
        float *row = s + i * b;
        draw_row(row, carry, lse, draws, b);
        for (int64_t e = first[i]; e < first[i + 1]; e++) row[asked[e]] -= weight[i];
        count[i] = pack_row_entries(row, index + i * b, b);
    }
}

/* SAMPLE_COLUMNS columns of one entity: its own row and dx stay in registers. */
static inline void sparse_row(float *dx, float *dq, const float *x, const float *q, const int32_t *index,
                              const float *weight, float scale, int64_t count, int64_t d)
{
    vec xi[SAMPLE_VECS], sum[SAMPLE_VECS];
    for (int v = 0; v < SAMPLE_VECS; v++) xi[v] = vec_load(x + v * VEC_LANES), sum[v] = vec_load(dx + v * VEC_LANES);
    for (int64_t e = 0; e < count; e++) {
        float w = scale * weight[e];
        const float *qj = q + index[e] * d;
        float *dqj = dq + index[e] * d;
#pragma GCC unroll 4
        for (int v = 0; v < SAMPLE_VECS; v++) {
            sum[v] += w * vec_load(qj + v * VEC_LANES);
            vec_add(dqj + v * VEC_LANES, w * xi[v]);
        }
    }
    for (int v = 0; v < SAMPLE_VECS; v++) vec_store(dx + v * VEC_LANES, sum[v]);
}

static inline void sparse_row_part(float *dx, float *dq, const float *x, const float *q, const int32_t *index,
                                   const float *weight, float scale, int64_t count, int64_t d, int64_t columns)
{
    for (int64_t e = 0; e < count; e++) {
        float w = scale * weight[e];
        for (int64_t c = 0; c < columns; c++) dx[c] += w * q[index[e] * d + c], dq[index[e] * d + c] += w * x[c];
    }
}

static void sparse_backward(float *dx, float *dq, const float *x, const float *q, const int64_t *first,
                            const int32_t *index, const float *weight, float scale, int64_t n, int64_t d)
{
#pragma omp parallel for schedule(static, 1)
    for (int64_t c = 0; c < d; c += SAMPLE_COLUMNS)
        for (int64_t i = 0; i < n; i++) {
            int64_t e = first[i], count = first[i + 1] - e, at = i * d + c;
            if (!count) continue;
            if (d - c >= SAMPLE_COLUMNS)
                sparse_row(dx + at, dq + c, x + at, q + c, index + e, weight + e, scale, count, d);
            else sparse_row_part(dx + at, dq + c, x + at, q + c, index + e, weight + e, scale, count, d, d - c);
        }
}

/* The seven score functions and their gradients: the one place where they differ. Every caller passes `score` as a
 * constant, so that each becomes a loop of its own. */

#define GAT_INLINE static inline __attribute__((always_inline))

/* Keeps the cosine of a zero vector finite. */
#define COSINE_EPS 1e-12f

GAT_INLINE float leaky(float x, float slope) { return x > 0 ? x : slope * x; }
GAT_INLINE float leaky_slope(float x, float slope) { return x > 0 ? 1.0f : slope; }

/* Scale of a dot-product score. */
GAT_INLINE float dot_scale(gat_score score, int s)
{
    return score == GAT_SCORE_SCALED_DOT ? 1 / sqrtf((float)s) : 1.0f;
}

/* |q|^2, |k + e|^2 and q . (k + e). */
GAT_INLINE void cosine_sums(float *qq, float *zz, float *qz, const float *q, const float *k, const float *e, int s)
{
    float a = COSINE_EPS, b = COSINE_EPS, c = 0;
#pragma omp simd reduction(+ : a, b, c)
    for (int i = 0; i < s; i++) {
        float z = k[i] + e[i];
        a += q[i] * q[i];
        b += z * z;
        c += q[i] * z;
    }
    *qq = a;
    *zz = b;
    *qz = c;
}

/* |x|^2. */
GAT_INLINE float cosine_square(const float *x, int s)
{
    float sum = COSINE_EPS;
#pragma omp simd reduction(+ : sum)
    for (int i = 0; i < s; i++) sum += x[i] * x[i];
    return sum;
}

/* logit of one edge and head: q, k, e (S), a (vector width). */
GAT_INLINE float score_edge(gat_score score, const float *q, const float *k, const float *e, const float *a, int s,
                            float slope)
{
    float sum = 0;
    switch (score) {
    case GAT_SCORE_ADDITIVE: return leaky(q[0] + k[0] + e[0], slope);
    case GAT_SCORE_DYNAMIC:
#pragma omp simd reduction(+ : sum)
        for (int i = 0; i < s; i++) sum += a[i] * leaky(q[i] + k[i] + e[i], slope);
        return sum;
    case GAT_SCORE_MLP:
#pragma omp simd reduction(+ : sum)
        for (int i = 0; i < s; i++) sum += a[i] * v_tanh(q[i] + k[i] + e[i]);
        return sum;
    case GAT_SCORE_COSINE: {
        float qq, zz, qz;
        cosine_sums(&qq, &zz, &qz, q, k, e, s);
        return a[0] * qz / sqrtf(qq * zz);
    }
    default:
#pragma omp simd reduction(+ : sum)
        for (int i = 0; i < s; i++) sum += q[i] * (k[i] + e[i]);
        return sum * dot_scale(score, s);
    }
}

/* dz (S) += ds * d logit / d (k + e). */
GAT_INLINE void score_edge_dkey(float *dz, float ds, gat_score score, const float *q, const float *k, const float *e,
                                const float *a, int s, float slope)
{
    switch (score) {
    case GAT_SCORE_ADDITIVE: dz[0] += ds * leaky_slope(q[0] + k[0] + e[0], slope); return;
    case GAT_SCORE_DYNAMIC:
#pragma omp simd
        for (int i = 0; i < s; i++) dz[i] += ds * a[i] * leaky_slope(q[i] + k[i] + e[i], slope);
        return;
    case GAT_SCORE_MLP:
#pragma omp simd
        for (int i = 0; i < s; i++) {
            float t = v_tanh(q[i] + k[i] + e[i]);
            dz[i] += ds * a[i] * (1 - t * t);
        }
        return;
    case GAT_SCORE_COSINE: {
        float qq, zz, qz;
        cosine_sums(&qq, &zz, &qz, q, k, e, s);
        float scale = ds * a[0] / sqrtf(qq * zz), along = qz / zz;
#pragma omp simd
        for (int i = 0; i < s; i++) dz[i] += scale * (q[i] - along * (k[i] + e[i]));
        return;
    }
    default: {
        float scale = ds * dot_scale(score, s);
#pragma omp simd
        for (int i = 0; i < s; i++) dz[i] += scale * q[i];
    }
    }
}

/* dq (S) += ds * d logit / d q, da += ds * d logit / d a. */
GAT_INLINE void score_edge_dquery(float *dq, float *da, float ds, gat_score score, const float *q, const float *k,
                                  const float *e, const float *a, int s, float slope)
{
    switch (score) {
    case GAT_SCORE_ADDITIVE: dq[0] += ds * leaky_slope(q[0] + k[0] + e[0], slope); return;
    case GAT_SCORE_DYNAMIC:
#pragma omp simd
        for (int i = 0; i < s; i++) {
            float z = q[i] + k[i] + e[i];
            dq[i] += ds * a[i] * leaky_slope(z, slope);
            da[i] += ds * leaky(z, slope);
        }
        return;
    case GAT_SCORE_MLP:
#pragma omp simd
        for (int i = 0; i < s; i++) {
            float t = v_tanh(q[i] + k[i] + e[i]);
            dq[i] += ds * a[i] * (1 - t * t);
            da[i] += ds * t;
        }
        return;
    case GAT_SCORE_COSINE: {
        float qq, zz, qz;
        cosine_sums(&qq, &zz, &qz, q, k, e, s);
        float inverse = 1 / sqrtf(qq * zz), scale = ds * a[0] * inverse, along = qz / qq;
        da[0] += ds * qz * inverse;
#pragma omp simd
        for (int i = 0; i < s; i++) dq[i] += scale * (k[i] + e[i] - along * q[i]);
        return;
    }
    default: {
        float scale = ds * dot_scale(score, s);
#pragma omp simd
        for (int i = 0; i < s; i++) dq[i] += scale * (k[i] + e[i]);
    }
    }
}

/* Factor of a weight under dropout: 0, or 1 / (1 - p). */
GAT_INLINE float attention_mask(const gat_attention *a, int64_t edge, int head)
{
    if (a->dropout <= 0) return 1;
    uint32_t index = (uint32_t)edge * (uint32_t)a->num_heads + (uint32_t)head;
    float u = (float)(random_hash32(a->dropout_key, index) >> 8) * 0x1p-24f;
    return u < a->dropout ? 0 : 1 / (1 - a->dropout);
}

/* Calls f(score, ...) with the score as a constant. */
#define FOR_SCORE(score, call)      \
    switch (score) {                \
    case GAT_SCORE_ADDITIVE: {      \
        call(GAT_SCORE_ADDITIVE);   \
    } break;                        \
    case GAT_SCORE_DYNAMIC: {       \
        call(GAT_SCORE_DYNAMIC);    \
    } break;                        \
    case GAT_SCORE_SCALED_DOT: {    \
        call(GAT_SCORE_SCALED_DOT); \
    } break;                        \
    case GAT_SCORE_COSINE: {        \
        call(GAT_SCORE_COSINE);     \
    } break;                        \
    case GAT_SCORE_MLP: {           \
        call(GAT_SCORE_MLP);        \
    } break;                        \
    default: {                      \
        call(GAT_SCORE_DOT);        \
    } break;                        \
    }

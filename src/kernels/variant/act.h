/* Elementwise kernels. Activations keep their output for backward: all derivatives here follow from it. */

enum { ELEMENT_CHUNK = 1 << 14 };

/* Runs body(begin, end) over fixed chunks of [0, n). */
#define FOR_CHUNKS(n, begin, end)                                                                                 \
    _Pragma("omp parallel for schedule(static)") for (int64_t chunk_ = 0; chunk_ < chunk_count(n, ELEMENT_CHUNK); \
                                                      chunk_++) for (int64_t begin = chunk_ * ELEMENT_CHUNK,      \
                                                                     end = begin + ELEMENT_CHUNK < (n)            \
                                                                               ? begin + ELEMENT_CHUNK            \
                                                                               : (n),                             \
                                                                     once_ = 1;                                   \
                                                                     once_; once_ = 0)

static void act_forward(float *y, const float *x, int64_t n, gat_activation kind)
{
    FOR_CHUNKS(n, begin, end)
    {
        switch (kind) {
        case GAT_ACT_RELU:
            for (int64_t i = begin; i < end; i++) y[i] = x[i] > 0 ? x[i] : 0;
            break;
        case GAT_ACT_ELU:
#pragma omp simd
            for (int64_t i = begin; i < end; i++) y[i] = x[i] > 0 ? x[i] : v_exp(x[i] > 0 ? 0 : x[i]) - 1;
            break;
        case GAT_ACT_TANH:
#pragma omp simd
            for (int64_t i = begin; i < end; i++) y[i] = v_tanh(x[i]);
            break;
        default: memcpy(y + begin, x + begin, (size_t)(end - begin) * sizeof *y);
        }
    }
}

static void act_backward(float *dx, const float *dy, const float *y, int64_t n, gat_activation kind)
{
    FOR_CHUNKS(n, begin, end)
    {
        switch (kind) {
        case GAT_ACT_RELU:
            for (int64_t i = begin; i < end; i++) dx[i] += y[i] > 0 ? dy[i] : 0;
            break;
        case GAT_ACT_ELU:
            for (int64_t i = begin; i < end; i++) dx[i] += y[i] > 0 ? dy[i] : dy[i] * (y[i] + 1);
            break;
        case GAT_ACT_TANH:
            for (int64_t i = begin; i < end; i++) dx[i] += dy[i] * (1 - y[i] * y[i]);
            break;
        default:
            for (int64_t i = begin; i < end; i++) dx[i] += dy[i];
        }
    }
}

static inline float dropout_factor(uint32_t key, int64_t i, float p)
{
    float u = (float)(random_hash32(key, (uint32_t)i) >> 8) * 0x1p-24f;
    return u < p ? 0 : 1 / (1 - p);
}

static void dropout_forward(float *y, const float *x, int64_t n, float p, uint32_t key)
{
    FOR_CHUNKS(n, begin, end)
    {
#pragma omp simd
        for (int64_t i = begin; i < end; i++) y[i] = x[i] * dropout_factor(key, i, p);
    }
}

static void dropout_backward(float *dx, const float *dy, int64_t n, float p, uint32_t key)
{
    FOR_CHUNKS(n, begin, end)
    {
#pragma omp simd
        for (int64_t i = begin; i < end; i++) dx[i] += dy[i] * dropout_factor(key, i, p);
    }
}

static void axpy(float *y, const float *x, float s, int64_t n)
{
    FOR_CHUNKS(n, begin, end)
    {
        for (int64_t i = begin; i < end; i++) y[i] += s * x[i];
    }
}

static void parts_add(float *y, const float *parts, int64_t count, int64_t stride, int64_t n)
{
    FOR_CHUNKS(n, begin, end)
    {
        for (int64_t p = 0; p < count; p++) {
            const float *part = parts + p * stride;
            for (int64_t i = begin; i < end; i++) y[i] += part[i];
        }
    }
}

static void scale_forward(float *y, const float *x, const float *scale, int64_t n, int64_t d)
{
#pragma omp parallel for schedule(static)
    for (int64_t i = 0; i < n; i++)
        for (int64_t j = 0; j < d; j++) y[i * d + j] = x[i * d + j] * scale[j];
}

static void scale_backward(float *dx, float *dscale, float *scratch, const float *dy, const float *x,
                           const float *scale, int64_t n, int64_t d)
{
    memset(scratch, 0, (size_t)(KERNEL_PARTS * d) * sizeof *scratch);
#pragma omp parallel for schedule(dynamic)
    for (int64_t p = 0; p < KERNEL_PARTS; p++) {
        float *sum = scratch + p * d;
        for (int64_t i = part_start(n, KERNEL_PARTS, p), end = part_start(n, KERNEL_PARTS, p + 1); i < end; i++) {
            const float *g = dy + i * d, *xi = x + i * d;
            float *dxi = dx + i * d;
#pragma omp simd
            for (int64_t j = 0; j < d; j++) {
                dxi[j] += g[j] * scale[j];
                sum[j] += g[j] * xi[j];
            }
        }
    }
    parts_reduce(dscale, scratch, KERNEL_PARTS, d, d);
}

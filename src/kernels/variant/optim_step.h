/* Optimiser steps. decay is decoupled weight decay (Loshchilov and Hutter 2019). */

/* Of elements [begin, end). */
static inline void adam_range(float *x, float *m, float *v, const float *dx, int64_t begin, int64_t end, float lr,
                              float beta1, float beta2, float eps, float decay, float correct1, float correct2)
{
#pragma omp simd
    for (int64_t i = begin; i < end; i++) {
        m[i] = beta1 * m[i] + (1 - beta1) * dx[i];
        v[i] = beta2 * v[i] + (1 - beta2) * dx[i] * dx[i];
        x[i] -= lr * (m[i] * correct1 / (sqrtf(v[i] * correct2) + eps) + decay * x[i]);
    }
}

static inline void adagrad_range(float *x, float *sum, const float *dx, int64_t begin, int64_t end, float lr, float eps,
                                 float decay)
{
#pragma omp simd
    for (int64_t i = begin; i < end; i++) {
        sum[i] += dx[i] * dx[i];
        x[i] -= lr * (dx[i] / (sqrtf(sum[i]) + eps) + decay * x[i]);
    }
}

/* 1 / (1 - beta^t): what the bias towards the zero start is corrected by. */
static float adam_correction(float beta, int64_t t) { return 1 / (float)(1 - pow((double)beta, (double)t)); }

static void adam(float *x, float *m, float *v, const float *dx, int64_t n, float lr, float beta1, float beta2,
                 float eps, float decay, int64_t t)
{
    float correct1 = adam_correction(beta1, t), correct2 = adam_correction(beta2, t);
    FOR_CHUNKS(n, begin, end) { adam_range(x, m, v, dx, begin, end, lr, beta1, beta2, eps, decay, correct1, correct2); }
}

static void adagrad(float *x, float *sum, const float *dx, int64_t n, float lr, float eps, float decay)
{
    FOR_CHUNKS(n, begin, end) { adagrad_range(x, sum, dx, begin, end, lr, eps, decay); }
}

static void adam_rows(float *x, float *m, float *v, const float *dx, const int32_t *row, int64_t n, int64_t d, float lr,
                      float beta1, float beta2, float eps, float decay, int64_t t)
{
    float correct1 = adam_correction(beta1, t), correct2 = adam_correction(beta2, t);
#pragma omp parallel for schedule(static)
    for (int64_t i = 0; i < n; i++) {
        int64_t at = row[i] * d;
        adam_range(x + at, m + at, v + at, dx + i * d, 0, d, lr, beta1, beta2, eps, decay, correct1, correct2);
    }
}

static void adagrad_rows(float *x, float *sum, const float *dx, const int32_t *row, int64_t n, int64_t d, float lr,
                         float eps, float decay)
{
#pragma omp parallel for schedule(static)
    for (int64_t i = 0; i < n; i++) adagrad_range(x + row[i] * d, sum + row[i] * d, dx + i * d, 0, d, lr, eps, decay);
}

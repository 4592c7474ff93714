/* Optimiser steps. decay is decoupled weight decay (Loshchilov and Hutter 2019). */

static void adam(float *x, float *m, float *v, const float *dx, int64_t n, float lr, float beta1, float beta2,
                 float eps, float decay, int64_t t)
{
    float correct1 = 1 / (float)(1 - pow((double)beta1, (double)t)),
          correct2 = 1 / (float)(1 - pow((double)beta2, (double)t));
    FOR_CHUNKS(n, begin, end)
    {
#pragma omp simd
        for (int64_t i = begin; i < end; i++) {
            m[i] = beta1 * m[i] + (1 - beta1) * dx[i];
            v[i] = beta2 * v[i] + (1 - beta2) * dx[i] * dx[i];
            x[i] -= lr * (m[i] * correct1 / (sqrtf(v[i] * correct2) + eps) + decay * x[i]);
        }
    }
}

static void adagrad(float *x, float *sum, const float *dx, int64_t n, float lr, float eps, float decay)
{
    FOR_CHUNKS(n, begin, end)
    {
#pragma omp simd
        for (int64_t i = begin; i < end; i++) {
            sum[i] += dx[i] * dx[i];
            x[i] -= lr * (dx[i] / (sqrtf(sum[i]) + eps) + decay * x[i]);
        }
    }
}

/* Two things done to rows of floats where a whole matrix would be too much. */
#ifndef GAT_KERNELS_ROW_H
#define GAT_KERNELS_ROW_H

#include <stdint.h>

/* y += a x. */
static inline void row_add(float *y, const float *x, float a, int64_t d)
{
#pragma omp simd
    for (int64_t i = 0; i < d; i++) y[i] += a * x[i];
}

/* <x, y>. */
static inline float row_dot(const float *x, const float *y, int64_t d)
{
    float sum = 0;
#pragma omp simd reduction(+ : sum)
    for (int64_t i = 0; i < d; i++) sum += x[i] * y[i];
    return sum;
}

#endif

/* The product of two rows, in sixteen sums that the compiler turns into vectors; the order does not depend on the machine. */
#ifndef GAT_RECOMMEND_ROW_DOT_H
#define GAT_RECOMMEND_ROW_DOT_H

#include <stdint.h>

static inline float row_dot(const float *a, const float *b, int64_t n)
{
    float sum[16] = {0}, all = 0;
    int64_t i = 0;
    for (; i + 16 <= n; i += 16)
        for (int k = 0; k < 16; k++) sum[k] += a[i + k] * b[i + k];
    for (; i < n; i++) all += a[i] * b[i];
    for (int k = 0; k < 16; k++) all += sum[k];
    return all;
}

#endif

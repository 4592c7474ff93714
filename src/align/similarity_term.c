#include "align/similarity_term.h"

static float dot(const float *a, const float *b, int64_t n)
{
    float sum[8] = {0};
    int64_t i = 0;
    for (; i + 8 <= n; i += 8)
        for (int k = 0; k < 8; k++) sum[k] += a[i + k] * b[i + k];
    for (; i < n; i++) sum[0] += a[i] * b[i];
    return ((sum[0] + sum[4]) + (sum[1] + sum[5])) + ((sum[2] + sum[6]) + (sum[3] + sum[7]));
}

float similarity_term_value(const similarity_term *t, int32_t x, int32_t y)
{
    if (!t->dense[0]) return name_vectors_dot(t->names[0], x, t->names[1], y);
    return dot(t->dense[0] + x * t->width, t->dense[1] + y * t->width, t->width);
}

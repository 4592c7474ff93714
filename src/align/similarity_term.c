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

void similarity_term_spread(float *features, const similarity_term *t, int32_t x, bool there)
{
    const name_vectors *v = t->names[0];
    for (int64_t e = v->start[x]; e < v->start[x + 1]; e++) features[v->feature[e]] = there ? v->value[e] : 0;
}

static float dot_spread(const float *features, const name_vectors *v, int32_t y)
{
    float sum = 0;
    for (int64_t e = v->start[y]; e < v->start[y + 1]; e++) sum += features[v->feature[e]] * v->value[e];
    return sum;
}

float similarity_term_value(const similarity_term *t, const float *features, int32_t x, int32_t y)
{
    if (!t->dense[0]) return dot_spread(features, t->names[1], y);
    return dot(t->dense[0] + x * t->width, t->dense[1] + y * t->width, t->width);
}

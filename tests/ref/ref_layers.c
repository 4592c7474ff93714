#include "ref/ref_layers.h"

#include <math.h>
#include <stddef.h>

#include "base/random.h"

void ref_linear(double *y, const double *x, const double *w, const double *b, int64_t n, int64_t i, int64_t o)
{
    for (int64_t r = 0; r < n; r++)
        for (int64_t c = 0; c < o; c++) {
            double sum = b ? b[c] : 0;
            for (int64_t k = 0; k < i; k++) sum += x[r * i + k] * w[k * o + c];
            y[r * o + c] = sum;
        }
}

void ref_head_linear(double *y, const double *x, const double *w, int64_t n, int64_t h, int64_t i, int64_t o)
{
    for (int64_t r = 0; r < n * h; r++) ref_linear(y + r * o, x + r * i, w + r % h * i * o, NULL, 1, i, o);
}

void ref_head_dot(double *s, const double *v, const double *a, int64_t n, int64_t h, int64_t f)
{
    for (int64_t r = 0; r < n * h; r++) {
        s[r] = 0;
        for (int64_t c = 0; c < f; c++) s[r] += v[r * f + c] * a[r % h * f + c];
    }
}

/* <phi(a), phi(b)> with phi = elu + 1. */
static double similarity(const double *a, const double *b, int64_t f)
{
    double sum = 0;
    for (int64_t c = 0; c < f; c++) sum += (ref_act(a[c], GAT_ACT_ELU) + 1) * (ref_act(b[c], GAT_ACT_ELU) + 1);
    return sum;
}

void ref_linear_attention(double *out, const double *q, const double *k, const double *v, int64_t n, int64_t h,
                          int64_t f)
{
    for (int64_t i = 0; i < n * h; i++) {
        double total = 1e-6;
        for (int64_t c = 0; c < f; c++) out[i * f + c] = 0;
        for (int64_t m = i % h; m < n * h; m += h) {
            double weight = similarity(q + i * f, k + m * f, f);
            total += weight;
            for (int64_t c = 0; c < f; c++) out[i * f + c] += weight * v[m * f + c];
        }
        for (int64_t c = 0; c < f; c++) out[i * f + c] /= total;
    }
}

void ref_norm(double *y, const double *x, const double *gain, const double *bias, int64_t n, int64_t d)
{
    for (int64_t r = 0; r < n; r++) {
        double mean = 0, variance = 1e-12;
        for (int64_t c = 0; c < d; c++) mean += x[r * d + c] / (double)d;
        for (int64_t c = 0; c < d; c++) variance += pow(x[r * d + c] - mean, 2) / (double)d;
        for (int64_t c = 0; c < d; c++) y[r * d + c] = (x[r * d + c] - mean) / sqrt(variance) * gain[c] + bias[c];
    }
}

double ref_act(double x, gat_activation kind)
{
    switch (kind) {
    case GAT_ACT_RELU: return fmax(x, 0);
    case GAT_ACT_ELU: return x > 0 ? x : expm1(x);
    case GAT_ACT_TANH: return tanh(x);
    default: return x;
    }
}

double ref_dropout(uint32_t key, int64_t i, float p)
{
    double u = (random_hash32(key, (uint32_t)i) >> 8) * 0x1p-24;
    return u < (double)p ? 0 : 1 / (1 - (double)p);
}

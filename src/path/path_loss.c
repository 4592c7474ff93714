#include "path/path_loss.h"

#include <math.h>
#include <string.h>

#include "kernels/path_layer.h"

static float largest(const float *x, int64_t n)
{
    float top = -INFINITY;
#pragma omp simd reduction(max : top)
    for (int64_t i = 0; i < n; i++) top = x[i] > top ? x[i] : top;
    return top;
}

double path_loss(float *s, float *e, float *kept, const int32_t *answer, int64_t num_answers, const int32_t *known,
                 int64_t num_known, int64_t n, float weight)
{
    for (int64_t a = 0; a < num_answers; a++) kept[a] = s[answer[a]];
    for (int64_t k = 0; k < num_known; k++) s[known[k]] = -INFINITY;
    float top = largest(s, n), best = largest(kept, num_answers);
    top = best > top ? best : top;
    float others = path_kernels()->exp_sum(e, s, top, n), share = 0;
    double loss = 0;
    for (int64_t a = 0; a < num_answers; a++) {
        float mine = expf(kept[a] - top), sum = others + mine;
        share += 1 / sum;
        loss += log((double)sum) - (kept[a] - top);
        kept[a] = mine / sum - 1;
    }
    float scale = weight * share;
#pragma omp simd
    for (int64_t i = 0; i < n; i++) s[i] = scale * e[i];
    for (int64_t k = 0; k < num_known; k++) s[known[k]] = 0;
    for (int64_t a = 0; a < num_answers; a++) s[answer[a]] = weight * kept[a];
    return loss;
}

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

/* Slopes of one answer's loss, whose score lies gap above the largest of the others; others: sum of e^(score - largest).
 * Every answer keeps a maximum of its own: under one for all, answers far below the best would lose the others. */
static double answer_loss(float gap, float others, float *share, float *own)
{
    double loss;
    if (gap > 0) {
        float small = expf(-gap), sum = 1 + others * small;
        *share = small / sum;
        *own = 1 / sum - 1;
        loss = log1p((double)(others * small));
    } else {
        float mine = expf(gap), sum = others + mine;
        *share = 1 / sum;
        *own = mine / sum - 1;
        loss = log((double)sum) - gap;
    }
    return loss;
}

double path_loss(float *s, float *e, float *kept, const int32_t *answer, int64_t num_answers, const int32_t *known,
                 int64_t num_known, int64_t n, float weight)
{
    for (int64_t a = 0; a < num_answers; a++) kept[a] = s[answer[a]];
    for (int64_t k = 0; k < num_known; k++) s[known[k]] = -INFINITY;
    float top = largest(s, n);
    if (top == -INFINITY) { /* there is no other entity and the answers are certain, or no other score is a number */
        memset(s, 0, (size_t)n * sizeof *s);
        return num_known < n ? (double)NAN : 0;
    }
    float others = path_kernels()->exp_sum(e, s, top, n), shares = 0;
    double loss = 0;
    for (int64_t a = 0; a < num_answers; a++) {
        float share;
        loss += answer_loss(kept[a] - top, others, &share, &kept[a]);
        shares += share;
    }
    float scale = weight * shares;
#pragma omp simd
    for (int64_t i = 0; i < n; i++) s[i] = scale * e[i];
    for (int64_t k = 0; k < num_known; k++) s[known[k]] = 0;
    for (int64_t a = 0; a < num_answers; a++) s[answer[a]] = weight * kept[a];
    return loss;
}

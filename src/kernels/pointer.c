#include "kernels/pointer.h"

#include <math.h>
#include <stdbool.h>

#include "kernels/linear.h"

/* Whether row i may point to row j. */
static bool points(const range_targets *t, const int32_t *name, int64_t i, int64_t j)
{
    return name[j] >= t->low[i] && name[j] < t->high[i];
}

void pointer_forward(float *logit, float *scratch, const float *qk, const causal_rows *rows, const range_targets *t,
                     const int32_t *name, int64_t cols, int64_t d)
{
    float scale = 1 / sqrtf((float)d);
    linear_one_thread();
#pragma omp parallel for schedule(dynamic, 4)
    for (int64_t g = 0; g < rows->count; g++) {
        int64_t first = rows->first[g], n = rows->first[g + 1] - first;
        const float *q = qk + first * 2 * d;
        float *s = scratch + rows->place[g];
        matmul(s, q, q + d, n, n, d, false, true, 2 * d, 2 * d, n, 0);
        for (int64_t i = 0; i < n; i++)
            for (int64_t j = 0; j <= i; j++)
                if (points(t, name, first + i, first + j))
                    logit[(first + i) * cols + name[first + j]] += scale * s[i * n + j];
    }
}

void pointer_backward(float *dqk, float *scratch, const float *dlogit, const float *qk, const causal_rows *rows,
                      const range_targets *t, const int32_t *name, int64_t cols, int64_t d)
{
    float scale = 1 / sqrtf((float)d);
    linear_one_thread();
#pragma omp parallel for schedule(dynamic, 4)
    for (int64_t g = 0; g < rows->count; g++) {
        int64_t first = rows->first[g], n = rows->first[g + 1] - first;
        const float *q = qk + first * 2 * d;
        float *s = scratch + rows->place[g], *dq = dqk + first * 2 * d;
        for (int64_t i = 0; i < n; i++)
            for (int64_t j = 0; j < n; j++)
                s[i * n + j] = j <= i && points(t, name, first + i, first + j)
                                   ? scale * dlogit[(first + i) * cols + name[first + j]]
                                   : 0;
        matmul(dq, s, q + d, n, d, n, false, false, n, 2 * d, 2 * d, 1);
        matmul(dq + d, s, q, n, d, n, true, false, n, 2 * d, 2 * d, 1);
    }
}

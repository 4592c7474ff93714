#include "kernels/range_loss.h"

#include <math.h>

#include "kernels/path_layer.h"

static float largest(const float *x, int32_t low, int32_t high)
{
    float top = x[low];
    for (int32_t j = low + 1; j < high; j++) top = x[j] > top ? x[j] : top;
    return top;
}

/* With a gradient, the exponentials are made in place of it and added to what was there. */
static float row_loss(float *d, const float *x, int32_t low, int32_t high, int32_t target, float scale)
{
    enum { PIECE = 256 };
    const gat_path_kernels *k = path_kernels();
    float e[PIECE], top = largest(x, low, high), sum = 0;
    for (int32_t j = low; j < high; j += PIECE) sum += k->exp_sum(e, x + j, top, high - j < PIECE ? high - j : PIECE);
    float loss = logf(sum) + top - x[target];
    for (int32_t j = low; d && j < high; j += PIECE) {
        int32_t n = high - j < PIECE ? high - j : PIECE;
        k->exp_sum(e, x + j, top, n);
        for (int32_t i = 0; i < n; i++) d[j + i] += scale / sum * e[i];
    }
    if (d) d[target] -= scale;
    return loss;
}

void range_loss(float *loss, float *dlogit, const float *logit, const range_targets *t, int64_t cols, float scale)
{
#pragma omp parallel for schedule(static)
    for (int64_t i = 0; i < t->rows; i++)
        loss[i] =
            row_loss(dlogit ? dlogit + i * cols : 0, logit + i * cols, t->low[i], t->high[i], t->target[i], scale);
}

#include "kernels/replace.h"

#include <string.h>

#include "base/parallel.h"
#include "kernels/kernels.h"
#include "kernels/row.h"

void replace_forward(float *y, const float *x, const float *row, const uint8_t *source, int64_t n, int64_t d)
{
#pragma omp parallel for schedule(static)
    for (int64_t i = 0; i < n; i++)
        if (source[i] != GAT_ROW_FILLED)
            memcpy(y + i * d, source[i] == GAT_ROW_OWN ? x + i * d : row, (size_t)d * sizeof *y);
}

static void add_rows(float *dx, float *drow, const float *dy, const uint8_t *source, int64_t first, int64_t end,
                     int64_t d)
{
    for (int64_t i = first; i < end; i++) {
        if (source[i] == GAT_ROW_OWN) row_add(dx + i * d, dy + i * d, 1, d);
        if (source[i] == GAT_ROW_COMMON) row_add(drow, dy + i * d, 1, d);
    }
}

/* The gradient of the common row is summed in fixed parts, one after the other. */
void replace_backward(float *dx, float *drow, float *scratch, const float *dy, const uint8_t *source, int64_t n,
                      int64_t d)
{
    memset(scratch, 0, (size_t)(KERNEL_PARTS * d) * sizeof *scratch);
#pragma omp parallel for schedule(static)
    for (int64_t p = 0; p < KERNEL_PARTS; p++)
        add_rows(dx, scratch + p * d, dy, source, part_start(n, KERNEL_PARTS, p), part_start(n, KERNEL_PARTS, p + 1),
                 d);
    for (int64_t p = 0; drow && p < KERNEL_PARTS; p++) row_add(drow, scratch + p * d, 1, d);
}

#include "path/path_made.h"

#include <string.h>

#include "base/parallel.h"
#include "kernels/kernels.h"
#include "kernels/linear.h"
#include "kernels/path_layer.h"

enum { MADE_CHUNK = 1024 };

void path_made_forward(float *made, float *z, const path_net *m, const int32_t *relation, int64_t b)
{
    int64_t d = m->shape.width, size = made_size(m);
    const float *map = param_value(m->params, m->map), *bias = param_value(m->params, m->map_bias);
    const float *table = param_value(m->params, m->query);
    for (int64_t i = 0; i < b; i++) memcpy(z + i * d, table + relation[i] * d, (size_t)d * sizeof *z);
#pragma omp parallel for schedule(static) if (b > 1)
    for (int64_t c = 0; c < chunk_count(size, MADE_CHUNK); c++) {
        int64_t from = c * MADE_CHUNK, n = size - from < MADE_CHUNK ? size - from : MADE_CHUNK;
        for (int64_t i = 0; i < b; i++) {
            float *row = made + i * size + from;
            memcpy(row, bias + from, (size_t)n * sizeof *row);
            for (int64_t k = 0; k < d; k++) path_kernels()->add_scaled(row, map + k * size + from, z[i * d + k], n);
        }
    }
}

int64_t path_made_scratch(const path_net *m, int64_t b) { return KERNEL_PARTS * b * m->shape.width; }

/* Columns [from, from + n): gradients of map and bias, and their part of dz. */
static void backward_columns(float *dz_part, const float *dmade, const float *z, const path_net *m, int64_t b,
                             int64_t from, int64_t n)
{
    int64_t d = m->shape.width, size = made_size(m);
    float *dbias = param_grad(m->params, m->map_bias);
    matmul(param_grad(m->params, m->map) + from, z, dmade + from, d, n, b, true, false, d, size, size, 1);
    for (int64_t i = 0; i < b; i++) path_kernels()->add_scaled(dbias + from, dmade + i * size + from, 1, n);
    matmul(dz_part, dmade + from, param_value(m->params, m->map) + from, b, d, n, false, true, size, size, d, 0);
}

void path_made_backward(float *dz, float *scratch, const float *dmade, const float *z, const path_net *m,
                        const int32_t *relation, int64_t b)
{
    int64_t d = m->shape.width, size = made_size(m);
    linear_one_thread();
#pragma omp parallel for schedule(static)
    for (int64_t p = 0; p < KERNEL_PARTS; p++) {
        int64_t from = part_start(size, KERNEL_PARTS, p), to = part_start(size, KERNEL_PARTS, p + 1);
        float *part = scratch + p * b * d;
        memset(part, 0, (size_t)(b * d) * sizeof *part);
        if (to > from) backward_columns(part, dmade, z, m, b, from, to - from);
    }
    kernels()->add_parts(dz, scratch, KERNEL_PARTS, b * d, b * d);
    float *table = param_grad(m->params, m->query);
    for (int64_t i = 0; i < b; i++) path_kernels()->add_scaled(table + relation[i] * d, dz + i * d, 1, d);
}

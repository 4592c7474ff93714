#include "autodiff/param.h"

#include <stdbool.h>
#include <stdio.h>

#include "base/error.h"
#include "base/memory.h"

enum { PIECE_FLOATS = GAT_CACHE_LINE / sizeof(float) };

static gat_status reserve(gat_params *params, gat_error *err)
{
    if (params->count < params->capacity) return GAT_OK;
    int capacity = params->capacity ? 2 * params->capacity : 16;
    gat_param *list = gat_regrow(params->list, params->count, capacity, sizeof *list);
    if (!list) return error_nomem(err);
    params->list = list;
    params->capacity = capacity;
    return GAT_OK;
}

gat_status params_declare(int *index, gat_params *params, const char *name, int64_t rows, int64_t cols, gat_error *err)
{
    int64_t size;
    if (__builtin_mul_overflow(rows, cols, &size) || size < 0 || size > INT64_MAX / 64 - params->size)
        return error_set(err, GAT_ENOMEM, "parameter %s is too large: %lld x %lld", name, (long long)rows,
                         (long long)cols);
    gat_status st = reserve(params, err);
    if (st) return st;
    gat_param *p = &params->list[params->count];
    snprintf(p->name, sizeof p->name, "%s", name);
    p->rows = rows;
    p->cols = cols;
    p->offset = params->size;
    params->size += (size + PIECE_FLOATS - 1) / PIECE_FLOATS * PIECE_FLOATS;
    *index = params->count++;
    return GAT_OK;
}

static gat_status allocate(gat_params *params, bool with_gradients, gat_error *err)
{
    params->value = gat_calloc(params->size, sizeof(float));
    if (with_gradients) params->grad = gat_calloc(params->size - params->grad_from, sizeof(float));
    return params->value && (params->grad || !with_gradients) ? GAT_OK : error_nomem(err);
}

gat_status params_allocate(gat_params *params, int with_gradients, gat_error *err)
{
    params->grad_from = 0;
    return allocate(params, with_gradients, err);
}

gat_status params_allocate_from(gat_params *params, int first, gat_error *err)
{
    params->grad_from = params->list[first].offset;
    return allocate(params, true, err);
}

void params_clear(gat_params *params)
{
    gat_free(params->list);
    gat_free(params->value);
    gat_free(params->grad);
    *params = (gat_params){0};
}

void param_fill(const gat_params *params, int index, float value)
{
    float *x = param_value(params, index);
    for (int64_t i = 0; i < param_size(params, index); i++) x[i] = value;
}

int64_t params_count(const gat_params *params)
{
    int64_t n = 0;
    for (int i = 0; i < params->count; i++) n += param_size(params, i);
    return n;
}

#include "path/path_global.h"

#include <string.h>

#include "base/error.h"

/* Row 1 is no node where there is a budget: it neither asks nor answers. */
static bool has_nobody(const path_reach *s) { return s->rows_at[0] > PATH_NOBODY; }

static int64_t present_rows(const path_reach *s, int l) { return s->rows_at[l + 1] - has_nobody(s); }

/* to (present rows,D) <- from (rows,D). */
static void leave_out(float *to, const float *from, const path_reach *s, int64_t rows, int64_t d)
{
    int64_t first = has_nobody(s) ? PATH_NOBODY : rows;
    memcpy(to, from, (size_t)(first * d) * sizeof *to);
    memcpy(to + first * d, from + (first + 1) * d, (size_t)((rows - first) * d) * sizeof *to);
}

/* The row of the present row i. */
static int64_t row_of(const path_reach *s, int64_t i) { return has_nobody(s) && i >= PATH_NOBODY ? i + 1 : i; }

gat_status path_global_forward(path_scratch *s, const path_net *m, const path_forms *f, int l, gat_error *err)
{
    int64_t d = m->shape.width, n = present_rows(&s->reach, l);
    path_global_kept *k = &s->global[l];
    float *all = arena_alloc(s->arena, (5 * n + 1) * d + n + d * d, sizeof *all);
    if (!all) return error_nomem(err);
    *k = (path_global_kept){.x = all,
                            .q = all + n * d,
                            .k = all + 2 * n * d,
                            .v = all + 3 * n * d,
                            .out = all + 4 * n * d,
                            .state = all + 5 * n * d,
                            .mass = all + (5 * n + d) * d,
                            .total = all + (5 * n + d + 1) * d};
    leave_out(k->x, s->last, &s->reach, n, d);
    path_kernels()->global_forward(k, &f->global[l], n, d);
    for (int64_t i = 0; i < n; i++) {
        float *to = s->last + row_of(&s->reach, i) * d;
        const float *out = k->out + i * d;
        for (int64_t c = 0; c < d; c++) to[c] += f->global[l].scale[c] * out[c];
    }
    return GAT_OK;
}

gat_status path_global_backward(float *dstate, float *shared, path_scratch *s, const path_net *m, const path_forms *f,
                                int l, gat_error *err)
{
    int64_t d = m->shape.width, n = present_rows(&s->reach, l), from = shared_from(m);
    const gat_param *list = m->params->list;
    float *dx = arena_alloc(s->arena, n * d + path_global_scratch(n, d), sizeof *dx);
    if (!dx) return error_nomem(err);
    const path_global_slopes slopes = {.map = shared + (list[m->layer[l].global].offset - from),
                                       .scale = shared + (list[m->layer[l].global_scale].offset - from)};
    leave_out(dx, dstate, &s->reach, n, d);
    path_kernels()->global_backward(dx, &slopes, dx + n * d, &s->global[l], &f->global[l], n, d);
    for (int64_t i = 0; i < n; i++) memcpy(dstate + row_of(&s->reach, i) * d, dx + i * d, (size_t)d * sizeof *dx);
    return GAT_OK;
}

#include "autodiff/query_ops.h"

#include <string.h>

#include "kernels/bilinear.h"

typedef struct gather_saved {
    gat_mat *y, *x;
    const int32_t *index;
} gather_saved;

/* Rows may share an index, so they are added in order. */
static void gather_back(gat_tape *t, void *saved)
{
    (void)t;
    gather_saved *s = saved;
    int64_t d = s->x->cols;
    for (int64_t j = 0; j < s->y->rows; j++)
        for (int64_t k = 0; k < d; k++) s->x->grad[s->index[j] * d + k] += s->y->grad[j * d + k];
}

gat_mat *ad_gather(gat_tape *t, gat_mat *x, const int32_t *index, int64_t b)
{
    if (tape_status(t, NULL)) return NULL;
    gat_mat *y = tape_mat(t, b, x->cols);
    gather_saved *s = tape_record(t, gather_back, sizeof *s);
    if (s) *s = (gather_saved){y, x, index};
    for (int64_t j = 0; y && j < b; j++)
        memcpy(y->data + j * x->cols, x->data + index[j] * x->cols, (size_t)x->cols * sizeof *y->data);
    return y;
}

typedef struct bilinear_saved {
    gat_mat *y, *x, *m;
    float *sorted;
    bilinear_plan plan;
} bilinear_saved;

static void bilinear_back(gat_tape *t, void *saved)
{
    bilinear_saved *s = saved;
    float *scratch = tape_floats(t, 2 * s->x->rows * s->x->cols);
    if (scratch)
        bilinear_backward(s->x->grad, s->m->grad, scratch, s->y->grad, s->sorted, s->m->data, &s->plan, s->x->cols);
}

gat_mat *ad_bilinear(gat_tape *t, gat_mat *x, gat_mat *m, const int32_t *slot)
{
    if (tape_status(t, NULL)) return NULL;
    int64_t b = x->rows, d = x->cols;
    int64_t *work = arena_alloc(tape_arena(t), bilinear_plan_size(b, m->rows), sizeof *work);
    if (!work) tape_fail(t, GAT_ENOMEM);
    gat_mat *y = tape_mat(t, b, d);
    float *sorted = tape_floats(t, b * d), *scratch = tape_floats(t, b * d);
    bilinear_saved *s = tape_record(t, bilinear_back, sizeof *s);
    if (tape_status(t, NULL)) return NULL;
    bilinear_plan plan = bilinear_plan_make(work, slot, b, m->rows);
    if (s) *s = (bilinear_saved){y, x, m, sorted, plan};
    bilinear_forward(y->data, sorted, scratch, x->data, m->data, &plan, d);
    return y;
}

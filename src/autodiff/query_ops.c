#include "autodiff/query_ops.h"

#include <string.h>

#include "kernels/bilinear.h"
#include "kernels/dense.h"

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

static gat_mat *bilinear(gat_tape *t, gat_mat *x, gat_mat *m, const int32_t *slot, bool transposed)
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
    plan.transposed = transposed;
    if (s) *s = (bilinear_saved){y, x, m, sorted, plan};
    bilinear_forward(y->data, sorted, scratch, x->data, m->data, &plan, d);
    return y;
}

gat_mat *ad_bilinear(gat_tape *t, gat_mat *x, gat_mat *m, const int32_t *slot)
{
    return bilinear(t, x, m, slot, false);
}

gat_mat *ad_bilinear_transposed(gat_tape *t, gat_mat *x, gat_mat *m, const int32_t *slot)
{
    return bilinear(t, x, m, slot, true);
}

typedef struct dense_saved {
    gat_mat *y, *x, *w, *b;
} dense_saved;

static void dense_back(gat_tape *t, void *saved)
{
    (void)t;
    dense_saved *s = saved;
    dense_backward(s->x->grad, s->w->grad, s->b ? s->b->grad : NULL, s->y->grad, s->x->data, s->w->data, s->x->rows,
                   s->x->cols, s->y->cols);
}

gat_mat *ad_dense(gat_tape *t, gat_mat *x, gat_mat *w, gat_mat *b)
{
    if (tape_status(t, NULL)) return NULL;
    gat_mat *y = tape_mat(t, x->rows, w->rows);
    dense_saved *s = tape_record(t, dense_back, sizeof *s);
    if (s) *s = (dense_saved){y, x, w, b};
    if (y) dense_forward(y->data, x->data, w->data, b ? b->data : NULL, x->rows, x->cols, w->rows);
    return y;
}

typedef struct conv_saved {
    gat_mat *y, *x, *filter, *bias;
    float *scratch;
    conv_shape shape;
} conv_saved;

static void conv_back(gat_tape *t, void *saved)
{
    (void)t;
    conv_saved *s = saved;
    conv_backward(s->x->grad, s->filter->grad, s->bias->grad, s->scratch, s->y->grad, s->x->data, s->filter->data,
                  &s->shape);
}

gat_mat *ad_conv(gat_tape *t, gat_mat *x, gat_mat *filter, gat_mat *bias, int64_t height, int64_t width)
{
    if (tape_status(t, NULL)) return NULL;
    conv_shape shape = {x->rows, height, width, filter->rows};
    gat_mat *y = tape_mat(t, x->rows, filter->rows * conv_places(&shape));
    float *scratch = tape_floats(t, conv_scratch(&shape));
    conv_saved *s = tape_record(t, conv_back, sizeof *s);
    if (tape_status(t, NULL)) return NULL;
    if (s) *s = (conv_saved){y, x, filter, bias, scratch, shape};
    conv_forward(y->data, scratch, x->data, filter->data, bias->data, &shape);
    return y;
}

typedef struct join_saved {
    gat_mat *joined, *x, *y;
} join_saved;

static void join_back(gat_tape *t, void *saved)
{
    (void)t;
    join_saved *s = saved;
    int64_t d = s->x->cols, e = s->y ? s->y->cols : 0;
    for (int64_t j = 0; j < s->x->rows; j++) {
        const float *from = s->joined->grad + j * s->joined->cols;
        for (int64_t k = 0; k < d; k++) s->x->grad[j * d + k] += from[k];
        for (int64_t k = 0; k < e; k++) s->y->grad[j * e + k] += from[d + k];
    }
}

gat_mat *ad_join(gat_tape *t, gat_mat *x, gat_mat *y)
{
    if (tape_status(t, NULL)) return NULL;
    gat_mat *joined = tape_mat(t, x->rows, x->cols + y->cols);
    join_saved *s = tape_record(t, join_back, sizeof *s);
    if (s) *s = (join_saved){joined, x, y};
    for (int64_t j = 0; joined && j < x->rows; j++) {
        float *to = joined->data + j * joined->cols;
        memcpy(to, x->data + j * x->cols, (size_t)x->cols * sizeof *to);
        memcpy(to + x->cols, y->data + j * y->cols, (size_t)y->cols * sizeof *to);
    }
    return joined;
}

gat_mat *ad_append_one(gat_tape *t, gat_mat *x)
{
    if (tape_status(t, NULL)) return NULL;
    gat_mat *joined = tape_mat(t, x->rows, x->cols + 1);
    join_saved *s = tape_record(t, join_back, sizeof *s);
    if (s) *s = (join_saved){joined, x, NULL};
    for (int64_t j = 0; joined && j < x->rows; j++) {
        float *to = joined->data + j * joined->cols;
        memcpy(to, x->data + j * x->cols, (size_t)x->cols * sizeof *to);
        to[x->cols] = 1;
    }
    return joined;
}

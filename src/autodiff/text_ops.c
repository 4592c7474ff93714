#include "autodiff/text_ops.h"

#include <string.h>

#include "kernels/kernels.h"

typedef struct bag_saved {
    gat_mat *y, *table;
    const bag_rows *bag;
} bag_saved;

static void bag_back(gat_tape *t, void *saved)
{
    (void)t;
    bag_saved *s = saved;
    bag_backward(s->table->grad, s->bag, s->y->grad, s->y->cols);
}

gat_mat *ad_bag(gat_tape *t, gat_mat *table, const bag_rows *bag)
{
    if (tape_status(t, NULL)) return NULL;
    gat_mat *y = tape_mat(t, bag->rows, table->cols);
    bag_saved *s = tape_record(t, bag_back, sizeof *s);
    if (s) *s = (bag_saved){y, table, bag};
    if (y) bag_forward(y->data, bag, table->data, table->cols);
    return y;
}

typedef struct pair_saved {
    gat_mat *out, *x, *y;
} pair_saved;

static void product_back(gat_tape *t, void *saved)
{
    (void)t;
    pair_saved *s = saved;
    product_backward(s->x->grad, s->y->grad, s->out->grad, s->x->data, s->y->data, s->x->rows * s->x->cols);
}

gat_mat *ad_product(gat_tape *t, gat_mat *x, gat_mat *y)
{
    if (tape_status(t, NULL)) return NULL;
    gat_mat *out = tape_mat(t, x->rows, x->cols);
    pair_saved *s = tape_record(t, product_back, sizeof *s);
    if (s) *s = (pair_saved){out, x, y};
    if (out) product_forward(out->data, x->data, y->data, x->rows * x->cols);
    return out;
}

static void stack_back(gat_tape *t, void *saved)
{
    (void)t;
    pair_saved *s = saved;
    int64_t n = s->x->rows * s->x->cols;
    kernels()->axpy(s->x->grad, s->out->grad, 1, n);
    kernels()->axpy(s->y->grad, s->out->grad + n, 1, s->y->rows * s->y->cols);
}

gat_mat *ad_stack(gat_tape *t, gat_mat *x, gat_mat *y)
{
    if (tape_status(t, NULL)) return NULL;
    gat_mat *out = tape_mat(t, x->rows + y->rows, x->cols);
    pair_saved *s = tape_record(t, stack_back, sizeof *s);
    if (s) *s = (pair_saved){out, x, y};
    if (!out) return NULL;
    int64_t n = x->rows * x->cols;
    memcpy(out->data, x->data, (size_t)n * sizeof *out->data);
    memcpy(out->data + n, y->data, (size_t)(y->rows * y->cols) * sizeof *out->data);
    return out;
}

typedef struct columns_saved {
    gat_mat *out, *x;
    int64_t from;
} columns_saved;

static void columns_back(gat_tape *t, void *saved)
{
    (void)t;
    columns_saved *s = saved;
    for (int64_t i = 0; i < s->out->rows; i++)
        for (int64_t k = 0; k < s->out->cols; k++)
            s->x->grad[i * s->x->cols + s->from + k] += s->out->grad[i * s->out->cols + k];
}

gat_mat *ad_columns(gat_tape *t, gat_mat *x, int64_t from, int64_t count)
{
    if (tape_status(t, NULL)) return NULL;
    gat_mat *out = tape_mat(t, x->rows, count);
    columns_saved *s = tape_record(t, columns_back, sizeof *s);
    if (s) *s = (columns_saved){out, x, from};
    for (int64_t i = 0; out && i < x->rows; i++)
        memcpy(out->data + i * count, x->data + i * x->cols + from, (size_t)count * sizeof *out->data);
    return out;
}

typedef struct max_saved {
    gat_mat *out, *x;
    int32_t *arg;
} max_saved;

static void max_back(gat_tape *t, void *saved)
{
    (void)t;
    max_saved *s = saved;
    group_max_backward(s->x->grad, s->out->grad, s->arg, s->out->rows, s->out->cols);
}

gat_mat *ad_group_max(gat_tape *t, gat_mat *x, const int64_t *first, const int32_t *member, int64_t groups)
{
    if (tape_status(t, NULL)) return NULL;
    gat_mat *out = tape_mat(t, groups, x->cols);
    int32_t *arg = out ? arena_alloc(tape_arena(t), groups * x->cols, sizeof *arg) : NULL;
    max_saved *s = tape_record(t, max_back, sizeof *s);
    if (out && !arg) tape_fail(t, GAT_ENOMEM);
    if (tape_status(t, NULL)) return NULL;
    if (s) *s = (max_saved){out, x, arg};
    group_max_forward(out->data, arg, x->data, first, member, groups, x->cols);
    return out;
}

double ad_label_loss(gat_tape *t, gat_mat *logit, const uint8_t *truth, bool several, float smoothing)
{
    if (tape_status(t, NULL)) return 0;
    return label_loss(logit->grad, logit->data, truth, logit->rows, logit->cols, several, smoothing);
}

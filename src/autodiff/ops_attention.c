/* The attention operations beside the fused soft one: hard attention, attention to all nodes, a query for all nodes. */
#include <string.h>

#include "autodiff/ops.h"
#include "base/parallel.h"
#include "kernels/linear_attention.h"

/* ---- hard attention ---- */

typedef struct hard_saved {
    gat_attention a;
    gat_hard hard;
    gat_mat *out, *q, *k, *e, *vector, *value, *m;
    float *weight, *soft;
} hard_saved;

static void hard_back(gat_tape *t, void *saved)
{
    hard_saved *s = saved;
    gat_hard_grad d = {
        .dq = s->q->grad,
        .dk = s->k->grad,
        .de = s->e->grad,
        .da = s->vector ? s->vector->grad : NULL,
        .dvalue = s->value->grad,
        .dm = s->m->grad,
        .ds = tape_floats(t, s->a.graph->num_edges * s->a.num_heads),
        .parts = tape_floats(t, attention_parts(&s->a) * attention_part_size(&s->a)),
    };
    if (!tape_status(t, NULL)) kernels()->hard_backward(&d, s->out->grad, s->weight, s->soft, &s->a, &s->hard);
}

gat_mat *ad_hard_attention(gat_tape *t, const gat_attention *shape, const gat_hard *hard, gat_mat *q, gat_mat *k,
                           gat_mat *e, gat_mat *a, gat_mat *value, gat_mat *m, float **weight)
{
    if (tape_status(t, NULL)) return NULL;
    int64_t weights = shape->graph->num_edges * shape->num_heads;
    gat_mat *out = tape_mat(t, value->rows, value->cols);
    float *shares = tape_floats(t, weights),
          *soft = hard->selection == GAT_SELECT_GUMBEL ? tape_floats(t, weights) : NULL;
    gat_attention full = *shape;
    hard_saved *s = tape_record(t, hard_back, sizeof *s);
    if (tape_status(t, NULL)) return NULL;
    full.q = q->data;
    full.k = k->data;
    full.e = e->data;
    full.a = a ? a->data : NULL;
    full.value = value->data;
    full.m = m->data;
    if (s) *s = (hard_saved){full, *hard, out, q, k, e, a, value, m, shares, soft};
    kernels()->hard_forward(out->data, shares, soft, &full, hard);
    if (weight) *weight = shares;
    return out;
}

/* ---- attention to all nodes ---- */

typedef struct all_saved {
    linear_attention a;
    gat_mat *out, *q, *k, *v;
} all_saved;

static void all_back(gat_tape *t, void *saved)
{
    all_saved *s = saved;
    float *scratch = tape_floats(t, linear_attention_scratch(&s->a));
    if (scratch)
        linear_attention_backward(s->q->grad, s->k->grad, s->v->grad, &s->a, scratch, s->out->grad, s->out->data,
                                  s->v->data);
}

gat_mat *ad_linear_attention(gat_tape *t, gat_mat *q, gat_mat *k, gat_mat *v, int num_heads)
{
    if (tape_status(t, NULL)) return NULL;
    int64_t n = v->rows, width = v->cols / num_heads;
    gat_mat *out = tape_mat(t, n, v->cols);
    linear_attention a = {
        .n = n,
        .num_heads = num_heads,
        .width = (int)width,
        .phi_q = tape_floats(t, n * v->cols),
        .phi_k = tape_floats(t, n * v->cols),
        .state = tape_floats(t, v->cols * width),
        .mass = tape_floats(t, v->cols),
        .total = tape_floats(t, n * num_heads),
    };
    float *scratch = tape_floats(t, linear_attention_scratch(&a));
    all_saved *s = tape_record(t, all_back, sizeof *s);
    if (tape_status(t, NULL)) return NULL;
    if (s) *s = (all_saved){a, out, q, k, v};
    linear_attention_forward(out->data, &a, scratch, q->data, k->data, v->data);
    return out;
}

/* ---- one row for all ---- */

typedef struct repeat_saved {
    gat_mat *y, *row;
} repeat_saved;

static void repeat_back(gat_tape *t, void *saved)
{
    repeat_saved *s = saved;
    int64_t n = s->y->rows, d = s->y->cols;
    float *parts = tape_floats(t, KERNEL_PARTS * d);
    if (!parts) return;
    memset(parts, 0, (size_t)(KERNEL_PARTS * d) * sizeof *parts);
#pragma omp parallel for schedule(static)
    for (int64_t p = 0; p < KERNEL_PARTS; p++)
        for (int64_t i = part_start(n, KERNEL_PARTS, p); i < part_start(n, KERNEL_PARTS, p + 1); i++)
            for (int64_t j = 0; j < d; j++) parts[p * d + j] += s->y->grad[i * d + j];
    for (int64_t p = 0; p < KERNEL_PARTS; p++) kernels()->axpy(s->row->grad, parts + p * d, 1, d);
}

gat_mat *ad_repeat_row(gat_tape *t, gat_mat *row, int64_t n)
{
    if (tape_status(t, NULL)) return NULL;
    gat_mat *y = tape_mat(t, n, row->cols);
    repeat_saved *s = tape_record(t, repeat_back, sizeof *s);
    if (s) *s = (repeat_saved){y, row};
    for (int64_t i = 0; y && i < n; i++)
        memcpy(y->data + i * row->cols, row->data, (size_t)row->cols * sizeof *row->data);
    return y;
}

/* Each operation: run the forward kernel, record what backward needs; backward adds to the inputs' gradients. */
#include "autodiff/ops.h"

#include <string.h>

gat_mat *ad_param(gat_tape *t, const gat_params *params, int index)
{
    if (tape_status(t, NULL)) return NULL;
    gat_mat *m = arena_alloc(tape_arena(t), 1, sizeof *m);
    if (!m) {
        tape_fail(t, GAT_ENOMEM);
        return NULL;
    }
    *m = (gat_mat){param_value(params, index), tape_recording(t) ? param_grad(params, index) : NULL,
                   params->list[index].rows, params->list[index].cols};
    return m;
}

gat_mat *ad_rows(gat_tape *t, gat_mat *x, int64_t rows)
{
    if (tape_status(t, NULL)) return NULL;
    gat_mat *m = arena_alloc(tape_arena(t), 1, sizeof *m);
    if (m) *m = (gat_mat){x->data, x->grad, rows, x->cols};
    else tape_fail(t, GAT_ENOMEM);
    return m;
}

/* ---- linear ---- */

typedef struct linear_saved {
    gat_mat *y, *x, *w, *b;
} linear_saved;

static void linear_back(gat_tape *t, void *saved)
{
    linear_saved *s = saved;
    float *scratch = tape_floats(t, linear_scratch(s->x->cols, s->y->cols));
    if (!scratch) return;
    linear_backward(s->x->grad, s->w->grad, s->b ? s->b->grad : NULL, scratch, s->y->grad, s->x->data, s->w->data,
                    s->x->rows, s->x->cols, s->y->cols);
}

gat_mat *ad_linear(gat_tape *t, gat_mat *x, gat_mat *w, gat_mat *b)
{
    if (tape_status(t, NULL)) return NULL;
    gat_mat *y = tape_mat(t, x->rows, w->cols);
    linear_saved *s = tape_record(t, linear_back, sizeof *s);
    if (s) *s = (linear_saved){y, x, w, b};
    if (y) linear_forward(y->data, x->data, w->data, b ? b->data : NULL, x->rows, x->cols, w->cols);
    return y;
}

typedef struct head_saved {
    gat_mat *y, *x, *w;
    int heads;
} head_saved;

static void head_linear_back(gat_tape *t, void *saved)
{
    head_saved *s = saved;
    int64_t f = s->w->cols;
    float *scratch = tape_floats(t, s->heads * linear_scratch(f, f));
    if (scratch)
        head_linear_backward(s->x->grad, s->w->grad, scratch, s->y->grad, s->x->data, s->w->data, s->x->rows, s->heads,
                             f, f);
}

gat_mat *ad_head_linear(gat_tape *t, gat_mat *x, gat_mat *w, int num_heads)
{
    if (tape_status(t, NULL)) return NULL;
    gat_mat *y = tape_mat(t, x->rows, x->cols);
    head_saved *s = tape_record(t, head_linear_back, sizeof *s);
    if (s) *s = (head_saved){y, x, w, num_heads};
    if (y) head_linear_forward(y->data, x->data, w->data, x->rows, num_heads, w->cols, w->cols);
    return y;
}

static void head_dot_back(gat_tape *t, void *saved)
{
    head_saved *s = saved;
    float *scratch = tape_floats(t, KERNEL_PARTS * s->x->cols);
    int f = (int)(s->x->cols / s->heads);
    if (scratch)
        kernels()->head_dot_backward(s->x->grad, s->w->grad, scratch, s->y->grad, s->x->data, s->w->data, s->x->rows,
                                     s->heads, f);
}

gat_mat *ad_head_dot(gat_tape *t, gat_mat *v, gat_mat *a, int num_heads)
{
    if (tape_status(t, NULL)) return NULL;
    gat_mat *y = tape_mat(t, v->rows, num_heads);
    head_saved *s = tape_record(t, head_dot_back, sizeof *s);
    if (s) *s = (head_saved){y, v, a, num_heads};
    if (y) kernels()->head_dot_forward(y->data, v->data, a->data, v->rows, num_heads, (int)(v->cols / num_heads));
    return y;
}

static void head_mean_back(gat_tape *t, void *saved)
{
    (void)t;
    head_saved *s = saved;
    int64_t f = s->y->cols;
    float share = 1 / (float)s->heads;
#pragma omp parallel for schedule(static)
    for (int64_t i = 0; i < s->x->rows; i++)
        for (int64_t j = 0; j < s->heads * f; j++)
            s->x->grad[i * s->heads * f + j] += share * s->y->grad[i * f + j % f];
}

gat_mat *ad_head_mean(gat_tape *t, gat_mat *x, int num_heads)
{
    if (tape_status(t, NULL)) return NULL;
    int64_t f = x->cols / num_heads;
    gat_mat *y = tape_mat(t, x->rows, f);
    head_saved *s = tape_record(t, head_mean_back, sizeof *s);
    if (s) *s = (head_saved){y, x, NULL, num_heads};
    if (!y) return NULL;
    float share = 1 / (float)num_heads;
#pragma omp parallel for schedule(static)
    for (int64_t i = 0; i < x->rows; i++) {
        for (int64_t j = 0; j < f; j++) {
            float sum = 0;
            for (int h = 0; h < num_heads; h++) sum += x->data[i * x->cols + h * f + j];
            y->data[i * f + j] = share * sum;
        }
    }
    return y;
}

/* ---- norm ---- */

typedef struct norm_saved {
    gat_mat *y, *x, *gain, *bias;
    float *mean_rstd;
} norm_saved;

static void norm_back(gat_tape *t, void *saved)
{
    norm_saved *s = saved;
    float *scratch = tape_floats(t, 2 * KERNEL_PARTS * s->x->cols);
    if (scratch)
        kernels()->norm_backward(s->x->grad, s->gain->grad, s->bias->grad, scratch, s->y->grad, s->x->data,
                                 s->mean_rstd, s->gain->data, s->x->rows, s->x->cols);
}

gat_mat *ad_norm(gat_tape *t, gat_mat *x, gat_mat *gain, gat_mat *bias)
{
    if (tape_status(t, NULL)) return NULL;
    gat_mat *y = tape_mat(t, x->rows, x->cols);
    float *mean_rstd = tape_floats(t, 2 * x->rows);
    norm_saved *s = tape_record(t, norm_back, sizeof *s);
    if (s) *s = (norm_saved){y, x, gain, bias, mean_rstd};
    if (tape_status(t, NULL)) return NULL;
    kernels()->norm_forward(y->data, mean_rstd, x->data, gain->data, bias->data, x->rows, x->cols);
    return y;
}

/* ---- elementwise ---- */

typedef struct element_saved {
    gat_mat *y, *x, *other;
    gat_activation act;
    float p;
    uint32_t key;
} element_saved;

static void act_back(gat_tape *t, void *saved)
{
    (void)t;
    element_saved *s = saved;
    kernels()->act_backward(s->x->grad, s->y->grad, s->y->data, s->x->rows * s->x->cols, s->act);
}

gat_mat *ad_act(gat_tape *t, gat_mat *x, gat_activation kind)
{
    if (tape_status(t, NULL) || kind == GAT_ACT_NONE) return x;
    gat_mat *y = tape_mat(t, x->rows, x->cols);
    element_saved *s = tape_record(t, act_back, sizeof *s);
    if (s) *s = (element_saved){.y = y, .x = x, .act = kind};
    if (y) kernels()->act_forward(y->data, x->data, x->rows * x->cols, kind);
    return y;
}

static void dropout_back(gat_tape *t, void *saved)
{
    (void)t;
    element_saved *s = saved;
    kernels()->dropout_backward(s->x->grad, s->y->grad, s->x->rows * s->x->cols, s->p, s->key);
}

gat_mat *ad_dropout(gat_tape *t, gat_mat *x, float p, uint32_t key)
{
    if (tape_status(t, NULL) || p <= 0 || !tape_recording(t)) return x;
    gat_mat *y = tape_mat(t, x->rows, x->cols);
    element_saved *s = tape_record(t, dropout_back, sizeof *s);
    if (s) *s = (element_saved){.y = y, .x = x, .p = p, .key = key};
    if (y) kernels()->dropout_forward(y->data, x->data, x->rows * x->cols, p, key);
    return y;
}

static void scale_back(gat_tape *t, void *saved)
{
    element_saved *s = saved;
    float *scratch = tape_floats(t, KERNEL_PARTS * s->x->cols);
    if (scratch)
        kernels()->scale_backward(s->x->grad, s->other->grad, scratch, s->y->grad, s->x->data, s->other->data,
                                  s->x->rows, s->x->cols);
}

gat_mat *ad_scale(gat_tape *t, gat_mat *x, gat_mat *scale)
{
    if (tape_status(t, NULL)) return NULL;
    gat_mat *y = tape_mat(t, x->rows, x->cols);
    element_saved *s = tape_record(t, scale_back, sizeof *s);
    if (s) *s = (element_saved){.y = y, .x = x, .other = scale};
    if (y) kernels()->scale_forward(y->data, x->data, scale->data, x->rows, x->cols);
    return y;
}

static void add_back(gat_tape *t, void *saved)
{
    (void)t;
    element_saved *s = saved;
    int64_t n = s->y->rows * s->y->cols;
    kernels()->axpy(s->x->grad, s->y->grad, 1, n);
    kernels()->axpy(s->other->grad, s->y->grad, 1, n);
}

gat_mat *ad_add(gat_tape *t, gat_mat *x, gat_mat *other)
{
    if (tape_status(t, NULL)) return NULL;
    gat_mat *y = tape_mat(t, x->rows, x->cols);
    element_saved *s = tape_record(t, add_back, sizeof *s);
    if (s) *s = (element_saved){.y = y, .x = x, .other = other};
    if (!y) return NULL;
    int64_t n = x->rows * x->cols;
    memcpy(y->data, x->data, (size_t)n * sizeof *y->data);
    kernels()->axpy(y->data, other->data, 1, n);
    return y;
}

typedef struct replace_saved {
    gat_mat *y, *x, *row;
    const uint8_t *source;
} replace_saved;

static void replace_back(gat_tape *t, void *saved)
{
    replace_saved *s = saved;
    float *scratch = tape_floats(t, KERNEL_PARTS * s->x->cols);
    if (scratch)
        replace_backward(s->x->grad, s->row ? s->row->grad : NULL, scratch, s->y->grad, s->source, s->x->rows,
                         s->x->cols);
}

gat_mat *ad_replace(gat_tape *t, gat_mat *x, gat_mat *row, const uint8_t *source)
{
    if (tape_status(t, NULL)) return NULL;
    gat_mat *y = tape_mat(t, x->rows, x->cols);
    replace_saved *s = tape_record(t, replace_back, sizeof *s);
    if (s) *s = (replace_saved){y, x, row, source};
    if (y) replace_forward(y->data, x->data, row ? row->data : NULL, source, x->rows, x->cols);
    return y;
}

/* ---- attention ---- */

typedef struct attention_saved {
    gat_attention a;
    gat_mat *out, *q, *k, *e, *vector, *value, *m;
    float *lse;
} attention_saved;

static void attention_back(gat_tape *t, void *saved)
{
    attention_saved *s = saved;
    gat_attention_grad d = {
        .dq = s->q->grad,
        .dk = s->k->grad,
        .de = s->e->grad,
        .da = s->vector ? s->vector->grad : NULL,
        .dvalue = s->value->grad,
        .dm = s->m->grad,
        .scratch = tape_floats(t, attention_scratch(&s->a)),
    };
    if (!tape_status(t, NULL)) kernels()->attention_backward(&d, s->out->grad, s->out->data, s->lse, &s->a);
}

gat_mat *ad_attention(gat_tape *t, const gat_attention *shape, gat_mat *q, gat_mat *k, gat_mat *e, gat_mat *a,
                      gat_mat *value, gat_mat *m, float **lse)
{
    if (tape_status(t, NULL)) return NULL;
    gat_mat *out = tape_mat(t, value->rows, value->cols);
    float *sums = tape_floats(t, value->rows * shape->num_heads);
    gat_attention full = *shape;
    attention_saved *s = tape_record(t, attention_back, sizeof *s);
    if (tape_status(t, NULL)) return NULL;
    full.q = q->data;
    full.k = k->data;
    full.e = e->data;
    full.a = a ? a->data : NULL;
    full.value = value->data;
    full.m = m->data;
    if (s) *s = (attention_saved){full, out, q, k, e, a, value, m, sums};
    kernels()->attention_forward(out->data, sums, &full);
    if (lse) *lse = sums;
    return out;
}

/* ---- decoder and losses ---- */

typedef struct compose_saved {
    gat_mat *q, *x, *r;
    const int32_t *entity, *relation;
    gat_decoder decoder;
} compose_saved;

static void compose_back(gat_tape *t, void *saved)
{
    (void)t;
    compose_saved *s = saved;
    compose_backward(s->x->grad, s->r->grad, s->q->grad, s->x->data, s->r->data, s->entity, s->relation, s->q->rows,
                     s->x->cols, s->decoder);
}

gat_mat *ad_compose(gat_tape *t, gat_mat *x, gat_mat *r, const int32_t *entity, const int32_t *relation, int64_t b,
                    gat_decoder decoder)
{
    if (tape_status(t, NULL)) return NULL;
    gat_mat *q = tape_mat(t, b, x->cols);
    compose_saved *s = tape_record(t, compose_back, sizeof *s);
    if (s) *s = (compose_saved){q, x, r, entity, relation, decoder};
    if (q) compose_forward(q->data, x->data, r->data, entity, relation, b, x->cols, decoder);
    return q;
}

static void pair_back(gat_tape *t, void *saved)
{
    (void)t;
    compose_saved *s = saved;
    pair_backward(s->x->grad, s->q->grad, s->x->data, s->entity, s->relation, s->q->rows, s->x->cols, s->decoder);
}

gat_mat *ad_pair(gat_tape *t, gat_mat *x, const int32_t *head, const int32_t *tail, int64_t b, gat_decoder decoder)
{
    if (tape_status(t, NULL)) return NULL;
    gat_mat *z = tape_mat(t, b, x->cols);
    compose_saved *s = tape_record(t, pair_back, sizeof *s);
    if (s) *s = (compose_saved){z, x, NULL, head, tail, decoder};
    if (z) pair_forward(z->data, x->data, head, tail, b, x->cols, decoder);
    return z;
}

double ad_loss_one_vs_all(gat_tape *t, gat_mat *q, gat_mat *x, const gat_rows *rows, const gat_loss_options *how)
{
    if (tape_status(t, NULL)) return 0;
    float *work =
        tape_floats(t, loss_work_size(x->rows, rows->count, x->cols, rows->first[rows->count] - rows->first[0], how));
    if (!work) return 0;
    return loss_one_vs_all(q->grad, x->grad, work, q->data, x->data, rows, x->rows, x->cols, how);
}

double ad_loss_candidates(gat_tape *t, gat_mat *q, gat_mat *x, const gat_rows *rows, const gat_candidates *candidates,
                          const gat_loss_options *how)
{
    if (tape_status(t, NULL)) return 0;
    float *work = tape_floats(t, loss_candidates_work_size(x->rows, rows->first[rows->count], x->cols));
    if (!work) return 0;
    return loss_candidates(q->grad, x->grad, work, q->data, x->data, rows, candidates, x->cols, how);
}

double ad_regularize(gat_tape *t, gat_mat *x, const float *weight, float cubes, float squares, bool moduli)
{
    if (tape_status(t, NULL) || (cubes == 0 && squares == 0)) return 0;
    return kernels()->regularize(x->grad, x->data, weight, cubes, squares, x->rows, x->cols, moduli);
}

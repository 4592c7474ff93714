#include "autodiff/alignment_ops.h"

#include "kernels/kernels.h"
#include "kernels/proxy_gate.h"

typedef struct mean_saved {
    gat_mat *y, *x;
    const row_lists *lists;
} mean_saved;

static void mean_back(gat_tape *t, void *saved)
{
    (void)t;
    mean_saved *s = saved;
    row_mean_backward(s->x->grad, s->y->grad, s->lists, s->x->cols);
}

gat_mat *ad_row_mean(gat_tape *t, gat_mat *x, const row_lists *lists)
{
    if (tape_status(t, NULL)) return NULL;
    gat_mat *y = tape_mat(t, lists->rows, x->cols);
    mean_saved *s = tape_record(t, mean_back, sizeof *s);
    if (tape_status(t, NULL)) return NULL;
    if (s) *s = (mean_saved){y, x, lists};
    row_mean_forward(y->data, x->data, lists, x->cols);
    return y;
}

typedef struct unit_saved {
    gat_mat *y, *x;
    float *inverse;
} unit_saved;

static void unit_back(gat_tape *t, void *saved)
{
    (void)t;
    unit_saved *s = saved;
    row_unit_backward(s->x->grad, s->y->grad, s->y->data, s->inverse, s->x->rows, s->x->cols);
}

gat_mat *ad_row_unit(gat_tape *t, gat_mat *x)
{
    if (tape_status(t, NULL)) return NULL;
    gat_mat *y = tape_mat(t, x->rows, x->cols);
    float *inverse = tape_floats(t, x->rows);
    unit_saved *s = tape_record(t, unit_back, sizeof *s);
    if (tape_status(t, NULL)) return NULL;
    if (s) *s = (unit_saved){y, x, inverse};
    row_unit_forward(y->data, inverse, x->data, x->rows, x->cols);
    return y;
}

typedef struct reflection_saved {
    gat_reflection a;
    gat_mat *out, *h, *u, *logit;
    float *alpha;
    int layer;
} reflection_saved;

static void reflection_back(gat_tape *t, void *saved)
{
    reflection_saved *s = saved;
    float *onto = tape_floats(t, 2 * s->a.edges->kinds.rows);
    gat_reflection_grad g = {s->h->grad, s->u->grad, s->logit->grad + s->layer, onto};
    if (onto) kernels()->reflection_backward(&g, s->out->grad, s->out->data, s->alpha, &s->a);
}

gat_mat *ad_reflection(gat_tape *t, const reflection_edges *edges, gat_mat *h, gat_mat *u, gat_mat *logit, int layer)
{
    if (tape_status(t, NULL)) return NULL;
    gat_mat *out = tape_mat(t, h->rows, h->cols);
    float *alpha = tape_floats(t, edges->kinds.rows);
    reflection_saved *s = tape_record(t, reflection_back, sizeof *s);
    if (tape_status(t, NULL)) return NULL;
    gat_reflection a = {edges, h->data, u->data, logit->data + layer, h->cols, logit->cols};
    if (s) *s = (reflection_saved){a, out, h, u, logit, alpha, layer};
    kernels()->reflection_forward(out->data, alpha, &a);
    return out;
}

typedef struct gate_saved {
    proxy_gate g;
    gat_mat *out, *z, *proxy, *w, *b;
} gate_saved;

static void gate_back(gat_tape *t, void *saved)
{
    gate_saved *s = saved;
    float *scratch = tape_floats(t, proxy_gate_scratch(s->g.d, s->g.count));
    if (scratch) proxy_gate_backward(s->z->grad, s->proxy->grad, s->w->grad, s->b->grad, scratch, s->out->grad, &s->g);
}

gat_mat *ad_proxy_gate(gat_tape *t, gat_mat *z, gat_mat *proxy, gat_mat *w, gat_mat *b)
{
    if (tape_status(t, NULL)) return NULL;
    int64_t n = z->rows, d = z->cols, count = proxy->rows;
    gat_mat *out = tape_mat(t, n, d);
    proxy_gate g = {n,
                    d,
                    count,
                    z->data,
                    proxy->data,
                    w->data,
                    b->data,
                    tape_floats(t, count * d),
                    tape_floats(t, count),
                    tape_floats(t, n),
                    tape_floats(t, n * count),
                    tape_floats(t, n * d)};
    float *scratch = tape_floats(t, proxy_gate_scratch(d, count));
    gate_saved *s = tape_record(t, gate_back, sizeof *s);
    if (tape_status(t, NULL)) return NULL;
    if (s) *s = (gate_saved){g, out, z, proxy, w, b};
    proxy_gate_forward(out->data, scratch, &g);
    return out;
}

#include "support/attention_case.h"

#include <math.h>

#include "base/memory.h"
#include "kernels/kernels.h"
#include "support/check.h"

static void connect(attention_case *c)
{
    gat_attention *p = &c->shape;
    p->q = c->q.x, p->k = c->k.x, p->e = c->e.x, p->value = c->value.x, p->m = c->m.x;
    p->a = c->a.count ? c->a.x : NULL;
}

/* Logits come out of size one whatever the width, as those of a trained layer do. */
void case_init(attention_case *c, gat_graph *g, gat_score score, int h, int f, int s)
{
    s = score == GAT_SCORE_ADDITIVE ? 1 : s;
    int64_t n = g->num_nodes, r = graph_edge_relations(g), width = score_vector_width(score, s);
    bool product = score == GAT_SCORE_DOT || score == GAT_SCORE_BILINEAR;
    double scale = product ? pow(s, -0.25) : 1;
    *c = (attention_case){
        .shape = {.graph = g, .score = score, .num_heads = h, .value_width = f, .score_width = s, .slope = 0.2f}};
    c->q = tensor_normal(n * h * s, scale, 1);
    c->k = tensor_normal(n * h * s, 0.7 * scale, 2);
    c->e = tensor_normal(r * h * s, 0.7 * scale, 3);
    c->a = tensor_normal(h * width, 1 / sqrt((double)width + 1e-9), 4);
    c->value = tensor_normal(n * h * f, 1, 5);
    c->m = tensor_normal(r * h * f, 1, 6);
    c->weight = tensor_normal(n * h * f, 1, 7);
    c->out = gat_calloc(n * h * f, sizeof *c->out);
    c->lse = gat_calloc(n * h, sizeof *c->lse);
    c->ref_out = gat_calloc(n * h * f, sizeof *c->ref_out);
    c->ref_alpha = gat_calloc(g->num_edges * h, sizeof *c->ref_alpha);
    assert_true(c->out && c->lse && c->ref_out && c->ref_alpha);
    connect(c);
}

tensor *case_tensor(attention_case *c, int i) { return (tensor *[]){&c->q, &c->k, &c->e, &c->a, &c->value, &c->m}[i]; }

void case_clear(attention_case *c)
{
    for (int i = 0; i < CASE_TENSORS; i++) tensor_free(case_tensor(c, i));
    tensor_free(&c->weight);
    gat_free(c->out);
    gat_free(c->lse);
    gat_free(c->ref_out);
    gat_free(c->ref_alpha);
}

static ref_attention reference_of(const attention_case *c)
{
    return (ref_attention){&c->shape, c->q.ref, c->k.ref, c->e.ref, c->a.ref, c->value.ref, c->m.ref};
}

static double loss(void *context)
{
    attention_case *c = context;
    ref_attention r = reference_of(c);
    double sum = 0;
    ref_attention_forward(c->ref_out, NULL, &r);
    for (int64_t i = 0; i < c->weight.count; i++) sum += c->weight.ref[i] * c->ref_out[i];
    return sum;
}

void case_reference(attention_case *c, int64_t most)
{
    for (int i = 0; i < CASE_TENSORS; i++) tensor_differentiate(case_tensor(c, i), loss, c, most);
    ref_attention r = reference_of(c);
    ref_attention_forward(c->ref_out, c->ref_alpha, &r);
}

void case_forward(attention_case *c)
{
    for (int64_t i = 0; i < c->weight.count; i++) c->out[i] = 99; /* forward writes */
    kernels()->attention_forward(c->out, c->lse, &c->shape);
}

void case_backward(attention_case *c)
{
    gat_attention_grad d = {
        .dq = c->q.grad,
        .dk = c->k.grad,
        .de = c->e.grad,
        .da = c->a.count ? c->a.grad : NULL,
        .dvalue = c->value.grad,
        .dm = c->m.grad,
        .scratch = gat_alloc(attention_scratch(&c->shape), sizeof(float)),
    };
    assert_non_null(d.scratch);
    for (int i = 0; i < CASE_TENSORS; i++) tensor_restart(case_tensor(c, i));
    kernels()->attention_backward(&d, c->weight.x, c->out, c->lse, &c->shape);
    gat_free(d.scratch);
}

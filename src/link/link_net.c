#include "link/link_net.h"

#include <math.h>
#include <string.h>

#include "autodiff/text_ops.h"
#include "autodiff/vote_ops.h"
#include "base/random.h"
#include "link/candidate_words.h"

enum { STREAM_INIT = 0x7f10 };
static const float EARLIER = 0.3f;

typedef struct declaration {
    int *index;
    const char *name;
    int64_t rows, cols;
} declaration;

static bool has_wide(const link_shape *shape) { return shape->inputs > NODE_FEATURES; }

gat_status link_net_init(link_net *n, const link_shape *shape, bool with_gradients, gat_error *err)
{
    *n = (link_net){.shape = *shape};
    int64_t d = shape->dim, h = shape->heads;
    const declaration list[] = {{&n->in_w, "in_w", shape->inputs, d},
                                {&n->in_b, "in_b", 1, d},
                                {&n->local_w, "local_w", d, d},
                                {&n->local_b, "local_b", 1, d},
                                {&n->gain0, "local_gain", 1, d},
                                {&n->bias0, "local_bias", 1, d},
                                {&n->score_x, "score_x", shape->inputs, 1},
                                {&n->score_h, "score_h", d, 1},
                                {&n->query, "query", d, d},
                                {&n->key, "key", d, d},
                                {&n->value, "value", d, d},
                                {&n->edge_w, "edge_w", EDGE_FEATURES, 2 * h},
                                {&n->message, "message", NUM_EDGE_SORTS, d},
                                {&n->from_h, "from_h", d, d},
                                {&n->from_m, "from_m", d, d},
                                {&n->from_z, "from_z", 3 * h, d},
                                {&n->from_b, "from_b", 1, d},
                                {&n->context, "context", d, d},
                                {&n->gain, "gain", 1, d},
                                {&n->bias, "bias", 1, d},
                                {&n->vote_h, "vote_h", d, 1},
                                {&n->vote_z, "vote_z", 3 * h, 1},
                                {&n->wide, "wide", WIDE_ROWS, 1}};
    size_t count = sizeof list / sizeof *list - !has_wide(shape);
    gat_status st = GAT_OK;
    for (size_t i = 0; !st && i < count; i++)
        st = params_declare(list[i].index, &n->params, list[i].name, list[i].rows, list[i].cols, err);
    if (!st) st = params_allocate(&n->params, with_gradients, err);
    if (st) link_net_clear(n);
    return st;
}

void link_net_clear(link_net *n) { params_clear(&n->params); }

/* Glorot and Bengio 2010 for matrices; gains begin at 1, rows and what scores at 0: all candidates are equal at first. */
void link_net_draw(link_net *n, uint64_t seed)
{
    const gat_params *p = &n->params;
    for (int i = 0; i < p->count; i++) {
        const gat_param *x = &p->list[i];
        float scale =
            x->rows == 1 || (has_wide(&n->shape) && i == n->wide) || i == n->score_x || i == n->vote_z || i == n->edge_w
                ? 0
                : sqrtf(6 / (float)(x->rows + x->cols));
        random_fill_uniform(param_value(p, i), x->rows * x->cols, scale, seed,
                            random_stream(STREAM_INIT, (uint64_t)i, 0));
    }
    param_fill(p, n->gain0, 1);
    param_fill(p, n->gain, 1);
}

/* ---- forward --------------------------------------------------------------------------------------------- */

typedef struct pass {
    gat_tape *t;
    const link_net *n;
    const gat_params *params;
    const candidate_graph *g;
    uint32_t key; /* of the next dropout */
    gat_mat *h0, *s0, *bias, *from_h0, *bent;
} pass;

static gat_mat *param(const pass *p, int index) { return ad_param(p->t, p->params, index); }

static gat_mat *drop(pass *p, gat_mat *x)
{
    return ad_dropout(p->t, x, p->n->shape.dropout, random_hash32(p->key++, 79));
}

static gat_mat *copy(gat_tape *t, const float *x, int64_t rows, int64_t cols)
{
    gat_mat *m = tape_mat(t, rows, cols);
    if (m) memcpy(m->data, x, (size_t)(rows * cols) * sizeof *x);
    return m;
}

/* All that stays the same from round to round. */
static void local_part(pass *p)
{
    const link_net *n = p->n;
    gat_mat *x = copy(p->t, p->g->x, p->g->nodes, n->shape.inputs);
    gat_mat *f = copy(p->t, p->g->edge_x, p->g->edges, EDGE_FEATURES);
    gat_mat *a = ad_act(p->t, ad_linear(p->t, x, param(p, n->in_w), param(p, n->in_b)), GAT_ACT_TANH);
    a = drop(p, a);
    gat_mat *b = ad_act(p->t, ad_linear(p->t, a, param(p, n->local_w), param(p, n->local_b)), GAT_ACT_RELU);
    p->h0 = ad_norm(p->t, ad_add(p->t, a, b), param(p, n->gain0), param(p, n->bias0));
    p->s0 = ad_add(p->t, ad_linear(p->t, x, param(p, n->score_x), NULL),
                   ad_linear(p->t, p->h0, param(p, n->score_h), NULL));
    if (has_wide(&n->shape)) p->s0 = ad_add(p->t, p->s0, ad_bag(p->t, param(p, n->wide), &p->g->wide));
    p->bias = ad_linear(p->t, f, param(p, n->edge_w), NULL);
    p->from_h0 = ad_linear(p->t, p->h0, param(p, n->from_h), param(p, n->from_b));
    p->bent = ad_linear(p->t, p->h0, param(p, n->context), NULL);
}

static gat_mat *one_round(link_result *out, pass *p, gat_mat **h, gat_mat *score)
{
    const link_net *n = p->n;
    gat_tape *t = p->t;
    gat_mat *belief = ad_belief(t, score, &p->g->groups), *total;
    const vote_terms terms = {ad_linear(t, *h, param(p, n->query), NULL),
                              ad_linear(t, *h, param(p, n->key), NULL),
                              ad_linear(t, *h, param(p, n->value), NULL),
                              p->bias,
                              param(p, n->message),
                              belief};
    float *part = NULL;
    gat_mat *m = drop(p, ad_vote(&total, t, &out->edges, &terms, &part));
    gat_mat *z = ad_vote_summary(t, total, &p->g->groups);
    gat_mat *d = ad_product(t, p->bent, ad_belief_context(t, p->h0, belief, &p->g->groups));
    gat_mat *sum = ad_add(t, p->from_h0, ad_linear(t, m, param(p, n->from_m), NULL));
    sum = ad_add(t, ad_add(t, sum, ad_linear(t, z, param(p, n->from_z), NULL)), d);
    sum = drop(p, ad_act(t, sum, GAT_ACT_RELU));
    *h = ad_norm(t, ad_add(t, p->h0, sum), param(p, n->gain), param(p, n->bias));
    out->part = part;
    out->total = total ? total->data : NULL;
    out->before = belief ? belief->data : NULL;
    gat_mat *s = ad_add(t, p->s0, ad_linear(t, *h, param(p, n->vote_h), NULL));
    return ad_add(t, s, ad_linear(t, z, param(p, n->vote_z), NULL));
}

void link_net_forward(link_result *out, gat_tape *t, const link_net *n, const gat_params *params,
                      const candidate_graph *g, uint32_t key)
{
    pass p = {.t = t, .n = n, .params = params, .g = g, .key = key};
    local_part(&p);
    gat_mat *h = p.h0;
    *out = (link_result){.edges = {g->nodes, n->shape.dim, n->shape.heads, g->indptr, g->source, g->kind},
                         .score = {p.s0}};
    for (int r = 0; r < n->shape.rounds; r++) out->score[r + 1] = one_round(out, &p, &h, out->score[r]);
}

double link_net_loss(gat_tape *t, const link_result *r, const link_net *n, const candidate_graph *g, float scale)
{
    double loss = 0;
    for (int i = 0; i < n->shape.rounds; i++) ad_belief_loss(t, r->score[i], g->wanted, &g->groups, EARLIER * scale);
    loss = ad_belief_loss(t, r->score[n->shape.rounds], g->wanted, &g->groups, scale);
    return loss;
}

#include "align/learned_encoder.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "autodiff/alignment_ops.h"
#include "autodiff/ops.h"
#include "autodiff/query_ops.h"
#include "base/error.h"
#include "base/memory.h"
#include "base/random.h"
#include "kernels/contrast_loss.h"

enum { STREAM_INIT = 0xe201, STREAM_ORDER = 0xe202, STREAM_DROPOUT = 0xe203 };

/* The order of declaration. */
enum { PARAM_ENTITY, PARAM_RELATION, PARAM_LOGIT, PARAM_PROXY, PARAM_GATE, PARAM_GATE_BIAS };
enum { PARAMS_PER_VIEW = 3 };

learned_settings learned_defaults(void)
{
    return (learned_settings){
        .dim = 64, .epochs = 20, .batch = 1024, .lr = 0.005f, .dropout = 0.3f, .gamma = 1, .lambda = 30, .seed = 1};
}

/* ---- parameters ------------------------------------------------------------------------------------------ */

static gat_status declare(learned_encoder *m, gat_error *err)
{
    static const char *const views[ENCODER_VIEWS] = {"entity", "relation"};
    gat_params *p = &m->params;
    int64_t d = m->settings.dim, width = (ENCODER_LAYERS + 1) * d;
    int index;
    gat_status st = params_declare(&index, p, "entity", m->graph->num_nodes, d, err);
    if (!st) st = params_declare(&index, p, "relation", m->graph->num_relations, d, err);
    if (!st) st = params_declare(&index, p, "attention", d, ENCODER_VIEWS * ENCODER_LAYERS, err);
    for (int v = 0; !st && v < ENCODER_VIEWS; v++) {
        char name[PARAM_NAME];
        snprintf(name, sizeof name, "%s.proxy", views[v]);
        st = params_declare(&index, p, name, ENCODER_PROXIES, width, err);
        snprintf(name, sizeof name, "%s.gate", views[v]);
        if (!st) st = params_declare(&index, p, name, width, width, err);
        snprintf(name, sizeof name, "%s.gate.bias", views[v]);
        if (!st) st = params_declare(&index, p, name, 1, width, err);
    }
    return st ? st : params_allocate(p, 1, err);
}

/* Glorot and Bengio 2010; features start small, so that tanh is near its middle. */
static void draw(const learned_encoder *m)
{
    const gat_params *p = &m->params;
    for (int i = 0; i < p->count; i++) {
        const gat_param *x = &p->list[i];
        float scale = i <= PARAM_RELATION ? 0.05f : sqrtf(6 / (float)(x->rows + x->cols));
        if (x->rows == 1) scale = 0;
        random_fill_uniform(param_value(p, i), x->rows * x->cols, scale, m->settings.seed,
                            random_stream(STREAM_INIT, (uint64_t)i, 0));
    }
}

gat_status learned_init(learned_encoder *m, const union_graph *graph, int32_t num_sources,
                        const learned_settings *settings, gat_error *err)
{
    *m = (learned_encoder){.graph = graph, .settings = *settings, .num_sources = num_sources};
    gat_status st = declare(m, err);
    if (!st) {
        m->state = gat_calloc(2 * m->params.size, sizeof *m->state);
        st = m->state ? GAT_OK : error_nomem(err);
    }
    if (!st) draw(m);
    else learned_clear(m);
    return st;
}

void learned_clear(learned_encoder *m)
{
    params_clear(&m->params);
    gat_free(m->state);
    *m = (learned_encoder){0};
}

/* ---- forward --------------------------------------------------------------------------------------------- */

static gat_mat *view(gat_tape *t, const learned_encoder *m, int v, gat_mat *features, gat_mat *u, gat_mat *logit)
{
    int first = PARAM_PROXY + v * PARAMS_PER_VIEW;
    gat_mat *h = ad_act(t, features, GAT_ACT_TANH), *z = h;
    for (int l = 0; l < ENCODER_LAYERS; l++) {
        h = ad_act(t, ad_reflection(t, &m->graph->edges, h, u, logit, v * ENCODER_LAYERS + l), GAT_ACT_TANH);
        z = ad_join(t, z, h);
    }
    return ad_proxy_gate(t, z, ad_param(t, &m->params, first), ad_param(t, &m->params, first + 1),
                         ad_param(t, &m->params, first + 2));
}

/* One half of the vectors. */
static gat_mat *encode(gat_tape *t, const learned_encoder *m, int v)
{
    const union_graph *g = m->graph;
    const row_lists *around = v ? &g->node_relations : &g->around;
    gat_mat *relation = ad_param(t, &m->params, PARAM_RELATION);
    gat_mat *own = v ? relation : ad_param(t, &m->params, PARAM_ENTITY);
    gat_mat *u = ad_row_unit(t, ad_row_mean(t, relation, &g->kind_relations));
    gat_mat *logit = ad_linear(t, u, ad_param(t, &m->params, PARAM_LOGIT), NULL);
    return view(t, m, v, ad_row_mean(t, own, around), u, logit);
}

/* Copies a half to its place among the vectors, or its gradient from there. */
static void exchange(float *half, float *whole, const learned_encoder *m, int v, bool back)
{
    int64_t width = learned_width(&m->settings), d = width / ENCODER_VIEWS;
    for (int64_t i = 0; i < m->graph->num_nodes; i++) {
        float *here = half + i * d, *there = whole + i * width + v * d;
        memcpy(back ? here : there, back ? there : here, (size_t)d * sizeof *here);
    }
}

/* x (N, width): the vectors. Only one half is in the making at a time. */
static gat_status encode_all(float *x, gat_tape *t, const learned_encoder *m, gat_error *err)
{
    gat_status st = GAT_OK;
    for (int v = 0; !st && v < ENCODER_VIEWS; v++) {
        tape_restart(t, false);
        gat_mat *half = encode(t, m, v);
        st = tape_status(t, err);
        if (!st) exchange(half->data, x, m, v, false);
    }
    return st;
}

/* dx: gradient by the vectors. Each half is computed again, which costs less than to keep what it went through. */
static gat_status encode_back(float *dx, gat_tape *t, const learned_encoder *m, gat_error *err)
{
    gat_status st = GAT_OK;
    for (int v = 0; !st && v < ENCODER_VIEWS; v++) {
        tape_restart(t, true);
        gat_mat *half = encode(t, m, v);
        st = tape_status(t, err);
        if (!st) exchange(half->grad, dx, m, v, true);
        if (!st) st = tape_backward(t, err);
    }
    return st;
}

/* ---- learning -------------------------------------------------------------------------------------------- */

static void optimise(learned_encoder *m)
{
    gat_params *p = &m->params;
    m->steps++;
    kernels()->adam(p->value, m->state, m->state + p->size, p->grad, p->size, m->settings.lr, 0.9f, 0.999f, 1e-8f, 0,
                    m->steps);
    memset(p->grad, 0, (size_t)p->size * sizeof *p->grad);
}

/* What a pass works with: vectors and their gradients (N, width), scratch of the loss, a batch. */
typedef struct lesson {
    gat_tape *tape;
    float *x, *dx, *scratch;
    int32_t *left, *right; /* (batch) */
    int64_t *order;        /* (pairs) */
} lesson;

/* Every end of a pair is told apart from the other graph's entities. */
static double batch_loss(const learned_encoder *m, const lesson *w, int64_t b)
{
    int64_t n = m->graph->num_nodes, width = learned_width(&m->settings);
    contrast_options how = {m->settings.gamma, m->settings.lambda, 1 / (float)b, m->num_sources, n};
    double loss = contrast_loss(w->dx, w->scratch, w->x, n, width, w->left, w->right, b, &how);
    how.from = 0;
    how.to = m->num_sources;
    return loss + contrast_loss(w->dx, w->scratch, w->x, n, width, w->right, w->left, b, &how);
}

static gat_status step(learned_encoder *m, const lesson *w, int64_t b, double *loss, gat_error *err)
{
    uint32_t key = (uint32_t)random_stream(STREAM_DROPOUT, m->settings.seed, (uint64_t)m->steps);
    int64_t size = m->graph->num_nodes * learned_width(&m->settings);
    gat_status st = encode_all(w->x, w->tape, m, err);
    if (st) return st;
    kernels()->dropout_forward(w->x, w->x, size, m->settings.dropout, key);
    memset(w->dx, 0, (size_t)size * sizeof *w->dx);
    *loss += batch_loss(m, w, b) * (double)b;
    kernels()->dropout_forward(w->dx, w->dx, size, m->settings.dropout, key);
    st = encode_back(w->dx, w->tape, m, err);
    if (!st) optimise(m);
    return st;
}

static bool ended(const learned_encoder *m)
{
    return m->settings.should_end && m->settings.should_end(m->settings.context);
}

/* One pass over the pairs in an order of its own. */
static gat_status pass(learned_encoder *m, const lesson *w, const link_list *pairs, double *loss, gat_error *err)
{
    int64_t most = m->settings.batch;
    gat_status st = GAT_OK;
    for (int64_t i = 0; i < pairs->count; i++) w->order[i] = i;
    random_shuffle(w->order, pairs->count, m->settings.seed, random_stream(STREAM_ORDER, (uint64_t)m->epoch++, 0));
    *loss = 0;
    for (int64_t i = 0; !st && i < pairs->count && !ended(m); i += most) {
        int64_t b = pairs->count - i < most ? pairs->count - i : most;
        for (int64_t j = 0; j < b; j++) {
            gat_link pair = pairs->data[w->order[i + j]];
            w->left[j] = pair.source;
            w->right[j] = m->num_sources + pair.target;
        }
        st = step(m, w, b, loss, err);
    }
    *loss /= (double)(pairs->count ? pairs->count : 1);
    return st;
}

static gat_status lesson_init(lesson *w, const learned_encoder *m, const link_list *pairs, gat_error *err)
{
    int64_t n = m->graph->num_nodes, width = learned_width(&m->settings);
    *w = (lesson){.tape = tape_new(true),
                  .x = gat_alloc(n * width, sizeof *w->x),
                  .dx = gat_alloc(n * width, sizeof *w->dx),
                  .scratch = gat_alloc(contrast_scratch(n, width), sizeof *w->scratch),
                  .left = gat_alloc(m->settings.batch, sizeof *w->left),
                  .right = gat_alloc(m->settings.batch, sizeof *w->right),
                  .order = gat_alloc(pairs->count, sizeof *w->order)};
    return w->tape && w->x && w->dx && w->scratch && w->left && w->right && w->order ? GAT_OK : error_nomem(err);
}

static void lesson_clear(lesson *w)
{
    tape_free(w->tape);
    gat_free(w->x);
    gat_free(w->dx);
    gat_free(w->scratch);
    gat_free(w->left);
    gat_free(w->right);
    gat_free(w->order);
}

gat_status learned_teach(learned_encoder *m, const link_list *pairs, int64_t epochs, double *loss, gat_error *err)
{
    double last = 0;
    lesson w;
    gat_status st = lesson_init(&w, m, pairs, err);
    for (int64_t e = 0; !st && e < epochs && !ended(m); e++) st = pass(m, &w, pairs, &last, err);
    if (loss) *loss = last;
    lesson_clear(&w);
    return st;
}

/* ---- vectors --------------------------------------------------------------------------------------------- */

static gat_status take_rows(float **out, const float *x, int64_t size, gat_error *err)
{
    *out = gat_alloc(size, sizeof *x);
    if (!*out) return error_nomem(err);
    memcpy(*out, x, (size_t)size * sizeof *x);
    return GAT_OK;
}

gat_status learned_vectors(float *vectors[2], const learned_encoder *m, gat_error *err)
{
    int64_t n = m->graph->num_nodes, width = learned_width(&m->settings), from = m->num_sources * width;
    float *x = gat_alloc(n * width, sizeof *x), *inverse = gat_alloc(n, sizeof *inverse);
    gat_tape *t = tape_new(false);
    vectors[0] = vectors[1] = NULL;
    gat_status st = x && inverse && t ? encode_all(x, t, m, err) : error_nomem(err);
    tape_free(t);
    if (!st) {
        row_unit_forward(x, inverse, x, n, width);
        st = take_rows(&vectors[0], x, from, err);
    }
    if (!st) st = take_rows(&vectors[1], x + from, n * width - from, err);
    if (st) {
        gat_free(vectors[0]);
        vectors[0] = NULL;
    }
    gat_free(x);
    gat_free(inverse);
    return st;
}

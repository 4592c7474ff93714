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

static gat_mat *encode(gat_tape *t, const learned_encoder *m)
{
    const union_graph *g = m->graph;
    gat_mat *entity = ad_param(t, &m->params, PARAM_ENTITY), *relation = ad_param(t, &m->params, PARAM_RELATION);
    gat_mat *u = ad_row_unit(t, ad_row_mean(t, relation, &g->edge_relations));
    gat_mat *logit = ad_linear(t, u, ad_param(t, &m->params, PARAM_LOGIT), NULL);
    gat_mat *by_entity = view(t, m, 0, ad_row_mean(t, entity, &g->around), u, logit);
    gat_mat *by_relation = view(t, m, 1, ad_row_mean(t, relation, &g->node_relations), u, logit);
    return ad_join(t, by_entity, by_relation);
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

static gat_status step(learned_encoder *m, gat_tape *t, const int32_t *left, const int32_t *right, int64_t b,
                       double *loss, gat_error *err)
{
    contrast_options how = {m->settings.gamma, m->settings.lambda, 1 / (float)b};
    uint32_t key = (uint32_t)random_stream(STREAM_DROPOUT, m->settings.seed, (uint64_t)m->steps);
    tape_reset(t);
    gat_mat *x = ad_dropout(t, encode(t, m), m->settings.dropout, key);
    *loss += ad_contrast_loss(t, x, left, right, b, &how) * (double)b;
    gat_status st = tape_backward(t, err);
    if (!st) optimise(m);
    return st;
}

/* One pass over the pairs in an order of its own. */
static gat_status pass(learned_encoder *m, gat_tape *t, const link_list *pairs, int64_t *order, int32_t *batch,
                       double *loss, gat_error *err)
{
    int64_t most = m->settings.batch;
    gat_status st = GAT_OK;
    for (int64_t i = 0; i < pairs->count; i++) order[i] = i;
    random_shuffle(order, pairs->count, m->settings.seed, random_stream(STREAM_ORDER, (uint64_t)m->epoch++, 0));
    *loss = 0;
    for (int64_t i = 0; !st && i < pairs->count; i += most) {
        int64_t b = pairs->count - i < most ? pairs->count - i : most;
        for (int64_t j = 0; j < b; j++) {
            gat_link pair = pairs->data[order[i + j]];
            batch[j] = pair.source;
            batch[most + j] = m->num_sources + pair.target;
        }
        st = step(m, t, batch, batch + most, b, loss, err);
    }
    *loss /= (double)(pairs->count ? pairs->count : 1);
    return st;
}

gat_status learned_teach(learned_encoder *m, const link_list *pairs, int64_t epochs, double *loss, gat_error *err)
{
    double last = 0;
    gat_tape *t = tape_new(true);
    int64_t *order = gat_alloc(pairs->count, sizeof *order);
    int32_t *batch = gat_alloc(2 * m->settings.batch, sizeof *batch);
    gat_status st = t && order && batch ? GAT_OK : error_nomem(err);
    for (int64_t e = 0; !st && e < epochs; e++) st = pass(m, t, pairs, order, batch, &last, err);
    if (loss) *loss = last;
    tape_free(t);
    gat_free(order);
    gat_free(batch);
    return st;
}

/* ---- vectors --------------------------------------------------------------------------------------------- */

gat_status learned_vectors(float *vectors[2], const learned_encoder *m, gat_error *err)
{
    int64_t width = learned_width(&m->settings), n[2] = {m->num_sources, m->graph->num_nodes - m->num_sources};
    gat_tape *t = tape_new(false);
    vectors[0] = gat_alloc(n[0] * width, sizeof *vectors[0]);
    vectors[1] = gat_alloc(n[1] * width, sizeof *vectors[1]);
    gat_status st = t && vectors[0] && vectors[1] ? GAT_OK : error_nomem(err);
    if (!st) {
        gat_mat *x = ad_row_unit(t, encode(t, m));
        st = tape_status(t, err);
        for (int k = 0; !st && k < 2; k++)
            memcpy(vectors[k], x->data + (k ? n[0] * width : 0), (size_t)(n[k] * width) * sizeof *x->data);
    }
    tape_free(t);
    for (int k = 0; st && k < 2; k++) {
        gat_free(vectors[k]);
        vectors[k] = NULL;
    }
    return st;
}

#include "model/encoder.h"

#include <math.h>
#include <stdio.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/random.h"

/* What a stream of random numbers is for. */
enum { STREAM_ENCODER = 0x0e0c, STREAM_FEATURES = 1, STREAM_ATTENTION = 2, STREAM_BRANCH = 3 };

static gat_status declare(int *index, gat_params *params, int layer, const char *name, int64_t rows, int64_t cols,
                          gat_error *err)
{
    char full[PARAM_NAME];
    snprintf(full, sizeof full, "layer%d.%s", layer, name);
    return params_declare(index, params, full, rows, cols, err);
}

static gat_status declare_score(encoder_layer *l, gat_params *params, const gat_encoder *e, const gat_config *c, int i,
                                int64_t relations, gat_error *err)
{
    int64_t h = e->num_heads, f = e->value_width, s = e->score_width;
    gat_score score = (gat_score)c->attention;
    gat_status st = declare(&l->score_relation, params, i, "score_relation", relations, h * s, err);
    if (!st && score == GAT_SCORE_ADDITIVE) {
        st = declare(&l->source, params, i, "score_source", h, f, err);
        if (!st) st = declare(&l->target, params, i, "score_target", h, f, err);
    } else if (!st && score == GAT_SCORE_BILINEAR) {
        st = declare(&l->form, params, i, "score_form", h * f, f, err);
    } else if (!st) {
        st = declare(&l->query, params, i, "query", c->dim, h * s, err);
    }
    int width = score_vector_width(score, (int)s);
    if (!st && width) st = declare(&l->vector, params, i, "score_vector", h, width, err);
    return st;
}

static gat_status declare_layer(encoder_layer *l, gat_params *params, const gat_encoder *e, const gat_config *c, int i,
                                int64_t relations, gat_error *err)
{
    int64_t d = c->dim, hf = e->num_heads * e->value_width;
    gat_status st = GAT_OK;
    *l = (encoder_layer){-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1};
    if (c->norm) {
        st = declare(&l->norm_gain, params, i, "norm_gain", 1, d, err);
        if (!st) st = declare(&l->norm_bias, params, i, "norm_bias", 1, d, err);
    }
    if (!st) st = declare(&l->value, params, i, "value", d, hf, err);
    if (!st) st = declare(&l->message, params, i, "message", relations, hf, err);
    if (!st) st = declare(&l->scale, params, i, "scale", 1, d, err);
    return st ? st : declare_score(l, params, e, c, i, relations, err);
}

gat_status encoder_declare(gat_encoder *e, gat_params *params, const gat_config *c, int32_t edge_relations,
                           gat_error *err)
{
    *e = (gat_encoder){0};
    if (c->model == GAT_MODEL_NONE) return GAT_OK;
    e->num_heads = (int)c->attn_heads;
    e->value_width = (int)(c->merge == GAT_MERGE_CONCAT ? c->dim / c->attn_heads : c->dim);
    e->score_width = c->attention == GAT_SCORE_ADDITIVE ? 1 : e->value_width;
    e->layers = gat_calloc(c->layers, sizeof *e->layers);
    if (!e->layers) return error_nomem(err);
    gat_status st = GAT_OK;
    for (int i = 0; !st && i < c->layers; i++) {
        st = declare_layer(&e->layers[i], params, e, c, i, edge_relations, err);
        if (!st) e->num_layers = i + 1;
    }
    return st;
}

void encoder_clear(gat_encoder *e)
{
    gat_free(e->layers);
    *e = (gat_encoder){0};
}

static void fill(gat_params *params, int index, float value)
{
    if (index < 0) return;
    for (int64_t i = 0; i < param_size(params, index); i++) param_value(params, index)[i] = value;
}

/* Glorot and Bengio 2010, for a matrix that maps fan_in to fan_out. */
static void glorot(gat_params *params, int index, int64_t fan_in, int64_t fan_out, uint64_t seed)
{
    if (index < 0) return;
    float scale = sqrtf(6.0f / (float)(fan_in + fan_out));
    random_fill_uniform(param_value(params, index), param_size(params, index), scale, seed,
                        random_stream(STREAM_ENCODER, 0, (uint64_t)index));
}

void encoder_init_params(const gat_encoder *e, gat_params *params, const gat_config *c)
{
    uint64_t seed = (uint64_t)c->seed;
    int64_t f = e->value_width, hf = e->num_heads * f, hs = e->num_heads * e->score_width;
    for (int i = 0; i < e->num_layers; i++) {
        const encoder_layer *l = &e->layers[i];
        fill(params, l->norm_gain, 1);
        fill(params, l->message, 1);
        fill(params, l->scale, (float)c->branch_scale);
        glorot(params, l->value, c->dim, hf, seed);
        glorot(params, l->query, c->dim, hs, seed);
        glorot(params, l->source, f, 1, seed);
        glorot(params, l->target, f, 1, seed);
        glorot(params, l->form, f, f, seed);
        glorot(params, l->vector, e->score_width, 1, seed);
        if (c->attention == GAT_SCORE_COSINE) fill(params, l->vector, 1);
    }
}

/* Query and key sides of the score: q, k; the key is the value but for the additive score. */
static void score_sides(gat_mat **q, gat_mat **k, gat_tape *t, const encoder_layer *l, const gat_params *params,
                        gat_mat *y, gat_mat *value, const gat_encoder *e)
{
    if (l->source >= 0) {
        *k = ad_head_dot(t, value, ad_param(t, params, l->source), e->num_heads);
        *q = ad_head_dot(t, value, ad_param(t, params, l->target), e->num_heads);
        return;
    }
    *k = value;
    if (l->form >= 0) *q = ad_head_linear(t, value, ad_param(t, params, l->form), e->num_heads);
    else *q = ad_linear(t, y, ad_param(t, params, l->query), NULL);
}

static gat_mat *layer_forward(gat_tape *t, const gat_encoder *e, int i, const gat_params *params, gat_mat *x,
                              const encoder_pass *pass)
{
    const encoder_layer *l = &e->layers[i];
    const gat_config *c = pass->config;
    uint64_t layer_stream = random_stream(STREAM_ENCODER, pass->stream, (uint64_t)i + 1);
    uint32_t key = (uint32_t)layer_stream;
    gat_mat *y = c->norm ? ad_norm(t, x, ad_param(t, params, l->norm_gain), ad_param(t, params, l->norm_bias)) : x;
    y = ad_dropout(t, y, (float)c->dropout, key + STREAM_FEATURES);
    gat_mat *value = ad_linear(t, y, ad_param(t, params, l->value), NULL), *q = NULL, *k = NULL;
    score_sides(&q, &k, t, l, params, y, value, e);
    const gat_graph *graph = pass->blocks ? &pass->blocks[i].graph : pass->graph;
    gat_attention shape = {
        .graph = graph,
        .score = (gat_score)c->attention,
        .num_heads = e->num_heads,
        .value_width = e->value_width,
        .score_width = e->score_width,
        .slope = (float)c->slope,
        .dropout = tape_recording(t) ? (float)c->attn_dropout : 0,
        .dropout_key = key + STREAM_ATTENTION,
        .hidden = pass->hidden,
    };
    gat_mat *relation = ad_param(t, params, l->score_relation),
            *vector = l->vector >= 0 ? ad_param(t, params, l->vector) : NULL;
    gat_mat *message = ad_param(t, params, l->message);
    bool last = i + 1 == e->num_layers;
    gat_mat *out = ad_attention(t, &shape, q, k, relation, vector, value, message, last ? pass->lse : NULL);
    if (out && last && pass->last) {
        *pass->last = shape;
        pass->last->q = q->data, pass->last->k = k->data, pass->last->e = relation->data,
        pass->last->a = vector ? vector->data : NULL;
        pass->last->value = value->data, pass->last->m = message->data;
    }
    if (pass->blocks) {
        out = ad_rows(t, out, pass->blocks[i].num_targets);
        x = ad_rows(t, x, pass->blocks[i].num_targets);
    }
    out = ad_act(t, out, (gat_activation)c->activation);
    if (c->merge == GAT_MERGE_MEAN) out = ad_head_mean(t, out, e->num_heads);
    out = ad_scale(t, out, ad_param(t, params, l->scale));
    out = ad_dropout(t, out, (float)c->dropout, key + STREAM_BRANCH);
    return c->residual ? ad_add(t, x, out) : out;
}

gat_mat *encoder_forward(gat_tape *t, const gat_encoder *e, const gat_params *params, gat_mat *x,
                         const encoder_pass *pass)
{
    for (int i = 0; i < e->num_layers; i++) x = layer_forward(t, e, i, params, x, pass);
    return x;
}

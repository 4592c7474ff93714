#include "model/encoder_layer.h"

#include <math.h>
#include <stdio.h>

#include "base/random.h"

/* What a stream of random numbers is for. */
enum {
    STREAM_ENCODER = 0x0e0c,
    STREAM_FEATURES = 1,
    STREAM_ATTENTION = 2,
    STREAM_BRANCH = 3,
    STREAM_SELECTION = 4,
    STREAM_ALL = 5
};

/* ---- parameters ---- */

static gat_status declare(int *index, gat_params *params, int layer, const char *name, int64_t rows, int64_t cols,
                          gat_error *err)
{
    char full[PARAM_NAME];
    snprintf(full, sizeof full, "layer%d.%s", layer, name);
    return params_declare(index, params, full, rows, cols, err);
}

/* A learned query is one row for all nodes; with bilinear it goes through the form like a node's value. */
static gat_status declare_score(encoder_layer *l, gat_params *params, const gat_encoder *e, const gat_config *c, int i,
                                int64_t relations, gat_error *err)
{
    int64_t h = e->num_heads, f = e->value_width, s = e->score_width;
    gat_score score = (gat_score)c->attention;
    bool learned = c->attn_query == GAT_QUERY_LEARNED;
    gat_status st = declare(&l->score_relation, params, i, "score_relation", relations, h * s, err);
    if (!st && score == GAT_SCORE_ADDITIVE) {
        st = declare(&l->source, params, i, "score_source", h, f, err);
        if (!st && !learned) st = declare(&l->target, params, i, "score_target", h, f, err);
    } else if (!st && score == GAT_SCORE_BILINEAR) {
        st = declare(&l->form, params, i, "score_form", h * f, f, err);
    }
    bool of_node = score != GAT_SCORE_ADDITIVE && score != GAT_SCORE_BILINEAR;
    if (!st && (learned || of_node)) st = declare(&l->query, params, i, "query", learned ? 1 : c->dim, h * s, err);
    int width = score_vector_width(score, (int)s);
    if (!st && width) st = declare(&l->vector, params, i, "score_vector", h, width, err);
    return st;
}

static gat_status declare_all(encoder_layer *l, gat_params *params, const gat_encoder *e, const gat_config *c, int i,
                              gat_error *err)
{
    int64_t d = c->dim, hf = e->num_heads * e->value_width;
    gat_status st = declare(&l->all_query, params, i, "all_query", d, hf, err);
    if (!st) st = declare(&l->all_key, params, i, "all_key", d, hf, err);
    if (!st) st = declare(&l->all_value, params, i, "all_value", d, hf, err);
    return st ? st : declare(&l->all_scale, params, i, "all_scale", 1, d, err);
}

gat_status layer_declare(encoder_layer *l, gat_params *params, const gat_encoder *e, const gat_config *c, int i,
                         int64_t relations, gat_error *err)
{
    int64_t d = c->dim, hf = e->num_heads * e->value_width;
    gat_status st = GAT_OK;
    *l = (encoder_layer){-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1};
    if (c->norm) {
        st = declare(&l->norm_gain, params, i, "norm_gain", 1, d, err);
        if (!st) st = declare(&l->norm_bias, params, i, "norm_bias", 1, d, err);
    }
    if (!st) st = declare(&l->value, params, i, "value", d, hf, err);
    if (!st) st = declare(&l->message, params, i, "message", relations, hf, err);
    if (!st) st = declare(&l->scale, params, i, "scale", 1, d, err);
    if (!st) st = declare_score(l, params, e, c, i, relations, err);
    return st || c->reach != GAT_REACH_GLOBAL ? st : declare_all(l, params, e, c, i, err);
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

/* The scale of the attention to all stays zero: it comes in as far as it helps. */
void layer_init_params(const encoder_layer *l, const gat_encoder *e, gat_params *params, const gat_config *c)
{
    uint64_t seed = (uint64_t)c->seed;
    int64_t d = c->dim, f = e->value_width, hf = e->num_heads * f, hs = e->num_heads * e->score_width;
    bool learned = c->attn_query == GAT_QUERY_LEARNED;
    fill(params, l->norm_gain, 1);
    fill(params, l->message, 1);
    fill(params, l->scale, (float)c->branch_scale);
    glorot(params, l->value, d, hf, seed);
    glorot(params, l->query, learned ? e->score_width : d, learned ? 1 : hs, seed);
    glorot(params, l->source, f, 1, seed);
    glorot(params, l->target, f, 1, seed);
    glorot(params, l->form, f, f, seed);
    glorot(params, l->vector, e->score_width, 1, seed);
    if (c->attention == GAT_SCORE_COSINE) fill(params, l->vector, 1);
    glorot(params, l->all_query, d, hf, seed);
    glorot(params, l->all_key, d, hf, seed);
    glorot(params, l->all_value, d, hf, seed);
}

/* ---- forward ---- */

/* One application of a layer. */
typedef struct layer_run {
    gat_tape *tape;
    const encoder_layer *l;
    const gat_encoder *e;
    const gat_params *params;
    const encoder_pass *pass;
    const gat_graph *graph;
    uint32_t key; /* of its random numbers */
    bool last;
} layer_run;

static gat_mat *param(const layer_run *r, int index) { return index < 0 ? NULL : ad_param(r->tape, r->params, index); }

static gat_mat *query_side(const layer_run *r, gat_mat *y, gat_mat *value)
{
    const encoder_layer *l = r->l;
    int h = r->e->num_heads;
    bool learned = r->pass->config->attn_query == GAT_QUERY_LEARNED;
    gat_mat *asker = learned ? param(r, l->query) : value;
    if (l->form >= 0) asker = ad_head_linear(r->tape, asker, param(r, l->form), h);
    if (learned) return ad_repeat_row(r->tape, asker, r->graph->num_nodes);
    if (l->form >= 0) return asker;
    if (l->target >= 0) return ad_head_dot(r->tape, value, param(r, l->target), h);
    return ad_linear(r->tape, y, param(r, l->query), NULL);
}

/* Hard selection is a matter of training for `sampled`, whose expectation is soft attention. */
static bool is_hard(const layer_run *r)
{
    int64_t selection = r->pass->config->selection;
    return selection != GAT_SELECT_SOFT && (selection != GAT_SELECT_SAMPLED || tape_recording(r->tape));
}

static gat_attention attention_shape(const layer_run *r)
{
    const gat_config *c = r->pass->config;
    return (gat_attention){
        .graph = r->graph,
        .score = (gat_score)c->attention,
        .num_heads = r->e->num_heads,
        .value_width = r->e->value_width,
        .score_width = r->e->score_width,
        .slope = (float)c->slope,
        .dropout = tape_recording(r->tape) ? (float)c->attn_dropout : 0,
        .dropout_key = r->key + STREAM_ATTENTION,
        .hidden = r->pass->hidden,
    };
}

/* y (N,D) -> (N,HF). */
static gat_mat *attend(const layer_run *r, gat_mat *y)
{
    const gat_config *c = r->pass->config;
    const encoder_layer *l = r->l;
    gat_tape *t = r->tape;
    gat_attention shape = attention_shape(r);
    gat_hard hard = {(gat_selection)c->selection, (int)c->select_k, (float)c->select_temperature, tape_recording(t),
                     r->key + STREAM_SELECTION};
    encoder_attention record = {.lse = NULL};
    gat_mat *value = ad_linear(t, y, param(r, l->value), NULL);
    gat_mat *k = l->source >= 0 ? ad_head_dot(t, value, param(r, l->source), r->e->num_heads) : value;
    gat_mat *q = query_side(r, y, value);
    gat_mat *relation = param(r, l->score_relation), *vector = param(r, l->vector), *message = param(r, l->message);
    gat_mat *out = is_hard(r)
                       ? ad_hard_attention(t, &shape, &hard, q, k, relation, vector, value, message, &record.weight)
                       : ad_attention(t, &shape, q, k, relation, vector, value, message, &record.lse);
    if (out && r->last && r->pass->last) {
        record.inputs = shape;
        record.inputs.q = q->data, record.inputs.k = k->data, record.inputs.e = relation->data,
        record.inputs.a = vector ? vector->data : NULL;
        record.inputs.value = value->data, record.inputs.m = message->data;
        *r->pass->last = record;
    }
    return out;
}

/* y (N,D) -> (N,HF): attention of every node to all. */
static gat_mat *attend_all(const layer_run *r, gat_mat *y)
{
    gat_mat *q = ad_linear(r->tape, y, param(r, r->l->all_query), NULL);
    gat_mat *k = ad_linear(r->tape, y, param(r, r->l->all_key), NULL);
    gat_mat *v = ad_linear(r->tape, y, param(r, r->l->all_value), NULL);
    return ad_linear_attention(r->tape, q, k, v, r->e->num_heads);
}

/* What a branch adds to x: heads merged, scaled by column, thinned. */
static gat_mat *branch(const layer_run *r, gat_mat *out, int scale, uint32_t stream)
{
    const gat_config *c = r->pass->config;
    if (c->merge == GAT_MERGE_MEAN) out = ad_head_mean(r->tape, out, r->e->num_heads);
    return ad_dropout(r->tape, ad_scale(r->tape, out, param(r, scale)), (float)c->dropout, r->key + stream);
}

gat_mat *layer_forward(gat_tape *t, const encoder_layer *l, const gat_encoder *e, int step, const gat_params *params,
                       gat_mat *x, const encoder_pass *pass)
{
    const gat_config *c = pass->config;
    const gat_block *block = pass->blocks ? &pass->blocks[step] : NULL;
    layer_run r = {.tape = t,
                   .l = l,
                   .e = e,
                   .params = params,
                   .pass = pass,
                   .graph = block ? &block->graph : pass->graph,
                   .key = (uint32_t)random_stream(STREAM_ENCODER, pass->stream, (uint64_t)step + 1),
                   .last = step + 1 == encoder_steps(e, c)};
    gat_mat *y = c->norm ? ad_norm(t, x, param(&r, l->norm_gain), param(&r, l->norm_bias)) : x;
    y = ad_dropout(t, y, (float)c->dropout, r.key + STREAM_FEATURES);
    gat_mat *out = attend(&r, y);
    if (block) out = ad_rows(t, out, block->num_targets), x = ad_rows(t, x, block->num_targets);
    out = branch(&r, ad_act(t, out, (gat_activation)c->activation), l->scale, STREAM_BRANCH);
    if (l->all_scale >= 0) out = ad_add(t, out, branch(&r, attend_all(&r, y), l->all_scale, STREAM_ALL));
    return c->residual ? ad_add(t, x, out) : out;
}

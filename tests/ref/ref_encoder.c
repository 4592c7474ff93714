#include "ref/ref_encoder.h"

#include <string.h>

#include "ref/ref_attention.h"
#include "ref/ref_hard.h"
#include "ref/ref_layers.h"
#include "support/check.h"

const double *ref_param(const ref_step *s, int index)
{
    return index < 0 ? NULL : s->params + s->model->params.list[index].offset;
}

double *ref_doubles(gat_arena *arena, int64_t n)
{
    double *p = arena_alloc(arena, n, sizeof *p);
    assert_non_null(p);
    return p;
}

/* q (N, H * width) of a query that every node asks. */
static void learned_query(double *q, gat_arena *arena, const ref_step *s, const encoder_layer *l,
                          const gat_attention *a)
{
    int64_t n = a->graph->num_nodes, row = (int64_t)a->num_heads * a->score_width, f = a->value_width;
    double *one = ref_doubles(arena, row);
    if (l->form >= 0) ref_head_linear(one, ref_param(s, l->query), ref_param(s, l->form), 1, a->num_heads, f, f);
    else memcpy(one, ref_param(s, l->query), (size_t)row * sizeof *one);
    for (int64_t i = 0; i < n; i++) memcpy(q + i * row, one, (size_t)row * sizeof *one);
}

/* Query and key of the score; the key is the value but for the additive score. */
static void sides(ref_attention *r, gat_arena *arena, const ref_step *s, const encoder_layer *l, const double *y)
{
    const gat_attention *a = r->shape;
    int64_t n = a->graph->num_nodes, h = a->num_heads, f = a->value_width, width = a->score_width;
    double *q = ref_doubles(arena, n * h * width), *k = ref_doubles(arena, n * h * width);
    r->q = q;
    r->k = r->value;
    if (a->score == GAT_SCORE_ADDITIVE) {
        ref_head_dot(k, r->value, ref_param(s, l->source), n, h, f);
        r->k = k;
    }
    if (s->model->config.attn_query == GAT_QUERY_LEARNED) learned_query(q, arena, s, l, a);
    else if (a->score == GAT_SCORE_ADDITIVE) ref_head_dot(q, r->value, ref_param(s, l->target), n, h, f);
    else if (a->score == GAT_SCORE_BILINEAR) ref_head_linear(q, r->value, ref_param(s, l->form), n, h, f, f);
    else ref_linear(q, y, ref_param(s, l->query), NULL, n, s->model->config.dim, h * width);
}

/* Soft, or the top k. */
static void attend(double *out, gat_arena *arena, const ref_attention *r, const gat_config *c)
{
    int64_t weights = r->shape->graph->num_edges * r->shape->num_heads;
    gat_hard hard = {.selection = (gat_selection)c->selection, .k = (int)c->select_k};
    double *alpha = ref_doubles(arena, weights), *weight = ref_doubles(arena, weights),
           *soft = ref_doubles(arena, weights);
    ref_attention_forward(out, alpha, r);
    if (c->selection == GAT_SELECT_SOFT) return;
    assert_int_equal(c->selection, GAT_SELECT_TOP_K);
    ref_hard_weights(weight, soft, alpha, r->shape, &hard);
    ref_hard_forward(out, weight, r);
}

/* to (N,D) += the heads of out (N,HF), side by side or their mean, times the columns' scale. */
static void add_branch(double *to, const double *out, const double *scale, const ref_step *s)
{
    const gat_config *c = &s->model->config;
    int64_t d = c->dim, h = c->attn_heads;
    for (int64_t i = 0; i < s->graph->num_nodes * d; i++) {
        double merged = c->merge == GAT_MERGE_MEAN ? 0 : out[i];
        for (int64_t j = 0; c->merge == GAT_MERGE_MEAN && j < h; j++)
            merged += out[(i / d * h + j) * d + i % d] / (double)h;
        to[i] += merged * scale[i % d];
    }
}

static void add_all(double *to, gat_arena *arena, const ref_step *s, const encoder_layer *l, const double *y)
{
    const gat_encoder *e = &s->model->encoder;
    int64_t n = s->graph->num_nodes, d = s->model->config.dim, h = e->num_heads, f = e->value_width;
    const int parts[] = {l->all_query, l->all_key, l->all_value};
    double *side[3], *out = ref_doubles(arena, n * h * f);
    for (int i = 0; i < 3; i++) {
        side[i] = ref_doubles(arena, n * h * f);
        ref_linear(side[i], y, ref_param(s, parts[i]), NULL, n, d, h * f);
    }
    ref_linear_attention(out, side[0], side[1], side[2], n, h, f);
    add_branch(to, out, ref_param(s, l->all_scale), s);
}

static const double *layer(gat_arena *arena, const ref_step *s, const encoder_layer *l, const double *x)
{
    const gat_config *c = &s->model->config;
    const gat_encoder *e = &s->model->encoder;
    int64_t n = s->graph->num_nodes, d = c->dim, h = e->num_heads, f = e->value_width;
    double *y = ref_doubles(arena, n * d), *value = ref_doubles(arena, n * h * f), *out = ref_doubles(arena, n * h * f),
           *sum = ref_doubles(arena, n * d);
    if (c->norm) ref_norm(y, x, ref_param(s, l->norm_gain), ref_param(s, l->norm_bias), n, d);
    else memcpy(y, x, (size_t)(n * d) * sizeof *y);
    ref_linear(value, y, ref_param(s, l->value), NULL, n, d, h * f);
    gat_attention shape = {.graph = s->graph,
                           .score = (gat_score)c->attention,
                           .num_heads = (int)h,
                           .value_width = (int)f,
                           .score_width = e->score_width,
                           .slope = (float)c->slope,
                           .hidden = s->batch->hidden};
    ref_attention r = {.shape = &shape,
                       .value = value,
                       .e = ref_param(s, l->score_relation),
                       .a = ref_param(s, l->vector),
                       .m = ref_param(s, l->message)};
    sides(&r, arena, s, l, y);
    attend(out, arena, &r, c);
    for (int64_t i = 0; i < n * h * f; i++) out[i] = ref_act(out[i], (gat_activation)c->activation);
    for (int64_t i = 0; i < n * d; i++) sum[i] = c->residual ? x[i] : 0;
    add_branch(sum, out, ref_param(s, l->scale), s);
    if (c->reach == GAT_REACH_GLOBAL) add_all(sum, arena, s, l, y);
    return sum;
}

static const double *add_positions(gat_arena *arena, const ref_step *s, const double *x)
{
    int64_t n = s->graph->num_nodes, k = s->model->config.position_dim, d = s->model->config.dim;
    double *places = ref_doubles(arena, n * k), *sum = ref_doubles(arena, n * d);
    for (int64_t i = 0; i < n * k; i++) places[i] = (double)s->positions[i];
    ref_linear(sum, places, ref_param(s, s->model->encoder.position), NULL, n, k, d);
    for (int64_t i = 0; i < n * d; i++) sum[i] += x[i];
    return sum;
}

const double *ref_encode(gat_arena *arena, const ref_step *s)
{
    const gat_encoder *e = &s->model->encoder;
    const double *x = ref_param(s, s->model->entity);
    if (e->position >= 0) x = add_positions(arena, s, x);
    for (int i = 0; i < e->num_layers; i++)
        for (int64_t t = 0; t < s->model->config.recurrent_depth; t++) x = layer(arena, s, &e->layers[i], x);
    return x;
}

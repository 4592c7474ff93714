#include "ref/ref_model.h"

#include <string.h>

#include "base/arena.h"
#include "ref/ref_attention.h"
#include "ref/ref_decoder.h"
#include "ref/ref_layers.h"
#include "ref/ref_score.h"
#include "support/check.h"

static const double *param(const ref_step *s, int index)
{
    return index < 0 ? NULL : s->params + s->model->params.list[index].offset;
}

static double *doubles(gat_arena *arena, int64_t n)
{
    double *p = arena_alloc(arena, n, sizeof *p);
    assert_non_null(p);
    return p;
}

/* Query and key of the score; the key is the value but for the additive score. */
static void sides(ref_attention *r, gat_arena *arena, const ref_step *s, const encoder_layer *l, const double *y)
{
    const gat_attention *a = r->shape;
    int64_t n = a->graph->num_nodes, h = a->num_heads, f = a->value_width, width = a->score_width;
    double *q = doubles(arena, n * h * width), *k = doubles(arena, n * h * width);
    r->q = q;
    r->k = r->value;
    if (a->score == GAT_SCORE_ADDITIVE) {
        ref_head_dot(q, r->value, param(s, l->target), n, h, f);
        ref_head_dot(k, r->value, param(s, l->source), n, h, f);
        r->k = k;
    } else if (a->score == GAT_SCORE_BILINEAR) {
        ref_head_linear(q, r->value, param(s, l->form), n, h, f, f);
    } else {
        ref_linear(q, y, param(s, l->query), NULL, n, s->model->config.dim, h * width);
    }
}

static double *layer(gat_arena *arena, const ref_step *s, const encoder_layer *l, const double *x)
{
    const gat_config *c = &s->model->config;
    const gat_encoder *e = &s->model->encoder;
    int64_t n = s->graph->num_nodes, d = c->dim, h = e->num_heads, f = e->value_width;
    double *y = doubles(arena, n * d), *value = doubles(arena, n * h * f), *out = doubles(arena, n * h * f),
           *merged = doubles(arena, n * d);
    if (c->norm) ref_norm(y, x, param(s, l->norm_gain), param(s, l->norm_bias), n, d);
    else memcpy(y, x, (size_t)(n * d) * sizeof *y);
    ref_linear(value, y, param(s, l->value), NULL, n, d, h * f);
    gat_attention shape = {.graph = s->graph,
                           .score = (gat_score)c->attention,
                           .num_heads = (int)h,
                           .value_width = (int)f,
                           .score_width = e->score_width,
                           .slope = (float)c->slope,
                           .hidden = s->batch->hidden};
    ref_attention r = {.shape = &shape,
                       .value = value,
                       .e = param(s, l->score_relation),
                       .a = param(s, l->vector),
                       .m = param(s, l->message)};
    sides(&r, arena, s, l, y);
    ref_attention_forward(out, NULL, &r);
    for (int64_t i = 0; i < n * h * f; i++) out[i] = ref_act(out[i], (gat_activation)c->activation);
    for (int64_t i = 0; i < n * d; i++) {
        merged[i] = c->merge == GAT_MERGE_MEAN ? 0 : out[i];
        for (int64_t j = 0; c->merge == GAT_MERGE_MEAN && j < h; j++)
            merged[i] += out[(i / d * h + j) * f + i % d] / (double)h;
        merged[i] = merged[i] * param(s, l->scale)[i % d] + (c->residual ? x[i] : 0);
    }
    return merged;
}

static double relation_objective(gat_arena *arena, const ref_step *s, const double *x, const double *relation)
{
    const gat_config *c = &s->model->config;
    const gat_batches *b = s->batch;
    int64_t count = (int64_t)b->total, relations = 2 * s->model->num_seen_relations;
    double *scores = doubles(arena, count * relations), *one = doubles(arena, relations * relations);
    gat_rows rows = {count, b->fact_first, b->fact_relation};
    ref_loss loss = {GAT_LOSS_CE, GAT_COMPARE_DOT, 0, b->total / c->relation_weight, true, NULL};
    for (int64_t i = 0; i < count; i++)
        for (int64_t r = 0; r < relations; r++)
            scores[i * relations + r] = ref_fact_score(x + b->fact_head[i] * c->dim, relation + r * c->dim,
                                                       x + b->answer[i] * c->dim, c->dim, (gat_decoder)c->decoder);
    for (int64_t i = 0; i < relations * relations; i++) one[i] = i % (relations + 1) == 0;
    return ref_one_vs_all(scores, one, &rows, relations, relations, &loss);
}

static double square(const double *x, int64_t d)
{
    double sum = 0;
    for (int64_t i = 0; i < d; i++) sum += x[i] * x[i];
    return sum;
}

/* N3 and L2 of the factors, and DURA: both ends of every answered question and its query, which stands for the two
 * queries of the fact, as the reverse question comes in its turn. */
static double regularisers(const ref_step *s, const double *x, const double *relation, const double *q)
{
    const gat_config *c = &s->model->config;
    const gat_batches *b = s->batch;
    gat_decoder decoder = (gat_decoder)c->decoder;
    int64_t d = c->dim, width = s->model->params.list[s->model->relation].cols;
    bool moduli = decoder_is_complex(decoder);
    double sum = ref_regularize(x, b->entity_weight, c->n3, c->l2, s->model->num_seen, d, moduli);
    if (decoder != GAT_DECODER_ROTATE)
        sum +=
            ref_regularize(relation, b->relation_weight, c->n3, c->l2, 2 * s->model->num_seen_relations, width, moduli);
    for (int64_t j = 0; j < b->rows.count; j++)
        for (int64_t i = b->rows.first[j]; i < b->rows.first[j + 1]; i++)
            sum +=
                c->dura * ((2 - c->dura_query) * (square(x + b->entity[j] * d, d) + square(x + b->answer[i] * d, d)) +
                           2 * c->dura_query * square(q + j * d, d));
    return sum;
}

static void queries(double *q, const ref_step *s, const double *x, const double *relation)
{
    const gat_config *c = &s->model->config;
    const gat_batches *b = s->batch;
    int64_t width = s->model->params.list[s->model->relation].cols;
    if (c->decoder < GAT_DECODER_TUCKER) {
        ref_compose(q, x, relation, b->entity, b->relation, b->rows.count, c->dim, (gat_decoder)c->decoder);
        return;
    }
    for (int64_t j = 0; j < b->rows.count; j++)
        ref_query(q + j * c->dim, s->model, s->params, x + b->entity[j] * c->dim, relation + b->relation[j] * width);
}

static double loss_of(gat_arena *arena, const ref_step *s, const double *x)
{
    const gat_config *c = &s->model->config;
    const gat_batches *b = s->batch;
    gat_decoder decoder = (gat_decoder)c->decoder;
    const double *relation = param(s, s->model->relation);
    double *q = doubles(arena, b->rows.count * c->dim), smoothing = (double)(float)c->label_smoothing;
    ref_loss loss = {(gat_loss)c->loss, decoder_comparator(decoder), smoothing, b->total, s->whole, NULL};
    queries(q, s, x, relation);
    double sum = ref_one_vs_all(q, x, &b->rows, s->model->num_seen, c->dim, &loss);
    if (!s->whole) return sum;
    if (c->relation_weight > 0) sum += relation_objective(arena, s, x, relation);
    return sum + regularisers(s, x, relation, q) / b->total;
}

double ref_step_loss(const ref_step *s)
{
    gat_arena *arena = arena_new();
    assert_non_null(arena);
    const double *x = param(s, s->model->entity);
    for (int i = 0; i < s->model->encoder.num_layers; i++) x = layer(arena, s, &s->model->encoder.layers[i], x);
    double loss = loss_of(arena, s, x);
    arena_free(arena);
    return loss;
}

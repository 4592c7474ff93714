#include "ref/ref_model.h"

#include "ref/ref_decoder.h"
#include "ref/ref_encoder.h"
#include "ref/ref_score.h"
#include "support/check.h"

static const double *param(const ref_step *s, int index) { return ref_param(s, index); }
static double *doubles(gat_arena *arena, int64_t n) { return ref_doubles(arena, n); }

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

/* |q'|^2 of an answer t: r t, or R^T t; -1: the decoder has none. */
static double dual(const double *t, const double *r, int64_t d, gat_decoder decoder)
{
    double sum = 0, one[64];
    assert_true(d <= 64);
    if (decoder != GAT_DECODER_RESCAL) {
        ref_compose(one, t, r, (int32_t[]){0}, (int32_t[]){0}, 1, d, decoder);
        return decoder < GAT_NUM_COMPOSED ? square(one, d) : -1;
    }
    for (int64_t i = 0; i < d; i++) {
        one[i] = 0;
        for (int64_t k = 0; k < d; k++) one[i] += r[k * d + i] * t[k];
        sum += one[i] * one[i];
    }
    return sum;
}

/* N3 and L2 of the factors, and DURA: both ends of every answered question, its query and its dual. */
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
        for (int64_t i = b->rows.first[j]; i < b->rows.first[j + 1]; i++) {
            const double *h = x + b->entity[j] * d, *t = x + b->answer[i] * d;
            double back = dual(t, relation + b->relation[j] * width, d, decoder), forth = square(q + j * d, d);
            sum += c->dura * ((2 - c->dura_query) * (square(h, d) + square(t, d)) +
                              c->dura_query * (forth + (back < 0 ? forth : back)));
        }
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
    double loss = loss_of(arena, s, ref_encode(arena, s));
    arena_free(arena);
    return loss;
}

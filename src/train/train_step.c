/* Encode the graph without the batch's own edges, build the queries, compare them with all entities, go back. */
#include "train/train_step.h"

#include <math.h>

#include "autodiff/ops.h"
#include "base/error.h"
#include "base/random.h"
#include "model/decoder.h"
#include "train/answer_weight.h"
#include "train/drop.h"
#include "train/regularize_step.h"

enum { STREAM_STEP = 0x57e9, STREAM_ENTITY = 7, STREAM_FACTS = 8, STREAM_UNKNOWN = 9, STREAM_PAIR = 11 };

/* The second objective of Chen et al. 2021: which relation joins the two ends of each fact? */
static void relation_loss(gat_trainer *t, const gat_batches *b, gat_mat *x, gat_mat *r, uint32_t key)
{
    const gat_config *c = &t->run.model->config;
    gat_rows rows = {(int64_t)b->total, b->fact_first, b->fact_relation};
    gat_mat *z = ad_pair(t->tape, x, b->fact_head, b->answer, rows.count, (gat_decoder)c->decoder);
    gat_loss_options how = {.precision = (gat_precision)c->precision,
                            .samples = c->softmax_draws,
                            .key = key,
                            .total = b->total / c->relation_weight};
    ad_loss_one_vs_all(t->tape, z, r, &rows, &how);
}

/* Encoded entities, in the numbers of *batch. */
static gat_mat *step_entities(gat_trainer *t, const gat_batches **batch, uint64_t stream)
{
    gat_model *m = t->run.model;
    encoder_pass pass = {.graph = t->graph,
                         .hidden = t->batches.hidden,
                         .stream = stream,
                         .config = &m->config,
                         .positions = m->positions};
    uint32_t unknown = (uint32_t)stream + STREAM_UNKNOWN;
    gat_mat *x;
    *batch = &t->batches;
    if (t->graph) drop_facts(t->batches.hidden, t->graph, m->config.edge_drop, (uint32_t)stream + STREAM_FACTS);
    if (t->batches.hidden) reach_hide(t->batches.hidden, t->graph);
    if (t->sampled) {
        x = sampled_step_embeddings(&t->sample, t->tape, m, t->graph, &t->batches, t->answer_weight, stream);
        x = drop_sampled_entities(t->tape, m, x, &t->sample.local.nodes, t->sample.blocks, unknown);
        pass.blocks = t->sample.blocks;
        pass.hidden = NULL;
        pass.nodes = t->sample.local.nodes.nodes;
        *batch = &t->sample.local.batch;
    } else {
        x = ad_param(t->tape, &m->params, m->entity);
        x = drop_entities(t->tape, m, x, t->graph, t->batches.hidden, unknown);
    }
    x = ad_dropout(t->tape, x, (float)m->config.entity_dropout, (uint32_t)stream + STREAM_ENTITY);
    return encoder_forward(t->tape, &m->encoder, &m->params, x, &pass);
}

static double step_loss(gat_trainer *t, uint64_t stream)
{
    gat_model *m = t->run.model;
    const gat_config *c = &m->config;
    const gat_batches *b;
    gat_decoder decoder = (gat_decoder)c->decoder;
    gat_tape *tape = t->tape;
    gat_mat *x = step_entities(t, &b, stream);
    if (tape_status(tape, NULL)) return 0;
    gat_mat *r = ad_param(tape, &m->params, m->relation);
    gat_mat *q = decoder_queries(tape, m, x, r, b->entity, b->relation, b->rows.count, stream);
    const float *weight = t->sampled ? t->sample.answer_weight : t->answer_weight;
    gat_loss_options how = {
        .kind = (gat_loss)c->loss,
        .compare = decoder_comparator(decoder),
        .precision = (gat_precision)c->precision,
        .smoothing = (float)c->label_smoothing,
        .samples = c->softmax_draws,
        .key = (uint32_t)stream,
        .total = answer_total(weight, &b->rows),
        .answer_weight = weight,
    };
    double loss =
        t->sampled ? sampled_step_loss(&t->sample, tape, q, x, &how) : ad_loss_one_vs_all(tape, q, x, &b->rows, &how);
    if (c->relation_weight > 0) relation_loss(t, b, x, r, (uint32_t)stream + STREAM_PAIR);
    regularize_step(tape, c, b, x, r, q);
    return loss;
}

static void take_gradients(gat_trainer *t, double rate)
{
    const sampled_step *s = &t->sample;
    if (!t->sampled) optim_step(&t->optim, t->run.model, rate);
    else optim_step_rows(&t->optim, t->run.model, s->local.nodes.nodes, s->embeddings->grad, s->embeddings->rows, rate);
}

gat_status train_step(gat_trainer *t, gat_error *err)
{
    gat_model *m = t->run.model;
    tape_reset(t->tape);
    gat_status st = batches_take(&t->batches, t->at.step, err);
    if (st) return st;
    uint64_t stream = random_stream(STREAM_STEP ^ (uint32_t)m->seed, (uint64_t)t->at.epoch, (uint64_t)t->at.step);
    double loss = step_loss(t, stream);
    st = tape_backward(t->tape, err);
    if (st) return st;
    if (!isfinite(loss))
        return error_set(err, GAT_EFAILED, "the loss is not a number in epoch %lld, step %lld; lower lr or encoder-lr",
                         (long long)t->at.epoch + 1, (long long)t->at.step + 1);
    double share = (double)(t->at.step + 1) / (double)batches_count(&t->batches);
    take_gradients(t, optim_rate(&m->config, t->at.epoch, share));
    t->at.loss += loss * t->batches.total;
    t->at.answers += t->batches.total;
    t->at.step++;
    return GAT_OK;
}

/* One step: encode the graph without the batch's own edges, build the queries, compare them with all entities, go back.
 * Validation sees the whole training graph. A stop between steps writes a checkpoint that holds the step, so a resumed
 * run takes the very steps it had left. */
#include "train/trainer.h"

#include <math.h>
#include <string.h>
#include <time.h>

#include "autodiff/ops.h"
#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "base/random.h"
#include "base/say.h"
#include "io/dataset_place.h"
#include "io/texts.h"
#include "model/decoder.h"
#include "model/positions.h"
#include "model/ranker.h"
#include "model/relabel.h"
#include "model/training_memory.h"
#include "model/view.h"
#include "train/answer_weight.h"
#include "train/checkpoint.h"
#include "train/drop.h"
#include "train/regularize_step.h"

enum {
    STREAM_STEP = 0x57e9,
    STREAM_VALID = 0x7a11d,
    STREAM_ENTITY = 7,
    STREAM_FACTS = 8,
    STREAM_UNKNOWN = 9,
    STREAM_PAIR = 11,
    CHECKPOINT_SECONDS = 20
};

double train_clock(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static double elapsed(const gat_trainer *t) { return train_clock() - t->started; }

/* ---- making the model and the trainer ---- */

static gat_status model_of(gat_model **out, const gat_dataset *data, const gat_config *config, gat_error *err)
{
    gat_status st = model_new(out, config, err);
    if (st) return st;
    gat_model *m = *out;
    m->entities = intern_clone(data->entities);
    m->relations = intern_clone(data->relations);
    if (!m->entities || !m->relations) return error_nomem(err);
    m->num_seen = data->num_train_entities;
    m->num_seen_relations = data->num_train_relations;
    m->origin.holdout = data->holdout;
    m->origin.holdout_seed = data->holdout_seed;
    memcpy(m->origin.data_digest, data->digest, sizeof data->digest);
    if (data->entity_text) st = texts_copy(&m->entity_text, data->entity_text, intern_count(m->entities), err);
    const gat_triples *train = &data->splits[GAT_SPLIT_TRAIN];
    for (int64_t i = 0; !st && i < train->count; i++) st = triples_push(&m->facts, train->data[i], err);
    if (!st) st = m->kind->declare(m, err);
    if (!st)
        st = training_is_sampled(config) ? params_allocate_from(&m->params, m->relation, err)
                                         : params_allocate(&m->params, true, err);
    if (!st) m->kind->init_params(m);
    return st;
}

static gat_status refuse_valid(const gat_dataset *data, const char *relation, gat_error *err)
{
    char place[450];
    dataset_place(place, sizeof place, data, GAT_SPLIT_VALID, relation);
    return error_set(err, GAT_EDATA, "%s: relation \"%.100s\" does not occur in train", place, relation);
}

/* A valid fact of a relation that training has never seen cannot be ranked. */
static gat_status check_valid(const gat_dataset *data, gat_error *err)
{
    const gat_triples *valid = &data->splits[GAT_SPLIT_VALID];
    for (int64_t i = 0; i < valid->count; i++)
        if (valid->data[i].relation >= data->num_train_relations)
            return refuse_valid(data, intern_string(data->relations, valid->data[i].relation), err);
    return GAT_OK;
}

static gat_status check_memory(const gat_dataset *data, const gat_config *config, const gat_train_options *options,
                               gat_error *err)
{
    int64_t need = training_bytes(config, data->num_train_entities, data->num_train_relations,
                                  data->splits[GAT_SPLIT_TRAIN].count);
    if (!options->max_memory || need <= options->max_memory) return GAT_OK;
    return error_set(err, GAT_ENOSPC,
                     "training needs about %lld MB, above the limit of %lld MB; lower dim, batch, layers or attn-heads",
                     (long long)(need >> 20), (long long)(options->max_memory >> 20));
}

/* What the encoder passes messages over in training, and where its entities stand. */
static gat_status build_graph(gat_trainer *t, gat_error *err)
{
    gat_model *m = t->model;
    gat_graph *far = NULL;
    reach_plan plan = encoder_reach(&m->config, m->num_seen);
    gat_status st = graph_build(&t->own_graph, &m->facts, m->num_seen, m->num_seen_relations, err);
    if (!st) st = positions_make(&m->positions, &m->config, t->own_graph, err);
    if (!st) st = reach_build(&far, t->own_graph, &plan, err);
    if (far) {
        graph_free(t->own_graph);
        t->own_graph = far;
    }
    t->graph = t->own_graph;
    return st;
}

/* The view of the model has the same graph, if it has no further nodes or steps do not look at all of them. */
static bool graph_is_the_views(const gat_trainer *t)
{
    const gat_model *m = t->model;
    return m->config.reach == GAT_REACH_LOCAL && m->config.positions == GAT_POSITIONS_NONE &&
           (t->sampled || intern_count(m->entities) == m->num_seen);
}

/* Entities by degree, until the end of the training. */
static gat_status relabel(gat_trainer *t, gat_error *err)
{
    gat_model *m = t->model;
    if (!relabel_wanted(&m->config, m->num_seen)) return GAT_OK;
    gat_status st = relabel_by_degree(&t->place, &m->facts, m->num_seen, err);
    return st ? st : relabel_model(m, t->place, err);
}

/* The facts of valid that are ranked: all, or as many as wanted, one of each of as many equal strata. */
static gat_status choose_valid(gat_trainer *t, const gat_triples *all, gat_error *err)
{
    const gat_config *c = &t->model->config;
    int64_t count = c->valid_sample && c->valid_sample < all->count ? c->valid_sample : all->count;
    uint64_t stream = random_stream(STREAM_VALID, 0, 0);
    gat_status st = GAT_OK;
    for (int64_t i = 0; !st && i < count; i++) {
        int64_t low = part_start(all->count, count, i), size = part_start(all->count, count, i + 1) - low;
        int64_t at = low + random_below((uint64_t)c->seed, stream, (uint64_t)i, size);
        st = triples_push(&t->valid, all->data[at], err);
    }
    return st;
}

static gat_status init_valid(gat_trainer *t, gat_error *err)
{
    const gat_triples *data = &t->data->splits[GAT_SPLIT_VALID];
    gat_triples all = {0};
    gat_status st = GAT_OK;
    for (int64_t i = 0; !st && i < data->count; i++) st = triples_push(&all, data->data[i], err);
    if (!st && t->place) relabel_facts(&all, t->place, t->model->num_seen);
    if (!st) st = choose_valid(t, &all, err);
    if (!st) st = filter_extend(&t->known, t->model->view->known, &all, t->model->num_seen_relations, err);
    triples_clear(&all);
    return st;
}

static gat_status trainer_init(gat_trainer *t, gat_error *err)
{
    gat_model *m = t->model;
    bool needed = m->encoder.num_layers > 0;
    gat_status st = GAT_OK;
    t->sampled = training_is_sampled(&m->config);
    st = relabel(t, err);
    if (!st && needed && !graph_is_the_views(t)) st = build_graph(t, err);
    if (!st) st = model_finish(m, err);
    if (!st && needed && !t->graph) t->graph = m->view->graph;
    if (!st) st = init_valid(t, err);
    if (!st) t->questions = m->view->known;
    if (!st)
        st = batches_init(&t->batches, t->questions, t->graph, m->num_seen, m->num_seen_relations, m->config.batch,
                          m->config.negatives ? LOCAL_MOST_ANSWERS : 0, err);
    t->batches.hides_more = m->config.edge_drop > 0;
    if (!st && t->sampled) st = sampled_step_init(&t->sample, m, t->questions, err);
    if (!st) st = answer_weights(&t->answer_weight, &m->facts, m->num_seen, m->config.answer_degree, err);
    if (!st) st = optim_init(&t->optim, m, err);
    if (st) return st;
    t->tape = tape_new(true);
    t->kept = gat_alloc(m->params.size, sizeof(float));
    if (!t->tape || !t->kept) return error_nomem(err);
    memcpy(t->kept, m->params.value, (size_t)m->params.size * sizeof(float));
    t->origin = m->origin;
    return GAT_OK;
}

static void trainer_clear(gat_trainer *t)
{
    filter_free(t->known);
    triples_clear(&t->valid);
    graph_free(t->own_graph);
    batches_clear(&t->batches);
    sampled_step_clear(&t->sample);
    optim_clear(&t->optim);
    tape_free(t->tape);
    gat_free(t->kept);
    gat_free(t->answer_weight);
    gat_free(t->place);
    model_free(t->model);
}

/* ---- one step ---- */

/* The second objective of Chen et al. 2021: which relation joins the two ends of each fact? */
static void relation_loss(gat_trainer *t, const gat_batches *b, gat_mat *x, gat_mat *r, uint32_t key)
{
    const gat_config *c = &t->model->config;
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
    gat_model *m = t->model;
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
    gat_model *m = t->model;
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
    if (!t->sampled) optim_step(&t->optim, t->model, rate);
    else optim_step_rows(&t->optim, t->model, s->local.nodes.nodes, s->embeddings->grad, s->embeddings->rows, rate);
}

static gat_status take_step(gat_trainer *t, gat_error *err)
{
    gat_model *m = t->model;
    tape_reset(t->tape);
    gat_status st = batches_take(&t->batches, t->at.step, err);
    if (st) return st;
    uint64_t stream =
        random_stream(STREAM_STEP ^ (uint32_t)m->config.seed, (uint64_t)t->at.epoch, (uint64_t)t->at.step);
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

/* ---- epochs ---- */

static gat_status save_checkpoint(gat_trainer *t, gat_error *err)
{
    double begun = train_clock();
    gat_status st = t->options->checkpoint ? checkpoint_save(t, t->options->checkpoint, err) : GAT_OK;
    t->saved = train_clock();
    t->saving = t->saved - begun;
    return st;
}

/* A large checkpoint is written less often: a twentieth of the time goes there at most. */
static bool checkpoint_due(const gat_trainer *t)
{
    double pause = fmax(CHECKPOINT_SECONDS, 20 * t->saving);
    return train_clock() - t->saved > pause;
}

static bool out_of_time(const gat_trainer *t, double ahead)
{
    return t->options->time_limit > 0 && elapsed(t) + t->options->spent + ahead > t->options->time_limit;
}

static gat_status interrupted(gat_trainer *t, gat_error *err)
{
    gat_status st = save_checkpoint(t, err);
    return st ? st
              : error_set(err, GAT_EINTERRUPTED, "interrupted in epoch %lld%s", (long long)t->at.epoch + 1,
                          t->options->checkpoint ? "; checkpoint written" : "");
}

/* Steps until the epoch is done. *late: the time limit came first, and the epoch does not count. */
static gat_status run_epoch(gat_trainer *t, bool *late, gat_error *err)
{
    int64_t steps = batches_count(&t->batches);
    gat_status st = GAT_OK;
    batches_shuffle(&t->batches, (uint64_t)t->model->config.seed, t->at.epoch);
    while (!st && t->at.step < steps) {
        if (t->options->should_stop && t->options->should_stop(t->options->context)) return interrupted(t, err);
        if ((*late = out_of_time(t, 0))) return GAT_OK;
        if (checkpoint_due(t)) st = save_checkpoint(t, err);
        if (!st) st = take_step(t, err);
    }
    return st;
}

/* A loss tells only of the parameters before its step, so the last step is looked at here. */
static gat_status keep(gat_trainer *t, const gat_ranking *valid, bool validated, gat_error *err)
{
    const gat_params *p = &t->model->params;
    for (int64_t i = 0; i < p->size; i++)
        if (!isfinite(p->value[i]))
            return error_set(err, GAT_EFAILED, "a parameter is not a number after epoch %lld; lower lr or encoder-lr",
                             (long long)t->at.epoch);
    memcpy(t->kept, p->value, (size_t)p->size * sizeof(float));
    t->origin.best_epoch = t->at.epoch;
    t->origin.has_valid = validated;
    t->origin.valid = *valid;
    return GAT_OK;
}

/* Validates when due, keeps the epoch when it is the best, the last is wanted or none has been validated yet, tells the
 * caller. */
static gat_status end_epoch(gat_trainer *t, gat_error *err)
{
    const gat_config *c = &t->model->config;
    const gat_triples *valid = &t->valid;
    gat_progress p = {.epochs = c->epochs,
                      .loss = t->at.answers > 0 ? t->at.loss / t->at.answers : 0,
                      .learning_rate = c->lr * optim_rate(c, t->at.epoch, 1)};
    t->at.epoch++;
    t->at.step = 0;
    t->at.loss = t->at.answers = 0;
    bool due = valid->count && (t->at.epoch % c->eval_every == 0 || t->at.epoch == c->epochs);
    gat_status st = GAT_OK;
    if (due) {
        st = view_refresh(t->model->view, err);
        if (!st)
            st = rank_means(&p.valid, t->model->view, valid, t->known, (gat_precision)t->model->config.precision, err);
        if (st) return st;
        p.improved = p.valid.realistic.mrr > t->at.best; /* of a validation, never 0 */
        if (p.improved) t->at.best = p.valid.realistic.mrr;
        t->at.stale = p.improved ? 0 : t->at.stale + 1;
        t->at.finished = c->patience > 0 && t->at.stale >= c->patience;
    }
    bool unmeasured = !t->origin.has_valid || c->keep == GAT_KEEP_LAST;
    if (unmeasured || p.improved) st = keep(t, &p.valid, due, err);
    if (st) return st;
    /* A run of exactly the told number of epochs validates after its last: an epoch in between is told only when kept. */
    if (due || unmeasured) t->origin.epochs = t->at.epoch;
    p.epoch = t->at.epoch;
    p.seconds = elapsed(t);
    if (t->options->on_progress && t->options->on_progress(t->options->context, &p)) return interrupted(t, err);
    return GAT_OK;
}

static gat_status run_epochs(gat_trainer *t, gat_error *err)
{
    gat_status st = GAT_OK;
    double longest = 0;
    bool late = false;
    while (!st && !t->at.finished && t->at.epoch < t->model->config.epochs && !out_of_time(t, longest)) {
        double begun = train_clock();
        st = run_epoch(t, &late, err);
        if (late) break;
        if (!st) st = end_epoch(t, err);
        double took = train_clock() - begun;
        longest = took > longest ? took : longest;
    }
    if (!st && !t->at.epoch && t->model->config.epochs)
        log_say(&t->options->log, GAT_LOG_WARNING,
                "the time limit came before the end of the first epoch: the model is untrained");
    return st;
}

/* Back to the numbers of the data. */
static gat_status number_as_given(gat_trainer *t, gat_error *err)
{
    gat_model *m = t->model;
    view_free(m->view);
    m->view = NULL;
    gat_status st = relabel_invert(t->place, m->num_seen, err);
    if (!st) st = relabel_model(m, t->place, err);
    return st ? st : model_finish(m, err);
}

/* The kept epoch becomes the model. */
static gat_status finish(gat_trainer *t, gat_error *err)
{
    gat_model *m = t->model;
    memcpy(m->params.value, t->kept, (size_t)m->params.size * sizeof(float));
    m->origin = t->origin;
    gat_free(m->params.grad);
    m->params.grad = NULL;
    return t->place ? number_as_given(t, err) : view_refresh(m->view, err);
}

static gat_status resume(gat_trainer *t, gat_error *err)
{
    const gat_train_options *o = t->options;
    if (!o->resume || !o->checkpoint) return GAT_OK;
    if (!file_exists(o->checkpoint)) {
        log_say(&o->log, GAT_LOG_INFO, "no checkpoint at %s: starting afresh", o->checkpoint);
        return GAT_OK;
    }
    gat_status st = checkpoint_load(t, o->checkpoint, err);
    if (st) return st;
    int64_t epochs = t->model->config.epochs;
    if (t->at.epoch > epochs)
        return error_set(err, GAT_EUSAGE, "%s: the run is at epoch %lld already, past the %lld asked for",
                         o->checkpoint, (long long)t->at.epoch, (long long)epochs);
    if (t->at.step)
        log_say(&o->log, GAT_LOG_INFO, "resumed in epoch %lld, after step %lld", (long long)t->at.epoch + 1,
                (long long)t->at.step);
    else log_say(&o->log, GAT_LOG_INFO, "resumed after epoch %lld", (long long)t->at.epoch);
    return st;
}

gat_status train_model(gat_model **out, const gat_dataset *dataset, const gat_config *config,
                       const gat_train_options *options, gat_error *err)
{
    const gat_train_options nothing = {0};
    gat_trainer t = {.data = dataset, .options = options ? options : &nothing};
    t.started = t.saved = train_clock();
    *out = NULL;
    gat_status st = config_check(config, err);
    if (!st) st = check_valid(dataset, err);
    if (!st) st = check_memory(dataset, config, t.options, err);
    if (!st) st = model_of(&t.model, dataset, config, err);
    if (!st) st = trainer_init(&t, err);
    if (!st) st = resume(&t, err);
    if (!st) st = run_epochs(&t, err);
    if (!st) st = finish(&t, err);
    if (!st) {
        *out = t.model;
        t.model = NULL;
    }
    trainer_clear(&t);
    return st;
}

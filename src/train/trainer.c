/* Epochs of steps, and what is around them. Validation sees the whole training graph. A stop between steps writes a
 * checkpoint that holds the step, so a resumed run takes the very steps it had left. */
#include "train/trainer.h"

#include <math.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/say.h"
#include "model/positions.h"
#include "model/relabel.h"
#include "model/training_memory.h"
#include "model/view.h"
#include "train/answer_weight.h"
#include "train/calibrate.h"
#include "train/checkpoint.h"
#include "train/member_loop.h"
#include "train/path_trainer.h"
#include "train/train_step.h"

static const double TIME_KEPT_BACK = .03;

/* ---- making the trainer ---- */

/* What the encoder passes messages over in training, and where its entities stand. */
static gat_status build_graph(gat_trainer *t, gat_error *err)
{
    gat_model *m = t->run.model;
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
    const gat_model *m = t->run.model;
    return m->config.reach == GAT_REACH_LOCAL && m->config.positions == GAT_POSITIONS_NONE &&
           (t->sampled || intern_count(m->entities) == m->num_seen);
}

/* Entities by degree, until the end of the training. */
static gat_status relabel(gat_trainer *t, gat_error *err)
{
    gat_model *m = t->run.model;
    if (!relabel_wanted(&m->config, m->num_seen)) return GAT_OK;
    gat_status st = relabel_by_degree(&t->place, &m->facts, m->num_seen, err);
    return st ? st : relabel_model(m, t->place, err);
}

gat_status trainer_prepare(gat_trainer *t, gat_error *err)
{
    gat_model *m = t->run.model;
    bool needed = m->encoder.num_layers > 0;
    gat_status st = GAT_OK;
    t->sampled = training_is_sampled(&m->config);
    st = relabel(t, err);
    if (!st && needed && !graph_is_the_views(t)) st = build_graph(t, err);
    if (!st) st = model_finish(m, err);
    if (!st && needed && !t->graph) t->graph = m->view->graph;
    if (!st) st = run_prepare(&t->run, t->place, err);
    if (!st) t->questions = m->view->known;
    if (!st)
        st = batches_init(&t->batches, t->questions, t->graph, m->num_seen, m->num_seen_relations, m->config.batch,
                          m->config.negatives ? LOCAL_MOST_ANSWERS : 0, err);
    t->batches.hides_more = m->config.edge_drop > 0;
    if (!st && t->sampled) st = sampled_step_init(&t->sample, m, t->questions, err);
    if (!st) st = answer_weights(&t->answer_weight, &m->facts, m->num_seen, m->config.answer_degree, err);
    if (!st) st = optim_init(&t->optim, m, err);
    if (!st) st = members_init(t, err);
    if (st) return st;
    t->tape = tape_new(true);
    return t->tape ? GAT_OK : error_nomem(err);
}

void trainer_clear(gat_trainer *t)
{
    graph_free(t->own_graph);
    batches_clear(&t->batches);
    sampled_step_clear(&t->sample);
    optim_clear(&t->optim);
    tape_free(t->tape);
    gat_free(t->answer_weight);
    gat_free(t->finished);
    gat_free(t->place);
    run_clear(&t->run);
}

/* ---- epochs ---- */

static checkpoint_state state_of(gat_trainer *t)
{
    int64_t size = t->run.model->params.size;
    return (checkpoint_state){.position = &t->at,
                              .position_size = sizeof t->at,
                              .optimizer = t->optim.state,
                              .optimizer_size = t->optim.slots * size,
                              .finished = t->finished,
                              .finished_size = t->at.member * size,
                              .finished_room = t->finished ? t->run.model->config.members * size : 0};
}

/* Epochs of all members so far. */
static int64_t epochs_done(const gat_trainer *t) { return t->at.member * t->run.model->config.epochs + t->at.epoch; }

static gat_status save_checkpoint(gat_trainer *t, gat_error *err)
{
    double begun = clock_seconds();
    gat_status st = GAT_OK;
    checkpoint_state state = state_of(t);
    t->at.optim_steps = t->optim.steps;
    if (t->run.options->checkpoint) st = checkpoint_save(&t->run, &state, t->run.options->checkpoint, err);
    run_saved(&t->run, begun);
    return st;
}

static gat_status interrupted(gat_trainer *t, gat_error *err)
{
    gat_status st = save_checkpoint(t, err);
    return st ? st
              : error_set(err, GAT_EINTERRUPTED, "interrupted in epoch %lld%s", (long long)epochs_done(t) + 1,
                          t->run.options->checkpoint ? "; checkpoint written" : "");
}

/* Less what the calibration at the end may take. */
static double time_left(const gat_trainer *t)
{
    return run_time_left(&t->run) - TIME_KEPT_BACK * t->run.options->time_limit;
}

/* Steps until the epoch is done. *late: the time limit came first, and the epoch does not count. */
static gat_status run_epoch(gat_trainer *t, bool *late, gat_error *err)
{
    int64_t steps = batches_count(&t->batches);
    gat_status st = GAT_OK;
    batches_shuffle(&t->batches, t->run.model->seed, t->at.epoch);
    while (!st && t->at.step < steps) {
        if (run_stop_asked(&t->run)) return interrupted(t, err);
        if ((*late = time_left(t) < 0)) return GAT_OK;
        if (run_checkpoint_due(&t->run)) st = save_checkpoint(t, err);
        pace_step_begin(&t->pace, clock_seconds());
        if (!st) st = train_step(t, err);
        pace_step_end(&t->pace, clock_seconds());
    }
    return st;
}

static gat_status keep(gat_trainer *t, const gat_progress *p, gat_error *err)
{
    char at[40];
    snprintf(at, sizeof at, "after epoch %lld", (long long)t->at.epoch);
    gat_status st = run_keep(&t->run, p, at, err);
    if (!st) t->run.origin.best_epoch = t->at.epoch;
    return st;
}

/* Validates when due, keeps the epoch when it is the best, the last is wanted or none has been validated yet, tells the
 * caller. */
static gat_status end_epoch(gat_trainer *t, gat_error *err)
{
    const gat_config *c = &t->run.model->config;
    gat_progress p = {.epochs = c->members * c->epochs,
                      .loss = t->at.answers > 0 ? t->at.loss / t->at.answers : 0,
                      .learning_rate = c->lr * optim_rate(c, t->at.epoch, 1)};
    t->at.epoch++;
    t->at.step = 0;
    t->at.loss = t->at.answers = 0;
    bool due = t->run.valid.count && (t->at.epoch % c->eval_every == 0 || t->at.epoch == member_epochs(t));
    gat_status st = GAT_OK;
    if (due) st = run_validate(&t->run, &p, &t->at.verdict, err);
    if (st) return st;
    bool anyway = run_keeps_anyway(&t->run);
    if (anyway || p.improved) st = keep(t, &p, err);
    if (st) return st;
    /* A run of exactly the told number of epochs validates after its last: an epoch in between is told only when kept. */
    if (due || anyway) t->run.origin.epochs = t->at.epoch;
    p.epoch = epochs_done(t);
    p.seconds = run_seconds(&t->run);
    if (t->run.options->on_progress && t->run.options->on_progress(t->run.options->context, &p))
        return interrupted(t, err);
    return GAT_OK;
}

static gat_status run_epochs(gat_trainer *t, gat_error *err)
{
    gat_status st = GAT_OK;
    double longest = 0;
    bool late = false;
    while (!st && !t->at.verdict.finished && t->at.epoch < member_epochs(t) &&
           time_left(t) >= member_time_needed(t, longest)) {
        double begun = clock_seconds();
        st = run_epoch(t, &late, err);
        if (late) break;
        if (!st) st = end_epoch(t, err);
        double took = clock_seconds() - begun;
        longest = took > longest ? took : longest;
    }
    if (!st && !epochs_done(t) && t->run.model->config.epochs)
        log_say(&t->run.options->log, GAT_LOG_WARNING,
                "the time limit came before the end of the first epoch: the model is untrained");
    return st;
}

static gat_status run_members(gat_trainer *t, gat_error *err)
{
    gat_status st = GAT_OK;
    for (bool more = true; !st && more;) {
        st = run_epochs(t, err);
        if (!st) member_end(&more, t);
    }
    return st;
}

/* Back to the numbers of the data. */
static gat_status number_as_given(gat_trainer *t, gat_error *err)
{
    gat_model *m = t->run.model;
    view_free(m->view);
    m->view = NULL;
    gat_status st = relabel_invert(t->place, m->num_seen, err);
    if (!st) st = relabel_model(m, t->place, err);
    return st ? st : model_finish(m, err);
}

/* The kept epoch becomes the model. */
static gat_status finish(gat_trainer *t, gat_error *err)
{
    gat_model *m = t->run.model;
    run_take_kept(&t->run);
    gat_status st = members_finish(t, err);
    if (!st) st = t->place ? number_as_given(t, err) : view_refresh(m->view, err);
    return st ? st : calibrate_model(m, t->run.data, err);
}

static bool members_sane(const train_position *at, const gat_config *c)
{
    const int64_t epochs[] = {at->most_epochs, at->told_epochs, at->best_epoch};
    for (size_t i = 0; i < sizeof epochs / sizeof *epochs; i++)
        if (epochs[i] < 0 || epochs[i] > c->epochs) return false;
    return at->member >= 0 && at->member < c->members && at->members_done == at->member;
}

static bool position_sane(const train_position *at, int64_t steps)
{
    return at->epoch >= 0 && at->epoch < INT64_MAX && at->step >= 0 && at->step <= steps && at->verdict.stale >= 0 &&
           at->verdict.stale < INT64_MAX && at->optim_steps >= 0 && at->optim_steps < INT64_MAX &&
           isfinite(at->verdict.best) && isfinite(at->loss) && isfinite(at->answers);
}

static gat_status load_checkpoint(gat_trainer *t, const char *path, gat_error *err)
{
    int64_t patience = t->run.model->config.patience;
    checkpoint_state state = state_of(t);
    gat_status st = checkpoint_load(&t->run, &state, path, err);
    if (st) return st;
    if (!position_sane(&t->at, batches_count(&t->batches)) || !members_sane(&t->at, &t->run.model->config) ||
        state.finished_size != t->at.member * t->run.model->params.size)
        return error_set(err, GAT_EMODEL, "%s: the position is out of range", path);
    t->at.verdict.finished = patience > 0 && t->at.verdict.stale >= patience; /* patience may have changed */
    t->optim.steps = t->at.optim_steps;
    member_resume(t);
    return GAT_OK;
}

static gat_status resume(gat_trainer *t, gat_error *err)
{
    const gat_train_options *o = t->run.options;
    if (!o->resume || !o->checkpoint) return GAT_OK;
    if (!file_exists(o->checkpoint)) {
        log_say(&o->log, GAT_LOG_INFO, "no checkpoint at %s: starting afresh", o->checkpoint);
        return GAT_OK;
    }
    gat_status st = load_checkpoint(t, o->checkpoint, err);
    if (st) return st;
    int64_t epochs = t->run.model->config.epochs;
    if (t->at.epoch > epochs)
        return error_set(err, GAT_EUSAGE, "%s: the run is at epoch %lld already, past the %lld asked for",
                         o->checkpoint, (long long)t->at.epoch, (long long)epochs);
    if (t->at.step)
        log_say(&o->log, GAT_LOG_INFO, "resumed in epoch %lld, after step %lld", (long long)epochs_done(t) + 1,
                (long long)t->at.step);
    else log_say(&o->log, GAT_LOG_INFO, "resumed after epoch %lld", (long long)epochs_done(t));
    return st;
}

static gat_status train_embeddings(gat_model **out, const gat_dataset *dataset, const gat_config *config,
                                   const gat_train_options *options, gat_error *err)
{
    gat_trainer t = {0};
    *out = NULL;
    gat_status st = run_open(&t.run, dataset, config, options, err);
    if (!st) st = trainer_prepare(&t, err);
    if (!st) st = resume(&t, err);
    pace_start(&t.pace, t.run.options->choose_threads, clock_seconds());
    if (!st) st = run_members(&t, err);
    pace_stop(&t.pace);
    if (!st) st = finish(&t, err);
    if (!st) {
        *out = t.run.model;
        t.run.model = NULL;
    }
    trainer_clear(&t);
    return st;
}

gat_status train_model(gat_model **out, const gat_dataset *dataset, const gat_config *config,
                       const gat_train_options *options, gat_error *err)
{
    const gat_train_options nothing = {0};
    if (!options) options = &nothing;
    return config->model == GAT_MODEL_PATH ? train_paths(out, dataset, config, options, err)
                                           : train_embeddings(out, dataset, config, options, err);
}

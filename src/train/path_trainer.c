#include "train/path_trainer.h"

#include <math.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/say.h"
#include "model/judged_answers.h"
#include "model/view.h"
#include "train/calibrate.h"
#include "train/checkpoint.h"
#include "train/path_budget.h"
#include "train/side_candidates.h"
#include "train/thread_pace.h"

enum { CLIP = 1 };
static const double TELL_SECONDS = 1, TIME_KEPT_BACK = .03, LEAST_KEPT_BACK = .1, TIME_TO_VALIDATE = .2;

/* What a checkpoint has to remember besides parameters and moments. */
typedef struct run_position {
    path_position steps;
    train_verdict verdict;
    int64_t budget;     /* questions of a net */
    int64_t slice;      /* questions between validations */
    int64_t judged;     /* questions at the last validation */
    int64_t told, kept; /* questions of the reported and of the kept state */
} run_position;

typedef struct path_trainer {
    train_run run;
    path_training *training;
    thread_pace pace;
    run_position at;   /* without the steps: those are the training's */
    int64_t slices;    /* of the run, where the options do not say */
    double validation; /* seconds that one takes */
    double told;       /* clock */
} path_trainer;

path_training_options path_trainer_options(const gat_config *c, int64_t budget)
{
    return (path_training_options){
        .lr = c->lr,
        .warmup_steps = (double)(c->warmup_steps > 0 ? c->warmup_steps : 1),
        .weight_decay = c->weight_decay,
        .clip = CLIP,
        .batch = c->batch,
        .budget = budget,
        .share = c->path_split,
        .hide = (path_hide)c->path_hide,
        .seed = (uint64_t)c->seed,
    };
}

/* ---- how long ---- */

int64_t path_trainer_slice(const gat_config *c, int64_t questions, int64_t slices)
{
    int64_t slice = c->eval_queries ? c->eval_queries : (questions + slices - 1) / slices;
    return slice > 0 ? slice : 1;
}

/* How many validations a side model costs: questions for its weights, then for the probabilities, a fifth more for its
 * own scores and the fit. */
static double join_validations(const path_trainer *t)
{
    double all = 2 * (double)t->run.data->splits[GAT_SPLIT_VALID].count, ranked = 2 * (double)t->run.valid.count;
    double asked = fmin(all, SIDE_QUESTIONS) + fmin(all, 2 * JUDGED_FACTS);
    return t->run.options->joins && ranked > 0 ? 1.2 * asked / ranked : 0;
}

/* Seconds of the end that belong to the last validation, to the calibration, to a side model, to files, and to nobody. */
static double kept_back(const path_trainer *t)
{
    double share = t->run.options->time_limit * TIME_KEPT_BACK;
    return (2.4 + join_validations(t)) * t->validation + (share > LEAST_KEPT_BACK ? share : LEAST_KEPT_BACK);
}

/* As many questions as there is time for, if these are fewer, and validations that take a fifth of it at most. */
static gat_status fit_budget(path_trainer *t, gat_error *err)
{
    const gat_config *c = &t->run.model->config;
    path_training_options o = path_trainer_options(c, t->at.budget);
    path_costs costs;
    if (!isfinite(run_time_left(&t->run))) return GAT_OK;
    gat_status st = path_measure_costs(&costs, &t->run, &o, err);
    if (st) return st;
    t->validation = costs.validation;
    double left = run_time_left(&t->run) - kept_back(t), most = TIME_TO_VALIDATE * left / costs.validation;
    t->slices = !(most < PATH_SLICES) ? PATH_SLICES : most > 1 ? (int64_t)most : 1;
    double slices = c->eval_queries ? 0 : (double)(t->slices - 1); /* the last one is kept back */
    double each = costs.question + (c->eval_queries ? costs.validation / (double)c->eval_queries : 0);
    double fit = (left - slices * costs.validation) / each / (double)c->members;
    if (c->queries || fit >= (double)t->at.budget) return GAT_OK;
    t->at.budget = fit > 1 ? (int64_t)fit : 1;
    log_say(&t->run.options->log, GAT_LOG_INFO, "time for %lld questions", (long long)t->at.budget);
    return GAT_OK;
}

static int64_t questions_in_all(const path_trainer *t) { return t->at.budget * t->run.model->path->shape.members; }

/* The last step of a net may go past its budget: that is not told, so that the number told asks for the same run. */
static int64_t questions_done(const path_trainer *t)
{
    int64_t done = path_training_questions(t->training), all = questions_in_all(t);
    return done < all ? done : all;
}

/* ---- checkpoints ---- */

static checkpoint_state state_of(path_trainer *t)
{
    return (checkpoint_state){.position = &t->at,
                              .position_size = sizeof t->at,
                              .optimizer = t->training->moments,
                              .optimizer_size = 2 * t->run.model->path->params.size};
}

static gat_status save_checkpoint(path_trainer *t, gat_error *err)
{
    const char *path = t->run.options->checkpoint;
    checkpoint_state state = state_of(t);
    double begun = clock_seconds();
    t->at.steps = t->training->at;
    gat_status st = path ? checkpoint_save(&t->run, &state, path, err) : GAT_OK;
    run_saved(&t->run, begun);
    return st;
}

static gat_status interrupted(path_trainer *t, gat_error *err)
{
    gat_status st = save_checkpoint(t, err);
    return st ? st
              : error_set(err, GAT_EINTERRUPTED, "interrupted after %lld questions%s", (long long)questions_done(t),
                          t->run.options->checkpoint ? "; checkpoint written" : "");
}

/* whole: questions that the options ask of a net; a time limit may have made them fewer. */
static bool position_sane(const run_position *at, int64_t whole)
{
    const int64_t counts[] = {at->budget, at->told, at->kept, at->judged, at->verdict.stale};
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
        if (counts[i] < 0 || counts[i] == INT64_MAX) return false;
    return at->slice > 0 && at->budget <= whole && isfinite(at->steps.loss) && isfinite(at->steps.weight) &&
           isfinite(at->verdict.best);
}

static gat_status resume(path_trainer *t, gat_error *err)
{
    const gat_train_options *o = t->run.options;
    const gat_config *c = &t->run.model->config;
    checkpoint_state state = state_of(t);
    int64_t whole = t->at.budget;
    gat_status st = checkpoint_load(&t->run, &state, o->checkpoint, err);
    if (st) return st;
    bool sane = position_sane(&t->at, whole);
    if (sane) st = path_training_go_to(&sane, t->training, &t->at.steps, err);
    if (st) return st;
    if (!sane) return error_set(err, GAT_EMODEL, "%s: the position is out of range", o->checkpoint);
    t->training->options.budget = t->at.budget;
    t->at.verdict.finished = c->patience > 0 && t->at.verdict.stale >= c->patience; /* patience may have changed */
    log_say(&o->log, GAT_LOG_INFO, "resumed after %lld questions", (long long)questions_done(t));
    return GAT_OK;
}

/* ---- the run ---- */

static gat_progress progress_of(path_trainer *t)
{
    const path_position *at = &t->training->at;
    return (gat_progress){
        .epoch = at->epoch,
        .epochs = t->run.model->config.epochs,
        .queries = questions_done(t),
        .all_queries = questions_in_all(t),
        .loss = at->weight > 0 ? at->loss / at->weight : 0,
        .learning_rate = path_training_rate(t->training),
        .seconds = run_seconds(&t->run),
    };
}

static int tell(path_trainer *t, const gat_progress *p)
{
    const gat_train_options *o = t->run.options;
    t->told = clock_seconds();
    return o->on_progress ? o->on_progress(o->context, p) : 0;
}

static gat_status keep(path_trainer *t, const gat_progress *p, gat_error *err)
{
    char at[60];
    snprintf(at, sizeof at, "after %lld questions", (long long)p->queries);
    gat_status st = run_keep(&t->run, p, at, err);
    t->at.kept = p->queries;
    if (!st) t->run.origin.best_epoch = p->epoch;
    return st;
}

/* Validates, keeps the state when it is the best, the last is wanted or none has been validated yet, tells the
 * caller. */
static gat_status end_slice(path_trainer *t, gat_error *err)
{
    gat_progress p = progress_of(t);
    double begun = clock_seconds();
    pace_rest(&t->pace);
    gat_status st = t->run.valid.count ? run_validate(&t->run, &p, &t->at.verdict, err) : GAT_OK;
    t->validation = fmax(t->validation, clock_seconds() - begun);
    if (!st && (p.improved || run_keeps_anyway(&t->run))) st = keep(t, &p, err);
    if (st) return st;
    t->at.judged = t->at.told = p.queries;
    t->run.origin.epochs = p.epoch;
    t->training->at.loss = t->training->at.weight = 0;
    p.seconds = run_seconds(&t->run);
    return tell(t, &p) ? interrupted(t, err) : GAT_OK;
}

/* Between two validations, for the eye alone. */
static void tell_of_steps(path_trainer *t)
{
    if (clock_seconds() - t->told < TELL_SECONDS) return;
    gat_progress p = progress_of(t);
    p.between = true;
    tell(t, &p);
}

static gat_status take_step(path_trainer *t, gat_error *err)
{
    bool done;
    gat_status st = run_checkpoint_due(&t->run) ? save_checkpoint(t, err) : GAT_OK;
    if (st) return st;
    pace_step_begin(&t->pace, clock_seconds());
    st = path_training_step(&done, t->training, err);
    pace_step_end(&t->pace, clock_seconds());
    if (st) return st;
    if (!isfinite(t->training->at.loss))
        return error_set(err, GAT_EFAILED, "the loss is not a number after %lld questions; lower lr",
                         (long long)questions_done(t));
    tell_of_steps(t);
    return GAT_OK;
}

static gat_status run_steps(path_trainer *t, gat_error *err)
{
    gat_status st = GAT_OK;
    int64_t all = questions_in_all(t), at = questions_done(t);
    while (!st && !t->at.verdict.finished && at < all) {
        if (run_stop_asked(&t->run)) return interrupted(t, err);
        if (run_time_left(&t->run) < kept_back(t)) break;
        st = take_step(t, err);
        at = questions_done(t);
        bool due = at / t->at.slice > t->at.judged / t->at.slice || at >= all;
        if (!st && due) st = end_slice(t, err);
    }
    bool late = !st && !t->at.verdict.finished && at < all;
    if (late && at > t->at.judged) st = end_slice(t, err);
    if (!st && !at && all)
        log_say(&t->run.options->log, GAT_LOG_WARNING,
                "the time limit came before the first step: the model is untrained");
    return st;
}

static bool resumes(const train_run *r)
{
    const gat_train_options *o = r->options;
    if (!o->resume || !o->checkpoint) return false;
    if (file_exists(o->checkpoint)) return true;
    log_say(&o->log, GAT_LOG_INFO, "no checkpoint at %s: starting afresh", o->checkpoint);
    return false;
}

static gat_status prepare(path_trainer *t, gat_error *err)
{
    gat_model *m = t->run.model;
    bool again = resumes(&t->run);
    t->slices = PATH_SLICES;
    gat_status st = model_finish(m, err);
    if (!st) st = run_prepare(&t->run, NULL, err);
    if (!st) st = path_budget(&t->at.budget, m, err);
    if (!st && !again) st = fit_budget(t, err);
    if (st) return st;
    t->at.slice = path_trainer_slice(&m->config, questions_in_all(t), t->slices);
    path_training_options o = path_trainer_options(&m->config, t->at.budget);
    st = path_training_new(&t->training, m->path, &m->facts, m->num_seen, &o, err);
    return !st && again ? resume(t, err) : st;
}

static gat_status finish(path_trainer *t, gat_error *err)
{
    gat_model *m = t->run.model;
    run_take_kept(&t->run);
    m->queries = t->at.told;
    m->best_queries = t->at.kept;
    m->eval_queries = t->at.slice;
    gat_status st = view_refresh(m->view, err);
    return st ? st : calibrate_model(m, t->run.data, err);
}

gat_status train_paths(gat_model **out, const gat_dataset *dataset, const gat_config *config,
                       const gat_train_options *options, gat_error *err)
{
    path_trainer t = {0};
    *out = NULL;
    gat_status st = run_open(&t.run, dataset, config, options, err);
    if (!st) st = prepare(&t, err);
    pace_start(&t.pace, t.run.options->choose_threads, clock_seconds());
    if (!st) st = run_steps(&t, err);
    pace_stop(&t.pace);
    if (!st) st = finish(&t, err);
    if (!st) {
        *out = t.run.model;
        t.run.model = NULL;
    }
    path_training_free(t.training);
    run_clear(&t.run);
    return st;
}

#include "train/plan_trial.h"

#include <math.h>
#include <time.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "model/embedding_view.h"
#include "model/judged_answers.h"
#include "model/ranker.h"
#include "model/view.h"
#include "path/path_memory.h"
#include "path/path_training.h"
#include "train/path_budget.h"
#include "train/path_trainer.h"
#include "train/train_step.h"
#include "train/trainer.h"

enum { MOST_STEPS = 10000, LEAST_STEPS = 3, FEWEST_FACTS = 16, RANKED_FACT = 64 };
static const double LEAST_SECONDS = .1;

static int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }

/* ---- times ---- */

gat_plan_time plan_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (gat_plan_time){clock_seconds(), (double)now.tv_sec + 1e-9 * (double)now.tv_nsec};
}

static gat_plan_time since(gat_plan_time begun)
{
    gat_plan_time now = plan_now();
    return (gat_plan_time){now.clock - begun.clock, now.processor - begun.processor};
}

static gat_plan_time times(gat_plan_time a, double n) { return (gat_plan_time){a.clock * n, a.processor * n}; }

static gat_plan_time plus(gat_plan_time a, gat_plan_time b)
{
    return (gat_plan_time){a.clock + b.clock, a.processor + b.processor};
}

/* Three steps at least, unless they take long. */
static bool enough(int64_t steps, gat_plan_time spent, double seconds)
{
    bool long_enough = spent.processor > seconds || spent.clock > 2 * seconds;
    return (long_enough && steps >= LEAST_STEPS) || spent.clock > 3 * seconds || steps >= MOST_STEPS;
}

/* Steps but the first, whose memory was new. */
typedef struct step_times {
    gat_plan_time first, spent;
    int64_t count, questions, first_questions;
} step_times;

static void add_step(step_times *t, gat_plan_time took, int64_t questions)
{
    if (!t->count++) {
        t->first = took;
        t->first_questions = questions;
    }
    t->spent = plus(t->spent, took);
    t->questions = questions;
}

/* Each; *questions <- of a step, for models of paths. */
static gat_plan_time mean_step(const step_times *t, double *questions)
{
    double n = (double)(t->count > 1 ? t->count - 1 : t->count);
    gat_plan_time all = t->count > 1 ? plus(t->spent, times(t->first, -1)) : t->spent;
    *questions = n > 0 ? (double)(t->questions - (t->count > 1 ? t->first_questions : 0)) / n : 1;
    return n > 0 ? times(all, 1 / n) : all;
}

/* Of a trial that was cut short there is nothing to tell. */
static gat_status check_stop(const train_run *r, gat_error *err)
{
    return run_stop_asked(r) ? error_set(err, GAT_EINTERRUPTED, "interrupted") : GAT_OK;
}

/* ---- validations ---- */

/* What costs time is a question, however many facts ask it. */
static gat_status count_questions(int64_t *out, const gat_triples *facts, int32_t num_relations, gat_error *err)
{
    gat_filter *f = NULL;
    gat_status st = filter_build(&f, &facts, 1, num_relations, err);
    if (!st) *out = filter_num_queries(f);
    filter_free(f);
    return st;
}

/* Facts at even distances. */
static gat_status sample(gat_triples *out, const gat_triples *all, int64_t count, gat_error *err)
{
    gat_status st = GAT_OK;
    for (int64_t i = 0; !st && i < count; i++) st = triples_push(out, all->data[i * all->count / count], err);
    return st;
}

/* Asks the questions of some facts. */
typedef gat_status asker(gat_plan_time *took, const train_run *r, const gat_triples *few, gat_error *err);

static gat_status rank_few(gat_plan_time *took, const train_run *r, const gat_triples *few, gat_error *err)
{
    gat_ranking means;
    gat_plan_time begun = plan_now();
    gat_status st = rank_means(&means, r->model->view, few, r->known, (gat_precision)r->model->config.precision, err);
    *took = since(begun);
    return st;
}

static gat_status judge_few(gat_plan_time *took, const train_run *r, const gat_triples *few, gat_error *err)
{
    judged_list list = {0};
    gat_plan_time begun = plan_now();
    gat_status st = judge_answers(&list, r->model->view, few, err);
    *took = since(begun);
    judged_clear(&list);
    return st;
}

/* *each <- time of a question, of so many facts that it can be measured. */
static gat_status time_question(gat_plan_time *each, const train_run *r, const gat_triples *facts, asker *ask,
                                gat_error *err)
{
    gat_status st = GAT_OK;
    gat_plan_time took = {0, 0};
    int64_t questions = 1;
    *each = took;
    for (int64_t count = FEWEST_FACTS; !st && facts->count && took.clock < LEAST_SECONDS; count *= 4) {
        gat_triples few = {0};
        st = check_stop(r, err);
        if (!st) st = sample(&few, facts, least(count, facts->count), err);
        if (!st) st = ask(&took, r, &few, err);
        if (!st) st = count_questions(&questions, &few, r->model->num_seen_relations, err);
        *each = times(took, 1 / (double)questions);
        triples_clear(&few);
        if (count >= facts->count) break;
    }
    return st;
}

/* Refreshes all, ranks some. */
static gat_status try_validation(gat_plan *p, const train_run *r, gat_error *err)
{
    gat_plan_time each, begun = plan_now();
    int64_t questions = 0;
    gat_status st = r->valid.count ? view_refresh(r->model->view, err) : GAT_OK;
    p->validation = since(begun);
    if (!st) st = time_question(&each, r, &r->valid, rank_few, err);
    if (!st) st = count_questions(&questions, &r->valid, r->model->num_seen_relations, err);
    if (!st) p->validation = plus(p->validation, times(each, (double)questions));
    return st;
}

/* What is fitted after the last step asks as many questions as it likes, but costs the same for each. */
static gat_status try_ending(gat_plan *p, const train_run *r, gat_error *err)
{
    gat_plan_time each;
    int64_t questions = 0, fit = JUDGED_SCORES / r->model->view->num_entities + 1;
    gat_status st = time_question(&each, r, &r->valid, judge_few, err);
    if (!st) st = count_questions(&questions, &r->data->splits[GAT_SPLIT_VALID], r->model->num_seen_relations, err);
    if (!st) p->ending = times(each, (double)least(least(questions, 2 * JUDGED_FACTS), fit));
    return st;
}

/* What is held of every fact that is ranked is not seen in a sample. */
static gat_status try_the_rest(gat_plan *p, plan_trial *trial, const train_run *r, gat_error *err)
{
    trial->held = memory_in_use();
    memory_restart_peak();
    gat_status st = try_validation(p, r, err);
    if (!st) st = try_ending(p, r, err);
    trial->validated = memory_peak() + RANKED_FACT * r->valid.count;
    int64_t most = trial->stepped > trial->validated ? trial->stepped : trial->validated;
    trial->peak = trial->peak > most ? trial->peak : most;
    return st;
}

/* ---- embeddings ---- */

static gat_status take_steps(gat_plan *p, gat_trainer *t, double seconds, gat_error *err)
{
    gat_status st = GAT_OK;
    step_times all = {0};
    double questions;
    int64_t steps = batches_count(&t->batches);
    batches_shuffle(&t->batches, t->run.model->seed, 0);
    pace_start(&t->pace, t->run.options->choose_threads, clock_seconds());
    while (!st && steps && !enough(all.count, all.spent, seconds)) {
        gat_plan_time begun = plan_now();
        pace_step_begin(&t->pace, begun.clock);
        st = check_stop(&t->run, err);
        if (!st) st = train_step(t, err);
        pace_step_end(&t->pace, clock_seconds());
        add_step(&all, since(begun), 0);
        if (t->at.step == steps) t->at.step = 0;
    }
    p->tried_steps = all.count;
    p->step = mean_step(&all, &questions);
    return st;
}

static void count_of_embeddings(gat_plan *p, const gat_trainer *t)
{
    const gat_config *c = &t->run.model->config;
    p->epochs = c->members * c->epochs;
    p->steps = p->epochs * batches_count(&t->batches);
    int64_t each = (c->epochs + c->eval_every - 1) / c->eval_every;
    p->validations = t->run.valid.count ? c->members * each + (c->members > 1) : 0;
}

static void sizes_of_embeddings(plan_trial *trial, const gat_trainer *t)
{
    const gat_model *m = t->run.model;
    const embedding_view *v = embedding_view_of(m->view);
    int64_t floats = m->params.size, members = m->config.members;
    bool own = v->encoded != param_value(&m->params, m->entity);
    trial->moment_bytes = 4 * floats * (t->optim.slots + (t->finished ? members : 0));
    trial->table_bytes = 4 * v->base.num_entities * (1 + (own ? v->dim : 0));
}

static void sizes_of_parameters(plan_trial *trial, const gat_params *p)
{
    trial->value_bytes = 4 * p->size;
    trial->gradient_bytes = 4 * (p->size - p->grad_from);
}

gat_status plan_try_embeddings(gat_plan *out, plan_trial *trial, const gat_dataset *data, const gat_config *config,
                               const gat_train_options *options, gat_error *err)
{
    gat_trainer t = {0};
    gat_plan_time begun = plan_now();
    gat_status st = run_open(&t.run, data, config, options, err);
    trial->opened = memory_in_use();
    if (!st) sizes_of_parameters(trial, &t.run.model->params);
    if (!st) st = trainer_prepare(&t, err);
    trial->prepared = memory_in_use();
    trial->peak = memory_peak();
    if (!st) {
        out->preparing = since(begun);
        count_of_embeddings(out, &t);
        sizes_of_embeddings(trial, &t);
        memory_restart_peak();
        st = take_steps(out, &t, trial->seconds, err);
        trial->stepped = memory_peak();
    }
    if (!st) st = try_the_rest(out, trial, &t.run, err);
    pace_stop(&t.pace);
    trainer_clear(&t);
    return st;
}

/* ---- paths ---- */

static gat_status take_path_steps(gat_plan *p, path_training *training, const train_run *r, double seconds,
                                  double *questions, gat_error *err)
{
    gat_status st = GAT_OK;
    bool done = false;
    step_times all = {0};
    while (!st && !done && !enough(all.count, all.spent, seconds)) {
        gat_plan_time begun = plan_now();
        st = check_stop(r, err);
        if (!st) st = path_training_step(&done, training, err);
        add_step(&all, since(begun), path_training_questions(training));
    }
    p->tried_steps = all.count;
    p->tried_questions = path_training_questions(training);
    p->step = mean_step(&all, questions);
    return st;
}

static void count_of_paths(gat_plan *p, const train_run *r, int64_t budget, double questions)
{
    const gat_config *c = &r->model->config;
    p->questions = budget * c->members;
    int64_t slice = path_trainer_slice(c, p->questions, PATH_SLICES);
    p->validations = r->valid.count ? (p->questions + slice - 1) / slice : 0;
    p->steps = (int64_t)ceil((double)p->questions / questions);
}

static gat_status prepare_paths(int64_t *budget, train_run *r, gat_error *err)
{
    gat_status st = model_finish(r->model, err);
    if (!st) st = run_prepare(r, NULL, err);
    return st ? st : path_budget(budget, r->model, err);
}

gat_status plan_try_paths(gat_plan *out, plan_trial *trial, const gat_dataset *data, const gat_config *config,
                          const gat_train_options *options, gat_error *err)
{
    train_run r = {0};
    path_training *training = NULL;
    int64_t budget = 0;
    double questions = 1;
    gat_plan_time begun = plan_now();
    gat_status st = run_open(&r, data, config, options, err);
    trial->opened = memory_in_use();
    if (!st) sizes_of_parameters(trial, &r.model->path->params);
    if (!st) st = prepare_paths(&budget, &r, err);
    path_training_options o = path_trainer_options(config, budget);
    trial->moment_bytes = 2 * trial->value_bytes;
    trial->prepared = memory_in_use() + trial->moment_bytes;
    trial->peak = memory_peak();
    memory_restart_peak();
    if (!st) st = path_training_new(&training, r.model->path, &r.model->facts, r.model->num_seen, &o, err);
    if (!st) {
        path_sizes sizes = {.entities = intern_count(r.model->entities)};
        trial->table_bytes = path_table_bytes(r.model->path, &sizes);
        out->preparing = since(begun);
        st = take_path_steps(out, training, &r, trial->seconds, &questions, err);
        trial->stepped = memory_peak();
        count_of_paths(out, &r, budget, questions);
    }
    if (!st) st = try_the_rest(out, trial, &r, err);
    path_training_free(training);
    run_clear(&r);
    return st;
}

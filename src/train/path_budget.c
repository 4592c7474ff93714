#include "train/path_budget.h"

#include <math.h>
#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/memory.h"
#include "model/ranker.h"
#include "model/view.h"

enum { MOST_COUNTED = 64, LEAST_STEPS = 4, MEASURED_FACTS = 16 };
static const double MEASURED_SHARE = 1. / 30, MOST_QUESTIONS = 1e15; /* these, of all nets, can still be counted */

/* Equal questions of a chunk are one, so that only the split knows their number. */
static gat_status count_epoch(int64_t *questions, path_split *split, uint64_t seed, int64_t epoch, gat_error *err)
{
    gat_status st = GAT_OK;
    path_split_epoch(split, seed, epoch);
    for (int64_t c = 0; !st && c < path_split_chunks(split); c++) {
        st = path_split_chunk(split, seed, epoch, c, err);
        *questions += split->questions.count;
    }
    return st;
}

gat_status path_budget(int64_t *questions, const gat_model *m, gat_error *err)
{
    const gat_config *c = &m->config;
    path_split split;
    *questions = (c->queries + c->members - 1) / c->members;
    if (c->queries || !c->epochs) return GAT_OK;
    int64_t counted = c->epochs < MOST_COUNTED ? c->epochs : MOST_COUNTED;
    double share = c->path_split > 0 ? c->path_split : path_share_by_size(m->facts.count);
    gat_status st = path_split_init(&split, &m->facts, m->num_seen_relations, share, (path_hide)c->path_hide, err);
    for (int64_t e = 0; !st && e < counted; e++) st = count_epoch(questions, &split, (uint64_t)c->seed, e, err);
    path_split_clear(&split);
    if (counted < c->epochs) {
        double all = (double)*questions / (double)counted * (double)c->epochs;
        *questions = (int64_t)fmin(all, MOST_QUESTIONS);
    }
    return st;
}

/* Steps on the model, whose parameters the caller puts back. */
static gat_status measure_steps(path_costs *costs, train_run *r, const path_training_options *options, double seconds,
                                gat_error *err)
{
    gat_model *m = r->model;
    path_training *training = NULL;
    bool done = false;
    gat_status st = path_training_new(&training, m->path, &m->facts, m->num_seen, options, err);
    double begun = clock_seconds(), spent = 0;
    while (!st && !done && (spent < seconds || training->at.steps < LEAST_STEPS)) {
        st = path_training_step(&done, training, err);
        spent = clock_seconds() - begun;
    }
    if (!st && training->at.steps) costs->question = spent / (double)path_training_questions(training);
    path_training_free(training);
    return st;
}

static gat_status measure_validation(path_costs *costs, train_run *r, gat_error *err)
{
    gat_triples few = {.data = r->valid.data,
                       .count = r->valid.count < MEASURED_FACTS ? r->valid.count : MEASURED_FACTS};
    gat_ranking means;
    if (!few.count) return GAT_OK;
    double begun = clock_seconds();
    gat_status st = rank_means(&means, r->model->view, &few, r->known, GAT_PRECISION_F32, err);
    costs->validation = (clock_seconds() - begun) * (double)r->valid.count / (double)few.count;
    return st;
}

gat_status path_measure_costs(path_costs *costs, train_run *r, const path_training_options *options, gat_error *err)
{
    gat_params *p = model_params(r->model);
    path_training_options own = *options;
    *costs = (path_costs){0};
    if (!own.budget) return GAT_OK;
    gat_status st = measure_validation(costs, r, err);
    if (!st) st = measure_steps(costs, r, &own, run_time_left(r) * MEASURED_SHARE, err);
    memcpy(p->value, r->kept, (size_t)p->size * sizeof *p->value);
    return st;
}

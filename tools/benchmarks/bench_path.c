/* Training questions of a path model, forward and backward: what path_training does between two steps of the optimiser. */
#include "bench.h"
#include "bench_data.h"

#include <stdio.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "path/path_model.h"
#include "path/path_split.h"
#include "path/path_view.h"
#include "ref/differences.h"
#include "ref/ref_path.h"
#include "verify.h"

enum { QUESTIONS = 128, BATCH = 16 };

typedef struct path_work {
    bench_work work;
    path_model *model;
    path_facts *facts;
    path_graph *graph;
    gat_filter *known;
    path_split split;
    path_questions questions;
    path_step *step;
    int threads; /* of the step */
} path_work;

/* A step has the threads of its making: a new one where their number has changed. */
static gat_status fit_threads(path_work *w)
{
    if (w->step && w->threads == parallel_threads()) return GAT_OK;
    path_step_free(w->step);
    w->step = NULL;
    w->threads = parallel_threads();
    return path_step_new(&w->step, &w->model->net[0], w->graph->num_nodes, BATCH, NULL);
}

static void run(bench_work *work)
{
    path_work *w = (path_work *)work;
    double loss;
    gat_status st = fit_threads(w);
    for (int64_t i = 0; i < w->questions.count && !st; i += BATCH) {
        path_questions q = w->questions;
        q.entity += i, q.relation += i, q.first += i;
        q.count = q.count - i < BATCH ? q.count - i : BATCH;
        st = path_step_run(&loss, w->step, &w->model->net[0], w->graph, w->known, &q, NULL);
    }
    if (st) work->status = st;
}

static void path_close(bench_work *work)
{
    path_work *w = (path_work *)work;
    path_model_free(w->model);
    path_facts_free(w->facts);
    path_graph_free(w->graph);
    filter_free(w->known);
    path_split_clear(&w->split);
    path_step_free(w->step);
    gat_free(w);
}

/* The first questions of the first chunk. */
static gat_status fill(path_work *w, const bench_entry *entry, const bench_facts *facts, gat_error *err)
{
    const gat_triples *list[] = {&facts->train};
    path_shape shape = {
        .width = entry->width, .layers = entry->num_layers, .form = GAT_SCORE_DYNAMIC, .gate = true, .profile = true};
    path_hide hide = entry->graph == BENCH_FB15K237 ? PATH_HIDE_PAIR : PATH_HIDE_FACT;
    gat_status st = path_model_new(&w->model, &shape, facts->num_relations, true, err);
    if (!st) path_model_draw(w->model, 1);
    if (!st) st = path_facts_new(&w->facts, &facts->train, facts->num_nodes, facts->num_relations, err);
    if (!st) st = path_graph_new(&w->graph, w->facts, err);
    if (!st) st = filter_build(&w->known, list, 1, facts->num_relations, err);
    if (!st) st = path_split_init(&w->split, &facts->train, facts->num_relations, 0.01, hide, err);
    if (st) return st;
    path_split_epoch(&w->split, 1, 0);
    st = path_split_chunk(&w->split, 1, 0, 0, err);
    if (st) return st;
    path_graph_fill(w->graph, w->facts, w->split.hidden);
    w->questions = w->split.questions;
    if (w->questions.count > QUESTIONS) w->questions.count = QUESTIONS;
    return GAT_OK;
}

gat_status path_open(bench_work **out, const bench_entry *entry, bench_data *data, gat_error *err)
{
    const bench_facts *facts;
    *out = NULL;
    gat_status st = data_facts(&facts, data, entry->graph, err);
    if (st) return st;
    path_work *w = gat_calloc(1, sizeof *w);
    if (!w) return error_nomem(err);
    w->work = (bench_work){.run = run, .close = path_close, .item = "questions"};
    st = fill(w, entry, facts, err);
    if (st) {
        path_close(&w->work);
        return st;
    }
    w->work.items = (double)w->questions.count;
    snprintf(w->work.data, sizeof w->work.data, "%.79s; %d questions, %d layers, dim %d", facts->label,
             (int)w->questions.count, entry->num_layers, entry->width);
    *out = &w->work;
    return GAT_OK;
}

/* ---- the check: scores of a small graph against the reference; gradients are the tests' ---- */

static gat_status compare(const path_model *m, const gat_triples *facts, int32_t num_nodes, const bench_entry *entry,
                          gat_error *err)
{
    path_view *view = NULL;
    double *value = gat_alloc(m->params.size, sizeof *value), *expected = gat_alloc(num_nodes, sizeof *expected);
    float *scores = gat_alloc(num_nodes, sizeof *scores);
    gat_status st = value && expected && scores ? path_view_new(&view, m, facts, num_nodes, err) : error_nomem(err);
    for (int64_t i = 0; i < m->params.size && !st; i++) value[i] = (double)m->params.value[i];
    ref_path ref = {.model = &m->net[0], .value = value, .facts = facts, .num_nodes = num_nodes};
    for (int32_t relation = 0; relation < 2 * m->num_relations && !st; relation++) {
        st = path_scores(scores, view, &(int32_t){relation}, &relation, 1, err);
        if (st) break;
        ref_path_scores(expected, &ref, relation, relation);
        st = verify(largest_difference(scores, expected, num_nodes), VERIFY_VALUES, entry, "score", err);
    }
    path_view_free(view);
    gat_free(value);
    gat_free(expected);
    gat_free(scores);
    return st;
}

gat_status path_check(const bench_entry *entry, gat_error *err)
{
    gat_triples facts = {0};
    path_model *m = NULL;
    path_shape shape = {.width = entry->width, .layers = 2, .form = GAT_SCORE_DYNAMIC, .gate = true, .profile = true};
    gat_status st = power_law_facts(&facts, 60, 30, 3, 0.5, 1, err);
    if (!st) st = path_model_new(&m, &shape, 3, false, err);
    if (!st) path_model_draw(m, 1);
    if (!st) st = compare(m, &facts, 30, entry, err);
    path_model_free(m);
    triples_clear(&facts);
    return st;
}

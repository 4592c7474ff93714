#include "path/path_training.h"

#include <math.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "kernels/kernels.h"

/* A small graph gains from being asked a lot at once, as it overfits later; a large one should look as it does in
 * use. */
double path_share_by_size(int64_t facts) { return facts < 10000 ? 0.25 : facts < 50000 ? 0.1 : 0.02; }

static gat_status open_parts(path_training *t, const gat_triples *facts, int32_t num_entities, gat_error *err)
{
    const gat_triples *list[] = {facts};
    path_model *m = t->model;
    double share = t->options.share > 0 ? t->options.share : path_share_by_size(facts->count);
    gat_status st = path_facts_new(&t->facts, facts, num_entities, m->num_relations, err);
    if (!st) st = path_graph_new(&t->graph, t->facts, err);
    if (!st) st = filter_build(&t->known, list, 1, m->num_relations, err);
    if (!st) st = path_split_init(&t->split, facts, m->num_relations, share, t->options.hide, err);
    int64_t chunk = 2 * t->split.chunk, most = t->options.batch < chunk ? t->options.batch : chunk;
    if (!st) st = path_step_new(&t->step, &m->net[0], num_entities, most, err);
    if (!st && !(t->moments = gat_calloc(2 * m->params.size, sizeof *t->moments))) st = error_nomem(err);
    return st;
}

gat_status path_training_new(path_training **out, path_model *model, const gat_triples *facts, int32_t num_entities,
                             const path_training_options *options, gat_error *err)
{
    *out = NULL;
    if (!facts->count) return error_set(err, GAT_EDATA, "there are no training facts");
    path_training *t = gat_calloc(1, sizeof *t);
    if (!t) return error_nomem(err);
    t->model = model;
    t->options = *options;
    gat_status st = open_parts(t, facts, num_entities, err);
    if (st) path_training_free(t);
    else *out = t;
    return st;
}

void path_training_free(path_training *t)
{
    if (!t) return;
    path_facts_free(t->facts);
    path_graph_free(t->graph);
    filter_free(t->known);
    path_split_clear(&t->split);
    path_step_free(t->step);
    gat_free(t->moments);
    gat_free(t);
}

int64_t path_training_questions(const path_training *t) { return t->at.net * t->options.budget + t->at.questions; }

/* Every net has draws of its own. */
static uint64_t net_seed(const path_training *t) { return t->options.seed + 1000003 * (uint64_t)t->at.net; }

/* Makes split and graph those of the position. */
static gat_status prepare(path_training *t, gat_error *err)
{
    if (t->prepared) return GAT_OK;
    path_split_epoch(&t->split, net_seed(t), t->at.epoch);
    gat_status st = path_split_chunk(&t->split, net_seed(t), t->at.epoch, t->at.chunk, err);
    if (st) return st;
    path_graph_fill(t->graph, t->facts, t->split.hidden);
    t->prepared = true;
    return GAT_OK;
}

static const int64_t MOST_COUNTED = (int64_t)1 << 56; /* sums over the nets fit */

static bool counts_sane(const path_position *at)
{
    const int64_t counts[] = {at->net, at->epoch, at->chunk, at->question, at->steps, at->questions};
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
        if (counts[i] < 0 || counts[i] > MOST_COUNTED) return false;
    return true;
}

gat_status path_training_go_to(bool *sane, path_training *t, const path_position *at, gat_error *err)
{
    *sane = counts_sane(at) && at->net < t->model->shape.members && at->chunk < path_split_chunks(&t->split);
    if (!*sane) return GAT_OK;
    t->at = *at;
    t->prepared = false;
    gat_status st = prepare(t, err);
    *sane = !st && at->question < t->split.questions.count;
    return st;
}

double path_training_rate(const path_training *t)
{
    double at = (double)t->at.questions / (double)t->options.budget,
           warm = (double)(t->at.steps + 1) / t->options.warmup_steps;
    return t->options.lr * (warm < 1 ? warm : 1) * (0.5 + 0.5 * cos(3.14159265358979 * (at < 1 ? at : 1)));
}

/* Euclidean norm, in chunks of fixed size. */
static double norm_of(const float *x, int64_t n)
{
    double part[KERNEL_PARTS], sum = 0;
#pragma omp parallel for schedule(static)
    for (int64_t p = 0; p < KERNEL_PARTS; p++) {
        double squares = 0;
        for (int64_t i = part_start(n, KERNEL_PARTS, p); i < part_start(n, KERNEL_PARTS, p + 1); i++)
            squares += (double)x[i] * x[i];
        part[p] = squares;
    }
    for (int p = 0; p < KERNEL_PARTS; p++) sum += part[p];
    return sqrt(sum);
}

static void move_parameters(path_training *t)
{
    const path_net *net = &t->model->net[t->at.net];
    gat_params *p = net->params;
    int64_t from = net->from, size = net->end - from;
    float *grad = p->grad + (from - p->grad_from), *first = t->moments + from;
    double norm = norm_of(grad, size), clip = t->options.clip;
    if (clip > 0 && norm > clip) {
        float scale = (float)(clip / norm);
#pragma omp parallel for simd schedule(static)
        for (int64_t i = 0; i < size; i++) grad[i] *= scale;
    }
    kernels()->adam(p->value + from, first, first + p->size, grad, size, (float)path_training_rate(t), 0.9f, 0.999f,
                    1e-8f, (float)t->options.weight_decay, t->at.steps + 1);
    memset(grad, 0, (size_t)size * sizeof *grad);
}

/* Past a step: to the next chunk, epoch or net. */
static void advance(path_training *t, int64_t questions)
{
    t->at.steps++;
    t->at.questions += questions;
    t->at.question += questions;
    if (t->at.question >= t->split.questions.count) {
        t->prepared = false;
        t->at.question = 0;
        if (++t->at.chunk == path_split_chunks(&t->split)) {
            t->at.chunk = 0;
            t->at.epoch++;
        }
    }
    if (t->at.questions < t->options.budget || t->at.net + 1 == t->model->shape.members) return;
    t->prepared = false;
    t->at = (path_position){.net = t->at.net + 1, .loss = t->at.loss, .weight = t->at.weight};
}

gat_status path_training_step(bool *done, path_training *t, gat_error *err)
{
    double loss;
    *done = t->at.questions >= t->options.budget;
    if (*done) return GAT_OK;
    gat_status st = prepare(t, err);
    if (st) return st;
    path_model_set_ready(t->model, t->at.net + 1);
    path_questions q = t->split.questions;
    int64_t left = q.count - t->at.question, count = left < t->options.batch ? left : t->options.batch;
    q.entity += t->at.question, q.relation += t->at.question, q.first += t->at.question, q.count = count;
    q.seed = net_seed(t), q.step = t->at.steps;
    st = path_step_run(&loss, t->step, &t->model->net[t->at.net], t->graph, t->known, &q, err);
    if (st) return st;
    move_parameters(t);
    double answers = (double)(q.first[count] - q.first[0]);
    t->at.loss += loss * answers, t->at.weight += answers;
    advance(t, count);
    *done = t->at.questions >= t->options.budget;
    return GAT_OK;
}

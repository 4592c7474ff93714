#include "tasks/explain.h"

#include <math.h>

#include "base/error.h"
#include "base/memory.h"
#include "graph/vocab.h"
#include "model/path_kind.h"
#include "path/path_reasons.h"
#include "tasks/task_view.h"

enum { MOST_PATHS = 1000 };
_Static_assert((int)GAT_LONGEST_PATH >= (int)PATH_MAX_LAYERS, "a path fits into what is handed out");

/* An edge against its direction is the fact read from its end. */
static gat_path_step describe(const model_view *v, path_edge e)
{
    int32_t num_relations = v->model->num_seen_relations;
    bool back = e.relation >= num_relations;
    return (gat_path_step){
        .head = intern_string(v->entities, back ? e.to : e.from),
        .relation = intern_string(v->model->relations, back ? e.relation - num_relations : e.relation),
        .tail = intern_string(v->entities, back ? e.from : e.to),
        .attention = (double)e.gate,
    };
}

static gat_status list_paths(gat_explanation *x, const model_view *v, int32_t head, int32_t relation, int32_t tail,
                             int64_t top, gat_error *err)
{
    path_reason *found = gat_alloc(top, sizeof *found);
    x->path = gat_calloc(top, sizeof *x->path);
    gat_status st = found && x->path ? GAT_OK : error_nomem(err);
    if (!st) st = path_reasons_find(found, &x->num_paths, top, path_view_of(v), head, relation, tail, err);
    for (int64_t i = 0; !st && i < x->num_paths; i++) {
        x->path[i].weight = found[i].weight;
        x->path[i].num_steps = found[i].length;
        for (int k = 0; k < found[i].length; k++) x->path[i].step[k] = describe(v, found[i].edge[k]);
    }
    gat_free(found);
    return st;
}

static double calibrated(const float *row, const model_view *v, int32_t head, int32_t relation, int32_t tail)
{
    int64_t count;
    const int32_t *known = filter_answers(v->known, head, relation, &count);
    answer_mass mass = answer_mass_of(row, v->num_entities, known, count);
    double odds = answer_odds(mass, row[tail], !filter_contains(v->known, head, relation, tail));
    int64_t place = 0, next = 0;
    for (int64_t i = 0; i < v->num_entities; i++) {
        if (next < count && known[next] == i) next++;
        else place += row[i] > row[tail];
    }
    return answer_probability(&v->model->calibration, odds, place, false);
}

static gat_status score(gat_explanation *x, const model_view *v, int32_t head, int32_t relation, int32_t tail,
                        gat_error *err)
{
    double max = -INFINITY, sum = 0;
    float *row = gat_alloc(v->num_entities, sizeof *row);
    gat_status st = row ? view_score(row, v, &head, &relation, 1, err) : error_nomem(err);
    for (int64_t i = 0; !st && i < v->num_entities; i++) max = fmax(max, (double)row[i]);
    for (int64_t i = 0; !st && i < v->num_entities; i++) sum += exp((double)row[i] - max);
    if (!st) x->score = row[tail];
    if (!st) x->probability = exp((double)row[tail] - max) / sum;
    if (!st && v->model->calibrated) x->probability = calibrated(row, v, head, relation, tail);
    gat_free(row);
    return st;
}

static gat_status find(int32_t id[3], const model_view *v, const char *head, const char *relation, const char *tail,
                       gat_error *err)
{
    gat_status st = vocab_lookup(&id[0], v->entities, head, "entity", err);
    if (!st) st = vocab_lookup(&id[1], v->model->relations, relation, "relation", err);
    if (!st) st = vocab_lookup(&id[2], v->entities, tail, "entity", err);
    if (!st && id[1] >= v->model->num_seen_relations)
        return error_set(err, GAT_EUSAGE, "relation \"%.200s\" does not occur in the model's training facts", relation);
    return st;
}

gat_status explain_fact(gat_explanation **out, const gat_model *model, const char *head, const char *relation,
                        const char *tail, int64_t top, const gat_dataset *graph, gat_error *err)
{
    task_view v = {NULL, NULL};
    int32_t id[3];
    *out = NULL;
    if (!model->path)
        return error_set(err, GAT_EUSAGE,
                         "explain needs a model of paths (train --model path); for the attention around an "
                         "entity ask 'gatkit neighbors'");
    if (top < 1 || top > MOST_PATHS)
        return error_set(err, GAT_EUSAGE, "expected 1 to %d paths, found %lld", MOST_PATHS, (long long)top);
    gat_explanation *x = gat_calloc(1, sizeof *x);
    gat_status st = x ? task_view_open(&v, model, graph, err) : error_nomem(err);
    if (!st) st = find(id, v.view, head, relation, tail, err);
    if (!st) st = score(x, v.view, id[0], id[1], id[2], err);
    if (!st) st = list_paths(x, v.view, id[0], id[1], id[2], top, err);
    task_view_close(&v);
    if (!st) *out = x;
    else explanation_free(x);
    return st;
}

void explanation_free(gat_explanation *x)
{
    if (!x) return;
    gat_free(x->path);
    gat_free(x);
}

#include "path/path_view.h"

#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "path/path_made.h"
#include "path/path_profile.h"

enum { VIEW_BATCH = 32 };

struct path_view {
    const path_model *model;
    const path_graph *graph;
    path_graph *owned; /* the same when made here */
    path_forms forms;
    float *table; /* (N,D) profiles; NULL without */
};

static gat_status view_init(path_view *v, gat_error *err)
{
    gat_status st = path_forms_init(&v->forms, v->model, err);
    if (!st && v->model->shape.profile) {
        v->table = gat_alloc(v->graph->num_nodes * v->model->shape.width, sizeof *v->table);
        if (!v->table) st = error_nomem(err);
    }
    if (!st) path_view_refresh(v);
    return st;
}

gat_status path_view_over(path_view **out, const path_model *model, const path_graph *graph, gat_error *err)
{
    *out = NULL;
    path_view *v = gat_calloc(1, sizeof *v);
    if (!v) return error_nomem(err);
    v->model = model;
    v->graph = graph;
    gat_status st = view_init(v, err);
    if (st) path_view_free(v);
    else *out = v;
    return st;
}

gat_status path_view_new(path_view **out, const path_model *model, const gat_triples *facts, int32_t num_entities,
                         gat_error *err)
{
    path_facts *ordered = NULL;
    path_graph *graph = NULL;
    *out = NULL;
    gat_status st = path_facts_new(&ordered, facts, num_entities, model->num_relations, err);
    if (!st) st = path_graph_new(&graph, ordered, err);
    if (!st) path_graph_fill(graph, ordered, NULL);
    path_facts_free(ordered);
    if (!st) st = path_view_over(out, model, graph, err);
    if (st) path_graph_free(graph);
    else (*out)->owned = graph;
    return st;
}

void path_view_refresh(path_view *v)
{
    path_forms_fill(&v->forms, v->model);
    if (v->table) path_profile_table(v->table, v->model, v->graph);
}

void path_view_free(path_view *v)
{
    if (!v) return;
    path_forms_clear(&v->forms);
    path_graph_free(v->owned);
    gat_free(v->table);
    gat_free(v);
}

const path_graph *path_view_graph(const path_view *v) { return v->graph; }

/* What a batch needs beside its scores. */
typedef struct view_batch {
    float *z, *made, *query;
} view_batch;

static gat_status batch_init(view_batch *w, const path_model *m, int64_t b, gat_error *err)
{
    int64_t d = m->shape.width;
    w->z = gat_alloc(b * d, sizeof *w->z);
    w->made = gat_alloc(b * made_size(m), sizeof *w->made);
    w->query = gat_alloc(b * d, sizeof *w->query);
    return w->z && w->made && w->query ? GAT_OK : error_nomem(err);
}

static void batch_clear(view_batch *w)
{
    gat_free(w->z);
    gat_free(w->made);
    gat_free(w->query);
}

/* Adds to the base scores s (N) what the paths say. */
static gat_status answer_one(float *s, path_scratch *scratch, const path_view *v, const float *z, const float *made,
                             int32_t entity, gat_error *err)
{
    const path_model *m = v->model;
    gat_status st = path_question_forward(scratch, m, &v->forms, v->graph, z, made, entity, false, err);
    if (st) return st;
    float unreached = made[made_number(m, MADE_UNREACHED)];
    const path_reach *reach = &scratch->reach;
    for (int64_t i = 0; i < v->graph->num_nodes; i++)
        s[i] += reach->row_of[i] < 0 ? unreached : scratch->row_score[reach->row_of[i]];
    return GAT_OK;
}

/* A batch of at most VIEW_BATCH questions. */
static gat_status answer_batch(float *scores, const view_batch *w, const path_view *v, const int32_t *entity,
                               const int32_t *relation, int64_t b, gat_error *err)
{
    const path_model *m = v->model;
    int64_t n = v->graph->num_nodes, d = m->shape.width;
    gat_status result = GAT_OK;
    path_made_forward(w->made, w->z, m, relation, b);
    if (v->table) path_profile_scores(scores, w->query, m, v->graph, v->table, w->made, relation, b);
    else memset(scores, 0, (size_t)(b * n) * sizeof *scores);
#pragma omp parallel
    {
        path_scratch scratch;
        gat_error why = {0};
        gat_status st = path_scratch_init(&scratch, (int32_t)n, &why);
#pragma omp for schedule(dynamic, 1)
        for (int64_t i = 0; i < b; i++)
            if (!st)
                st = answer_one(scores + i * n, &scratch, v, w->z + i * d, w->made + i * made_size(m), entity[i], &why);
        path_scratch_clear(&scratch);
        if (st)
#pragma omp critical
        {
            result = st;
            if (err) *err = why;
        }
    }
    return result;
}

gat_status path_scores(float *scores, const path_view *v, const int32_t *entity, const int32_t *relation, int64_t b,
                       gat_error *err)
{
    view_batch w = {0};
    gat_status st = batch_init(&w, v->model, b < VIEW_BATCH ? b : VIEW_BATCH, err);
    for (int64_t i = 0; i < b && !st; i += VIEW_BATCH) {
        int64_t n = b - i < VIEW_BATCH ? b - i : VIEW_BATCH;
        st = answer_batch(scores + i * v->graph->num_nodes, &w, v, entity + i, relation + i, n, err);
    }
    batch_clear(&w);
    return st;
}

gat_status path_attention(path_scratch *scratch, const path_view *v, int32_t entity, int32_t relation, gat_error *err)
{
    view_batch w = {0};
    gat_status st = batch_init(&w, v->model, 1, err);
    if (!st) {
        path_made_forward(w.made, w.z, v->model, &relation, 1);
        st = path_question_forward(scratch, v->model, &v->forms, v->graph, w.z, w.made, entity, true, err);
    }
    batch_clear(&w);
    return st;
}

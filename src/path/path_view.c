#include "path/path_view.h"

#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "kernels/kernels.h"
#include "path/path_made.h"
#include "path/path_profile.h"

enum { VIEW_BATCH = 32 };

struct path_view {
    const path_model *model;
    const path_graph *graph;
    path_graph *owned; /* the same when made here */
    path_forms forms[PATH_MAX_MEMBERS];
    float *table[PATH_MAX_MEMBERS]; /* (N,D) profiles; NULL without */
};

static gat_status view_init(path_view *v, gat_error *err)
{
    gat_status st = GAT_OK;
    for (int64_t k = 0; k < v->model->shape.members && !st; k++) {
        st = path_forms_init(&v->forms[k], &v->model->net[k], err);
        if (st || !v->model->shape.profile) continue;
        v->table[k] = gat_alloc(v->graph->num_nodes * v->model->shape.width, sizeof *v->table[k]);
        if (!v->table[k]) st = error_nomem(err);
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
    for (int64_t k = 0; k < v->model->shape.members; k++) {
        path_forms_fill(&v->forms[k], &v->model->net[k]);
        if (v->table[k]) path_profile_table(v->table[k], &v->model->net[k], v->graph);
    }
}

void path_view_free(path_view *v)
{
    if (!v) return;
    for (int64_t k = 0; k < v->model->shape.members; k++) {
        path_forms_clear(&v->forms[k]);
        gat_free(v->table[k]);
    }
    path_graph_free(v->owned);
    gat_free(v);
}

const path_graph *path_view_graph(const path_view *v) { return v->graph; }

/* What a batch needs beside its scores. */
typedef struct view_batch {
    float *z, *made, *query; /* (B,D), (B,made_size), (B,D) */
    float *more;             /* (B,N): scores of a further net; NULL for one */
} view_batch;

static gat_status batch_init(view_batch *w, const path_view *v, int64_t b, gat_error *err)
{
    const path_net *m = &v->model->net[0];
    int64_t d = m->shape.width;
    bool several = path_model_ready(v->model) > 1;
    w->z = gat_alloc(b * d, sizeof *w->z);
    w->made = gat_alloc(b * made_size(m), sizeof *w->made);
    w->query = gat_alloc(b * d, sizeof *w->query);
    w->more = several ? gat_alloc(b * v->graph->num_nodes, sizeof *w->more) : NULL;
    return w->z && w->made && w->query && (w->more || !several) ? GAT_OK : error_nomem(err);
}

static void batch_clear(view_batch *w)
{
    gat_free(w->z);
    gat_free(w->made);
    gat_free(w->query);
    gat_free(w->more);
}

/* Adds to the base scores s (N) of net k what the paths say. */
static gat_status answer_one(float *s, path_scratch *scratch, const path_view *v, int64_t k, const float *z,
                             const float *made, int32_t entity, gat_error *err)
{
    const path_net *m = &v->model->net[k];
    gat_status st = path_question_forward(scratch, m, &v->forms[k], v->graph, z, made, entity, NULL, err);
    if (st) return st;
    float unreached = made[made_number(m, MADE_UNREACHED)];
    const path_reach *reach = &scratch->reach;
    for (int64_t i = 0; i < v->graph->num_nodes; i++)
        s[i] += reach->row_of[i] < 0 ? unreached : scratch->row_score[reach->row_of[i]];
    return GAT_OK;
}

/* scores (B,N) of net k for a batch of at most VIEW_BATCH questions. */
static gat_status answer_batch(float *scores, const view_batch *w, const path_view *v, int64_t k, const int32_t *entity,
                               const int32_t *relation, int64_t b, gat_error *err)
{
    const path_net *m = &v->model->net[k];
    int64_t n = v->graph->num_nodes, d = m->shape.width;
    gat_status result = GAT_OK;
    path_made_forward(w->made, w->z, m, relation, b);
    if (v->table[k]) path_profile_scores(scores, w->query, m, v->graph, v->table[k], w->made, relation, b);
    else memset(scores, 0, (size_t)(b * n) * sizeof *scores);
#pragma omp parallel num_threads(path_threads(b))
    {
        path_scratch scratch;
        gat_error why = {0};
        gat_status st = path_scratch_init(&scratch, (int32_t)n, &why);
#pragma omp for schedule(dynamic, 1)
        for (int64_t i = 0; i < b; i++)
            if (!st)
                st = answer_one(scores + i * n, &scratch, v, k, w->z + i * d, w->made + i * made_size(m), entity[i],
                                &why);
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

/* The mean over the nets, in their order. */
static gat_status answer_mean(float *scores, const view_batch *w, const path_view *v, const int32_t *entity,
                              const int32_t *relation, int64_t b, gat_error *err)
{
    int64_t nets = path_model_ready(v->model), count = b * v->graph->num_nodes;
    gat_status st = answer_batch(scores, w, v, 0, entity, relation, b, err);
    for (int64_t k = 1; k < nets && !st; k++) {
        st = answer_batch(w->more, w, v, k, entity, relation, b, err);
        if (!st) kernels()->axpy(scores, w->more, 1, count);
    }
    for (int64_t i = 0; i < count && nets > 1 && !st; i++) scores[i] /= (float)nets;
    return st;
}

gat_status path_scores(float *scores, const path_view *v, const int32_t *entity, const int32_t *relation, int64_t b,
                       gat_error *err)
{
    view_batch w = {0};
    gat_status st = batch_init(&w, v, b < VIEW_BATCH ? b : VIEW_BATCH, err);
    for (int64_t i = 0; i < b && !st; i += VIEW_BATCH) {
        int64_t n = b - i < VIEW_BATCH ? b - i : VIEW_BATCH;
        st = answer_mean(scores + i * v->graph->num_nodes, &w, v, entity + i, relation + i, n, err);
    }
    batch_clear(&w);
    return st;
}

gat_status path_attention(path_scratch *scratch, const path_view *v, int64_t net, int32_t entity, int32_t relation,
                          gat_error *err)
{
    view_batch w = {0};
    const path_net *m = &v->model->net[net];
    gat_status st = batch_init(&w, v, 1, err);
    if (!st) {
        path_made_forward(w.made, w.z, m, &relation, 1);
        st = path_question_forward(scratch, m, &v->forms[net], v->graph, w.z, w.made, entity, NULL, err);
    }
    batch_clear(&w);
    return st;
}

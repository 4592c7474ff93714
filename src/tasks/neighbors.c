/* Candidates are edges (one hop), path ends (more hops) or all entities (embedding); what is listed is sorted once, after
 * the heaviest have been picked. */
#define _GNU_SOURCE
#include "tasks/neighbors.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "graph/vocab.h"
#include "model/embedding_view.h"
#include "tasks/similarity.h"
#include "tasks/task_view.h"
#include "tasks/top_list.h"

/* A neighbour on its way out. */
typedef struct beside {
    int32_t entity, relation, hops; /* relation of the message graph, -1: none */
    double weight;
} beside;

static gat_neighbor describe(const model_view *v, beside b)
{
    int32_t num_relations = v->graph->num_relations;
    bool outgoing = b.relation >= num_relations;
    return (gat_neighbor){
        .entity = intern_string(v->entities, b.entity),
        .relation =
            b.relation < 0 ? "" : intern_string(v->model->relations, b.relation - (outgoing ? num_relations : 0)),
        .outgoing = b.relation < 0 ? -1 : outgoing,
        .hops = b.hops,
        .weight = b.weight,
    };
}

static gat_status describe_all(gat_neighbor **out, int64_t *count, const model_view *v, const beside *list,
                               const top_list *best, gat_error *err)
{
    *out = gat_alloc(best->count, sizeof **out);
    if (!*out) return error_nomem(err);
    for (int64_t i = 0; i < best->count; i++) {
        beside b = list[best->items[i].id];
        (*out)[i] = describe(v, b);
    }
    *count = best->count;
    return GAT_OK;
}

/* By relation name, direction (facts of the entity first), then entity: the order of equal weights. */
static int compare_equal(const void *a, const void *b, void *context)
{
    const model_view *v = context;
    const beside *x = a, *y = b;
    if (x->relation != y->relation && x->relation >= 0 && y->relation >= 0) {
        gat_neighbor p = describe(v, *x), q = describe(v, *y);
        int names = strcmp(p.relation, q.relation);
        return names ? names : q.outgoing - p.outgoing;
    }
    return (x->entity > y->entity) - (x->entity < y->entity);
}

/* Sorts all candidates into the order of equal weights, then picks the heaviest. */
static gat_status pick(gat_neighbor **out, int64_t *count, const model_view *v, beside *list, int64_t n, int64_t top,
                       gat_error *err)
{
    top_list best;
    gat_status st = top_list_init(&best, top, n, err);
    if (st) return st;
    qsort_r(list, (size_t)n, sizeof *list, compare_equal, (void *)(uintptr_t)v);
    for (int64_t i = 0; i < n; i++) top_list_add(&best, list[i].weight, i);
    top_list_sort(&best);
    st = describe_all(out, count, v, list, &best, err);
    top_list_clear(&best);
    return st;
}

/* Every fact of the entity. */
static gat_status collect_edges(beside **list, int64_t *n, const model_view *v, int32_t node, gat_neighbor_order order,
                                gat_error *err)
{
    const gat_graph *g = v->graph;
    double *weight;
    gat_status st = edge_weights(&weight, v, &node, 1, order, err);
    if (st) return st;
    int64_t first = g->in_indptr[node], end = g->in_indptr[node + 1];
    *list = gat_alloc(end - first, sizeof **list);
    if (!*list) st = error_nomem(err);
    for (int64_t e = first; !st && e < end; e++)
        if (g->in_relation[e] < 2 * g->num_relations)
            (*list)[(*n)++] = (beside){g->in_indices[e], g->in_relation[e], 1, weight[e - first]};
    gat_free(weight);
    return st;
}

static gat_status collect_paths(beside **list, int64_t *n, const model_view *v, int32_t node, int hops,
                                gat_neighbor_order order, gat_error *err)
{
    path_end *ends = gat_calloc(v->num_entities, sizeof *ends);
    *list = gat_alloc(v->num_entities, sizeof **list);
    gat_status st = ends && *list ? best_paths(ends, v, node, hops, order, err) : error_nomem(err);
    for (int32_t i = 0; !st && i < v->num_entities; i++)
        if (i != node && ends[i].weight > 0)
            (*list)[(*n)++] = (beside){i, ends[i].relation, ends[i].hops, ends[i].weight};
    gat_free(ends);
    return st;
}

static gat_status collect_all(beside **list, int64_t *n, const model_view *v, int32_t node, gat_error *err)
{
    *list = gat_alloc(v->num_entities, sizeof **list);
    if (!*list) return error_nomem(err);
    for (int32_t i = 0; i < v->num_entities; i++)
        if (i != node) (*list)[(*n)++] = (beside){i, -1, 0, cosine_of(embedding_view_of(v), node, i)};
    return GAT_OK;
}

static gat_status check(const gat_model *model, gat_neighbor_order order, int hops, gat_error *err)
{
    if (model->kind != &embedding_kind && order != GAT_BY_GRAPH)
        return error_set(
            err, GAT_EUSAGE,
            "a model of paths has no embeddings, and its attention depends on the question: ask --by graph, "
            "or 'gatkit explain'");
    if (hops < 1) return error_set(err, GAT_EUSAGE, "expected at least 1 hop, found %d", hops);
    if (order == GAT_BY_EMBEDDING && hops > 1)
        return error_set(err, GAT_EUSAGE, "hops go along facts; --by embedding compares all entities and takes none");
    if (order == GAT_BY_ATTENTION && !model->encoder.num_layers)
        return error_set(err, GAT_EUSAGE,
                         "the model has no attention layer (model none); ask --by embedding or --by graph");
    return GAT_OK;
}

gat_status neighbors_list(gat_neighbor **out, int64_t *count, const gat_model *model, const char *entity,
                          gat_neighbor_order order, int hops, int64_t top, const gat_dataset *graph, gat_error *err)
{
    task_view v = {NULL, NULL};
    beside *list = NULL;
    int64_t n = 0;
    int32_t node = 0;
    *out = NULL;
    *count = 0;
    gat_status st = check(model, order, hops, err);
    if (!st) st = task_view_open(&v, model, graph, err);
    if (!st) st = vocab_lookup(&node, v.view->entities, entity, "entity", err);
    if (!st && order == GAT_BY_EMBEDDING) st = collect_all(&list, &n, v.view, node, err);
    else if (!st && hops == 1) st = collect_edges(&list, &n, v.view, node, order, err);
    else if (!st) st = collect_paths(&list, &n, v.view, node, hops, order, err);
    if (!st) st = pick(out, count, v.view, list, n, top, err);
    gat_free(list);
    task_view_close(&v);
    return st;
}

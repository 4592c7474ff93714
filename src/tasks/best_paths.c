/* Layer by layer, like Bellman and Ford: weights are at most 1, so an entity is gone on from only when its weight has
 * grown since an earlier layer. One pass of the encoder a layer. */
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "model/embedding_view.h"
#include "tasks/neighbors.h"

static int64_t edges_into(const gat_graph *g, int32_t node) { return g->in_indptr[node + 1] - g->in_indptr[node]; }

/* Without the self-loop. */
static int64_t degree_of(const gat_graph *g, int32_t node) { return edges_into(g, node) - 1; }

static gat_status degree_weights(double **weight, const gat_graph *g, const int32_t *nodes, int64_t count,
                                 int64_t edges, gat_error *err)
{
    double *at = *weight = gat_alloc(edges, sizeof **weight);
    if (!at) return error_nomem(err);
    for (int64_t i = 0; i < count; i++)
        for (int64_t e = g->in_indptr[nodes[i]]; e < g->in_indptr[nodes[i] + 1]; e++)
            *at++ = 1 / (1 + (double)degree_of(g, g->in_indices[e]));
    return GAT_OK;
}

static gat_status attention_weights(double **weight, const model_view *view, const int32_t *nodes, int64_t count,
                                    int64_t edges, gat_error *err)
{
    float *alpha;
    int heads = view->model->encoder.num_heads;
    gat_status st = embedding_attention(&alpha, embedding_view_of(view), nodes, count, err);
    if (st) return st;
    *weight = gat_alloc(edges, sizeof **weight);
    if (!*weight) st = error_nomem(err);
    for (int64_t e = 0; !st && e < edges; e++) {
        double sum = 0;
        for (int h = 0; h < heads; h++) sum += (double)alpha[e * heads + h];
        (*weight)[e] = sum / heads;
    }
    gat_free(alpha);
    return st;
}

gat_status edge_weights(double **weight, const model_view *view, const int32_t *nodes, int64_t count,
                        gat_neighbor_order order, gat_error *err)
{
    int64_t edges = 0;
    *weight = NULL;
    for (int64_t i = 0; i < count; i++) edges += edges_into(view->graph, nodes[i]);
    return order == GAT_BY_GRAPH ? degree_weights(weight, view->graph, nodes, count, edges, err)
                                 : attention_weights(weight, view, nodes, count, edges, err);
}

/* A search between two layers. */
typedef struct search {
    const gat_graph *graph;
    path_end *ends; /* (N) best so far */
    double *layer;  /* (N) weight with which the current nodes go on */
    int32_t *nodes, *next;
    int64_t count, next_count;
    uint8_t *queued; /* (N) in next */
} search;

static void relax(search *s, int32_t node, double weight, int32_t relation, int32_t hops)
{
    if (!(weight > s->ends[node].weight)) return;
    s->ends[node] = (path_end){weight, relation, hops};
    if (s->queued[node]) return;
    s->queued[node] = 1;
    s->next[s->next_count++] = node;
}

static gat_status step(search *s, const model_view *view, int32_t hops, gat_neighbor_order order, gat_error *err)
{
    const gat_graph *g = s->graph;
    double *weight;
    gat_status st = edge_weights(&weight, view, s->nodes, s->count, order, err);
    if (st) return st;
    const double *at = weight;
    for (int64_t i = 0; i < s->count; i++)
        for (int64_t e = g->in_indptr[s->nodes[i]]; e < g->in_indptr[s->nodes[i] + 1]; e++, at++)
            if (g->in_relation[e] < 2 * g->num_relations)
                relax(s, g->in_indices[e], s->layer[s->nodes[i]] * *at, g->in_relation[e], hops);
    gat_free(weight);
    return GAT_OK;
}

static void next_layer(search *s)
{
    int32_t *nodes = s->nodes;
    s->nodes = s->next;
    s->next = nodes;
    s->count = s->next_count;
    s->next_count = 0;
    for (int64_t i = 0; i < s->count; i++) {
        s->layer[s->nodes[i]] = s->ends[s->nodes[i]].weight;
        s->queued[s->nodes[i]] = 0;
    }
}

gat_status best_paths(path_end *ends, const model_view *view, int32_t start, int hops, gat_neighbor_order order,
                      gat_error *err)
{
    int64_t n = view->num_entities;
    search s = {
        .graph = view->graph, .ends = ends, .layer = gat_calloc(n, sizeof *s.layer), .queued = gat_calloc(n, 1)};
    s.nodes = gat_alloc(n, sizeof *s.nodes);
    s.next = gat_alloc(n, sizeof *s.next);
    gat_status st = s.layer && s.queued && s.nodes && s.next ? GAT_OK : error_nomem(err);
    if (!st) {
        ends[start] = (path_end){1, 0, 0};
        s.layer[start] = 1;
        s.nodes[s.count++] = start;
    }
    for (int h = 1; !st && s.count && h <= hops; h++) {
        st = step(&s, view, h, order, err);
        next_layer(&s);
    }
    gat_free(s.layer);
    gat_free(s.queued);
    gat_free(s.nodes);
    gat_free(s.next);
    return st;
}

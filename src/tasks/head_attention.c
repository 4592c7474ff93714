#include "tasks/head_attention.h"

#include "base/error.h"
#include "base/memory.h"
#include "graph/vocab.h"
#include "model/embedding_view.h"
#include "tasks/task_view.h"
#include "tasks/top_list.h"

void head_attention_free(gat_head_attention *attention)
{
    if (!attention) return;
    gat_free(attention->neighbor);
    gat_free(attention->weight);
    gat_free(attention);
}

static gat_head_attention *new_attention(int64_t count, int heads)
{
    gat_head_attention *a = gat_calloc(1, sizeof *a);
    if (!a) return NULL;
    *a = (gat_head_attention){.count = count,
                              .heads = heads,
                              .neighbor = gat_calloc(count, sizeof *a->neighbor),
                              .weight = gat_calloc(count * heads, sizeof *a->weight)};
    if (a->neighbor && a->weight) return a;
    head_attention_free(a);
    return NULL;
}

static double mean_of(const float *alpha, int heads)
{
    double sum = 0;
    for (int h = 0; h < heads; h++) sum += (double)alpha[h];
    return sum / heads;
}

static gat_neighbor neighbor_of(const model_view *v, int64_t edge, double weight)
{
    const gat_graph *g = v->graph;
    bool outgoing = g->in_relation[edge] >= g->num_relations;
    int32_t relation = g->in_relation[edge] - (outgoing ? g->num_relations : 0);
    return (gat_neighbor){.entity = intern_string(v->entities, g->in_indices[edge]),
                          .relation = intern_string(v->model->relations, relation),
                          .outgoing = outgoing,
                          .hops = 1,
                          .weight = weight};
}

/* alpha (edges into node, heads). Loops and what a longer reach adds are no facts. */
static gat_status choose(top_list *best, const model_view *v, int32_t node, const float *alpha, int heads, int64_t top,
                         gat_error *err)
{
    const gat_graph *g = v->graph;
    int64_t first = g->in_indptr[node], end = g->in_indptr[node + 1];
    gat_status st = top_list_init(best, top, end - first, err);
    if (st) return st;
    for (int64_t e = first; e < end; e++)
        if (g->in_relation[e] < 2 * g->num_relations)
            top_list_add(best, mean_of(alpha + (e - first) * heads, heads), e);
    top_list_sort(best);
    return GAT_OK;
}

static gat_status fill(gat_head_attention **out, const model_view *v, int32_t node, int64_t top, gat_error *err)
{
    int heads = v->model->encoder.num_heads;
    float *alpha = NULL;
    top_list best = {0};
    gat_status st = embedding_attention(&alpha, embedding_view_of(v), &node, 1, err);
    if (!st) st = choose(&best, v, node, alpha, heads, top, err);
    if (!st) *out = new_attention(best.count, heads);
    if (!st && !*out) st = error_nomem(err);
    for (int64_t i = 0; !st && i < best.count; i++) {
        int64_t e = best.items[i].id;
        const float *from = alpha + (e - v->graph->in_indptr[node]) * heads;
        (*out)->neighbor[i] = neighbor_of(v, e, best.items[i].value);
        for (int h = 0; h < heads; h++) (*out)->weight[i * heads + h] = from[h];
    }
    top_list_clear(&best);
    gat_free(alpha);
    return st;
}

gat_status head_attention_make(gat_head_attention **out, const gat_model *model, const char *entity, int64_t top,
                               const gat_dataset *graph, gat_error *err)
{
    task_view v = {NULL, NULL};
    int32_t node = 0;
    *out = NULL;
    if (model->kind != &embedding_kind || !model->encoder.num_layers)
        return error_set(err, GAT_EUSAGE, "the model has no attention layer");
    gat_status st = task_view_open(&v, model, graph, err);
    if (!st) st = vocab_lookup(&node, v.view->entities, entity, "entity", err);
    if (!st) st = fill(out, v.view, node, top, err);
    task_view_close(&v);
    return st;
}

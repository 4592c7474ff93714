#include "recommend/item_reasons.h"

#include <string.h>

#include "base/error.h"
#include "base/memory.h"

enum { MOST_LEFT_OUT = 400 };

/* ---- the history ----------------------------------------------------------------------------------------- */

/* The histories that lack one item each, as many as are looked at. */
static gat_status leave_out(rec_history **out, int32_t **item, uint8_t **level, const rec_history *h, int64_t count,
                            gat_error *err)
{
    int64_t n = h->count - 1;
    *out = gat_alloc(count, sizeof **out);
    *item = gat_alloc(count * n, sizeof **item);
    *level = gat_alloc(count * n, sizeof **level);
    if (!*out || !*item || !*level) return error_nomem(err);
    for (int64_t j = 0; j < count; j++) {
        int32_t *to = *item + j * n;
        uint8_t *grade = *level + j * n;
        for (int64_t i = 0, at = 0; i < h->count; i++)
            if (i != j) to[at] = h->item[i], grade[at++] = h->level[i];
        (*out)[j] = (rec_history){to, grade, n};
    }
    return GAT_OK;
}

/* The largest losses, in order. */
static void note(gat_recommended *x, const gat_recommender *r, int32_t item, double share)
{
    if (share <= 0 || (x->num_items == GAT_REASON_ITEMS && share <= x->because[GAT_REASON_ITEMS - 1].share)) return;
    int at = x->num_items < GAT_REASON_ITEMS ? x->num_items++ : GAT_REASON_ITEMS - 1;
    for (; at > 0 && x->because[at - 1].share < share; at--) x->because[at] = x->because[at - 1];
    x->because[at].item = intern_string(r->items, item);
    x->because[at].title = r->title ? r->title[item] : NULL;
    x->because[at].share = share;
}

static gat_status add_items(gat_recommendation *a, const gat_recommender *r, const rec_history *h, const int32_t *list,
                            gat_error *err)
{
    int64_t count = h->count < MOST_LEFT_OUT ? h->count : MOST_LEFT_OUT;
    rec_history *without = NULL;
    int32_t *item = NULL;
    uint8_t *level = NULL;
    rec_readers readers = {.model = r}, whole = {.model = r};
    float *scores = gat_alloc(r->known.items, sizeof *scores), *full = gat_alloc(r->known.items, sizeof *full);
    gat_status st = scores && full ? leave_out(&without, &item, &level, h, count, err) : error_nomem(err);
    if (!st) st = readers_make(&readers, r, without, NULL, count, err);
    if (!st) st = readers_make(&whole, r, h, NULL, 1, err);
    if (!st) readers_score(full, &whole, 0);
    for (int64_t j = 0; !st && j < count; j++) {
        readers_score(scores, &readers, j);
        for (int64_t k = 0; k < a->count; k++)
            if (list[k] < r->known.items)
                note(&a->list[k], r, h->item[j], (double)full[list[k]] - (double)scores[list[k]]);
    }
    readers_clear(&readers);
    readers_clear(&whole);
    gat_free(scores);
    gat_free(full);
    gat_free(without);
    gat_free(item);
    gat_free(level);
    return st;
}

/* ---- the graph ------------------------------------------------------------------------------------------- */

typedef struct graph_ways {
    const gat_recommender *r;
    const gat_graph *graph;
    const encoder_attention *attention; /* NULL: all edges of an item weigh the same */
    uint8_t *in_history;                /* (nodes) */
    float *alpha;                       /* (most edges of a node, H) */
    int heads;
} graph_ways;

static const char *node_name(const gat_recommender *r, int32_t node)
{
    return interactions_node(r->items, r->entities, node);
}

/* The relation of an edge into a node, without its direction; *backward: the fact runs towards the node. */
static const char *relation_name(const graph_ways *w, int32_t relation, bool *backward)
{
    *backward = relation < w->graph->num_relations;
    return intern_string(w->r->relations, *backward ? relation : relation - w->graph->num_relations);
}

static void note_path(gat_recommended *x, const gat_reason_path *p)
{
    if (x->num_paths == GAT_REASON_PATHS && p->weight <= x->path[GAT_REASON_PATHS - 1].weight) return;
    int at = x->num_paths < GAT_REASON_PATHS ? x->num_paths++ : GAT_REASON_PATHS - 1;
    for (; at > 0 && x->path[at - 1].weight < p->weight; at--) x->path[at] = x->path[at - 1];
    x->path[at] = *p;
}

static double edge_weight(const graph_ways *w, int64_t place, int64_t edges)
{
    double sum = 0;
    if (!w->attention) return 1 / (double)edges;
    for (int h = 0; h < w->heads; h++) sum += (double)w->alpha[place * w->heads + h];
    return sum / w->heads;
}

/* The ways on from a node beside the item; the weight is shared among the history's items there. */
static void through(gat_recommended *x, const graph_ways *w, gat_reason_path p, int32_t node)
{
    const gat_graph *g = w->graph;
    int64_t found = 0, from = g->in_indptr[node], end = g->in_indptr[node + 1];
    for (int64_t e = from; e < end; e++) found += w->in_history[g->in_indices[e]];
    for (int64_t e = from; e < end; e++) {
        if (!w->in_history[g->in_indices[e]]) continue;
        gat_reason_path q = p;
        bool towards;
        q.item = node_name(w->r, g->in_indices[e]);
        q.node = node_name(w->r, node);
        q.second = relation_name(w, g->in_relation[e], &towards);
        q.second_backward = !towards; /* as seen from the history's item */
        q.weight /= (double)found;
        note_path(x, &q);
    }
}

static void add_paths_of(gat_recommended *x, const graph_ways *w, int32_t item)
{
    const gat_graph *g = w->graph;
    int64_t from = g->in_indptr[item], end = g->in_indptr[item + 1];
    if (w->attention) encoder_weights(w->alpha, w->attention, item);
    for (int64_t e = from; e < end; e++) {
        int32_t node = g->in_indices[e], relation = g->in_relation[e];
        gat_reason_path p = {.weight = edge_weight(w, e - from, end - from)};
        if (relation == 2 * g->num_relations) continue; /* the item itself */
        p.first = relation_name(w, relation, &p.first_backward);
        if (w->in_history[node]) {
            p.item = node_name(w->r, node);
            note_path(x, &p);
        } else through(x, w, p, node);
    }
}

static int64_t most_edges(const gat_graph *g)
{
    int64_t most = 1;
    for (int32_t x = 0; x < g->num_nodes; x++)
        if (g->in_indptr[x + 1] - g->in_indptr[x] > most) most = g->in_indptr[x + 1] - g->in_indptr[x];
    return most;
}

static gat_status add_paths(gat_recommendation *a, graph_ways *w, const rec_history *h, const int32_t *list,
                            gat_error *err)
{
    w->in_history = gat_calloc(w->graph->num_nodes, 1);
    w->alpha = gat_alloc(most_edges(w->graph) * (w->heads ? w->heads : 1), sizeof *w->alpha);
    gat_status st = w->in_history && w->alpha ? GAT_OK : error_nomem(err);
    for (int64_t i = 0; !st && i < h->count; i++) w->in_history[h->item[i]] = 1;
    for (int64_t k = 0; !st && k < a->count; k++)
        if (list[k] < w->r->known.items) add_paths_of(&a->list[k], w, list[k]);
    gat_free(w->in_history);
    gat_free(w->alpha);
    return st;
}

/* With the net's own attention. */
static gat_status paths_by_attention(gat_recommendation *a, const gat_recommender *r, const rec_history *h,
                                     const int32_t *list, gat_error *err)
{
    encoder_attention attention = {.lse = NULL};
    gat_tape *t = tape_new(false);
    if (!t) return error_nomem(err);
    history_net_encode(t, &r->net, r->net.graph, 0, &attention);
    gat_status st = tape_status(t, err);
    graph_ways w = {.r = r, .graph = r->net.graph, .attention = &attention, .heads = r->net.graph_layers.num_heads};
    if (!st) st = add_paths(a, &w, h, list, err);
    tape_free(t);
    return st;
}

static gat_status paths_alike(gat_recommendation *a, const gat_recommender *r, const rec_history *h,
                              const int32_t *list, gat_error *err)
{
    gat_graph *graph;
    gat_status st = graph_build(&graph, &r->facts, (int32_t)recommender_nodes(r), intern_count(r->relations), err);
    graph_ways w = {.r = r, .graph = graph};
    if (!st) st = add_paths(a, &w, h, list, err);
    graph_free(graph);
    return st;
}

gat_status item_reasons_add(gat_recommendation *a, const gat_recommender *r, const rec_history *h, const int32_t *list,
                            gat_error *err)
{
    gat_status st = r->config.recommender == REC_POP || h->count < 2 ? GAT_OK : add_items(a, r, h, list, err);
    if (!st && r->facts.count)
        st = r->net.graph ? paths_by_attention(a, r, h, list, err) : paths_alike(a, r, h, list, err);
    return st;
}

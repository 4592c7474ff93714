/* First every node's far ends are found, each node in slots of its own, then both CSRs are copied with room between the
 * rows. Random numbers are functions of (seed, node, hop, place), so any number of threads finds the same. */
#include "graph/reach.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/random.h"

enum { STREAM_REACH = 0x4ea0, PATH = REACH_MAX_HOPS };

/* A node that another hears from, and the way there: edge ids of the plain graph, first the edge into the hearer. */
typedef struct far_end {
    int32_t node, previous; /* on the way */
    uint32_t draw;          /* lowest ones stay */
    int32_t path[PATH];
} far_end;

/* What the search works on. */
typedef struct reach_work {
    const gat_graph *base;
    const reach_plan *plan;
    uint32_t key;
    int32_t relations; /* added */
    far_end *ends;     /* (N, relations, edges) */
    int32_t *count;    /* (N, relations) */
    int64_t *before;   /* (N + 1): far edges of the nodes before */
} reach_work;

int32_t reach_relations(const reach_plan *p)
{
    return p->reach == GAT_REACH_HOPS ? p->hops - 1 : p->reach == GAT_REACH_SAMPLED ? 1 : 0;
}

/* ---- finding ---- */

static int compare_nodes(const void *a, const void *b)
{
    const far_end *x = a, *y = b;
    if (x->node != y->node) return x->node < y->node ? -1 : 1;
    return memcmp(x->path, y->path, sizeof x->path); /* any fixed order */
}

static int compare_draws(const void *a, const void *b)
{
    const far_end *x = a, *y = b;
    if (x->draw != y->draw) return x->draw < y->draw ? -1 : 1;
    return (x->node > y->node) - (x->node < y->node);
}

/* Keeps each node once, then at most `most` of them by lot, in the order of nodes. Returns how many. */
static int draw_ends(far_end *list, int count, int most, uint32_t key)
{
    int kept = 0;
    qsort(list, (size_t)count, sizeof *list, compare_nodes);
    for (int i = 0; i < count; i++) {
        if (kept && list[kept - 1].node == list[i].node) continue;
        list[kept] = list[i];
        list[kept].draw = random_hash32(key, (uint32_t)list[i].node);
        kept++;
    }
    if (kept <= most) return kept;
    qsort(list, (size_t)kept, sizeof *list, compare_draws);
    qsort(list, (size_t)most, sizeof *list, compare_nodes);
    return most;
}

/* The i-th of at most `most` edges into a node: all when they are few, else draws, which may repeat. */
static int64_t pick_edge(const gat_graph *g, int32_t node, int i, int most, uint32_t key)
{
    int64_t first = g->in_indptr[node], degree = g->in_indptr[node + 1] - first;
    if (degree <= most) return first + i;
    return first +
           (int64_t)((uint64_t)random_hash32(random_hash32(key, (uint32_t)node), (uint32_t)i) * (uint64_t)degree >> 32);
}

/* list <- ends one fact beyond `from`: not the hearer, not back, not by a self-loop. Returns how many. */
static int beyond(far_end *list, const far_end *from, int hop, int32_t hearer, const reach_work *w, uint32_t key)
{
    const gat_graph *g = w->base;
    int64_t degree = g->in_indptr[from->node + 1] - g->in_indptr[from->node];
    int count = 0, most = w->plan->edges, edges = degree < most ? (int)degree : most;
    for (int i = 0; i < edges; i++) {
        int64_t edge = pick_edge(g, from->node, i, most, key);
        int32_t node = g->in_indices[edge];
        if (node == hearer || node == from->node || node == from->previous) continue;
        list[count] = *from;
        list[count].node = node;
        list[count].previous = from->node;
        list[count++].path[hop] = (int32_t)edge;
    }
    return count;
}

static void find_hops(int32_t v, const reach_work *w)
{
    enum { ROOM = REACH_MAX_EDGES * REACH_MAX_EDGES };
    int most = w->plan->edges, frontier = 1;
    far_end front[REACH_MAX_EDGES] = {{.node = v, .previous = v, .path = {-1, -1, -1, -1}}}, list[ROOM];
    for (int hop = 0; hop < w->plan->hops; hop++) {
        uint32_t key = random_hash32(random_hash32(w->key, (uint32_t)v), (uint32_t)hop);
        int count = 0;
        for (int i = 0; i < frontier; i++) count += beyond(list + count, &front[i], hop, v, w, key);
        frontier = draw_ends(list, count, most, key);
        memcpy(front, list, (size_t)frontier * sizeof *front);
        if (!hop) continue;
        int64_t at = (int64_t)v * w->relations + hop - 1;
        w->count[at] = frontier;
        memcpy(w->ends + at * most, list, (size_t)frontier * sizeof *list);
    }
}

static void find_sampled(int32_t v, const reach_work *w)
{
    far_end list[REACH_MAX_EDGES];
    int count = 0, most = w->plan->edges;
    uint32_t key = random_hash32(w->key, (uint32_t)v);
    for (int i = 0; i < most; i++) {
        uint64_t node = (uint64_t)random_hash32(key, (uint32_t)i) * (uint64_t)w->plan->pool >> 32;
        if ((int32_t)node != v && w->plan->pool)
            list[count++] = (far_end){.node = (int32_t)node, .path = {-1, -1, -1, -1}};
    }
    w->count[v] = draw_ends(list, count, most, key);
    memcpy(w->ends + (int64_t)v * most, list, (size_t)w->count[v] * sizeof *list);
}

static gat_status find_ends(reach_work *w, gat_error *err)
{
    int64_t n = w->base->num_nodes, lists = n * w->relations;
    w->ends = gat_alloc(lists * w->plan->edges, sizeof *w->ends);
    w->count = gat_calloc(lists, sizeof *w->count);
    w->before = gat_alloc(n + 1, sizeof *w->before);
    if (!w->ends || !w->count || !w->before) return error_nomem(err);
#pragma omp parallel for schedule(dynamic, 64)
    for (int64_t v = 0; v < n; v++) {
        if (w->plan->reach == GAT_REACH_HOPS) find_hops((int32_t)v, w);
        else find_sampled((int32_t)v, w);
    }
    w->before[0] = 0;
    for (int64_t v = 0; v < n; v++) {
        w->before[v + 1] = w->before[v];
        for (int64_t r = 0; r < w->relations; r++) w->before[v + 1] += w->count[v * w->relations + r];
    }
    if (w->base->num_edges + w->before[n] <= INT32_MAX) return GAT_OK;
    return error_set(err, GAT_EUSAGE, "reach: more than 2^31 - 1 edges");
}

/* ---- building ---- */

static gat_graph *graph_of(const reach_work *w)
{
    const gat_graph *b = w->base;
    int64_t n = b->num_nodes, far = w->before[n], edges = b->num_edges + far;
    gat_graph *g = gat_calloc(1, sizeof *g);
    if (!g) return NULL;
    *g = (gat_graph){.num_nodes = b->num_nodes,
                     .num_relations = b->num_relations,
                     .num_edges = edges,
                     .num_facts = b->num_facts,
                     .in_indptr = gat_alloc(n + 1, sizeof *g->in_indptr),
                     .in_indices = gat_alloc(edges, sizeof *g->in_indices),
                     .in_relation = gat_alloc(edges, sizeof *g->in_relation),
                     .out_indptr = gat_calloc(n + 1, sizeof *g->out_indptr),
                     .out_indices = gat_alloc(edges, sizeof *g->out_indices),
                     .out_relation = gat_alloc(edges, sizeof *g->out_relation),
                     .out_eid = gat_alloc(edges, sizeof *g->out_eid),
                     .fact_edges = gat_alloc(2 * b->num_facts, sizeof *g->fact_edges),
                     .far_relations = w->relations,
                     .num_far = far,
                     .far_edge = gat_alloc(far, sizeof *g->far_edge),
                     .far_path = gat_alloc(far * PATH, sizeof *g->far_path)};
    if (g->in_indptr && g->in_indices && g->in_relation && g->out_indptr && g->out_indices && g->out_relation &&
        g->out_eid && g->fact_edges && g->far_edge && g->far_path)
        return g;
    graph_free(g);
    return NULL;
}

static const far_end *ends_of(int64_t v, int64_t r, int32_t *count, const reach_work *w)
{
    *count = w->count[v * w->relations + r];
    return w->ends + (v * w->relations + r) * w->plan->edges;
}

/* Rows of `in`; moved (E of the plain graph) <- the new id of each edge. */
static void fill_in(gat_graph *g, int32_t *moved, const reach_work *w)
{
    const gat_graph *b = w->base;
    int64_t at = 0, far = 0;
    for (int64_t v = 0; v < b->num_nodes; v++) {
        g->in_indptr[v] = at;
        for (int64_t e = b->in_indptr[v]; e < b->in_indptr[v + 1]; e++, at++) {
            g->in_indices[at] = b->in_indices[e];
            g->in_relation[at] = b->in_relation[e];
            moved[e] = (int32_t)at;
        }
        for (int64_t r = 0; r < w->relations; r++) {
            int32_t count;
            const far_end *ends = ends_of(v, r, &count, w);
            for (int32_t i = 0; i < count; i++, at++) {
                g->in_indices[at] = ends[i].node;
                g->in_relation[at] = 2 * b->num_relations + 1 + (int32_t)r;
                g->far_edge[far] = (int32_t)at;
                memcpy(g->far_path + far++ * PATH, ends[i].path, sizeof ends[i].path);
            }
        }
    }
    g->in_indptr[b->num_nodes] = at;
}

static void move_ids(gat_graph *g, const int32_t *moved, const gat_graph *b)
{
    for (int64_t i = 0; i < g->num_far * PATH; i++)
        if (g->far_path[i] >= 0) g->far_path[i] = moved[g->far_path[i]];
    for (int64_t i = 0; i < 2 * b->num_facts; i++) g->fact_edges[i] = moved[b->fact_edges[i]];
}

/* Rows of `out`: the plain ones, then far edges by relation and destination. next (N): scratch. */
static void fill_out(gat_graph *g, int64_t *next, const int32_t *moved, const reach_work *w)
{
    const gat_graph *b = w->base;
    int64_t n = b->num_nodes;
    for (int64_t i = 0; i < g->num_far; i++) g->out_indptr[g->in_indices[g->far_edge[i]] + 1]++;
    for (int64_t u = 0; u < n; u++) g->out_indptr[u + 1] += g->out_indptr[u] + b->out_indptr[u + 1] - b->out_indptr[u];
    for (int64_t u = 0; u < n; u++) {
        next[u] = g->out_indptr[u];
        for (int64_t e = b->out_indptr[u]; e < b->out_indptr[u + 1]; e++, next[u]++) {
            g->out_indices[next[u]] = b->out_indices[e];
            g->out_relation[next[u]] = b->out_relation[e];
            g->out_eid[next[u]] = moved[b->out_eid[e]];
        }
    }
    for (int32_t r = 2 * b->num_relations + 1; r < graph_edge_relations(g); r++)
        for (int64_t v = 0; v < n; v++)
            for (int64_t e = g->in_indptr[v]; e < g->in_indptr[v + 1]; e++) {
                if (g->in_relation[e] != r) continue;
                int64_t to = next[g->in_indices[e]]++;
                g->out_indices[to] = (int32_t)v;
                g->out_relation[to] = r;
                g->out_eid[to] = (int32_t)e;
            }
}

gat_status reach_build(gat_graph **out, const gat_graph *base, const reach_plan *plan, gat_error *err)
{
    reach_work w = {.base = base, .plan = plan, .relations = reach_relations(plan)};
    int32_t *moved = NULL;
    int64_t *next = NULL;
    *out = NULL;
    if (!w.relations) return GAT_OK;
    w.key = random_4x32(plan->seed, STREAM_REACH, plan->reach).v[0];
    gat_status st = find_ends(&w, err);
    if (st) goto done;
    moved = gat_alloc(base->num_edges, sizeof *moved);
    next = gat_alloc(base->num_nodes, sizeof *next);
    *out = moved && next ? graph_of(&w) : NULL;
    if (!*out) {
        st = error_nomem(err);
        goto done;
    }
    fill_in(*out, moved, &w);
    move_ids(*out, moved, base);
    fill_out(*out, next, moved, &w);
done:
    gat_free(w.ends);
    gat_free(w.count);
    gat_free(w.before);
    gat_free(moved);
    gat_free(next);
    return st;
}

void reach_hide(uint8_t *hidden, const gat_graph *g)
{
#pragma omp parallel for schedule(static)
    for (int64_t i = 0; i < g->num_far; i++) {
        uint8_t over = 0;
        for (int64_t j = i * PATH; j < (i + 1) * PATH && g->far_path[j] >= 0; j++) over |= hidden[g->far_path[j]];
        hidden[g->far_edge[i]] = over;
    }
}

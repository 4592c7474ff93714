/* Groups and their edges; candidate_features.c fills the nodes. */
#include "link/candidate_graph.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "link/candidate_features.h"
#include "link/candidate_words.h"
#include "link/entity_links.h"

/* ---- groups ---------------------------------------------------------------------------------------------- */

static bool same_group(const link_mention *a, const link_mention *b)
{
    return a->num_candidates == b->num_candidates &&
           !memcmp(a->candidate, b->candidate, (size_t)a->num_candidates * sizeof *a->candidate) &&
           !strcmp(a->context, b->context);
}

/* Mentions of the same long form and candidates are one group, which stands where its first mention does. */
static gat_status make_groups(candidate_graph *g, const link_document *d, int64_t **leader, gat_arena *arena,
                              gat_error *err)
{
    int64_t n = d->num_mentions;
    g->group_of = arena_zeroed(arena, n, sizeof *g->group_of);
    g->size = arena_zeroed(arena, n, sizeof *g->size);
    *leader = arena_zeroed(arena, n, sizeof **leader);
    if (!g->group_of || !g->size || !*leader) return error_nomem(err);
    for (int64_t i = 0; i < n; i++) {
        int64_t group = 0;
        g->group_of[i] = -1;
        if (!d->mention[i].num_candidates) continue;
        while (group < g->num_groups && !same_group(&d->mention[(*leader)[group]], &d->mention[i])) group++;
        if (group == g->num_groups) (*leader)[g->num_groups++] = i;
        g->group_of[i] = (int32_t)group;
        g->size[group]++;
    }
    return GAT_OK;
}

static gat_status make_nodes(candidate_graph *g, const link_document *d, const int64_t *leader, gat_arena *arena,
                             gat_error *err)
{
    g->first = arena_zeroed(arena, g->num_groups + 1, sizeof *g->first);
    if (!g->first) return error_nomem(err);
    for (int64_t k = 0; k < g->num_groups; k++) g->first[k + 1] = g->first[k] + d->mention[leader[k]].num_candidates;
    g->nodes = g->first[g->num_groups];
    g->entity = arena_zeroed(arena, g->nodes, sizeof *g->entity);
    g->group = arena_zeroed(arena, g->nodes, sizeof *g->group);
    g->wanted = arena_zeroed(arena, g->nodes, sizeof *g->wanted);
    g->x = arena_zeroed(arena, g->nodes * g->inputs, sizeof *g->x);
    if (!g->entity || !g->group || !g->wanted || !g->x) return error_nomem(err);
    for (int64_t k = 0, n = 0; k < g->num_groups; k++)
        for (int32_t i = 0; n < g->first[k + 1]; i++, n++) {
            g->entity[n] = d->mention[leader[k]].candidate[i];
            g->group[n] = (int32_t)k;
        }
    g->groups = (vote_groups){g->num_groups, g->first, g->size};
    return GAT_OK;
}

static void mark_wanted(candidate_graph *g, const link_document *d)
{
    for (int64_t i = 0; i < d->num_mentions; i++) {
        if (g->group_of[i] < 0 || d->mention[i].gold < 0) continue;
        for (int64_t n = g->first[g->group_of[i]]; n < g->first[g->group_of[i] + 1]; n++)
            if (g->entity[n] == d->mention[i].gold) {
                g->wanted[n]++;
                g->num_wanted++;
            }
    }
}

/* ---- edges ----------------------------------------------------------------------------------------------- */

/* Nodes by entity: those of e are node[start[e] .. start[e + 1]). */
typedef struct node_index {
    int64_t *start;
    int32_t *node;
} node_index;

static gat_status index_nodes(node_index *x, const candidate_graph *g, int64_t entities, gat_arena *arena,
                              gat_error *err)
{
    x->start = arena_zeroed(arena, entities + 2, sizeof *x->start);
    x->node = arena_zeroed(arena, g->nodes, sizeof *x->node);
    if (!x->start || !x->node) return error_nomem(err);
    for (int64_t n = 0; n < g->nodes; n++) x->start[g->entity[n] + 2]++;
    for (int64_t e = 0; e < entities; e++) x->start[e + 2] += x->start[e + 1];
    for (int64_t n = 0; n < g->nodes; n++) x->node[x->start[g->entity[n] + 1]++] = (int32_t)n;
    return GAT_OK;
}

/* Distance in mentions between the nearest of two groups would need all; that of the first ones is told. */
static float distance_of(const int64_t *leader, int32_t a, int32_t b) { return (float)llabs(leader[a] - leader[b]); }

static void fill_edge(candidate_graph *g, int64_t e, const entity_links *links, const entity_link *link,
                      const int64_t *leader, int64_t to, int32_t from)
{
    float *x = g->edge_x + e * EDGE_FEATURES, far = distance_of(leader, g->group[to], g->group[from]);
    g->source[e] = from;
    g->kind[e] = (uint8_t)link->sort;
    x[link->sort] = 1;
    x[EDGE_COMMON] = log1pf(link->common);
    x[EDGE_NEAR] = expf(-far / 5);
    x[EDGE_NEXT] = far <= 1;
    x[EDGE_RARE_HERE] = 1 / sqrtf(1 + (float)links->degree[g->entity[to]]);
    x[EDGE_RARE_THERE] = 1 / sqrtf(1 + (float)links->degree[g->entity[from]]);
}

/* Counts the edges, or writes them. */
static int64_t walk_edges(candidate_graph *g, const entity_links *links, const node_index *index, const int64_t *leader,
                          bool write)
{
    int64_t count = 0;
    for (int64_t n = 0; n < g->nodes; n++) {
        int32_t a = g->entity[n];
        for (int64_t l = links->start[a]; l < links->start[a + 1]; l++) {
            const entity_link *link = &links->link[l];
            for (int64_t j = index->start[link->other]; j < index->start[link->other + 1]; j++) {
                if (g->group[index->node[j]] == g->group[n]) continue;
                if (write) fill_edge(g, count, links, link, leader, n, index->node[j]);
                count++;
            }
        }
        if (write) g->indptr[n + 1] = count;
    }
    return count;
}

static gat_status make_edges(candidate_graph *g, const link_document *d, const int64_t *leader, gat_arena *arena,
                             gat_error *err)
{
    enum { MOST_EDGES = 20000000 };
    entity_links links;
    node_index index;
    gat_status st = index_nodes(&index, g, d->num_entities, arena, err);
    if (!st) st = entity_links_make(&links, d, index.start, arena, err);
    if (st) return st;
    g->edges = walk_edges(g, &links, &index, leader, false);
    if (g->edges > MOST_EDGES) return error_set(err, GAT_EDATA, "the document has too many candidates that are linked");
    g->indptr = arena_zeroed(arena, g->nodes + 1, sizeof *g->indptr);
    g->source = arena_zeroed(arena, g->edges, sizeof *g->source);
    g->kind = arena_zeroed(arena, g->edges, sizeof *g->kind);
    g->edge_x = arena_zeroed(arena, g->edges * EDGE_FEATURES, sizeof *g->edge_x);
    if (!g->indptr || !g->source || !g->kind || !g->edge_x) return error_nomem(err);
    walk_edges(g, &links, &index, leader, true);
    return GAT_OK;
}

int64_t candidate_inputs(const lexicon *x)
{
    return x->weighed || x->about.words ? NODE_FEATURES + WORDS_FEATURES : NODE_FEATURES;
}

gat_status candidate_graph_make(candidate_graph *g, const link_document *d, const lexicon *names,
                                const gat_intern *types, gat_arena *arena, gat_error *err)
{
    int64_t *leader;
    *g = (candidate_graph){.inputs = candidate_inputs(names)};
    gat_status st = make_groups(g, d, &leader, arena, err);
    g->leader = leader;
    if (!st) st = make_nodes(g, d, leader, arena, err);
    if (!st) st = make_edges(g, d, leader, arena, err);
    if (!st) mark_wanted(g, d);
    if (!st) st = candidate_features_fill(g, d, leader, types, err);
    if (!st && g->inputs > NODE_FEATURES) st = candidate_words_fill(g, d, leader, names, arena, err);
    return st;
}

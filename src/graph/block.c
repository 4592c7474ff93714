/* Edges of all targets are chosen at once, each row into room of its own; then sources are numbered in the order of the
 * edges, which one thread does, and a stable counting sort by relation and by source makes the transposed rows. */
#include "graph/block.h"

#include <stdbool.h>
#include <string.h>

#include "base/error.h"
#include "base/parallel.h"
#include "base/random.h"

/* What one cut works on. */
typedef struct cutter {
    const gat_graph *from;
    const gat_sampling *sampling;
    gat_arena *arena;
    node_set *set;
    uint32_t key;
    int32_t *edge;   /* edge ids of `from`, row after row */
    int32_t *target; /* (E) row of each edge of the block */
} cutter;

static int64_t row_room(const cutter *c, int32_t node)
{
    int64_t degree = c->from->in_indptr[node + 1] - c->from->in_indptr[node];
    return c->sampling->fan_out && degree > c->sampling->fan_out + 1 ? c->sampling->fan_out + 1 : degree;
}

static bool visible(const cutter *c, int64_t edge) { return !c->sampling->hidden || !c->sampling->hidden[edge]; }

/* Edges of one row, in order; the self-loop is the last. Returns how many. */
static int64_t choose_row(int32_t *out, const cutter *c, int32_t node)
{
    int64_t begin = c->from->in_indptr[node], end = c->from->in_indptr[node + 1], count = 0;
    int64_t room = row_room(c, node), degree = end - begin - 1, strata = room - 1;
    if (!room) return 0;
    uint32_t key = random_hash32(c->key, (uint32_t)node);
    for (int64_t i = 0; i < strata; i++) {
        int64_t low = part_start(degree, strata, i), size = part_start(degree, strata, i + 1) - low;
        int64_t edge = begin + low + (int64_t)((uint64_t)random_hash32(key, (uint32_t)i) * (uint64_t)size >> 32);
        if (visible(c, edge)) out[count++] = (int32_t)edge;
    }
    if (visible(c, end - 1)) out[count++] = (int32_t)(end - 1);
    return count;
}

/* c->edge and the row pointer of the targets; rows are moved together where hidden edges left room. */
static bool choose_rows(cutter *c, gat_graph *g, int32_t targets)
{
    int64_t *first = arena_alloc(c->arena, (int64_t)targets + 1, sizeof *first);
    if (!first) return false;
    first[0] = 0;
    for (int32_t v = 0; v < targets; v++) first[v + 1] = first[v] + row_room(c, c->set->nodes[v]);
    c->edge = arena_alloc(c->arena, first[targets], sizeof *c->edge);
    int64_t *count = arena_alloc(c->arena, targets, sizeof *count);
    if (!c->edge || !count) return false;
#pragma omp parallel for schedule(dynamic, 256)
    for (int32_t v = 0; v < targets; v++) count[v] = choose_row(c->edge + first[v], c, c->set->nodes[v]);
    g->num_edges = 0;
    for (int32_t v = 0; v < targets; v++) {
        memmove(c->edge + g->num_edges, c->edge + first[v], (size_t)count[v] * sizeof *c->edge);
        first[v] = g->num_edges;
        g->num_edges += count[v];
    }
    first[targets] = g->num_edges;
    g->in_indptr = first;
    return true;
}

/* Rows of `in`; sources join the set. The row pointer is prolonged over them. */
static bool number_sources(cutter *c, gat_graph *g, int32_t targets)
{
    const gat_graph *from = c->from;
    g->in_indices = arena_alloc(c->arena, g->num_edges, sizeof *g->in_indices);
    g->in_relation = arena_alloc(c->arena, g->num_edges, sizeof *g->in_relation);
    c->target = arena_alloc(c->arena, g->num_edges, sizeof *c->target);
    if (!g->in_indices || !g->in_relation || !c->target) return false;
    for (int32_t v = 0; v < targets; v++)
        for (int64_t i = g->in_indptr[v]; i < g->in_indptr[v + 1]; i++) {
            g->in_indices[i] = node_set_add(c->set, from->in_indices[c->edge[i]]);
            g->in_relation[i] = from->in_relation[c->edge[i]];
            c->target[i] = v;
        }
    g->num_nodes = (int32_t)c->set->count;
    int64_t *indptr = arena_alloc(c->arena, (int64_t)g->num_nodes + 1, sizeof *indptr);
    if (!indptr) return false;
    memcpy(indptr, g->in_indptr, (size_t)targets * sizeof *indptr);
    for (int64_t v = targets; v <= g->num_nodes; v++) indptr[v] = g->num_edges;
    g->in_indptr = indptr;
    return true;
}

/* counts[k + 1] holds how often k occurs; afterwards counts[k] is where k starts. */
static void starts_from_counts(int64_t *counts, int64_t n)
{
    for (int64_t i = 0; i < n; i++) counts[i + 1] += counts[i];
}

/* order (E) <- edges by relation; within one, as they are, so by target. */
static int32_t *by_relation(const cutter *c, const gat_graph *g)
{
    int32_t *order = arena_alloc(c->arena, g->num_edges, sizeof *order), relations = graph_edge_relations(g);
    int64_t *next = arena_alloc(c->arena, (int64_t)relations + 1, sizeof *next);
    if (!order || !next) return NULL;
    memset(next, 0, (size_t)(relations + 1) * sizeof *next);
    for (int64_t i = 0; i < g->num_edges; i++) next[g->in_relation[i] + 1]++;
    starts_from_counts(next, relations);
    for (int64_t i = 0; i < g->num_edges; i++) order[next[g->in_relation[i]]++] = (int32_t)i;
    return order;
}

static bool transpose(const cutter *c, gat_graph *g)
{
    const int32_t *order = by_relation(c, g);
    int64_t *next = arena_alloc(c->arena, g->num_nodes, sizeof *next);
    g->out_indptr = arena_alloc(c->arena, (int64_t)g->num_nodes + 1, sizeof *g->out_indptr);
    g->out_indices = arena_alloc(c->arena, g->num_edges, sizeof *g->out_indices);
    g->out_relation = arena_alloc(c->arena, g->num_edges, sizeof *g->out_relation);
    g->out_eid = arena_alloc(c->arena, g->num_edges, sizeof *g->out_eid);
    if (!order || !next || !g->out_indptr || !g->out_indices || !g->out_relation || !g->out_eid) return false;
    memset(g->out_indptr, 0, (size_t)(g->num_nodes + 1) * sizeof *g->out_indptr);
    for (int64_t i = 0; i < g->num_edges; i++) g->out_indptr[g->in_indices[i] + 1]++;
    starts_from_counts(g->out_indptr, g->num_nodes);
    memcpy(next, g->out_indptr, (size_t)g->num_nodes * sizeof *next);
    for (int64_t k = 0; k < g->num_edges; k++) {
        int32_t i = order[k];
        int64_t at = next[g->in_indices[i]]++;
        g->out_indices[at] = c->target[i];
        g->out_relation[at] = g->in_relation[i];
        g->out_eid[at] = i;
    }
    return true;
}

gat_status blocks_cut(gat_block *blocks, int num_layers, node_set *set, const gat_graph *graph,
                      const gat_sampling *sampling, gat_arena *arena, gat_error *err)
{
    cutter c = {.from = graph, .sampling = sampling, .arena = arena, .set = set};
    for (int layer = num_layers - 1; layer >= 0; layer--) {
        int32_t targets = (int32_t)set->count;
        gat_graph g = {.num_relations = graph->num_relations};
        c.key = random_hash32(sampling->key, (uint32_t)layer);
        if (!choose_rows(&c, &g, targets) || !number_sources(&c, &g, targets) || !transpose(&c, &g))
            return error_nomem(err);
        blocks[layer] = (gat_block){g, targets};
    }
    return GAT_OK;
}

#include "path/path_reach.h"

#include "base/error.h"
#include "base/memory.h"

gat_status path_reach_init(path_reach *s, int32_t num_nodes, gat_error *err)
{
    int64_t n = num_nodes;
    *s = (path_reach){0};
    s->row_of = gat_alloc(n, sizeof *s->row_of);
    s->node = gat_alloc(n, sizeof *s->node);
    s->first_run = gat_alloc(n, sizeof *s->first_run);
    s->runs = gat_alloc(n, sizeof *s->runs);
    s->first_edge = gat_alloc(n, sizeof *s->first_edge);
    s->gate_place = gat_calloc(n + 1, sizeof *s->gate_place);
    if (!s->row_of || !s->node || !s->first_run || !s->runs || !s->first_edge || !s->gate_place) {
        path_reach_clear(s);
        return error_nomem(err);
    }
    for (int64_t i = 0; i < n; i++) s->row_of[i] = -1;
    return GAT_OK;
}

void path_reach_clear(path_reach *s)
{
    gat_free(s->row_of);
    gat_free(s->node);
    gat_free(s->first_run);
    gat_free(s->runs);
    gat_free(s->first_edge);
    gat_free(s->gate_place);
    gat_free(s->target);
    *s = (path_reach){0};
}

static int64_t degree_of(const path_graph *g, int32_t v)
{
    return g->run_edge[g->node_run[v + 1]] - g->run_edge[g->node_run[v]];
}

/* Room for the edges of rows [from, to) after `used` ones. */
static gat_status make_room(path_reach *s, const path_graph *g, int64_t from, int64_t to, int64_t used, gat_error *err)
{
    int64_t need = used;
    for (int64_t i = from; i < to; i++) need += degree_of(g, s->node[i]);
    if (need <= s->edge_capacity) return GAT_OK;
    int64_t capacity = need + need / 4 < 2 * g->num_edges ? need + need / 4 : 2 * g->num_edges;
    if (capacity < need) capacity = need;
    int32_t *target = gat_regrow(s->target, s->edge_capacity, capacity, sizeof *target);
    if (!target) return error_nomem(err);
    s->target = target;
    s->edge_capacity = capacity;
    return GAT_OK;
}

/* Walks the edges of row i, which start at place `at`; *rows counts the rows there are. Returns the place after them. */
static int64_t walk_row(path_reach *s, const path_graph *g, int64_t i, int64_t at, int64_t *rows)
{
    int32_t v = s->node[i], first = g->node_run[v], runs = g->node_run[v + 1] - first;
    s->first_run[i] = first;
    s->runs[i] = runs;
    s->first_edge[i] = at;
    s->gate_place[i + 1] = s->gate_place[i] + runs;
    for (int32_t e = g->run_edge[first]; e < g->run_edge[first + runs]; e++) {
        int32_t to = g->target[e], row = s->row_of[to];
        if (row < 0) {
            row = s->row_of[to] = (int32_t)*rows;
            s->node[(*rows)++] = to;
        }
        s->target[at++] = row;
    }
    return at;
}

gat_status path_reach_walk(path_reach *s, const path_graph *g, int32_t entity, int64_t layers, gat_error *err)
{
    for (int64_t i = 0; i < s->rows_at[s->layers]; i++) s->row_of[s->node[i]] = -1;
    int64_t rows = 1, walked = 0, edges = 0;
    s->node[0] = entity;
    s->row_of[entity] = 0;
    s->rows_at[0] = 1;
    s->layers = 0;
    for (int l = 0; l < layers; l++) {
        int64_t to = rows;
        gat_status st = make_room(s, g, walked, to, edges, err);
        if (st) return st;
        for (; walked < to; walked++) edges = walk_row(s, g, walked, edges, &rows);
        s->rows_at[l + 1] = rows;
        s->layers = l + 1;
    }
    return GAT_OK;
}

path_walk path_reach_layer(const path_reach *s, const path_graph *g, int l)
{
    return (path_walk){.rows = s->rows_at[l],
                       .rows_after = s->rows_at[l + 1],
                       .first_run = s->first_run,
                       .runs = s->runs,
                       .first_edge = s->first_edge,
                       .gate_place = s->gate_place,
                       .target = s->target,
                       .run_relation = g->run_relation,
                       .run_edge = g->run_edge};
}

#include "path/path_reach.h"

#include <math.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/memory.h"

/* A new row and what leads there. */
typedef struct row_mass {
    double mass;
    int32_t row;
} row_mass;

gat_status path_reach_init(path_reach *s, int32_t num_nodes, gat_error *err)
{
    int64_t n = (int64_t)num_nodes + PATH_NOBODY; /* rows */
    *s = (path_reach){0};
    s->row_of = gat_alloc(num_nodes, sizeof *s->row_of);
    s->node = gat_alloc(n, sizeof *s->node);
    s->first_run = gat_alloc(n, sizeof *s->first_run);
    s->runs = gat_alloc(n, sizeof *s->runs);
    s->first_edge = gat_alloc(n, sizeof *s->first_edge);
    s->gate_place = gat_calloc(n + 1, sizeof *s->gate_place);
    if (!s->row_of || !s->node || !s->first_run || !s->runs || !s->first_edge || !s->gate_place) {
        path_reach_clear(s);
        return error_nomem(err);
    }
    for (int64_t i = 0; i < num_nodes; i++) s->row_of[i] = -1;
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
    gat_free(s->mass);
    *s = (path_reach){0};
}

int64_t path_reach_budget(const path_shape *s, int64_t num_nodes)
{
    if (num_nodes <= PATH_MOST_NEW || (s->budget && s->budget < PATH_MOST_NEW)) return s->budget;
    return PATH_MOST_NEW;
}

static int64_t degree_of(const path_graph *g, int32_t v)
{
    if (v < 0) return 0;
    return g->run_edge[g->node_run[v + 1]] - g->run_edge[g->node_run[v]];
}

/* Room for the edges of rows [from, to) after `used` ones. */
static gat_status make_room(path_reach *s, const path_graph *g, int64_t from, int64_t to, int64_t used, gat_error *err)
{
    int64_t need = used;
    for (int64_t i = from; i < to; i++) need += degree_of(g, s->node[i]);
    if (need <= s->edge_capacity) return GAT_OK;
    int64_t capacity = need + need / 4 < g->num_edges ? need + need / 4 : g->num_edges; /* every edge is walked once */
    int32_t *target = gat_regrow(s->target, s->edge_capacity, capacity, sizeof *target);
    if (!target) return error_nomem(err);
    s->target = target;
    s->edge_capacity = capacity;
    return GAT_OK;
}

/* Walks the edges of row i, which start at place `at`; *rows counts the rows there are. Returns the place after
 * them. */
static int64_t walk_row(path_reach *s, const path_graph *g, int64_t i, int64_t at, int64_t *rows)
{
    int32_t v = s->node[i], first = v < 0 ? 0 : g->node_run[v], runs = v < 0 ? 0 : g->node_run[v + 1] - first;
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

void path_reach_start(path_reach *s, int32_t entity, bool budget)
{
    for (int64_t i = 0; i < s->rows_at[s->layers]; i++)
        if (s->node[i] >= 0) s->row_of[s->node[i]] = -1;
    s->node[0] = entity;
    s->row_of[entity] = 0;
    s->node[PATH_NOBODY] = -1;
    s->rows_at[0] = budget ? PATH_NOBODY + 1 : 1;
    s->layers = 0;
    s->walked = s->edges = 0;
}

gat_status path_reach_step(path_reach *s, const path_graph *g, gat_error *err)
{
    int64_t rows = s->rows_at[s->layers], to = rows;
    gat_status st = make_room(s, g, s->walked, to, s->edges, err);
    if (st) return st;
    for (; s->walked < to; s->walked++) s->edges = walk_row(s, g, s->walked, s->edges, &rows);
    s->rows_at[++s->layers] = rows;
    return GAT_OK;
}

/* Largest mass first, of equal ones the row found first. */
static int compare_mass(const void *a, const void *b)
{
    const row_mass *x = a, *y = b;
    if (x->mass != y->mass) return x->mass > y->mass ? -1 : 1;
    return x->row < y->row ? -1 : x->row > y->row;
}

static int compare_row(const void *a, const void *b)
{
    const row_mass *x = a, *y = b;
    return x->row < y->row ? -1 : x->row > y->row;
}

/* The edges that reach new rows are those of the rows walked last, [from, to). A gate that is not a number weighs
 * nothing: with it the rows could not be ordered. */
static void weigh(path_reach *s, const path_graph *g, const float *gate, int64_t from, int64_t to)
{
    for (int64_t i = from; i < to; i++) {
        const int32_t *target = s->target + s->first_edge[i];
        for (int32_t r = 0; r < s->runs[i]; r++) {
            int32_t run = s->first_run[i] + r;
            float open = gate[s->gate_place[i] + r];
            for (int32_t e = g->run_edge[run]; e < g->run_edge[run + 1]; e++, target++)
                if (*target >= to && open > 0) s->mass[*target - to].mass += (double)open;
        }
    }
}

/* New rows are numbered again: kept ones in their order, the others nobody. first: edges of the rows walked last. */
static void renumber(path_reach *s, int64_t first, int64_t to, int64_t rows, int64_t kept)
{
    int32_t *number = (int32_t *)(void *)(s->mass + (rows - to));
    for (int64_t i = 0; i < rows - to; i++) number[i] = PATH_NOBODY;
    for (int64_t k = 0; k < kept; k++) number[s->mass[k].row - to] = (int32_t)(to + k);
    for (int64_t e = first; e < s->edges; e++)
        if (s->target[e] >= to) s->target[e] = number[s->target[e] - to];
    for (int64_t i = to; i < rows; i++) {
        int32_t now = number[i - to], v = s->node[i];
        s->row_of[v] = now == PATH_NOBODY ? -1 : now;
        if (now != PATH_NOBODY) s->node[now] = v;
    }
}

/* A mass of 0 for each of the new rows [to, to + count). */
static gat_status start_masses(path_reach *s, int64_t to, int64_t count, gat_error *err)
{
    if (2 * count > s->mass_capacity) {
        gat_free(s->mass);
        s->mass_capacity = 0;
        s->mass = gat_alloc(3 * count, sizeof *s->mass);
        if (!s->mass) return error_nomem(err);
        s->mass_capacity = 3 * count;
    }
    for (int64_t i = 0; i < count; i++) s->mass[i] = (row_mass){0, (int32_t)(to + i)};
    return GAT_OK;
}

/* The `budget` new rows of largest mass stay. */
static void keep_largest(path_reach *s, int64_t budget)
{
    int64_t rows = s->rows_at[s->layers], to = s->rows_at[s->layers - 1], count = rows - to;
    int64_t from = s->layers > 1 ? s->rows_at[s->layers - 2] : 0;
    qsort(s->mass, (size_t)count, sizeof *s->mass, compare_mass);
    qsort(s->mass, (size_t)budget, sizeof *s->mass, compare_row);
    renumber(s, s->first_edge[from], to, rows, budget);
    s->rows_at[s->layers] = to + budget;
}

gat_status path_reach_prune(path_reach *s, const path_graph *g, const float *gate, int64_t budget, gat_error *err)
{
    int64_t to = s->rows_at[s->layers - 1], count = s->rows_at[s->layers] - to;
    int64_t from = s->layers > 1 ? s->rows_at[s->layers - 2] : 0;
    if (count <= budget) return GAT_OK;
    gat_status st = start_masses(s, to, count, err);
    if (st) return st;
    weigh(s, g, gate, from, to);
    keep_largest(s, budget);
    return GAT_OK;
}

gat_status path_reach_choose(path_reach *s, const float *score, int64_t budget, gat_error *err)
{
    int64_t to = s->rows_at[s->layers - 1], count = s->rows_at[s->layers] - to;
    gat_status st = start_masses(s, to, count, err);
    if (st || count <= budget) return st;
    for (int64_t i = 0; i < count; i++) s->mass[i].mass = isnan(score[i]) ? -INFINITY : (double)score[i];
    keep_largest(s, budget);
    return GAT_OK;
}

int64_t path_reach_kept(const path_reach *s, int64_t k) { return s->mass[k].row - s->rows_at[s->layers - 1]; }

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

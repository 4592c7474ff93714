#include "path/path_graph.h"

#include <math.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/memory.h"

static gat_status check_facts(const gat_triples *facts, int32_t n, int32_t r, gat_error *err)
{
    if (facts->count > INT32_MAX / 2) return error_set(err, GAT_EUSAGE, "2^30 facts or more");
    for (int64_t i = 0; i < facts->count; i++) {
        gat_triple f = facts->data[i];
        if (f.head < 0 || f.head >= n || f.tail < 0 || f.tail >= n || f.relation < 0 || f.relation >= r)
            return error_set(err, GAT_EUSAGE, "fact %lld has an id out of range", (long long)i);
    }
    return GAT_OK;
}

typedef struct half_edge {
    int32_t relation, target, fact;
} half_edge;

static int compare_edges(const void *a, const void *b)
{
    const half_edge *x = a, *y = b;
    if (x->relation != y->relation) return x->relation < y->relation ? -1 : 1;
    if (x->target != y->target) return x->target < y->target ? -1 : 1;
    return x->fact < y->fact ? -1 : x->fact > y->fact;
}

/* Counting sort by source, then each node's edges among themselves. `next` (N + 1) is scratch. */
static void order_edges(path_facts *f, half_edge *edge, int64_t *next, const gat_triples *facts)
{
    for (int64_t i = 0; i < facts->count; i++) {
        f->node_edge[facts->data[i].head + 1]++;
        f->node_edge[facts->data[i].tail + 1]++;
    }
    for (int32_t v = 0; v < f->num_nodes; v++) f->node_edge[v + 1] += f->node_edge[v];
    for (int32_t v = 0; v < f->num_nodes; v++) next[v] = f->node_edge[v];
    for (int64_t i = 0; i < facts->count; i++) {
        gat_triple t = facts->data[i];
        edge[next[t.head]++] = (half_edge){t.relation, t.tail, (int32_t)i};
        edge[next[t.tail]++] = (half_edge){t.relation + f->num_relations, t.head, (int32_t)i};
    }
#pragma omp parallel for schedule(dynamic, 256)
    for (int32_t v = 0; v < f->num_nodes; v++)
        qsort(edge + f->node_edge[v], (size_t)(f->node_edge[v + 1] - f->node_edge[v]), sizeof *edge, compare_edges);
}

/* Room for the edges of so many facts; NULL: out of memory. */
static path_facts *facts_room(int64_t num_facts, int32_t num_nodes, int32_t num_relations)
{
    int64_t edges = 2 * num_facts;
    path_facts *f = gat_calloc(1, sizeof *f);
    if (!f) return NULL;
    f->num_nodes = num_nodes, f->num_relations = num_relations, f->num_facts = num_facts;
    f->node_edge = gat_calloc((int64_t)num_nodes + 1, sizeof *f->node_edge);
    f->relation = gat_alloc(edges, sizeof *f->relation);
    f->target = gat_alloc(edges, sizeof *f->target);
    f->fact = gat_alloc(edges, sizeof *f->fact);
    if (f->node_edge && f->relation && f->target && f->fact) return f;
    path_facts_free(f);
    return NULL;
}

gat_status path_facts_new(path_facts **out, const gat_triples *facts, int32_t num_nodes, int32_t num_relations,
                          gat_error *err)
{
    *out = NULL;
    gat_status st = check_facts(facts, num_nodes, num_relations, err);
    if (st) return st;
    int64_t edges = 2 * facts->count;
    path_facts *f = facts_room(facts->count, num_nodes, num_relations);
    half_edge *edge = gat_alloc(edges, sizeof *edge);
    int64_t *next = gat_alloc((int64_t)num_nodes + 1, sizeof *next);
    if (f && edge && next) {
        order_edges(f, edge, next, facts);
        for (int64_t e = 0; e < edges; e++)
            f->relation[e] = edge[e].relation, f->target[e] = edge[e].target, f->fact[e] = edge[e].fact;
        *out = f;
        f = NULL;
    }
    path_facts_free(f);
    gat_free(edge);
    gat_free(next);
    return *out ? GAT_OK : error_nomem(err);
}

void path_facts_free(path_facts *f)
{
    if (!f) return;
    gat_free(f->node_edge);
    gat_free(f->relation);
    gat_free(f->target);
    gat_free(f->fact);
    gat_free(f);
}

gat_status path_graph_new(path_graph **out, const path_facts *f, gat_error *err)
{
    *out = NULL;
    path_graph *g = gat_calloc(1, sizeof *g);
    if (!g) return error_nomem(err);
    int64_t n = f->num_nodes, edges = 2 * f->num_facts;
    g->num_nodes = f->num_nodes, g->num_relations = f->num_relations;
    g->node_run = gat_calloc(n + 1, sizeof *g->node_run);
    g->run_relation = gat_calloc(edges, sizeof *g->run_relation);
    g->run_edge = gat_calloc(edges + 1, sizeof *g->run_edge);
    g->target = gat_calloc(edges, sizeof *g->target);
    g->run_count = gat_calloc(edges, sizeof *g->run_count);
    g->run_share = gat_calloc(edges, sizeof *g->run_share);
    g->log_degree = gat_calloc(n, sizeof *g->log_degree);
    g->relation_run = gat_calloc(2 * (int64_t)f->num_relations + 2, sizeof *g->relation_run);
    g->by_relation = gat_calloc(edges, sizeof *g->by_relation);
    g->run_node = gat_calloc(edges, sizeof *g->run_node);
    bool whole = g->node_run && g->run_relation && g->run_edge && g->target && g->run_count && g->run_share &&
                 g->log_degree && g->relation_run && g->by_relation && g->run_node;
    if (whole) *out = g;
    else path_graph_free(g);
    return whole ? GAT_OK : error_nomem(err);
}

void path_graph_free(path_graph *g)
{
    if (!g) return;
    gat_free(g->node_run);
    gat_free(g->run_relation);
    gat_free(g->run_edge);
    gat_free(g->target);
    gat_free(g->run_count);
    gat_free(g->run_share);
    gat_free(g->log_degree);
    gat_free(g->relation_run);
    gat_free(g->by_relation);
    gat_free(g->run_node);
    gat_free(g);
}

/* Copies the edges that stay and cuts them into runs. */
static void fill_runs(path_graph *g, const path_facts *f, const uint8_t *hidden)
{
    int32_t runs = 0, edges = 0;
    for (int32_t v = 0; v < f->num_nodes; v++) {
        g->node_run[v] = runs;
        int32_t last = -1;
        for (int64_t e = f->node_edge[v]; e < f->node_edge[v + 1]; e++) {
            if (hidden && hidden[f->fact[e]]) continue;
            if (f->relation[e] != last) {
                last = g->run_relation[runs] = f->relation[e];
                g->run_node[runs] = v;
                g->run_edge[runs++] = edges;
            }
            g->target[edges++] = f->target[e];
        }
    }
    g->node_run[f->num_nodes] = runs;
    g->run_edge[runs] = edges;
    g->num_runs = runs, g->num_edges = edges;
}

static void fill_profiles(path_graph *g)
{
#pragma omp parallel for schedule(static)
    for (int32_t v = 0; v < g->num_nodes; v++) {
        int32_t from = g->node_run[v], to = g->node_run[v + 1];
        double squares = 0;
        for (int32_t r = from; r < to; r++) {
            g->run_count[r] = (float)log1p((double)(g->run_edge[r + 1] - g->run_edge[r]));
            squares += (double)g->run_count[r] * g->run_count[r];
        }
        for (int32_t r = from; r < to; r++) g->run_share[r] = (float)(g->run_count[r] / sqrt(squares));
        g->log_degree[v] = (float)log1p((double)(g->run_edge[to] - g->run_edge[from]));
    }
    double sum = 0;
    for (int32_t v = 0; v < g->num_nodes; v++) sum += (double)g->log_degree[v];
    g->mean_log_degree = sum > 0 ? (float)(sum / g->num_nodes) : 1;
}

/* Counting sort of the runs by relation. */
static void fill_by_relation(path_graph *g)
{
    int64_t *first = g->relation_run, relations = 2 * (int64_t)g->num_relations;
    for (int64_t r = 0; r < relations + 2; r++) first[r] = 0;
    for (int64_t r = 0; r < g->num_runs; r++) first[g->run_relation[r] + 2]++;
    for (int64_t r = 0; r < relations; r++) first[r + 2] += first[r + 1];
    for (int32_t r = 0; r < g->num_runs; r++) g->by_relation[first[g->run_relation[r] + 1]++] = r;
}

void path_graph_fill(path_graph *g, const path_facts *f, const uint8_t *hidden)
{
    fill_runs(g, f, hidden);
    fill_profiles(g);
    fill_by_relation(g);
}

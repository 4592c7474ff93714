/* The message graph from a list of facts: both directions, sorted, with shared edge ids. */
#include "bench.h"
#include "bench_data.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/memory.h"

typedef struct csr_work {
    bench_work work;
    const bench_facts *facts;
    gat_graph *graph;
} csr_work;

static void run(bench_work *work)
{
    csr_work *w = (csr_work *)work;
    gat_status st = graph_build(&w->graph, &w->facts->train, w->facts->num_nodes, w->facts->num_relations, NULL);
    if (st) work->status = st;
}

static void forget(bench_work *work)
{
    csr_work *w = (csr_work *)work;
    graph_free(w->graph);
    w->graph = NULL;
}

static void csr_close(bench_work *work)
{
    forget(work);
    gat_free(work);
}

gat_status csr_open(bench_work **out, const bench_entry *entry, bench_data *data, gat_error *err)
{
    const bench_facts *facts;
    *out = NULL;
    gat_status st = data_facts(&facts, data, entry->graph, err);
    if (st) return st;
    csr_work *w = gat_calloc(1, sizeof *w);
    if (!w) return error_nomem(err);
    w->work = (bench_work){.run = run, .after = forget, .close = csr_close, .item = "edges"};
    w->facts = facts;
    w->work.items = 2 * (double)facts->train.count + facts->num_nodes;
    snprintf(w->work.data, sizeof w->work.data, "%.79s; %d nodes, %lld edges", facts->label, facts->num_nodes,
             (long long)w->work.items);
    *out = &w->work;
    return GAT_OK;
}

/* ---- the check ---- */

typedef struct plain_edge {
    int32_t row, relation, other;
} plain_edge;

static int compare_edges(const void *a, const void *b)
{
    const plain_edge *x = a, *y = b;
    if (x->row != y->row) return x->row < y->row ? -1 : 1;
    if (x->relation != y->relation) return x->relation < y->relation ? -1 : 1;
    return (x->other > y->other) - (x->other < y->other);
}

/* Every edge of the facts, by destination or by source, sorted by the C library. */
static plain_edge *plain_edges(const bench_facts *f, bool by_source)
{
    int64_t n = 0;
    plain_edge *edges = gat_alloc(2 * f->train.count + f->num_nodes, sizeof *edges);
    for (int64_t i = 0; edges && i < f->train.count; i++) {
        gat_triple t = f->train.data[i];
        int32_t from[] = {t.head, t.tail}, to[] = {t.tail, t.head},
                relation[] = {t.relation, t.relation + f->num_relations};
        for (int k = 0; k < 2; k++)
            edges[n++] = (plain_edge){by_source ? from[k] : to[k], relation[k], by_source ? to[k] : from[k]};
    }
    for (int32_t v = 0; edges && v < f->num_nodes; v++) edges[n++] = (plain_edge){v, 2 * f->num_relations, v};
    if (edges) qsort(edges, (size_t)n, sizeof *edges, compare_edges);
    return edges;
}

static bool same_rows(const plain_edge *edges, int64_t count, const int64_t *indptr, int32_t num_nodes,
                      const int32_t *indices, const int32_t *relation)
{
    if (indptr[0] != 0 || indptr[num_nodes] != count) return false;
    for (int32_t v = 0; v < num_nodes; v++)
        for (int64_t i = indptr[v]; i < indptr[v + 1]; i++)
            if (edges[i].row != v || edges[i].relation != relation[i] || edges[i].other != indices[i]) return false;
    return true;
}

/* The transposed edge i is edge out_eid[i], each once. */
static bool same_edges(const gat_graph *g, uint8_t *met)
{
    for (int32_t u = 0; u < g->num_nodes; u++)
        for (int64_t i = g->out_indptr[u]; i < g->out_indptr[u + 1]; i++) {
            int64_t e = g->out_eid[i], v = g->out_indices[i];
            if (met[e]++ || e < g->in_indptr[v] || e >= g->in_indptr[v + 1] || g->in_indices[e] != u) return false;
            if (g->in_relation[e] != g->out_relation[i]) return false;
        }
    return true;
}

gat_status csr_check(const bench_entry *entry, gat_error *err)
{
    bench_facts facts = {.num_nodes = 300, .num_relations = 3};
    gat_graph *g = NULL;
    gat_status st = power_law_facts(&facts.train, 2000, facts.num_nodes, facts.num_relations, 0.5, 1, err);
    if (!st) st = graph_build(&g, &facts.train, facts.num_nodes, facts.num_relations, err);
    plain_edge *in = st ? NULL : plain_edges(&facts, false), *out = st ? NULL : plain_edges(&facts, true);
    uint8_t *met = st ? NULL : gat_calloc(g->num_edges, 1);
    if (!st && (!in || !out || !met)) st = error_nomem(err);
    if (!st && !(same_rows(in, g->num_edges, g->in_indptr, g->num_nodes, g->in_indices, g->in_relation) &&
                 same_rows(out, g->num_edges, g->out_indptr, g->num_nodes, g->out_indices, g->out_relation) &&
                 same_edges(g, met)))
        st = error_set(err, GAT_EFAILED, "%s: the graph differs from the sorted edges", entry->name);
    gat_free(in);
    gat_free(out);
    gat_free(met);
    graph_free(g);
    triples_clear(&facts.train);
    return st;
}

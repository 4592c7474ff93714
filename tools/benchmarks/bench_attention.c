/* The attention layer, or its attention alone. The floor is what no layer can go below: the products of its linear maps, and
 * one row gathered for every edge in each direction. */
#include "bench.h"
#include "bench_data.h"
#include "layer.h"
#include "peer_file.h"

#include <stdio.h>

#include "base/error.h"
#include "base/memory.h"

typedef struct attention_work {
    bench_work work;
    layer l;
} attention_work;

static void run_whole(bench_work *work)
{
    attention_work *w = (attention_work *)work;
    bench_layer_forward(&w->l);
    bench_layer_backward(&w->l);
}

static void run_forward(bench_work *work) { layer_attention_forward(&((attention_work *)work)->l); }
static void run_backward(bench_work *work) { layer_attention_backward(&((attention_work *)work)->l); }

static void attention_close(bench_work *work)
{
    attention_work *w = (attention_work *)work;
    layer_clear(&w->l);
    gat_free(w);
}

/* The edges into each node: first edge of each, sources. */
static gat_status attention_ask(char *request, size_t size, bench_work *work, gat_error *err)
{
    const gat_attention *a = &((attention_work *)work)->l.a;
    const gat_graph *g = a->graph;
    char task[60];
    snprintf(task, sizeof task, "attention %s %d %d", score_name(a->score), a->num_heads, a->value_width);
    gat_status st = peer_file_start(request, size, task, err);
    if (!st) st = peer_file_offsets(request, g->in_indptr, g->num_nodes + (int64_t)1, err);
    return st ? st : peer_file_ids(request, g->in_indices, g->num_edges, err);
}

static int64_t largest_degree(const gat_graph *g)
{
    int64_t most = 0;
    for (int32_t v = 0; v < g->num_nodes; v++) {
        int64_t degree = g->in_indptr[v + 1] - g->in_indptr[v];
        most = degree > most ? degree : most;
    }
    return most;
}

static void describe(bench_work *w, const bench_entry *entry, const layer *l, const char *label)
{
    const gat_graph *g = l->a.graph;
    int gathers = entry->part == BENCH_WHOLE ? 2 : 1;
    w->cost = (bench_cost){.flops = entry->part == BENCH_WHOLE ? layer_flops(l) : 0,
                           .product = LIMIT_SGEMM,
                           .gathers = gathers * (double)g->num_edges,
                           .table_rows = g->num_nodes,
                           .row_floats = entry->num_heads * (int64_t)entry->width};
    w->flops = w->cost.flops;
    w->bytes = w->cost.gathers * (double)w->cost.row_floats * sizeof(float);
    w->bytes_per_edge = layer_bytes_per_edge(l);
    snprintf(w->data, sizeof w->data, "%.79s; %d nodes, %lld edges, in-degree at most %lld", label, g->num_nodes,
             (long long)g->num_edges, (long long)largest_degree(g));
    bool has_peer = entry->part == BENCH_WHOLE && !entry->relational &&
                    (entry->score == GAT_SCORE_ADDITIVE || entry->score == GAT_SCORE_DYNAMIC);
    w->ask = has_peer ? attention_ask : NULL;
}

gat_status attention_open(bench_work **out, const bench_entry *entry, bench_data *data, gat_error *err)
{
    const bench_facts *facts;
    const gat_graph *graph;
    attention_work *w = NULL;
    *out = NULL;
    gat_status st = data_facts(&facts, data, entry->graph, err);
    if (!st) st = data_graph(&graph, data, entry->graph, err);
    if (st) return st;
    w = gat_calloc(1, sizeof *w);
    if (!w) return error_nomem(err);
    w->work.run = entry->part == BENCH_WHOLE ? run_whole : entry->part == BENCH_FORWARD ? run_forward : run_backward;
    w->work.close = attention_close;
    st = layer_init(&w->l, graph, entry->score, entry->num_heads, entry->width, entry->relational, err);
    if (st) {
        gat_free(w);
        return st;
    }
    bench_layer_forward(&w->l);
    describe(&w->work, entry, &w->l, facts->label);
    *out = &w->work;
    return GAT_OK;
}

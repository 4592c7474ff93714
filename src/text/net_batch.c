/* Batches of small graphs as one block-diagonal graph. */
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/random.h"
#include "text/net_corpus.h"

/* Rows of features have length 1, which the steps of a net would take long to weigh. */
static const float LOUD = 4;

static void rows_clear(batch_rows *r)
{
    gat_free(r->first);
    gat_free(r->column);
    gat_free(r->value);
}

void net_batch_clear(net_batch *b)
{
    graph_free(b->graph);
    graph_free(b->pool);
    gat_free(b->hidden);
    gat_free(b->pool_hidden);
    gat_free(b->place);
    for (int k = 0; k < NET_BLOCKS; k++) rows_clear(&b->atoms[k]);
    rows_clear(&b->wide);
    gat_free(b->vector);
    gat_free(b->asks);
    gat_free(b->way_first);
    gat_free(b->way);
    for (int k = 0; k < 3; k++) gat_free(b->end[k]);
    *b = (net_batch){0};
}

/* Room for `rows` rows and `entries` entries. */
static gat_status rows_init(batch_rows *r, int64_t rows, int64_t entries, gat_error *err)
{
    r->first = gat_alloc(rows + 1, sizeof *r->first);
    r->column = gat_alloc(entries, sizeof *r->column);
    r->value = gat_alloc(entries, sizeof *r->value);
    if (!r->first || !r->column || !r->value) return error_nomem(err);
    r->first[0] = 0;
    r->bag = (bag_rows){rows, r->first, r->column, r->value};
    return GAT_OK;
}

static gat_status sizes_of(net_batch *b, const batch_source *s, const int64_t *which, int64_t n, gat_error *err)
{
    const net_corpus *c = s->corpus;
    int64_t entries[NET_BLOCKS] = {0}, wide = 0;
    gat_status st = GAT_OK;
    b->n = n;
    b->nodes = 0;
    for (int64_t i = 0; i < n; i++) {
        int64_t from = c->node_start[which[i]], to = c->node_start[which[i] + 1];
        b->nodes += to - from;
        for (int k = 0; k < NET_BLOCKS; k++) entries[k] += c->atoms[k].start[to] - c->atoms[k].start[from];
        wide += s->wide->start[which[i] + 1] - s->wide->start[which[i]];
    }
    for (int k = 0; !st && k < NET_BLOCKS; k++) st = rows_init(&b->atoms[k], b->nodes, entries[k], err);
    if (!st) st = rows_init(&b->wide, n, wide, err);
    if (st) return st;
    b->vector = gat_calloc(b->nodes * (s->vectors->dim + 1), sizeof *b->vector);
    b->place = gat_alloc(b->nodes, sizeof *b->place);
    b->asks = gat_alloc(n, sizeof *b->asks);
    b->way_first = gat_alloc(n + 1, sizeof *b->way_first);
    b->way = gat_alloc(b->nodes, sizeof *b->way);
    for (int k = 0; k < 3; k++) b->end[k] = gat_alloc(n, sizeof **b->end);
    return b->vector && b->place && b->asks && b->way_first && b->way && b->end[0] && b->end[1] && b->end[2]
               ? GAT_OK
               : error_nomem(err);
}

static bool dropped(uint32_t key, int64_t at, float share)
{
    return share > 0 && (float)(random_hash32(key, (uint32_t)at) >> 8) < share * (float)(1 << 24);
}

/* Row `from` of x as row `at`. */
static void take_row(batch_rows *r, const sparse_rows *x, int64_t from, int64_t at)
{
    int64_t start = x->start[from], count = x->start[from + 1] - start, to = r->first[at];
    r->first[at + 1] = to + count;
    if (!count) return;
    memcpy(r->column + to, x->column + start, (size_t)count * sizeof *r->column);
    memcpy(r->value + to, x->value + start, (size_t)count * sizeof *r->value);
}

/* Atoms and vector of one node; an unknown word keeps its place only. */
static void take_node(net_batch *b, const batch_source *s, int64_t node, int64_t at, bool unknown)
{
    int32_t row = s->corpus->vector[node], dim = s->vectors->dim;
    for (int k = 0; k < NET_BLOCKS; k++)
        if (unknown && (k == BLOCK_WORD || k == BLOCK_PIECES)) b->atoms[k].first[at + 1] = b->atoms[k].first[at];
        else take_row(&b->atoms[k], &s->corpus->atoms[k], node, at);
    if (row < 0 || unknown) return;
    memcpy(b->vector + at * (dim + 1), s->vectors->value + (int64_t)row * dim, (size_t)dim * sizeof *b->vector);
    b->vector[at * (dim + 1) + dim] = 1;
}

/* Features of one sentence; what is left of them after dropping is louder. */
static void take_wide(net_batch *b, const batch_source *s, int64_t from, int64_t at, uint32_t key)
{
    const sparse_rows *x = s->wide;
    int64_t to = b->wide.first[at];
    float share = s->wide_dropout, scale = LOUD / (1 - share);
    for (int64_t i = x->start[from]; i < x->start[from + 1]; i++) {
        if (dropped(key, i, share)) continue;
        b->wide.column[to] = x->column[i];
        b->wide.value[to++] = scale * x->value[i];
    }
    b->wide.first[at + 1] = to;
}

static gat_status take_facts(net_batch *b, const batch_source *source, const int64_t *which, gat_error *err)
{
    const net_corpus *c = source->corpus;
    gat_triples words = {0}, pool = {0};
    gat_status st = GAT_OK;
    int32_t base = 0;
    for (int64_t i = 0; !st && i < b->n; i++) {
        int64_t s = which[i];
        for (int64_t f = c->fact_start[s]; !st && f < c->fact_start[s + 1]; f++) {
            gat_triple x = c->fact[f];
            st = triples_push(&words, (gat_triple){base + x.head, x.relation, base + x.tail}, err);
        }
        for (int64_t n = c->node_start[s]; !st && n < c->node_start[s + 1]; n++)
            st = triples_push(&pool, (gat_triple){base++, c->role[n], (int32_t)(b->nodes + i)}, err);
    }
    if (!st) st = graph_build(&b->graph, &words, (int32_t)b->nodes, source->relations, err);
    if (!st) st = graph_build(&b->pool, &pool, (int32_t)(b->nodes + b->n), NET_ROLES, err);
    triples_clear(&words);
    triples_clear(&pool);
    return st;
}

/* Of the pool only the edges from words to their sentence are heard. */
static gat_status hide_edges(net_batch *b, const batch_source *s, gat_error *err)
{
    const gat_graph *g = b->graph;
    bool some = net_edges_hide(s->config);
    b->pool_hidden = gat_alloc(b->pool->num_edges, 1);
    b->hidden = some ? gat_alloc(g->num_edges, 1) : NULL;
    if (!b->pool_hidden || (some && !b->hidden)) return error_nomem(err);
    for (int64_t e = 0; e < b->pool->num_edges; e++) b->pool_hidden[e] = b->pool->in_relation[e] >= NET_ROLES;
    for (int32_t v = 0; some && v < g->num_nodes; v++)
        for (int64_t e = g->in_indptr[v]; e < g->in_indptr[v + 1]; e++)
            b->hidden[e] = net_edge_hidden(s->config, g->in_indices[e], v, g->in_relation[e], s->relations);
    return GAT_OK;
}

gat_status net_batch_take(net_batch *b, const batch_source *s, const int64_t *which, int64_t n, uint32_t key,
                          gat_error *err)
{
    const net_corpus *c = s->corpus;
    int32_t base = 0, ways = 0;
    net_batch_clear(b);
    gat_status st = sizes_of(b, s, which, n, err);
    if (st) return st;
    for (int64_t i = 0; i < n; i++) {
        int64_t from = c->node_start[which[i]], to = c->node_start[which[i] + 1];
        for (int k = 0; k < 3; k++) b->end[k][i] = base + c->end[3 * which[i] + k];
        b->way_first[i] = ways;
        for (int64_t node = from; node < to; node++, base++) {
            take_node(b, s, node, base, dropped(key, base, s->word_dropout));
            b->place[base] = c->token[node];
            if (c->on_way[node]) b->way[ways++] = base;
        }
        take_wide(b, s, which[i], i, key ^ 0x51deu);
        b->asks[i] = (int32_t)(b->nodes + i);
    }
    b->way_first[n] = ways;
    st = take_facts(b, s, which, err);
    return st ? st : hide_edges(b, s, err);
}

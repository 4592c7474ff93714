/* Batches of small graphs as one block-diagonal graph. */
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/random.h"
#include "text/net_corpus.h"

void net_batch_clear(net_batch *b)
{
    graph_free(b->graph);
    graph_free(b->pool);
    gat_free(b->pool_hidden);
    gat_free(b->first);
    gat_free(b->column);
    gat_free(b->value);
    gat_free(b->vector);
    gat_free(b->asks);
    for (int k = 0; k < 3; k++) gat_free(b->end[k]);
    *b = (net_batch){0};
}

static gat_status sizes_of(net_batch *b, const net_corpus *c, const int64_t *which, int64_t n, int32_t dim,
                           gat_error *err)
{
    b->n = n;
    b->nodes = b->entries = 0;
    for (int64_t i = 0; i < n; i++) {
        int64_t from = c->node_start[which[i]], to = c->node_start[which[i] + 1];
        b->nodes += to - from;
        b->entries += c->atoms.start[to] - c->atoms.start[from];
    }
    b->first = gat_alloc(b->nodes + 1, sizeof *b->first);
    b->column = gat_alloc(b->entries, sizeof *b->column);
    b->value = gat_alloc(b->entries, sizeof *b->value);
    b->vector = gat_calloc(b->nodes * (dim + 1), sizeof *b->vector);
    b->asks = gat_alloc(n, sizeof *b->asks);
    for (int k = 0; k < 3; k++) b->end[k] = gat_alloc(n, sizeof **b->end);
    return b->first && b->column && b->value && b->vector && b->asks && b->end[0] && b->end[1] && b->end[2]
               ? GAT_OK
               : error_nomem(err);
}

/* Atoms and vector of one node; an unknown word keeps its place only, which stands behind its pieces. */
static void take_node(net_batch *b, const net_corpus *c, const word_vectors *vectors, int64_t node, int64_t at,
                      bool unknown)
{
    int64_t from = c->atoms.start[node], count = c->atoms.start[node + 1] - from, to = b->first[at];
    memcpy(b->column + to, c->atoms.column + from, (size_t)count * sizeof *b->column);
    memcpy(b->value + to, c->atoms.value + from, (size_t)count * sizeof *b->value);
    for (int64_t i = 0; unknown && i < count; i++) b->value[to + i] = 0;
    b->first[at + 1] = to + count;
    int32_t row = c->vector[node], dim = vectors->dim;
    if (row < 0 || unknown) return;
    memcpy(b->vector + at * (dim + 1), vectors->value + (int64_t)row * dim, (size_t)dim * sizeof *b->vector);
    b->vector[at * (dim + 1) + dim] = 1;
}

static gat_status take_facts(net_batch *b, const net_corpus *c, int32_t relations, const int64_t *which, gat_error *err)
{
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
    if (!st) st = graph_build(&b->graph, &words, (int32_t)b->nodes, relations, err);
    if (!st) st = graph_build(&b->pool, &pool, (int32_t)(b->nodes + b->n), NET_ROLES, err);
    triples_clear(&words);
    triples_clear(&pool);
    return st;
}

/* Only the edges from words to their sentence are heard. */
static gat_status hide_rest(net_batch *b, gat_error *err)
{
    b->pool_hidden = gat_alloc(b->pool->num_edges, 1);
    if (!b->pool_hidden) return error_nomem(err);
    for (int64_t e = 0; e < b->pool->num_edges; e++) b->pool_hidden[e] = b->pool->in_relation[e] >= NET_ROLES;
    return GAT_OK;
}

gat_status net_batch_take(net_batch *b, const net_corpus *c, const word_vectors *vectors, int32_t relations,
                          const int64_t *which, int64_t n, float drop, uint32_t key, gat_error *err)
{
    net_batch_clear(b);
    gat_status st = sizes_of(b, c, which, n, vectors->dim, err);
    int32_t base = 0;
    if (st) return st;
    b->first[0] = 0;
    for (int64_t i = 0; i < n; i++) {
        int64_t from = c->node_start[which[i]], to = c->node_start[which[i] + 1];
        for (int k = 0; k < 3; k++) b->end[k][i] = base + c->end[3 * which[i] + k];
        for (int64_t node = from; node < to; node++, base++) {
            bool unknown = drop > 0 && (float)(random_hash32(key, (uint32_t)base) >> 8) < drop * (float)(1 << 24);
            take_node(b, c, vectors, node, base, unknown);
        }
        b->asks[i] = (int32_t)(b->nodes + i);
    }
    b->atoms = (bag_rows){b->nodes, b->first, b->column, b->value};
    st = take_facts(b, c, relations, which, err);
    return st ? st : hide_rest(b, err);
}

#include "train/drop.h"

#include <stdbool.h>

#include "autodiff/ops.h"
#include "base/random.h"
#include "model/unseen.h"

static bool drawn(uint32_t key, int64_t i, double share)
{
    return (double)random_hash32(key, (uint32_t)i) < share * 4294967296.0;
}

void drop_facts(uint8_t *hidden, const gat_graph *g, double share, uint32_t key)
{
    if (share <= 0) return;
    for (int64_t f = 0; f < g->num_facts; f++)
        if (drawn(key, f, share)) hidden[g->fact_edges[2 * f]] = hidden[g->fact_edges[2 * f + 1]] = 1;
}

/* The rows marked GAT_ROW_COMMON are to be replaced; source lies in the tape's arena. */
static gat_mat *replace(gat_tape *tape, const gat_model *m, gat_mat *x, uint8_t *source, const gat_graph *graph,
                        const uint8_t *hidden)
{
    unseen_sources(source, &m->config, graph, hidden);
    gat_mat *y = ad_replace(tape, x, ad_param(tape, &m->params, m->unknown), source);
    gat_status st = y ? unseen_fill(y->data, source, m, graph, hidden, NULL) : GAT_OK;
    if (st) tape_fail(tape, st);
    return y;
}

/* (n) of the tape's arena; NULL after a failure. */
static uint8_t *new_sources(gat_tape *tape, int64_t n)
{
    uint8_t *source = arena_alloc(tape_arena(tape), n, 1);
    if (!source) tape_fail(tape, GAT_ENOMEM);
    return source;
}

gat_mat *drop_entities(gat_tape *tape, const gat_model *m, gat_mat *x, const gat_graph *graph, const uint8_t *hidden,
                       uint32_t key)
{
    if (m->unknown < 0 || !x) return x;
    uint8_t *source = new_sources(tape, x->rows);
    if (!source) return NULL;
    for (int64_t i = 0; i < x->rows; i++)
        source[i] = drawn(key, i, m->config.unknown_entities) ? GAT_ROW_COMMON : GAT_ROW_OWN;
    return replace(tape, m, x, source, graph, hidden);
}

gat_mat *drop_sampled_entities(gat_tape *tape, const gat_model *m, gat_mat *x, const node_set *nodes,
                               const gat_block *blocks, uint32_t key)
{
    if (m->unknown < 0 || !x) return x;
    uint8_t *source = new_sources(tape, x->rows);
    if (!source) return NULL;
    for (int64_t i = 0; i < x->rows; i++) {
        bool chosen = i < blocks->num_targets && drawn(key, nodes->nodes[i], m->config.unknown_entities);
        source[i] = chosen ? GAT_ROW_COMMON : GAT_ROW_OWN;
    }
    return replace(tape, m, x, source, &blocks->graph, NULL);
}

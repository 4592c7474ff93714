#include "recommend/history_net.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "autodiff/query_ops.h"
#include "base/error.h"
#include "base/memory.h"
#include "base/random.h"

enum { STREAM_DRAW = 0x7e60 };

static gat_status set_number(gat_config *c, const char *name, double value, gat_error *err)
{
    char text[32];
    snprintf(text, sizeof text, "%.9g", value);
    return config_set(c, name, text, err);
}

static gat_status encoder_config(gat_config *c, const gat_recommend_config *from, int64_t layers, gat_error *err)
{
    config_init(c);
    gat_status st = config_set(c, "attention", score_name((gat_score)from->attention), err);
    if (!st) st = set_number(c, "dim", (double)from->dim, err);
    if (!st) st = set_number(c, "attn-heads", (double)from->attn_heads, err);
    if (!st) st = set_number(c, "layers", (double)layers, err);
    if (!st) st = set_number(c, "dropout", from->dropout, err);
    if (!st) st = set_number(c, "attn-dropout", from->attn_dropout, err);
    if (!st) st = set_number(c, "seed", (double)from->seed, err);
    return st ? st : encoder_check(c, err);
}

/* Relations of a graph that holds every level once. */
static int32_t level_relations(int32_t levels) { return levels; }

gat_status history_net_init(history_net *net, const gat_recommend_config *config, int32_t items, int32_t entities,
                            int32_t relations, int32_t levels, const gat_triples *facts, bool training, gat_error *err)
{
    gat_params *p = &net->params;
    *net = (history_net){.items = items, .nodes = items + entities + 1, .levels = levels, .dim = config->dim};
    gat_status st = encoder_config(&net->of_graph, config, config->layers ? config->layers : 1, err);
    if (!st) st = encoder_config(&net->of_history, config, config->history_layers, err);
    if (!st) st = params_declare(&net->table, p, "table", net->nodes, net->dim, err);
    if (!st) st = params_declare(&net->out, p, "out", net->dim, net->dim, err);
    if (!st) st = params_declare(&net->bias, p, "bias", items, 1, err);
    if (!st) st = encoder_declare(&net->history_layers, p, &net->of_history, 2 * level_relations(levels) + 1, err);
    if (!st && facts->count) {
        st = graph_build(&net->graph, facts, net->nodes, relations, err);
        if (!st) st = encoder_declare(&net->graph_layers, p, &net->of_graph, graph_edge_relations(net->graph), err);
    }
    return st ? st : params_allocate(p, training, err);
}

/* The map to scores begins as the identity, so that vectors of a factorisation mean what they meant. */
void history_net_draw(history_net *net, uint64_t seed)
{
    gat_params *p = &net->params;
    random_fill_normal(param_value(p, net->table), param_size(p, net->table), .1f, seed,
                       random_stream(STREAM_DRAW, 0, 0));
    for (int64_t i = 0; i < net->dim; i++) param_value(p, net->out)[i * net->dim + i] = 1;
    encoder_init_params(&net->history_layers, p, &net->of_history);
    if (net->graph) encoder_init_params(&net->graph_layers, p, &net->of_graph);
}

void history_net_clear(history_net *net)
{
    encoder_clear(&net->graph_layers);
    encoder_clear(&net->history_layers);
    params_clear(&net->params);
    graph_free(net->graph);
    memset(net, 0, sizeof *net);
}

gat_mat *history_net_encode(gat_tape *t, const history_net *net, const gat_graph *graph, uint64_t stream,
                            encoder_attention *last)
{
    gat_mat *x = ad_param(t, &net->params, net->table);
    encoder_pass pass = {.graph = graph, .stream = stream, .config = &net->of_graph, .last = last};
    return graph ? encoder_forward(t, &net->graph_layers, &net->params, x, &pass) : x;
}

gat_mat *history_net_items(gat_tape *t, const history_net *net, gat_mat *x, int64_t items)
{
    const gat_params *p = &net->params;
    gat_mat *y = ad_linear(t, ad_rows(t, x, items), ad_param(t, p, net->out), NULL);
    return ad_join(t, y, ad_param(t, p, net->bias));
}

/* ---- histories as a graph --------------------------------------------------------------------------------- */

static int32_t place_of(int32_t *place, reading_graph *g, int32_t item)
{
    if (place[item] < 0) {
        place[item] = g->items;
        g->node[g->items++] = item;
    }
    return place[item];
}

static gat_status add_history(gat_triples *facts, int32_t *place, reading_graph *g, const rec_history *h,
                              int32_t reader, gat_error *err)
{
    gat_status st = GAT_OK;
    for (int64_t i = 0; !st && i < h->count; i++)
        st = triples_push(facts, (gat_triple){place_of(place, g, h->item[i]), h->level[i], reader}, err);
    return st;
}

/* Readers are numbered behind all items, whose number is known at the end. */
static gat_status build(reading_graph *g, gat_triples *facts, int32_t levels, int32_t reader_node, gat_error *err)
{
    for (int64_t i = 0; i < facts->count; i++) facts->data[i].tail += g->items;
    for (int32_t b = 0; b < g->readers; b++) g->node[g->items + b] = reader_node;
    gat_status st = graph_build(&g->graph, facts, g->items + g->readers, level_relations(levels), err);
    if (st) return st;
    g->hidden = gat_alloc(g->graph->num_edges, 1);
    if (!g->hidden) return error_nomem(err);
    for (int64_t e = 0; e < g->graph->num_edges; e++) g->hidden[e] = g->graph->in_relation[e] >= levels;
    return GAT_OK;
}

gat_status reading_graph_make(reading_graph *g, const rec_history *list, int32_t count, int32_t levels,
                              int32_t reader_node, gat_error *err)
{
    gat_triples facts = {NULL, 0, 0};
    int64_t sum = count;
    for (int32_t b = 0; b < count; b++) sum += list[b].count;
    int32_t *place = gat_alloc((int64_t)reader_node + 1, sizeof *place);
    *g = (reading_graph){.node = gat_alloc(sum, sizeof *g->node), .readers = count};
    gat_status st = place && g->node ? GAT_OK : error_nomem(err);
    for (int32_t i = 0; !st && i <= reader_node; i++) place[i] = -1;
    for (int32_t b = 0; !st && b < count; b++) st = add_history(&facts, place, g, &list[b], b, err);
    if (!st) st = build(g, &facts, levels, reader_node, err);
    triples_clear(&facts);
    gat_free(place);
    if (st) reading_graph_clear(g);
    return st;
}

void reading_graph_clear(reading_graph *g)
{
    graph_free(g->graph);
    gat_free(g->hidden);
    gat_free(g->node);
    memset(g, 0, sizeof *g);
}

gat_mat *history_net_read(gat_tape *t, const history_net *net, gat_mat *x, const reading_graph *g, uint64_t stream,
                          encoder_attention *last)
{
    encoder_pass pass = {
        .graph = g->graph, .hidden = g->hidden, .stream = stream, .config = &net->of_history, .last = last};
    int64_t rows = (int64_t)g->items + g->readers;
    gat_mat *y = encoder_forward(t, &net->history_layers, &net->params, ad_gather(t, x, g->node, rows), &pass);
    int32_t *at = y ? arena_alloc(tape_arena(t), g->readers, sizeof *at) : NULL;
    if (y && !at) tape_fail(t, GAT_ENOMEM);
    if (!at) return NULL;
    for (int32_t b = 0; b < g->readers; b++) at[b] = g->items + b;
    return ad_append_one(t, ad_gather(t, y, at, g->readers));
}

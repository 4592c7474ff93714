/* Attention over what a person has chosen, and over what the graph says of it.
 *
 *     x       item and entity vectors after relational attention along the facts     (encoder over the graph)
 *     u       a learned vector after attention over the history's x; the relation of an edge is the level of the
 *             interaction, so that ratings and times enter score and message          (encoder over the histories)
 *     score   of item i = <(u, 1), (W x_i, b_i)>
 * trained to find the hidden part of a history from the rest by the softmax over all items. Users have no parameters: a new one is
 * a history, and a new item is its facts. */
#ifndef GAT_RECOMMEND_HISTORY_NET_H
#define GAT_RECOMMEND_HISTORY_NET_H

#include "autodiff/ops.h"
#include "graph/csr.h"
#include "model/encoder.h"
#include "recommend/histories.h"

typedef struct history_net {
    int32_t items, nodes, levels; /* nodes: with the reader's, which is the last one */
    int64_t dim;
    gat_config of_graph, of_history;
    gat_encoder graph_layers, history_layers;
    gat_params params;
    int table, out, bias;
    gat_graph *graph; /* NULL: no facts */
} history_net;

/* Fills everything but the graph's facts, which are borrowed for the call. */
gat_status history_net_init(history_net *net, const gat_recommend_config *config, int32_t items, int32_t entities,
                            int32_t relations, int32_t levels, const gat_triples *facts, bool training, gat_error *err);
void history_net_draw(history_net *net, uint64_t seed);
void history_net_clear(history_net *net);

/* (nodes,D): all items, entities and the reader. stream: of random numbers, while the tape records. */
gat_mat *history_net_encode(gat_tape *tape, const history_net *net, const gat_graph *graph, uint64_t stream,
                            encoder_attention *last);

/* (I, D + 1): what states are compared with. */
gat_mat *history_net_items(gat_tape *tape, const history_net *net, gat_mat *x, int64_t items);

/* Histories as a graph: their items, once each, then the readers. */
typedef struct reading_graph {
    gat_graph *graph;
    uint8_t *hidden;
    int32_t *node; /* (rows): of x */
    int32_t items, readers;
} reading_graph;

gat_status reading_graph_make(reading_graph *out, const rec_history *histories, int32_t count, int32_t levels,
                              int32_t reader_node, gat_error *err);
void reading_graph_clear(reading_graph *graph);

/* (B, D + 1): the states of the readers, 1 at their ends. */
gat_mat *history_net_read(gat_tape *tape, const history_net *net, gat_mat *x, const reading_graph *graph,
                          uint64_t stream, encoder_attention *last);

#endif

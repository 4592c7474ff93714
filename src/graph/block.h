/* The part of a graph that an encoder needs for some of its nodes, cut out layer by layer (Hamilton et al. 2017, the
 * "blocks" of DGL). The edges into the nodes of a layer, or a sample of them, name the nodes that the layer before has to
 * encode. A block is a graph in numbers of its own; its first rows have edges, the others are only read.
 *
 * A sample takes one edge of each of `fan_out` equal strata of a row, besides the self-loop, so that every edge of the row has
 * the same chance, and, rows being sorted by relation, every relation close to its share. Draws depend on (key, layer, node)
 * alone. */
#ifndef GAT_GRAPH_BLOCK_H
#define GAT_GRAPH_BLOCK_H

#include <stdint.h>

#include "base/arena.h"
#include "base/status.h"
#include "graph/csr.h"
#include "graph/node_set.h"

/* Rows of graph.in from num_targets on are empty; edges of a row are in the order of the graph they come from. fact_edges is
 * NULL. All arrays lie in an arena. */
typedef struct gat_block {
    gat_graph graph;
    int32_t num_targets;
} gat_block;

/* Which edges are taken. */
typedef struct gat_sampling {
    int64_t fan_out;       /* most edges into a node, the self-loop not counted; 0: all */
    uint32_t key;          /* of the draws */
    const uint8_t *hidden; /* (E) by edge id: never taken; NULL: none */
} gat_sampling;

/* blocks[0 .. num_layers), in the order in which the layers run, for the nodes that are in the set: the targets of the last
 * block. The set grows to the sources of the first block; node numbers hold for all blocks. */
gat_status blocks_cut(gat_block *blocks, int num_layers, node_set *set, const gat_graph *graph,
                      const gat_sampling *sampling, gat_arena *arena, gat_error *err);

#endif

/* Messages from beyond the neighbourhood: the message graph with further edges, each of a relation after the self-loop.
 *     hops      for k of 2 to `hops`, edges from nodes at the far end of paths of k facts ("k facts away" is relation
 *               2R + k - 1). At most `edges` ends of each k, taken at random where there are more; ends of one k are where
 *               the paths of the next begin, over at most `edges` facts of each.
 *     sampled   edges from `edges` nodes drawn from the first `pool` (relation 2R + 1)
 * The edges of a node depend on the seed, the node and the graph alone; no node is far from itself. In a row they stand
 * after the edges of facts and the self-loop. */
#ifndef GAT_GRAPH_REACH_H
#define GAT_GRAPH_REACH_H

#include <stdint.h>

#include "graph/csr.h"

typedef enum gat_reach {
    GAT_REACH_LOCAL,
    GAT_REACH_HOPS,
    GAT_REACH_SAMPLED,
    GAT_REACH_GLOBAL, /* not in the graph: see kernels/linear_attention.h */
    GAT_NUM_REACHES
} gat_reach;

enum { REACH_MAX_HOPS = 4, REACH_MAX_EDGES = 32 };

typedef struct reach_plan {
    gat_reach reach;
    int hops;     /* 2 to REACH_MAX_HOPS */
    int edges;    /* 1 to REACH_MAX_EDGES */
    int32_t pool; /* at most N */
    uint64_t seed;
} reach_plan;

/* Relations that the plan adds. */
int32_t reach_relations(const reach_plan *plan);

/* *out: a new graph, or NULL when the plan adds no edges (local, global). GAT_EUSAGE: more than 2^31 - 1 edges. */
gat_status reach_build(gat_graph **out, const gat_graph *base, const reach_plan *plan, gat_error *err);

/* Hides the far edges whose path has a hidden edge, and no others: what is not to be seen is not seen through them.
 * hidden (E). */
void reach_hide(uint8_t *hidden, const gat_graph *graph);

#endif

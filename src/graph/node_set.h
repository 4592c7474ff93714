/* Some nodes of a graph under numbers of their own: 0, 1, 2, ... in the order in which they were added. Emptying costs in
 * proportion to what was in. Not thread-safe while adding. */
#ifndef GAT_GRAPH_NODE_SET_H
#define GAT_GRAPH_NODE_SET_H

#include <stdint.h>

#include "base/status.h"

typedef struct node_set {
    int32_t *place; /* (N) number of each node, plus 1; 0: not in */
    int32_t *nodes; /* (count) of room for N */
    int64_t count;
} node_set;

gat_status node_set_init(node_set *set, int64_t num_nodes, gat_error *err);
void node_set_clear(node_set *set);

void node_set_empty(node_set *set);

/* The number of a node in [0, N), which is added when it is not in. */
static inline int32_t node_set_add(node_set *set, int32_t node)
{
    int32_t *place = &set->place[node];
    if (!*place) {
        set->nodes[set->count] = node;
        *place = (int32_t)++set->count;
    }
    return *place - 1;
}

/* -1: not in. */
static inline int32_t node_set_find(const node_set *set, int32_t node) { return set->place[node] - 1; }

#endif

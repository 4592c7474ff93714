/* The plain graph beneath the facts: entities, and each pair of different ones between which some fact stands, once. */
#ifndef GAT_GRAPH_SKELETON_H
#define GAT_GRAPH_SKELETON_H

#include <stdint.h>

#include "graph/csr.h"

typedef struct gat_skeleton {
    int32_t num_nodes;
    int64_t *indptr;  /* N + 1 */
    int32_t *indices; /* neighbours in order; both ways */
} gat_skeleton;

/* *out is zero after a failure. */
gat_status skeleton_init(gat_skeleton *out, const gat_graph *graph, gat_error *err);
void skeleton_clear(gat_skeleton *skeleton);

static inline int64_t skeleton_degree(const gat_skeleton *s, int64_t node)
{
    return s->indptr[node + 1] - s->indptr[node];
}

#endif

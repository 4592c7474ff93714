/* The graph that messages travel on: every training fact as two directed edges, h -r-> t and
 * t -(R+r)-> h, and one self-loop per entity (relation 2R). Edges of a row are ordered by relation, then
 * neighbour, so that kernels can treat a run of equal relations at once.
 *
 * `in` has destinations as rows; the position of an edge in it is its edge id. `out` has sources as rows
 * and names the same edges through `eid`. Both are built once and only read afterwards. */
#ifndef GAT_GRAPH_CSR_H
#define GAT_GRAPH_CSR_H

#include <stdint.h>

#include "base/status.h"
#include "graph/triples.h"

typedef struct gat_graph {
    int32_t num_nodes;     /* N */
    int32_t num_relations; /* R of the data; edges use [0, 2R] */
    int64_t num_edges;     /* E = 2 facts + N */
    int64_t num_facts;
    int64_t *in_indptr;    /* N + 1 */
    int32_t *in_indices;   /* E, source of each edge */
    int32_t *in_relation;  /* E */
    int64_t *out_indptr;   /* N + 1 */
    int32_t *out_indices;  /* E, destination */
    int32_t *out_relation; /* E */
    int32_t *out_eid;      /* E, position in `in` */
    int32_t *fact_edges;   /* (facts, 2): edge ids of the two directions of a fact */

    /* Edges added by reach.h; zero in a plain graph. They are counted in E. */
    int32_t far_relations; /* from 2R + 1 on */
    int64_t num_far;
    int32_t *far_edge; /* (far): their edge ids */
    int32_t *far_path; /* (far, REACH_MAX_HOPS): edge ids of the path each stands for, -1 after its end */
} gat_graph;

/* Facts with ids in [0, num_nodes) and [0, num_relations); GAT_EUSAGE otherwise, or when E passes 2^31 - 1. */
gat_status graph_build(gat_graph **out, const gat_triples *facts, int32_t num_nodes, int32_t num_relations,
                       gat_error *err);
void graph_free(gat_graph *graph);

/* Relations of the message graph: 2R + 1, and those of far edges. */
static inline int32_t graph_edge_relations(const gat_graph *g) { return 2 * g->num_relations + 1 + g->far_relations; }

#endif

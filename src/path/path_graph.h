/* The facts that a path model walks over, both ways, grouped: the edges that leave a node are ordered by relation, and
 * a run of equal relation is one message. What surrounds a node, its profile, falls out of the same runs: the edges
 * that enter v by relation r are those that leave it by the reverse of r. Read-only once made; any number of
 * threads. */
#ifndef GAT_PATH_PATH_GRAPH_H
#define GAT_PATH_PATH_GRAPH_H

#include <stdint.h>

#include "base/status.h"
#include "graph/triples.h"

typedef struct path_graph {
    int32_t num_nodes, num_relations; /* N, R */
    int64_t num_edges, num_runs;
    int32_t *node_run;     /* (N + 1): first run of a node */
    int32_t *run_relation; /* (runs): in [0,2R) */
    int32_t *run_edge;     /* (runs + 1): first edge of a run */
    int32_t *target;       /* (edges): nodes */
    float *run_count;      /* (runs): log(1 + edges) */
    float *run_share;      /* (runs): the same divided by the length of the node's vector of them */
    float *log_degree;     /* (N): log(1 + edges that leave it) */
    float mean_log_degree; /* its mean; 1 in a graph without edges */
    int64_t *relation_run; /* (2R + 1) into by_relation */
    int32_t *by_relation;  /* (runs): runs in the order of their relation, then node */
    int32_t *run_node;     /* (runs) */
} path_graph;

/* All directed edges of a list of facts, ordered by (source, relation, target), from which graphs with some facts
 * hidden are cut quickly. */
typedef struct path_facts {
    int32_t num_nodes, num_relations;
    int64_t num_facts;
    int64_t *node_edge;                /* (N + 1) */
    int32_t *relation, *target, *fact; /* (2 facts) */
} path_facts;

/* Ids in [0,num_nodes) and [0,num_relations); GAT_EUSAGE otherwise or for 2^30 facts or more. */
gat_status path_facts_new(path_facts **out, const gat_triples *facts, int32_t num_nodes, int32_t num_relations,
                          gat_error *err);
void path_facts_free(path_facts *facts);

/* Room for the graph of any subset; path_graph_fill makes it that of the facts that are not hidden (facts; NULL: none
 * is). */
gat_status path_graph_new(path_graph **out, const path_facts *facts, gat_error *err);
void path_graph_fill(path_graph *graph, const path_facts *facts, const uint8_t *hidden);
void path_graph_free(path_graph *graph);

static inline int32_t reverse_relation(const path_graph *g, int32_t r)
{
    return r < g->num_relations ? r + g->num_relations : r - g->num_relations;
}

#endif

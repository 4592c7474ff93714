/* The one door to igraph (GPL-2 or later), which alone includes its header. Compiled with GAT_WITH_IGRAPH it
 * calls igraph; without, every question is answered "not built in", and nothing of igraph is linked. Calls from
 * several threads take turns; a program that also uses igraph itself must keep it apart from them. */
#ifndef GAT_GRAPH_IGRAPH_BRIDGE_H
#define GAT_GRAPH_IGRAPH_BRIDGE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/status.h"
#include "graph/laplacian.h"
#include "graph/triples.h"

/* Of the graph with one edge head -> tail for every fact. */
typedef struct gat_graph_measures {
    int64_t components, largest_component; /* weakly connected; isolated nodes are components of one */
    int64_t max_degree;                    /* both directions, a self-loop counts twice */
    double mean_degree;
} gat_graph_measures;

bool bridge_built_in(void);

/* pagerank (num_nodes) receives the PageRank of each node (damping .85, following the facts' direction; sums
 * to 1); NULL: not wanted. Ids of the facts are in [0, num_nodes). GAT_EUSAGE: built without igraph;
 * GAT_EFAILED: igraph gave up, with its reason. */
gat_status bridge_measure(gat_graph_measures *out, double *pagerank, const gat_triples *facts, int32_t num_nodes,
                          gat_error *err);

/* vectors (count, N): eigenvectors of the operator of laplacian_multiply, largest eigenvalues first, by ARPACK's implicitly
 * restarted Lanczos method from a fixed start. 1 <= count < N. GAT_EUSAGE: built without igraph; GAT_EFAILED: no
 * convergence. The last bits are those of the BLAS that ARPACK uses, and so the machine's, whatever the kernels'
 * instruction set. */
gat_status bridge_eigenvectors(double *vectors, const gat_laplacian *laplacian, int count, gat_error *err);

/* community (num_nodes): numbers from 0, of the partition that Leiden's algorithm (Traag et al. 2019) finds for the modularity
 * of the graph without directions and repeated edges, coarser and coarser until the `few` largest hold half of the nodes. One
 * seed, one answer. GAT_EUSAGE: built without igraph. */
gat_status bridge_communities(int32_t *community, const gat_triples *facts, int32_t num_nodes, int few, uint64_t seed,
                              gat_error *err);

#endif

/* Where random walks return to: for each node the probabilities of being back after 2, 3, ..., dim + 1 steps over the
 * plain graph, a positional encoding (Dwivedi et al. 2022). They are measured: walks of dim + 1 steps from every node, at
 * least 64 and at most 4096, as many as 2^26 steps in all allow; the standard error of a probability p is
 * sqrt(p (1 - p) / walks), below .063 and .008. */
#ifndef GAT_GRAPH_RANDOM_WALK_H
#define GAT_GRAPH_RANDOM_WALK_H

#include <stdint.h>

#include "graph/skeleton.h"

/* out (N, dim); zeros for a node without neighbours. The same for any number of threads. */
void random_walk_returns(float *out, const gat_skeleton *graph, int dim, uint64_t seed);

#endif

/* Positional encodings of nodes: where an entity stands in the graph, apart from what it is. */
#ifndef GAT_MODEL_POSITIONS_H
#define GAT_MODEL_POSITIONS_H

#include "base/status.h"
#include "graph/csr.h"
#include "model/config.h"

/* *out (N, position-dim) of the graph's nodes, free with gat_free; NULL when the configuration has none. GAT_EUSAGE: eigenvectors
 * without igraph; GAT_EFAILED: they did not converge. */
gat_status positions_make(float **out, const gat_config *config, const gat_graph *graph, gat_error *err);

/* Floats that making them needs beside the result. */
int64_t positions_work(const gat_config *config, int64_t nodes);

#endif

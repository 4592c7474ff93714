/* Facts as directed edges in the one order that the filter and the message graph share.
 *
 * A fact (h, r, t) gives two edges: h -r-> t and t -(R+r)-> h. They stand in rows by the node they leave, and in a row
 * by (relation, to), equal ones by the position of their fact. */
#ifndef GAT_GRAPH_DIRECTED_H
#define GAT_GRAPH_DIRECTED_H

#include <stdint.h>

#include "base/status.h"
#include "graph/triples.h"

typedef struct gat_directed {
    int32_t relation, to; /* relation in [0, 2R) */
    int32_t fact;         /* position in the lists, counted one after another */
} gat_directed;

/* *edges: 2 * facts of them, free with gat_free; *indptr: (num_nodes + 1), the first edge of each node, free
 * likewise. num_nodes < 0: one more than the largest id; *num_nodes receives it. GAT_EUSAGE: an id outside
 * [0, num_nodes) or [0, num_relations), or more facts than an int32_t counts. */
gat_status directed_sort(gat_directed **edges, int64_t **indptr, int32_t *num_nodes, const gat_triples *const *lists,
                         int num_lists, int32_t num_relations, gat_error *err);

#endif

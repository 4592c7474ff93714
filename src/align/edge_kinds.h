/* Edges with the same relations are of one kind. */
#ifndef GAT_ALIGN_EDGE_KINDS_H
#define GAT_ALIGN_EDGE_KINDS_H

#include "kernels/row_lists.h"

/* start (edges + 1), relation: those of each edge, ascending. *kinds: edge to its kind, numbered by first appearance;
 * *relations: kind to relations below num_relations. */
gat_status edge_kinds_init(row_lists *kinds, row_lists *relations, const int64_t *start, const int32_t *relation,
                           int64_t edges, int64_t num_relations, gat_error *err);

#endif

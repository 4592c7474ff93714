/* Both graphs side by side, as the learned encoder hears them: one space of nodes (KG1's entities, then KG2's) and one of
 * relations (KG1's, back and forth, then KG2's), and one edge for every ordered pair of neighbours. No edge leads across. */
#ifndef GAT_ALIGN_UNION_GRAPH_H
#define GAT_ALIGN_UNION_GRAPH_H

#include "align/kg_side.h"
#include "kernels/reflection.h"

typedef struct union_graph {
    int64_t num_nodes, num_relations; /* N1 + N2, 2 R1 + 2 R2 */
    reflection_edges edges;           /* node to its neighbours, each once; a kind for each set of relations */
    row_lists kind_relations;         /* kind of edge to its relations */
    row_lists around;                 /* node to itself and its neighbours */
    row_lists node_relations;         /* node to the relations that it has */
} union_graph;

gat_status union_graph_init(union_graph *out, const kg_side *a, const kg_side *b, gat_error *err);
void union_graph_clear(union_graph *graph);

#endif

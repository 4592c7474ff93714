/* Message graphs of every awkward shape, for tests. */
#ifndef GAT_TESTS_TINY_GRAPHS_H
#define GAT_TESTS_TINY_GRAPHS_H

#include "graph/csr.h"

typedef enum tiny_shape {
    TINY_NOTHING, /* no nodes */
    TINY_EMPTY,   /* three nodes, no facts */
    TINY_MIXED,   /* loops, repeated facts, an isolated node, several relations */
    TINY_STAR,    /* a hub of degree 260: several blocks of edges */
    TINY_MANY,    /* 300 nodes, 2000 facts: several parts */
    TINY_SHAPES
} tiny_shape;

/* The facts of a shape, in static memory. */
gat_triples tiny_facts(tiny_shape shape);
int32_t tiny_nodes(tiny_shape shape);
int32_t tiny_relations(tiny_shape shape);

/* Free with graph_free; never NULL. */
gat_graph *tiny_graph(tiny_shape shape);

#endif

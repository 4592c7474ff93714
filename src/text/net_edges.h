/* Which words of a sentence hear which: the edges that a net's attention goes over. Three encoders differ in nothing else.
 *
 *     relational  the parse, with a relation for every label, and neighbours; without a parse neighbours and the two entities
 *     self        every word hears every other (Vaswani et al. 2017); relative positions are relations (Shaw et al. 2018)
 *     cross       the two entities hear every word, by its role; nobody else hears anything
 *
 * A causal net hides the edges from later words. There is no padding: a batch is one graph without edges between sentences. */
#ifndef GAT_TEXT_NET_EDGES_H
#define GAT_TEXT_NET_EDGES_H

#include "graph/triples.h"
#include "text/net_nodes.h"
#include "text/relation_config.h"

/* In the order of --encoder and --word-positions. */
typedef enum net_encoder { ENCODER_RELATIONAL, ENCODER_SELF, ENCODER_CROSS } net_encoder;
typedef enum net_positions { POSITIONS_NONE, POSITIONS_RELATIVE, POSITIONS_SINUSOIDAL } net_positions;

/* Relations of the relational encoder before the labels of the parse. */
enum { EDGE_NEXT, EDGE_PAIR, EDGE_OTHER_LABEL, EDGE_FIRST_LABEL };

enum { NET_MOST_FACTS = NET_MOST_NODES * NET_MOST_NODES };

/* fact (NET_MOST_FACTS) <- edges between nodes, which hear each other in both directions; how many. deprels: labels that are
 * told apart. */
int64_t net_edges_of(gat_triple *fact, const net_nodes *nodes, const gat_relation_config *config,
                     const gat_intern *deprels);

/* Relations that the facts have. */
int32_t net_edge_relations(const gat_relation_config *config, const gat_intern *deprels);

/* Whether some edges of the graph are not to be heard; and whether this one is: from node `source` to `target`, of a relation of
 * the graph with `relations` of facts. */
bool net_edges_hide(const gat_relation_config *config);
bool net_edge_hidden(const gat_relation_config *config, int32_t source, int32_t target, int32_t relation,
                     int32_t relations);

#endif

/* Which words of a sentence a net looks at, and where each of them stands: the way between the entities in the parse and what
 * hangs from it, the words between, and two words beside each entity. */
#ifndef GAT_TEXT_NET_NODES_H
#define GAT_TEXT_NET_NODES_H

#include "text/parse_path.h"

enum { NET_MOST_NODES = 32, NET_FARTHEST_DEPTH = 4 };

/* Where a node stands. */
typedef enum net_role { ROLE_AROUND, ROLE_UP, ROLE_TOP, ROLE_DOWN, ROLE_E1, ROLE_E2, ROLE_BETWEEN, NET_ROLES } net_role;

/* The words of one sentence. Large: not for the stack of a thread. */
typedef struct net_nodes {
    const sentence_view *view;
    parse_path path;
    uint8_t class[SENTENCE_MOST_WORDS], role[SENTENCE_MOST_WORDS]; /* class: 0: left out, else how early it is taken */
    int32_t node[SENTENCE_MOST_WORDS];                             /* -1: none */
    int32_t word[NET_MOST_NODES], count;                           /* in the order of the sentence */
} net_nodes;

/* view: borrowed as long as the nodes are used. all: of the other words as many as there is room for. */
void net_nodes_of(net_nodes *nodes, const sentence_view *view, bool all);

/* Whether the word is on the way from one entity to the other: in the parse, or else between them. */
bool net_on_way(const net_nodes *nodes, int32_t word);

/* Steps in the parse from the word to the way, at most NET_FARTHEST_DEPTH. */
int32_t net_depth(const net_nodes *nodes, int32_t word);

#endif

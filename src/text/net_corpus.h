/* Sentences as small graphs for the nets: the words that matter as nodes, edges of the parse (or between neighbours and the
 * two entities), and for every node the atoms whose vectors are added up to make its input.
 *
 * All sentences lie one after the other; a batch takes some of them as one block-diagonal graph. */
#ifndef GAT_TEXT_NET_CORPUS_H
#define GAT_TEXT_NET_CORPUS_H

#include "graph/csr.h"
#include "kernels/bag.h"
#include "text/part_rows.h"

enum { NET_MOST_NODES = 32 };

/* Where a node stands. */
typedef enum net_role { ROLE_AROUND, ROLE_UP, ROLE_TOP, ROLE_DOWN, ROLE_E1, ROLE_E2, ROLE_BETWEEN, NET_ROLES } net_role;

/* Relations of the edges before the labels of the parse. */
enum { EDGE_NEXT, EDGE_PAIR, EDGE_OTHER_LABEL, EDGE_FIRST_LABEL };

typedef struct net_corpus {
    int64_t sentences, nodes, facts, node_capacity, fact_capacity;
    int64_t *node_start, *fact_start; /* (sentences + 1) */
    int32_t *token, *role, *vector;   /* (nodes) word of its sentence; row of the word vectors, -1 */
    gat_triple *fact;                 /* ends count nodes of the sentence */
    int32_t *end;                     /* (sentences, 3): nodes of both heads and of the top word */
    sparse_rows atoms;                /* a row a node */
} net_corpus;

/* deprels: labels that edges tell apart. Atoms have keys until sparse_rows_name or net_corpus_name. */
gat_status net_corpus_make(net_corpus *out, const gat_relations *model, const gat_intern *deprels,
                           const sentence_source *source, int64_t from, int64_t n, gat_error *err);
void net_corpus_clear(net_corpus *corpus);

/* Puts the columns of a known table in the place of keys. */
void net_corpus_name(net_corpus *corpus, const feature_table *atoms);

/* Some sentences as one graph. */
typedef struct net_batch {
    int64_t n, nodes, entries, capacity[3];
    gat_graph *graph, *pool; /* of the words; of the words with one more node for each sentence, which hears them */
    uint8_t *pool_hidden;    /* edges of the pool that are not to be heard */
    int64_t *first;          /* (nodes + 1) of the atoms */
    int32_t *column;
    float *value, *vector; /* vector (nodes, dim + 1): the last number says that there is one */
    int32_t *end[3];       /* (n): nodes of both heads and of the top */
    int32_t *asks;         /* (n): the pool's node of each sentence */
    bag_rows atoms;
} net_batch;

/* drop: share of nodes whose word is unknown, drawn by key; 0 in use. relations: of the graph. */
gat_status net_batch_take(net_batch *batch, const net_corpus *corpus, const word_vectors *vectors, int32_t relations,
                          const int64_t *which, int64_t n, float drop, uint32_t key, gat_error *err);
void net_batch_clear(net_batch *batch);

#endif

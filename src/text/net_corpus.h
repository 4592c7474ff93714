/* Sentences as small graphs for the nets: the words that matter as nodes, edges between them, and for every node the atoms
 * whose vectors are added up, block by block, to make its input.
 *
 * All sentences lie one after the other; a batch takes some of them as one block-diagonal graph. */
#ifndef GAT_TEXT_NET_CORPUS_H
#define GAT_TEXT_NET_CORPUS_H

#include "graph/csr.h"
#include "kernels/bag.h"
#include "text/net_edges.h"
#include "text/part_rows.h"

/* Blocks of the input of a word: the word itself, its pieces, how far it is from either entity, the label of its edge in the
 * parse, and where it stands. */
typedef enum net_block {
    BLOCK_WORD,
    BLOCK_PIECES,
    BLOCK_FROM_E1,
    BLOCK_FROM_E2,
    BLOCK_LABEL,
    BLOCK_ROLE,
    NET_BLOCKS
} net_block;

typedef struct net_corpus {
    int64_t sentences, nodes, facts, node_capacity, fact_capacity;
    int64_t *node_start, *fact_start; /* (sentences + 1) */
    int32_t *token, *role, *vector;   /* (nodes) word of its sentence; row of the word vectors, -1 */
    uint8_t *on_way;                  /* (nodes) */
    gat_triple *fact;                 /* ends count nodes of the sentence */
    int32_t *end;                     /* (sentences, 3): nodes of both heads and of the top word */
    sparse_rows atoms[NET_BLOCKS];    /* a row a node */
} net_corpus;

/* deprels: labels that edges tell apart. Atoms have keys until they are named. */
gat_status net_corpus_make(net_corpus *out, const gat_relations *model, const gat_intern *deprels,
                           const sentence_source *source, int64_t from, int64_t n, gat_error *err);
void net_corpus_clear(net_corpus *corpus);

/* Makes the tables of all atoms that are there at least twice, and puts their columns in the place of keys; or puts the
 * columns of known tables there. */
gat_status net_corpus_learn_names(feature_table table[NET_BLOCKS], net_corpus *corpus, gat_error *err);
void net_corpus_name(net_corpus *corpus, const feature_table table[NET_BLOCKS]);

/* Sparse rows of a batch, owned. */
typedef struct batch_rows {
    int64_t *first;
    int32_t *column;
    float *value;
    bag_rows bag;
} batch_rows;

/* Some sentences as one graph. */
typedef struct net_batch {
    int64_t n, nodes;
    gat_graph *graph, *pool; /* of the words; of the words with one more node for each sentence, which hears them */
    uint8_t *hidden, *pool_hidden;      /* edges that are not to be heard; hidden NULL: all are */
    batch_rows atoms[NET_BLOCKS], wide; /* wide (n rows): features of the sentences */
    float *vector;                      /* (nodes, dim + 1): the last number says that there is one */
    int32_t *place;                     /* (nodes) of the word in its sentence */
    int32_t *end[3];                    /* (n): nodes of both heads and of the top */
    int32_t *asks;                      /* (n): the pool's node of each sentence */
    int64_t *way_first;                 /* (n + 1) of the nodes on the way from one entity to the other */
    int32_t *way;
} net_batch;

/* What a batch is taken from. */
typedef struct batch_source {
    const net_corpus *corpus;
    const sparse_rows *wide; /* (sentences), named */
    const word_vectors *vectors;
    const gat_relation_config *config;
    int32_t relations;                /* of the graph's facts */
    float word_dropout, wide_dropout; /* shares of words and of features that are not seen; 0 in use */
} batch_source;

/* The sentences which[0..n); key: of what is dropped. */
gat_status net_batch_take(net_batch *batch, const batch_source *source, const int64_t *which, int64_t n, uint32_t key,
                          gat_error *err);
void net_batch_clear(net_batch *batch);

#endif

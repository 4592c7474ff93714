/* Vectors of words from a file of the user: lines of a word and its numbers, at length 1; and words in clusters of near ones,
 * which a linear model can weigh one by one. */
#ifndef GAT_TEXT_TEXT_VECTORS_H
#define GAT_TEXT_TEXT_VECTORS_H

#include <stdint.h>

#include "base/intern.h"
#include "base/status.h"

enum { VECTOR_CLUSTERINGS = 3, VECTOR_MOST_DIM = 1024 };

typedef struct word_vectors {
    gat_intern *words;
    int32_t dim;
    float *value;     /* (words, dim) */
    int32_t *cluster; /* (words, VECTOR_CLUSTERINGS): of about 50, 200 and 800 */
} word_vectors;

/* GAT_EDATA names file and line. A first line of two numbers (word2vec's text form) is passed over; of a word that is there
 * twice the first counts. seed: of the clusters. */
gat_status word_vectors_load(word_vectors *out, const char *path, uint64_t seed, gat_error *err);

/* Takes words, value and cluster as they are given. */
void word_vectors_clear(word_vectors *vectors);

/* Row of the word in normal form, of the word without an ending, or of what follows its last hyphen; -1: none. */
int32_t word_vectors_find(const word_vectors *vectors, const char *word);

/* (n) cluster of each row x (n,dim) of length 1 after some rounds of k-means by cosine; k at most n. */
gat_status cluster_rows(int32_t *cluster, int64_t stride, const float *x, int64_t n, int64_t dim, int64_t k,
                        uint64_t seed, gat_error *err);

#endif

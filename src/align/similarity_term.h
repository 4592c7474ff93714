/* A similarity of entities known apart from the evidence (names, propagated vectors, a learned encoder), which is added to
 * the score of a pair with a weight. */
#ifndef GAT_ALIGN_SIMILARITY_TERM_H
#define GAT_ALIGN_SIMILARITY_TERM_H

#include "align/name_vectors.h"
#include "align/pair_matrix.h"

enum { MOST_TERMS = 4 };

/* Cosine of unit vectors, dense (N, width) or of names; everything is borrowed. */
typedef struct similarity_term {
    float weight;
    const pair_matrix *best; /* pairs that become candidates whatever the evidence says; NULL: none */
    const float *dense[2];   /* NULL: names */
    int64_t width;
    const name_vectors *names[2];
} similarity_term;

float similarity_term_value(const similarity_term *term, int32_t x, int32_t y);

#endif

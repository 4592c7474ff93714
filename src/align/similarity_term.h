/* A similarity of entities known apart from the evidence (names, propagated vectors, a learned encoder), which is added to
 * the score of a pair with a weight. */
#ifndef GAT_ALIGN_SIMILARITY_TERM_H
#define GAT_ALIGN_SIMILARITY_TERM_H

#include <stdbool.h>

#include "align/name_grams.h"
#include "align/name_vectors.h"
#include "align/pair_matrix.h"

enum { MOST_TERMS = 6 };

/* Cosine of unit vectors, dense (N, width) or of names; everything is borrowed. */
typedef struct similarity_term {
    float weight;
    const pair_matrix *best; /* pairs that become candidates whatever the evidence says; NULL: none */
    const float *dense[2];   /* NULL: names */
    int64_t width;
    const name_vectors *names[2];
} similarity_term;

/* Names of x are spread over `features` (NAME_FEATURES), which is zero, or taken back. */
void similarity_term_spread(float *features, const similarity_term *term, int32_t x, bool there);

/* features: the names of x, spread; not read where the vectors are dense. */
float similarity_term_value(const similarity_term *term, const float *features, int32_t x, int32_t y);

#endif

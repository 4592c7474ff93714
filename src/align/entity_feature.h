/* What is known of entities apart from their facts, given by the user: names, the word vectors of names, values of attributes.
 * Unit vectors of both graphs in one space, sparse (hashed) or dense. */
#ifndef GAT_ALIGN_ENTITY_FEATURE_H
#define GAT_ALIGN_ENTITY_FEATURE_H

#include <stdbool.h>

#include "align/name_vectors.h"
#include "align/similarity_term.h"

enum { FEATURE_NAMES, FEATURE_WORDS, FEATURE_ATTRIBUTES, MOST_FEATURES };

typedef struct entity_feature {
    int kind;
    float weight;           /* in the score of a pair */
    name_vectors sparse[2]; /* of KG1 and KG2; not used where there are dense ones */
    float *dense[2];        /* (N, width), zero rows where nothing is known; NULL: sparse */
    int64_t width;
} entity_feature;

void entity_feature_clear(entity_feature *feature);

/* Borrows the vectors and `best` (may be NULL). */
similarity_term entity_feature_term(const entity_feature *feature, const pair_matrix *best);

/* *out: the `top` likest KG2 entities of the same block for each KG1 entity (see name_vectors_best). */
gat_status entity_feature_best(pair_matrix **out, const entity_feature *feature, const int8_t *block_a,
                               const int8_t *block_b, int top, gat_error *err);

/* *out: every pair of the `count` tables best[k], with the mean of the cosines, by weight, over the features that both
 * entities have. */
gat_status entity_features_mean(pair_matrix **out, const entity_feature *features, pair_matrix *const *best, int count,
                                gat_error *err);

#endif

/* The third-order view of the present beliefs, as a similarity term. */
#ifndef GAT_ALIGN_VECTOR_TERM_H
#define GAT_ALIGN_VECTOR_TERM_H

#include "align/belief_loop.h"
#include "align/similarity_term.h"

typedef struct vector_term {
    float *vectors[2];
    pair_matrix *best; /* the most similar pairs of each block, values their cosines */
    int64_t width;
} vector_term;

/* dim and width: of propagated labels and of the sketch; top: pairs per entity, found by the first `search` columns of the
 * sketch, whose products are then their values. */
gat_status vector_term_init(vector_term *out, const belief_loop *loop, int64_t dim, int64_t width, int64_t search,
                            int top, uint64_t seed, gat_error *err);
void vector_term_clear(vector_term *term);

/* Borrows the vectors and the pairs. */
similarity_term vector_term_similarity(const vector_term *term, float weight);

#endif

/* The learned encoder as a similarity term: it learns from the seeds and from the pairs that the loop is sure of, and what it
 * finds alike becomes candidates. */
#ifndef GAT_ALIGN_ENCODER_TERM_H
#define GAT_ALIGN_ENCODER_TERM_H

#include "align/learned_encoder.h"
#include "align/belief_loop.h"
#include "align/similarity_term.h"

typedef struct encoder_term {
    union_graph graph;
    learned_encoder encoder;
    float *vectors[2];
    pair_matrix *best; /* the most similar pairs of each block, values their cosines */
} encoder_term;

/* Untrained. */
gat_status encoder_term_init(encoder_term *out, const kg_side *a, const kg_side *b, const learned_settings *settings,
                             gat_error *err);
void encoder_term_clear(encoder_term *term);

/* `epochs` passes over the links of the loop that are believed at least `least` and best for both ends, then new vectors and
 * `top` pairs an entity. *links (may be NULL) <- their number. */
gat_status encoder_term_learn(encoder_term *term, const belief_loop *loop, int64_t epochs, float least, int top,
                              int64_t *links, gat_error *err);

/* Borrows the vectors and the pairs. */
similarity_term encoder_term_similarity(const encoder_term *term, float weight);

#endif

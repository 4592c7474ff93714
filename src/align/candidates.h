/* Candidates of every entity of KG1: the pairs with the most evidence, and those that the other similarities bring. */
#ifndef GAT_ALIGN_CANDIDATES_H
#define GAT_ALIGN_CANDIDATES_H

#include <stdbool.h>

#include "align/evidence.h"
#include "align/profile.h"
#include "align/similarity_term.h"

/* Who may be paired with whom: entities of the same block. Seeds, and entities that are not asked about and have nobody to
 * be paired with, are in none. */
enum { BLOCK_NONE = -1, BLOCK_POOL, BLOCK_REST, NUM_BLOCKS };

typedef struct entity_blocks {
    int8_t *a, *b; /* (N1), (N2) */
} entity_blocks;

typedef struct candidate_settings {
    bool use[NUM_WEIGHTS];   /* which weights of evidence the score is the mean of */
    int32_t top[NUM_BLOCKS]; /* candidates by evidence */
    float profile;           /* weight of the cosine of profiles */
    const similarity_term *terms;
    int num_terms;
} candidate_settings;

/* profile NULL: none. Values are scores. */
gat_status candidates_find(pair_matrix **out, const evidence_space *space, const evidence_table *evidence,
                           const relation_profile *profile, const entity_blocks *blocks,
                           const candidate_settings *settings, gat_error *err);

#endif

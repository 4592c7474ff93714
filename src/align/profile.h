/* Entities by the relations they have: each is a vector of idf = ln(N / entities with the relation) over its relations,
 * those of KG2 mapped into the relations of KG1 through the overlap. The cosine tells kinds of things apart. */
#ifndef GAT_ALIGN_PROFILE_H
#define GAT_ALIGN_PROFILE_H

#include "align/kg_side.h"
#include "align/relation_overlap.h"

typedef struct relation_profile {
    const kg_side *a; /* borrowed */
    float *idf;       /* (2 R1) */
    float *norm_a;    /* (N1): 1 / length */
    int64_t *start;   /* N2 + 1: the mapped vectors, of length 1 */
    int32_t *relation;
    float *value;
} relation_profile;

gat_status profile_init(relation_profile *out, const kg_side *a, const kg_side *b, const relation_overlap *overlap,
                        gat_error *err);
void profile_clear(relation_profile *p);

/* Spreads x over row (2 R1), which is zero, and takes it back. */
void profile_spread(float *row, const relation_profile *p, int32_t x);
void profile_unspread(float *row, const relation_profile *p, int32_t x);

/* Cosine of the entity spread over `row` and y. */
float profile_cosine(const float *row, const relation_profile *p, int32_t y);

#endif

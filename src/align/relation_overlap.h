/* How far relations of the two graphs mean the same, told from pairs of entities believed to be one:
 *     u(r, r') = n / sqrt((d + 8) (d' + 8)),
 * n the weight of facts (x, r, z) of KG1 whose partners have r' in KG2, d and d' the weight of all facts of r and of r'
 * between paired entities. The 8 keeps relations seen a few times from passing for certain. */
#ifndef GAT_ALIGN_RELATION_OVERLAP_H
#define GAT_ALIGN_RELATION_OVERLAP_H

#include "align/kg_side.h"
#include "align/pair_matrix.h"

typedef struct relation_pair {
    int32_t first, second; /* of KG1 and KG2, both below 2R */
    float overlap;
} relation_pair;

typedef struct relation_overlap {
    relation_pair *pairs; /* by second, then first */
    int64_t num_pairs;
    int64_t *second_start; /* 2 R2 + 1 */
    int32_t *slot;         /* hash table over the pairs: place plus 1, 0: empty */
    uint64_t mask;
} relation_overlap;

/* Entities taken for one: partner (N1) in KG2 or -1, and how much that is believed. */
typedef struct paired_entities {
    int32_t *partner;
    float *weight;
    int32_t *back; /* (N2): partner in KG1 or -1 */
} paired_entities;

/* The pairs that are each other's best and whose belief is above `least`. */
gat_status paired_entities_init(paired_entities *out, const pair_matrix *belief, float least, gat_error *err);
void paired_entities_clear(paired_entities *paired);

gat_status relation_overlap_new(relation_overlap **out, const kg_side *a, const kg_side *b,
                                const paired_entities *paired, gat_error *err);

/* From pairs ordered by second, then first, which are copied; seconds: 2 R2. */
gat_status relation_overlap_from(relation_overlap **out, const relation_pair *pairs, int64_t count, int32_t seconds,
                                 gat_error *err);
void relation_overlap_free(relation_overlap *overlap);

static inline uint64_t relation_pair_hash(int32_t first, int32_t second)
{
    uint64_t h = ((uint64_t)(uint32_t)first << 32 | (uint32_t)second) * UINT64_C(0x9e3779b97f4a7c15);
    return h ^ h >> 29;
}

/* u, 0 for a pair never seen. */
static inline float relation_overlap_of(const relation_overlap *o, int32_t first, int32_t second)
{
    for (uint64_t at = relation_pair_hash(first, second) & o->mask; o->slot[at]; at = (at + 1) & o->mask) {
        const relation_pair *p = &o->pairs[o->slot[at] - 1];
        if (p->first == first && p->second == second) return p->overlap;
    }
    return 0;
}

#endif

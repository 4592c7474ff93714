/* Evidence that x of KG1 and y of KG2 are one: neighbours z of x and w of y that are believed to be one, through relations
 * that mean the same. With q = belief(z,w)^gamma, u the overlap of the relations, c the number of entities that stand to z
 * (to w) as x (as y) does, and N the size of the larger graph, a pair of facts counts
 *     log-odds   1/2 ln(1 + 0.01 q u N/c1) + 1/2 ln(1 + 0.01 q u N/c2),
 *     idf        q u (ln N/c1 + ln N/c2) / 2,
 *     root       q u (c1 c2)^(-1/4),
 * and a sum over all pairs of facts is divided by sqrt(a(x) a(y)), a(x) what the facts of x would count if each met its
 * like, so that 1 means full agreement. The score is the mean of the weights in use.
 *
 * What a pair (z, w) says is the same for all x and y in the same two groups, so it is computed once per pair of groups. */
#ifndef GAT_ALIGN_EVIDENCE_H
#define GAT_ALIGN_EVIDENCE_H

#include "align/kg_side.h"
#include "align/pair_matrix.h"
#include "align/relation_overlap.h"
#include "base/arena.h"

enum { WEIGHT_LOG_ODDS, WEIGHT_IDF, WEIGHT_ROOT, NUM_WEIGHTS, WEIGHT_LANES };

/* What the two graphs alone decide. */
typedef struct evidence_space {
    const kg_side *a, *b; /* borrowed */
    float size;           /* N */
    float *norm_a;        /* (N1, WEIGHT_LANES): 1 / sqrt(a) of each weight; the last lane is 0 */
    float *norm_b;        /* (N2, WEIGHT_LANES) */
} evidence_space;

gat_status evidence_space_init(evidence_space *space, const kg_side *a, const kg_side *b, gat_error *err);
void evidence_space_clear(evidence_space *space);

/* One group of KG2 that speaks for a group of KG1, and how much a fact of each counts together. */
typedef struct group_evidence {
    int32_t group;
    float weight[NUM_WEIGHTS];
} group_evidence;

/* By group of KG1; the items lie in arenas, one for each thread. */
typedef struct evidence_table {
    group_evidence **items; /* (G1) */
    int32_t *count;         /* (G1) */
    gat_arena **arenas;
    int num_arenas;
} evidence_table;

/* belief: as it stands; pairs with belief^gamma below 0.02 say nothing. */
gat_status evidence_init(evidence_table *out, const evidence_space *space, const pair_matrix *belief, float gamma,
                         const relation_overlap *overlap, gat_error *err);
void evidence_clear(evidence_table *table);

/* The three weights of a pair of facts; qu = q u. */
void evidence_weights(float out[NUM_WEIGHTS], float qu, float size, int64_t c1, int64_t c2);

/* belief^gamma, 0 below the least that counts. */
float evidence_belief(float belief, float gamma);

#endif

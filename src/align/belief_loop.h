/* Beliefs about pairs, brought to agree with those about their neighbours: a fixed point in the spirit of PARIS
 * (Suchanek et al. 2011) with soft beliefs. A round learns which relations mean the same, gathers evidence, turns the scores
 * of each block into beliefs by a softmax and sparse Sinkhorn, and moves half way there. */
#ifndef GAT_ALIGN_BELIEF_LOOP_H
#define GAT_ALIGN_BELIEF_LOOP_H

#include "align/candidates.h"
#include "align/links.h"

typedef struct loop_settings {
    float gamma;             /* exponent on beliefs; 0.7 */
    float tau;               /* scale of the softmax; 0.02 for dense graphs, up to 0.08 for sparse ones */
    float rest_heat;         /* scale of the rest block, in tau; 1.5 */
    float slack[NUM_BLOCKS]; /* score of having no counterpart; negative: everybody has one */
    float damping;           /* share of the new belief; 0.5 */
    int sinkhorn;            /* rounds of it; 15 */
    candidate_settings candidates;
} loop_settings;

/* The values above; pool closed, three weights. */
loop_settings loop_defaults(void);

typedef struct belief_loop {
    evidence_space space;
    entity_blocks blocks;
    pair_matrix *belief; /* (N1, N2); a seed's row holds its link with 1 */
    pair_matrix *score;  /* of the last round, before Sinkhorn; NULL before it */
    relation_overlap *overlap;
} belief_loop;

/* Everything is copied or borrowed from the sides. The belief starts with the seeds alone. source and target (N1), (N2)
 * marks: the pool; NULL: everybody but the seeds is the pool, and the rest is empty. Held-back links are in the pool. */
gat_status belief_loop_init(belief_loop *loop, const kg_side *a, const kg_side *b, const link_list *seeds,
                            const link_list *held, const uint8_t *source, const uint8_t *target, gat_error *err);
void belief_loop_clear(belief_loop *loop);

/* Beliefs from scores (pairs of one block), without a round: the start from names. */
gat_status belief_loop_start(belief_loop *loop, const pair_matrix *score, const loop_settings *settings,
                             gat_error *err);

/* The beliefs of another loop over the same graphs, but for the seeds of this one and for pairs across its blocks. */
gat_status belief_loop_adopt(belief_loop *loop, const pair_matrix *belief, gat_error *err);

/* Pairs that are each other's best and believed more than `least` are taken for certain; of the others, but for seeds, nothing
 * is believed. */
gat_status belief_loop_settle(belief_loop *loop, float least, gat_error *err);

/* The overlap of relations by the present beliefs; a round does it first. */
gat_status belief_loop_learn_overlap(belief_loop *loop, gat_error *err);

gat_status belief_loop_round(belief_loop *loop, const loop_settings *settings, gat_error *err);

#endif

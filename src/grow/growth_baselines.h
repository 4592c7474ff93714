/* Facts proposed by the model alone, one by one. */
#ifndef GAT_GROW_GROWTH_BASELINES_H
#define GAT_GROW_GROWTH_BASELINES_H

#include "grow/growth_state.h"

/* The `count` best facts (h, r, t) that are not known, best first: by the score of the tail, and by its probability. Heads of
 * a relation: all entities, or those that have it. Probability: of the LEAST_KEPT best tails of a question; empty without calibration. */
gat_status baselines_make(gat_triples *by_score, gat_triples *by_probability, const growth_state *s, int64_t count,
                          bool all_heads, gat_error *err);

#endif

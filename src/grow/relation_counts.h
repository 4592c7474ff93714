/* How many facts of a relation go together: tails of a head, and heads of a tail. */
#ifndef GAT_GROW_RELATION_COUNTS_H
#define GAT_GROW_RELATION_COUNTS_H

#include <stdint.h>

#include "base/status.h"
#include "graph/filter.h"

/* Of a directed relation d in [0,2R): sets of answers of the entities that have it. */
typedef struct relation_counts {
    int64_t facts, entities;
    int64_t most;    /* 99 % of the facts stand in a set of at most so many */
    int64_t *larger; /* (longest + 1): sets with more than k answers, k from 0 */
    int64_t longest; /* answers of the largest set */
} relation_counts;

/* *out: one for every directed relation; free with relation_counts_free. */
gat_status relation_counts_make(relation_counts **out, const gat_filter *known, int32_t num_relations, gat_error *err);
void relation_counts_free(relation_counts *counts, int32_t num_relations);

/* Logit of the share of sets with k answers or more that have a further one; of k = 0 the share is taken as one half. */
double relation_continues(const relation_counts *counts, int64_t k);

#endif

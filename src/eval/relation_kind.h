/* What the training facts of a relation look like: how many, between how many heads and tails, and whether an
 * answer is one of many (1-1, 1-N, N-1, N-N; Bordes et al. 2013, threshold 1.5). */
#ifndef GAT_EVAL_RELATION_KIND_H
#define GAT_EVAL_RELATION_KIND_H

#include <stdint.h>

#include "base/status.h"
#include "eval/ranking.h"
#include "graph/filter.h"

/* Distinct facts, heads and tails of one relation. */
typedef struct gat_relation_counts {
    int64_t facts, heads, tails;
} gat_relation_counts;

/* counts (num_relations) <- the facts of `train`, a filter built with the same num_relations. */
void relation_counts(gat_relation_counts *counts, const gat_filter *train, int32_t num_relations);

/* "Many" from 1.5 on average. A relation without facts is 1-1. */
gat_relation_kind relation_kind(gat_relation_counts counts);

/* kinds (num_relations) <- the facts of `train`, as above. */
gat_status relation_kinds(gat_relation_kind *kinds, const gat_filter *train, int32_t num_relations, gat_error *err);

#endif

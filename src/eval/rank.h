/* Ranks of answers in rows of scores, and their means. */
#ifndef GAT_EVAL_RANK_H
#define GAT_EVAL_RANK_H

#include <stdint.h>

#include "eval/ranking.h"

/* Candidates above the answer and beside it (the answer itself not counted). */
typedef struct gat_rank {
    int32_t above, equal;
} gat_rank;

/* Rank of column `answer` in scores[0..n), the `num_known` columns in `known` (ascending; may hold the answer)
 * left out. NaN is below every number, equal to NaN. */
gat_rank rank_filtered(const float *scores, int64_t n, int32_t answer, const int32_t *known, int64_t num_known);

/* Running sums; add in a fixed order to get the same bits. Zero-initialised is empty. */
typedef struct gat_rank_sums {
    int64_t queries;
    double reciprocal[3], rank[3]; /* realistic, optimistic, pessimistic */
    int64_t hits[3][3];            /* policy, {1, 3, 10} */
} gat_rank_sums;

void rank_sums_add(gat_rank_sums *sums, gat_rank rank);
void rank_sums_merge(gat_rank_sums *into, const gat_rank_sums *from);
gat_ranking rank_sums_means(const gat_rank_sums *sums);

#endif

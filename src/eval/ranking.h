/* Filtered ranking metrics, the numbers of `evaluate`. */
#ifndef GAT_RANKING_H
#define GAT_RANKING_H

#include <stdint.h>

#include "base/status.h"

/* Means over the queries: reciprocal rank, rank, share of ranks at most 1, 3, 10. */
typedef struct gat_metrics {
    double mrr, mr, hits_at_1, hits_at_3, hits_at_10;
} gat_metrics;

/* With `above` candidates scored higher than the answer and `equal` ones scored the same, the rank is
 * 1 + above (optimistic), 1 + above + equal (pessimistic) or 1 + above + equal / 2 (realistic: our headline).
 * A NaN score counts as worst. All zero when there are no queries. */
typedef struct gat_ranking {
    int64_t queries;
    gat_metrics realistic, optimistic, pessimistic;
} gat_ranking;

/* How many heads a tail of this relation has on average, and tails a head, in train (threshold 1.5). */
typedef enum gat_relation_kind {
    GAT_ONE_TO_ONE,
    GAT_ONE_TO_MANY,
    GAT_MANY_TO_ONE,
    GAT_MANY_TO_MANY,
    GAT_NUM_RELATION_KINDS
} gat_relation_kind;

/* "1-1", "1-N", "N-1", "N-N". */
GAT_PUBLIC const char *gat_relation_kind_name(gat_relation_kind kind);

#endif

/* Why an item stands in a list: what its score loses without each item of the history, and the ways through the graph from it to
 * them. */
#ifndef GAT_RECOMMEND_ITEM_REASONS_H
#define GAT_RECOMMEND_ITEM_REASONS_H

#include "recommend/recommender.h"

/* list: the items of the answer. Items that the model does not know get none. */
gat_status item_reasons_add(gat_recommendation *answer, const gat_recommender *r, const rec_history *history,
                            const int32_t *list, gat_error *err);

#endif

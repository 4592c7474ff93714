/* Items that appeared after training, known by their triples alone. */
#ifndef GAT_RECOMMEND_NEW_ITEMS_H
#define GAT_RECOMMEND_NEW_ITEMS_H

#include "recommend/recommender.h"

typedef struct new_items {
    int64_t count;
    char **name;
    gat_triples facts; /* over the model's nodes, one more, then the new items */
    gat_intern *names;
} new_items;

/* Heads of the file's facts that the model does not know are new items; their tails and relations have to be known, others are
 * passed over. GAT_EDATA. */
gat_status new_items_read(new_items *out, const gat_recommender *r, const char *path, gat_error *err);

/* scores (count): the mean of known (I), the scores of the model's items, over those that have the same relation to the same node, a
 * rarer fact counting more; -INFINITY where there is none. */
gat_status new_items_score(float *scores, const new_items *fresh, const gat_recommender *r, const float *known,
                           gat_error *err);
void new_items_clear(new_items *fresh);

#endif

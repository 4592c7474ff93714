/* Items that appeared after training, known by their triples alone. */
#ifndef GAT_RECOMMEND_NEW_ITEMS_H
#define GAT_RECOMMEND_NEW_ITEMS_H

#include "recommend/recommender.h"

typedef struct new_items {
    int64_t count;
    char **name;
    gat_triples facts; /* over the model's nodes (net.nodes of them, the reader included), then the new items */
    gat_intern *names;
} new_items;

/* Heads of the file's facts that the model does not know are new items; their tails and relations have to be known, others are
 * passed over. GAT_EDATA. */
gat_status new_items_read(new_items *out, const gat_recommender *r, const char *path, gat_error *err);

/* scores (count): the attention's, of vectors made from the facts; for what else the model counts, the mean of the items that share
 * the facts, by their scores. */
gat_status new_items_score(float *scores, const new_items *fresh, const gat_recommender *r, const rec_history *history,
                           const float *known, gat_error *err);
void new_items_clear(new_items *fresh);

#endif

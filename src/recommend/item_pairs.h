/* Weights between items: what an item of the history says for every other one. Dense, or the strongest of each item alone. */
#ifndef GAT_RECOMMEND_ITEM_PAIRS_H
#define GAT_RECOMMEND_ITEM_PAIRS_H

#include "recommend/histories.h"

typedef struct item_pairs {
    int32_t items;
    float *dense;   /* (I,I): row of the history's item, or NULL: the rows below */
    int64_t *start; /* (I + 1) */
    int32_t *index;
    float *weight;
} item_pairs;

/* scores (I) += scale * the rows of the history. */
void item_pairs_add(float *scores, const item_pairs *pairs, const rec_history *history, float scale);
void item_pairs_clear(item_pairs *pairs);

/* dense (I,I) += scale * the sparse ones. */
void item_pairs_spread(float *dense, const item_pairs *sparse, float scale);

/* Rows of the `most` most similar items, by cosine of their users, shrunk: both / (sqrt(a b) + shrink); turned around, so that a row
 * says whose neighbour the item is. Sarwar et al. 2001. */
gat_status item_neighbors_make(item_pairs *out, const histories *h, int most, double shrink, gat_error *err);

/* (I,I): users that two items share. */
void item_gram(float *gram, const histories *h);

#endif

/* How good lists of items are: full ranking of all items that are not in the user's train.
 *
 *     recall@20  hits among the first 20 / items wanted
 *     NDCG@20    sum of 1/log2(place + 1) over hits / that of min(20, wanted) hits at the top
 *     AUC        chance that a wanted item scores above a negative of the same user, pairs of all users pooled; one negative each,
 *                drawn from the items of which nothing is known for the user, uniformly or by popularity in train
 * Equal scores are ordered by a hash of the item, so that the order of a file gives nothing away. */
#ifndef GAT_RECOMMEND_LIST_MEASURE_H
#define GAT_RECOMMEND_LIST_MEASURE_H

#include "recommend/histories.h"

enum { LIST_LENGTH = 20 };

/* Writes the scores of all items (I) for a user; called from several threads at a time. */
typedef struct rec_scorer {
    void (*score)(const void *self, float *scores, int32_t user);
    const void *self;
} rec_scorer;

typedef struct list_plan {
    const histories *known;
    const wanted_items *wanted, *also; /* also: neither wanted nor a negative; NULL: none */
    int64_t most_users;                /* 0: all; else the first so many of a random order */
    bool auc;
    uint64_t seed;
} list_plan;

typedef struct list_measure {
    int64_t users, wanted;
    double recall, ndcg, auc_uniform, auc_popular;
} list_measure;

gat_status list_measure_make(list_measure *out, const rec_scorer *scorer, const list_plan *plan, gat_error *err);

/* What is chosen by: the mean of recall and NDCG. */
static inline double list_quality(const list_measure *m) { return (m->recall + m->ndcg) / 2; }

/* Users with both a history and something wanted, at most plan->most_users; *users for gat_free. */
gat_status list_users(int32_t **users, int64_t *count, const list_plan *plan, gat_error *err);

/* list (at most n): the best items, -INFINITY left out; returns how many. */
int list_best(int32_t *list, int n, const float *scores, int32_t items);

#endif

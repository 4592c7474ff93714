/* How much each way of scoring has to say: weights by coordinate search on valid. */
#ifndef GAT_RECOMMEND_TERM_WEIGHTS_H
#define GAT_RECOMMEND_TERM_WEIGHTS_H

#include "recommend/recommender.h"

enum { WEIGHED_MOST = 6 };

/* Writes the scores (I) of one way for the reader `place`. */
typedef struct weighed_term {
    void (*score)(const void *self, float *scores, int64_t place);
    const void *self;
} weighed_term;

/* weight (count): of raw scores; a term that does not help gets 0. Nothing to choose by: each has the same spread. */
gat_status term_weights_fit(double *weight, list_measure *reached, const weighed_term *terms, int count,
                            const int32_t *user, int64_t users, const list_plan *plan, const gat_log *log,
                            gat_error *err);

#endif

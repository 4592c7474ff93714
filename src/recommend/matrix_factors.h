/* Matrix factorisation of what people chose and did not choose, by alternating least squares. Hu, Koren and Volinsky 2008: an
 * interaction counts 1 + confidence, all other pairs 1. */
#ifndef GAT_RECOMMEND_MATRIX_FACTORS_H
#define GAT_RECOMMEND_MATRIX_FACTORS_H

#include "recommend/histories.h"

typedef struct factor_plan {
    int64_t dim;
    double confidence, l2;
    uint64_t seed;
} factor_plan;

/* items (I,D) <- the factors; those of users follow from their histories. should_stop may be NULL. */
gat_status matrix_factors_make(float *items, const histories *h, const factor_plan *plan, int (*should_stop)(void *),
                               void *context, gat_error *err);

/* gram (D,D) <- items' items + l2. */
void matrix_factors_gram(double *gram, const float *items, int64_t n, int64_t dim, double l2);

/* user (D) from a history. scratch: D * D + D. */
void matrix_factors_user(float *user, const float *items, const double *gram, const rec_history *history,
                         const factor_plan *plan, double *scratch);

#endif

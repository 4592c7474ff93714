/* Filtered ranks by dot product, exact, from scores in bf16: candidates whose bf16 score lies surely above or below the
 * answer's are only counted; those about it are scored again in f32. The ranks are those that score_all and rank_filtered
 * give, to the last tie. */
#ifndef GAT_EVAL_NEAR_RANK_H
#define GAT_EVAL_NEAR_RANK_H

#include <stdbool.h>

#include "base/status.h"
#include "eval/rank.h"

/* The candidates. */
typedef struct near_index {
    const float *x; /* (N,D) borrowed */
    int64_t n, d;
    uint32_t *words; /* packed for bf16, tile by tile */
    float *norm;     /* (N) lengths */
    double ratio;    /* largest relative rounding error of a row */
    bool tame;       /* lengths are finite and their products will be */
} near_index;

/* Who answers, and the known columns (ascending; may hold the answer) that are left out. */
typedef struct near_question {
    int32_t answer;
    const int32_t *known;
    int64_t num_known;
} near_question;

gat_status near_index_build(near_index *index, const float *x, int64_t n, int64_t d, gat_error *err);
void near_index_clear(near_index *index);

/* ranks (B) of the questions q (B,D). false: numbers are too large for the bounds, or are none; ranks
 * are not usable then. */
bool near_ranks(gat_rank *ranks, const near_index *index, const float *q, const near_question *questions, int64_t b);

#endif

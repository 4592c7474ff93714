/* What a model says to everything. */
#ifndef GAT_TESTS_ALL_SCORES_H
#define GAT_TESTS_ALL_SCORES_H

#include "base/memory.h"
#include "model/kg_model.h"
#include "model/view.h"
#include "support/check.h"

/* Scores of all questions, (N, 2R, N); free with gat_free. */
static inline float *all_scores(const gat_model *m, int64_t *count)
{
    int32_t n = intern_count(m->entities), r = 2 * m->num_seen_relations;
    *count = (int64_t)n * r * n;
    float *scores = gat_alloc(*count, sizeof *scores);
    assert_non_null(scores);
    for (int32_t e = 0; e < n; e++)
        for (int32_t k = 0; k < r; k++)
            assert_int_equal(view_score(scores + (e * r + k) * n, m->view, &e, &k, 1, NULL), GAT_OK);
    return scores;
}

#endif

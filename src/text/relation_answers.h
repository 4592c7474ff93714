/* From probabilities to answers, and what answers are worth. */
#ifndef GAT_TEXT_RELATION_ANSWERS_H
#define GAT_TEXT_RELATION_ANSWERS_H

#include "text/relation_model.h"

/* Counts of a set of answers. */
typedef struct relation_tally {
    int32_t labels;
    bool several;
    const gat_intern *names;
    const int32_t *relation; /* (labels) relation without direction; -1: no relation */
    int32_t relations;
    int64_t sentences, exact;
    int64_t *gold, *said, *right; /* (relations) */
} relation_tally;

/* relation (labels) and names of the relations without direction; *names is the caller's. */
gat_status label_relations(gat_intern **names, int32_t *relation, const gat_intern *labels, gat_error *err);

/* counts: 3 * relations zeroed numbers, borrowed. */
relation_tally tally_of(const gat_intern *labels, const int32_t *relation, int32_t relations, bool several,
                        int64_t *counts);

/* One sentence: what was said and what holds, (labels) of 0 and 1. */
void tally_add(relation_tally *tally, const uint8_t *said, const uint8_t *truth);

gat_relation_view tally_view(const relation_tally *tally);
gat_relation_score score_of(int64_t gold, int64_t said, int64_t right);

/* How probabilities become answers. */
typedef struct answer_rule {
    int32_t labels, none; /* none: the label that says that no relation holds; -1 */
    bool several;
    double
        threshold; /* several: probability of an answer; else what the probability of `none` counts for beside others */
} answer_rule;

answer_rule answer_rule_of(const gat_relations *model, gat_relation_part part);

/* said (labels): the one of largest probability, or all from the threshold on. allowed (labels) or NULL. */
void answers_of(uint8_t *said, const float *probability, const answer_rule *rule, const uint8_t *allowed);

/* The count of `none` of best macro-F1, 1 at most: where relations alone are judged, it is too often the safe answer.
 * tally: of the labels, emptied; *f1 <- what is reached. */
double best_none_count(double *f1, relation_tally *tally, const float *probability, const uint8_t *truth, int64_t rows,
                       int32_t none);
void tally_empty(relation_tally *tally);

/* The threshold of best micro-F1 over rows of probabilities (rows, labels) and truth; of equally good ones the middle. */
double best_threshold(const float *probability, const uint8_t *truth, int64_t rows, int32_t labels);

#endif

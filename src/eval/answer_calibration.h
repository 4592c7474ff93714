/* From scores to the probability that an answer is right.
 *
 * What a score says is the logarithm of the answer's odds among the answers that are not known yet,
 *     odds(i) = s[i] - log(sum over the other such answers j of e^s[j]),
 * and its place, the number of such answers with a larger score. Of these the logit of the probability is a line for
 * each direction (Platt 1999):
 *     logit = shift + slope * odds - fall * log(1 + place).
 * It is fitted to the best answers of questions whose answers are known and were not learned from. */
#ifndef GAT_EVAL_ANSWER_CALIBRATION_H
#define GAT_EVAL_ANSWER_CALIBRATION_H

#include <stdbool.h>
#include <stdint.h>

/* Written to files as it stands; by direction: for tails, for heads. Slope and fall are not negative, so that a larger
 * score never makes less likely. */
typedef struct answer_calibration {
    double shift[2], slope[2], fall[2];
} answer_calibration;

/* The sum over the answers that are not known, e^(s - top). */
typedef struct answer_mass {
    double top, sum;
} answer_mass;

/* An answer whose truth is known. */
typedef struct judged_answer {
    double odds;
    int32_t place; /* 0: none is better */
    uint8_t heads; /* asked for heads */
    uint8_t right;
} judged_answer;

/* known: ascending, left out of the sum. */
answer_mass answer_mass_of(const float *scores, int64_t n, const int32_t *known, int64_t num_known);

/* Odds of a score; in_sum: it is one of the sum, where a known answer is not. */
double answer_odds(answer_mass mass, float score, bool in_sum);

/* Finite, of the right signs, and so small that no probability is lost among infinities. */
bool answer_calibration_sane(const answer_calibration *c);

double answer_probability(const answer_calibration *c, double odds, int64_t place, bool heads);

/* False: there is nothing to learn from, or nothing sane to be learned, and *out is not touched. A direction with few right answers has the line of
 * both. */
bool answer_calibration_fit(answer_calibration *out, const judged_answer *answers, int64_t count);

/* Expected calibration error: the mean distance between probability and share of right answers over ten bins of
 * probability. best: of the best answers of the questions alone. */
double answer_calibration_error(const answer_calibration *c, const judged_answer *answers, int64_t count, bool best);

#endif

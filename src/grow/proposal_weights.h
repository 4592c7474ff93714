/* How likely a proposed fact is: a logistic function of what speaks for it. */
#ifndef GAT_GROW_PROPOSAL_WEIGHTS_H
#define GAT_GROW_PROPOSAL_WEIGHTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

/* What speaks for a fact (h, r, t). Logarithms are natural. */
typedef enum proposal_feature {
    FEATURE_TAIL,       /* logit of the model's probability of t as a tail */
    FEATURE_HEAD,       /* and of h as a head */
    FEATURE_TAIL_PLACE, /* log(1 + place) among the tails, and among the heads */
    FEATURE_HEAD_PLACE,
    FEATURE_RULE,       /* logit of the confidence of the best rule, as if at least .005 */
    FEATURE_RULES,      /* log(.01 - sum of log(1 - confidence) of all that say so) */
    FEATURE_MORE_TAILS, /* logit of the share of heads with so many tails that have a further one */
    FEATURE_HEAD_FIT,   /* log of the fit of h as a head of r, of t as a tail */
    FEATURE_TAIL_FIT,
    FEATURE_TAILS, /* log(1 + known tails of (h, r)), log(1 + known heads of (r, t)) */
    FEATURE_HEADS,
    FEATURE_FACTS, /* log of the facts of r */
    NUM_FEATURES
} proposal_feature;

typedef struct proposal_weights {
    double shift, weight[NUM_FEATURES];
} proposal_weights;

/* Found on CoDEx-S and WordNet (RESULTS.md), for where there are no facts to fit to. */
extern const proposal_weights proposal_weights_usual;

/* "shift -1.23 tail 0.45 ...". */
void proposal_weights_describe(char *text, size_t size, const proposal_weights *weights);

double proposal_probability(const proposal_weights *weights, const float *features);

/* Rows of features (n, NUM_FEATURES), row i `stride` floats after the one before; right (n). By Newton's method with a little shrinkage; sums in fixed chunks. False: fewer
 * than 20 are right or wrong, or nothing finite is found, and *out is not touched. */
gat_status proposal_weights_fit(proposal_weights *out, bool *found, const float *features, int64_t stride,
                                const uint8_t *right, int64_t n, gat_error *err);

#endif

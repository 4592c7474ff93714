/* Whether answers are right as often as their probabilities say. */
#ifndef GAT_TEXT_RELIABILITY_H
#define GAT_TEXT_RELIABILITY_H

#include <stdbool.h>
#include <stdint.h>

enum { RELIABILITY_BINS = 15 };

/* Answers by their probability, in bins of one width. */
typedef struct reliability {
    int64_t count[RELIABILITY_BINS], right[RELIABILITY_BINS];
    double sum[RELIABILITY_BINS];
} reliability;

void reliability_add(reliability *r, double probability, bool right);

/* Expected calibration error (Naeini et al. 2015): mean over answers of |share that is right - mean probability| of their bin;
 * 0 without answers. */
double reliability_error(const reliability *r);

#endif

/* The probabilities of the linear part and of the nets as one: a weighted mean, whose weight has the least loss on sentences
 * that neither has seen, and whose logarithms are then calibrated on the same sentences (Platt 1999). */
#ifndef GAT_TEXT_NET_MIXTURE_H
#define GAT_TEXT_NET_MIXTURE_H

#include "base/status.h"
#include "text/probability.h"

/* p (n, labels) <- a + weight * (b - a); may be a. */
void net_mix(float *p, const float *a, const float *b, int64_t n, int32_t labels, float weight);

/* In place. */
void net_mix_calibrate(float *p, int64_t n, int32_t labels, bool several, const label_calibration *calibration);

/* Mean loss of probabilities against truth (n, labels). */
double net_mix_loss(const float *p, const uint8_t *truth, int64_t n, int32_t labels, bool several);

/* *weight: the best of 0, .05 ... 1, or `fixed` where that is not negative; then the calibration of what it gives. */
gat_status net_mix_fit(float *weight, label_calibration *calibration, const float *linear, const float *nets,
                       const uint8_t *truth, int64_t n, int32_t labels, bool several, double fixed, gat_error *err);

#endif

/* Margins made probabilities, on rows that the margins have not seen (Platt 1999, over several labels). */
#ifndef GAT_TEXT_PROBABILITY_H
#define GAT_TEXT_PROBABILITY_H

#include <stdbool.h>
#include <stdint.h>

enum { CALIBRATION_MOST = 512 };

/* logit = scale * margin + offset[label]. */
typedef struct label_calibration {
    float scale, offset[CALIBRATION_MOST];
} label_calibration;

/* Least cross-entropy over rows of margin (rows, stride); several: labels by themselves (sigmoid), else one of them
 * (softmax). */
void logits_fit(label_calibration *out, const float *margin, int32_t stride, const uint8_t *truth, int64_t rows,
                int32_t labels, bool several);

/* logits (labels) */
void logits_apply(float *logit, const label_calibration *c, const float *margin, int32_t labels);

/* p <- softmax or sigmoid of logits; may be the same array. */
void probabilities(float *p, const float *logit, int32_t labels, bool several);

#endif

/* How sure an answer may be: from its probability to the share of such answers that are right, a monotone fit (align/calibration.h)
 * on sentences that the model has not seen. Where several relations may hold a probability stays what it is. */
#ifndef GAT_TEXT_SURENESS_H
#define GAT_TEXT_SURENESS_H

#include "text/relation_answers.h"

/* Of probabilities and truth (n, labels). */
gat_status sureness_fit(gat_relations *model, const float *probability, const uint8_t *truth, int64_t n,
                        gat_error *err);

/* The same of the linear part by itself: held_out (n, label_stride) margins from weights that have not seen the sentence. */
gat_status sureness_fit_linear(gat_relations *model, const float *held_out, const uint8_t *truth, int64_t n,
                               gat_error *err);

static inline double sureness_of(const gat_relations *m, float probability)
{
    return calibration_apply(&m->sureness, (double)probability);
}

#endif

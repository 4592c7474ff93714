/* TuckER and ConvE in double, written from the papers with LayerNorm in the place of batch normalisation. */
#ifndef GAT_TESTS_REF_DECODER_H
#define GAT_TESTS_REF_DECODER_H

#include "model/kg_model.h"

/* q (D) of one question. params: a block laid out as model->params; x: the entity's encoded vector, r: the relation's. */
void ref_query(double *q, const gat_model *model, const double *params, const double *x, const double *r);

/* y (C,P) from a picture (H,W), filters (C,9) and biases (C). */
void ref_conv(double *y, const double *x, const double *filter, const double *bias, int64_t height, int64_t width,
              int64_t channels);

#endif

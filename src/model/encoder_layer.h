/* One attention layer of the encoder: its parameters, and its attention to the neighbourhood and to all nodes. */
#ifndef GAT_MODEL_ENCODER_LAYER_H
#define GAT_MODEL_ENCODER_LAYER_H

#include "model/encoder.h"

/* layer: its number, for the names. *l is filled. */
gat_status layer_declare(encoder_layer *l, gat_params *params, const gat_encoder *encoder, const gat_config *config,
                         int layer, int64_t relations, gat_error *err);
void layer_init_params(const encoder_layer *l, const gat_encoder *encoder, gat_params *params,
                       const gat_config *config);

/* x after the layer; step counts the applications of layers. With a block, x has its sources, the result its targets. */
gat_mat *layer_forward(gat_tape *tape, const encoder_layer *l, const gat_encoder *encoder, int step,
                       const gat_params *params, gat_mat *x, const encoder_pass *pass);

#endif

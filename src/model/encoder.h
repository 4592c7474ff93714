/* The relational attention encoder: layers of
 *     y = LayerNorm(x);  x <- x + scale * act(attention(y))
 * over the graph of training facts. Without layers (model none) it is the embedding table itself. */
#ifndef GAT_MODEL_ENCODER_H
#define GAT_MODEL_ENCODER_H

#include <stdint.h>

#include "autodiff/ops.h"
#include "graph/block.h"
#include "model/config.h"

/* Indices of one layer's parameters; -1: the score function has no such part. */
typedef struct encoder_layer {
    int norm_gain, norm_bias, value, query, source, target, form, score_relation, vector, message, scale;
} encoder_layer;

typedef struct gat_encoder {
    encoder_layer *layers;
    int num_layers, num_heads, value_width, score_width;
} gat_encoder;

/* Declares the parameters of all layers; relations of the message graph. */
gat_status encoder_declare(gat_encoder *encoder, gat_params *params, const gat_config *config, int32_t edge_relations,
                           gat_error *err);
void encoder_init_params(const gat_encoder *encoder, gat_params *params, const gat_config *config);
void encoder_clear(gat_encoder *encoder);

/* What a pass over the graph needs besides parameters. */
typedef struct encoder_pass {
    const gat_graph *graph;
    const gat_block *blocks; /* or a block for every layer in place of the graph */
    const uint8_t *hidden;   /* edges of the graph not to be seen, NULL: none; blocks leave such edges out themselves */
    uint64_t stream;         /* of dropout masks; used only when the tape records */
    const gat_config *config;
    gat_attention *last; /* NULL, or receives the last layer's attention inputs ... */
    float **lse;         /* ... and its log-sum-exp (N,H); both live as long as the tape */
} encoder_pass;

/* (N,D) from the embeddings x (N,D); with blocks, x has the sources of the first and the result the targets of the last. */
gat_mat *encoder_forward(gat_tape *tape, const gat_encoder *encoder, const gat_params *params, gat_mat *x,
                         const encoder_pass *pass);

#endif

/* The relational attention encoder: layers of
 *     y = LayerNorm(x);  x <- x + scale * act(attention(y)) [+ scale' * attention to all(y)]
 * over the graph of training facts, each applied recurrent-depth times with the same weights. Positions, when there are
 * some, are mapped and added to x first. Without layers (model none) it is the embedding table itself. */
#ifndef GAT_MODEL_ENCODER_H
#define GAT_MODEL_ENCODER_H

#include <stdint.h>

#include "autodiff/ops.h"
#include "graph/block.h"
#include "graph/reach.h"
#include "model/config.h"

/* Indices of one layer's parameters; -1: there is no such part. */
typedef struct encoder_layer {
    int norm_gain, norm_bias, value, query, source, target, form, score_relation, vector, message, scale;
    int all_query, all_key, all_value, all_scale; /* of reach global */
} encoder_layer;

typedef struct gat_encoder {
    encoder_layer *layers;
    int num_layers, num_heads, value_width, score_width;
    int position; /* (position-dim, D); -1: none */
} gat_encoder;

/* What no single option can see, of a model with an encoder. */
gat_status encoder_check(const gat_config *config, gat_error *err);

/* Applications of layers: num_layers times the recurrent depth. */
int encoder_steps(const gat_encoder *encoder, const gat_config *config);

/* Further edges of the message graph; `pool` entities, those of the smallest ids, may be drawn by reach sampled. */
reach_plan encoder_reach(const gat_config *config, int32_t pool);

/* Declares the parameters of all layers; relations of the message graph. */
gat_status encoder_declare(gat_encoder *encoder, gat_params *params, const gat_config *config, int32_t edge_relations,
                           gat_error *err);
void encoder_init_params(const gat_encoder *encoder, gat_params *params, const gat_config *config);
void encoder_clear(gat_encoder *encoder);

/* The attention of the last step: inputs, and the log-sum-exp (N,H) of soft attention or the weights (E,H) of hard. */
typedef struct encoder_attention {
    gat_attention inputs;
    float *lse, *weight; /* one of the two is NULL */
} encoder_attention;

/* What a pass over the graph needs besides parameters. */
typedef struct encoder_pass {
    const gat_graph *graph;
    const gat_block *blocks; /* or a block for every step in place of the graph */
    const uint8_t *hidden;   /* edges of the graph not to be seen, NULL: none; blocks leave such edges out themselves */
    uint64_t stream;         /* of random numbers; used only when the tape records */
    const gat_config *config;
    const float *positions;  /* (N, position-dim); not looked at when encoder.position is -1 */
    const int32_t *nodes;    /* the node that each row of x is, for its position; NULL: in order */
    encoder_attention *last; /* NULL, or is filled; lives as long as the tape */
} encoder_pass;

/* (N,D) from the embeddings x (N,D); with blocks, x has the sources of the first and the result the targets of the last. */
gat_mat *encoder_forward(gat_tape *tape, const gat_encoder *encoder, const gat_params *params, gat_mat *x,
                         const encoder_pass *pass);

/* alpha (edges into node, H): the weights of the last step, without dropout. */
void encoder_weights(float *alpha, const encoder_attention *attention, int32_t node);

/* Floats of activations and gradients that a step of training holds, for a message graph of these sizes. */
int64_t encoder_training_floats(const gat_config *config, int64_t entities, int64_t edge_relations, int64_t edges);

/* The same for a pass that records nothing. */
int64_t encoder_answer_floats(const gat_config *config, int64_t entities);

#endif

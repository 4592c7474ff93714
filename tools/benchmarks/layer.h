/* One attention layer as the literature times it: linear maps of an input as wide as all heads together, the attention, and
 * the gradients of the input and of every parameter. The one place of this folder that knows the structs of attention.h.
 *
 * A plain layer has no relation terms, neither in the score nor in the message. */
#ifndef GAT_BENCH_LAYER_H
#define GAT_BENCH_LAYER_H

#include <stdbool.h>

#include "kernels/attention.h"

/* Inputs with gradients. Which of them a layer has depends on its score and on its being plain. */
typedef enum layer_input {
    LAYER_X,       /* (N,D), D = H * F */
    LAYER_VALUE,   /* (D,D) */
    LAYER_QUERY,   /* (D,D): dynamic, dot, scaled-dot, cosine, mlp */
    LAYER_SOURCE,  /* (H,F): additive */
    LAYER_TARGET,  /* (H,F): additive */
    LAYER_FORM,    /* (H,F,F): bilinear */
    LAYER_VECTOR,  /* (H, score_vector_width): dynamic, mlp, cosine */
    LAYER_SCORE,   /* (R,H,S): of the relations, as LAYER_MESSAGE; not in plain layers */
    LAYER_MESSAGE, /* (R,H,F) */
    LAYER_INPUTS
} layer_input;

typedef struct layer_tensor {
    int64_t count; /* 0: the layer has none */
    float *x, *grad;
} layer_tensor;

typedef struct layer {
    gat_attention a;
    gat_attention_grad d;
    bool relational;
    layer_tensor in[LAYER_INPUTS];
    float *value, *dvalue, *q, *dq, *k, *dk; /* k and dk are value and dvalue but for the additive score */
    float *out, *lse, *dout;
    float *scratch; /* of the linear maps */
} layer;

/* Random inputs that give logits of size one. The graph is borrowed. */
gat_status layer_init(layer *l, const gat_graph *graph, gat_score score, int num_heads, int width, bool relational,
                      gat_error *err);
void layer_clear(layer *l);

/* forward writes out; backward writes the gradients for dout, after forward. */
void bench_layer_forward(layer *l);
void bench_layer_backward(layer *l);

/* The attention alone; its backward adds to gradients that nobody reads. */
void layer_attention_forward(layer *l);
void layer_attention_backward(layer *l);

/* Multiplications and additions of the linear maps, forward and backward. */
double layer_flops(const layer *l);

/* Bytes a layer keeps for every edge: the graph in both directions, and what is saved or used as scratch. */
double layer_bytes_per_edge(const layer *l);

#endif

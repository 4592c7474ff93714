/* The deep half of a model of relations: relational graph attention over the words of a sentence, then attention pooling by
 * the pair of entities, then labels.
 *
 *     x_i    = norm(sum of the vectors of its atoms + V [word vector; known])
 *     h_i   += W_o attention over the edges into i; h_i += W_2 relu(W_1 norm(h_i))            (layers times)
 *     p      = attention of the pair [h_a; h_b] over the words, by their role
 *     z      = [p; h_a; h_b; h_top; L_a; L_b; L_a * L_b],  L = tanh(W x of the head)
 *     logits = O tanh(H z) */
#ifndef GAT_TEXT_TEXT_NET_H
#define GAT_TEXT_TEXT_NET_H

#include "autodiff/ops.h"
#include "text/net_corpus.h"

enum { NET_MOST_LAYERS = 8 };

/* Sizes that all members of a model share. */
typedef struct net_shape {
    gat_score score;
    int32_t heads, layers, dim, labels, vector_dim, relations,
        atoms;                   /* relations: of facts, twice and one more of edges */
    float dropout, attn_dropout; /* in training */
} net_shape;

typedef struct net_layer {
    int norm_gain, norm_bias, query, key, value, form, edge, message, vector, out, ffn_gain, ffn_bias, in_w, in_b,
        out_w, out_b;
} net_layer;

/* Parameters of one member, by number. */
typedef struct text_net {
    net_shape shape;
    gat_params params;
    int table, vectors, in_gain, in_bias, norm_gain, norm_bias, pair_w, pair_b, lexical_a, lexical_b, hidden_w,
        hidden_b, label_w, label_b;
    net_layer layer[NET_MOST_LAYERS], pool; /* pool: the attention of the pair, without the rest of a layer */
} text_net;

gat_status text_net_init(text_net *net, const net_shape *shape, bool with_gradients, gat_error *err);
void text_net_draw(text_net *net, uint64_t seed);
void text_net_clear(text_net *net);

/* Logits (n, labels). key: of dropout when the tape records. weight: attention of each sentence over its
 * nodes, mean over heads, (nodes), or NULL. */
gat_mat *text_net_forward(gat_tape *tape, const text_net *net, const net_batch *batch, uint32_t key, float *weight);

#endif

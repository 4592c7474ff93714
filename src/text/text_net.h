/* A net over the words of a sentence, joined with a sparse linear part in one softmax (Cheng et al. 2016): relational graph
 * attention over the words, attention pooling by the pair of entities, then labels.
 *
 *     x_i    = [word; pieces; word vector, known; distances from both entities; label; role and depth]
 *     h_i    = W x_i + b
 *     h_i   += W_o attention over the edges into i; h_i += W_2 relu(W_1 norm(h_i))            (layers times)
 *     p      = attention of the pair [h_a; h_b] over the words, by their role
 *     z      = [p; max of h over the way from a to b; h_a; h_b; h_top; L_a; L_b; L_a * L_b],  L = tanh(W of the word in x)
 *     logits = O tanh(H z) + S^T f,  f the features of the sentence */
#ifndef GAT_TEXT_TEXT_NET_H
#define GAT_TEXT_TEXT_NET_H

#include "autodiff/ops.h"
#include "text/net_corpus.h"
#include "text/wide_table.h"

enum { NET_MOST_LAYERS = 8 };

/* Sizes that all members of a model share. */
typedef struct net_shape {
    gat_score score;
    bool sinusoidal;                                           /* places of the words are added to h */
    int32_t heads, layers, dim, labels, vector_dim, relations; /* relations: of facts, twice and one more of edges */
    int32_t atoms[NET_BLOCKS];
    int32_t wide_dim;                         /* numbers that the features add to z */
    int64_t wide;                             /* features */
    float dropout, attn_dropout, top_dropout; /* in training */
} net_shape;

typedef struct net_layer {
    int norm_gain, norm_bias, query, key, value, form, edge, message, vector, out, ffn_gain, ffn_bias, in_w, in_b,
        out_w, out_b;
} net_layer;

/* Parameters of one member, by number. */
typedef struct text_net {
    net_shape shape;
    gat_params params;
    int table[NET_BLOCKS], in_w, in_b, norm_gain, norm_bias, pair_w, pair_b, lexical_a, lexical_b, hidden_w, hidden_b,
        label_w, label_b;
    wide_table wide;
    net_layer layer[NET_MOST_LAYERS], pool; /* pool: the attention of the pair, without the rest of a layer */
} text_net;

gat_status text_net_init(text_net *net, const net_shape *shape, bool with_gradients, gat_error *err);
void text_net_draw(text_net *net, uint64_t seed);
void text_net_clear(text_net *net);

/* Bytes of a net, about; while it is trained on batches of that many sentences, or 0: at rest. */
int64_t text_net_bytes(const net_shape *shape, int64_t batch);

/* Logits (n, labels). *wide (n, wide.width), wanted or NULL: the sums of the wide part, for their gradient. key: of dropout when the tape records. weight: attention of each sentence over its
 * nodes, mean over heads, (nodes), or NULL. */
gat_mat *text_net_forward(gat_tape *tape, const text_net *net, const net_batch *batch, uint32_t key, float *weight,
                          gat_mat **wide);

#endif

/* Graph attention over the candidates of a document, with the current belief inside it. For a node i (candidate of group g):
 *
 *     a = tanh(F1 x); h0 = norm(a + relu(F2 a)); s0 = u x + v h0 + wide part; belief = softmax of s inside each group
 * and `rounds` times with the same weights
 *     m, total = votes of the neighbours j, weight exp(q_i k_j / sqrt(F) + b f_ij) belief_j       (kernels/vote.h)
 *     z = [log(1 + support); log(1 + weights); support - largest of the group]
 *     d = mean over the other mentions of what they are believed to be
 *     h = norm(h0 + relu(M1 h0 + M2 m + M3 z + (C h0) * d)); s = s0 + v_r h + a z
 *
 * Loss: - log belief of the wanted candidate after the last round, and .3 of it after each earlier one. */
#ifndef GAT_LINK_LINK_NET_H
#define GAT_LINK_LINK_NET_H

#include "autodiff/ops.h"
#include "link/candidate_graph.h"

enum { LINK_MOST_ROUNDS = 8 };

typedef struct link_shape {
    int32_t dim, heads, rounds, inputs; /* inputs: columns of features; more than NODE_FEATURES: with a wide part */
    float dropout;                      /* in training */
} link_shape;

typedef struct link_net {
    link_shape shape;
    gat_params params;
    int in_w, in_b, local_w, local_b, gain0, bias0, score_x, score_h, query, key, value, edge_w, message, from_h,
        from_m, from_z, from_b, context, gain, bias, vote_h, vote_z, wide; /* (WIDE_ROWS,1) where there is one */
} link_net;

gat_status link_net_init(link_net *net, const link_shape *shape, bool with_gradients, gat_error *err);
void link_net_draw(link_net *net, uint64_t seed);
void link_net_clear(link_net *net);

/* What a forward pass tells; what it points to is in the tape, which borrows the edges until it is reset. */
typedef struct link_result {
    vote_edges edges;
    gat_mat *score[LINK_MOST_ROUNDS + 1]; /* (nodes,1) before the first round and after each */
    const float *part;                    /* (edges, 2H) of the last round, see vote.h */
    const float *total;                   /* (nodes, 2H) */
    const float *before;                  /* (nodes) belief that the last round has heard */
} link_result;

/* params: those of the net, perhaps with gradients elsewhere. key: of dropout when the tape records. */
void link_net_forward(link_result *out, gat_tape *tape, const link_net *net, const gat_params *params,
                      const candidate_graph *graph, uint32_t key);

/* Its value; scale: 1 / mentions of the batch. */
double link_net_loss(gat_tape *tape, const link_result *result, const link_net *net, const candidate_graph *graph,
                     float scale);

#endif

/* Votes of candidates for one another: the attention of entity linking, with the current belief inside it.
 *
 * Nodes are candidates and stand group by group, one group a mention: first[g] .. first[g + 1]. Edges join candidates of
 * different groups. Documents are small, so these run on the calling thread; sums follow the order of the edges.
 * Forward writes, backward adds. */
#ifndef GAT_KERNELS_VOTE_H
#define GAT_KERNELS_VOTE_H

#include <stdint.h>

/* What is added to the sum of weights: a candidate without support stays silent. */
#define VOTE_SILENCE 0.1f

/* All borrowed. */
typedef struct vote_edges {
    int64_t nodes, dim;
    int heads;             /* dim is a multiple of it */
    const int64_t *indptr; /* (nodes + 1) edges into a node */
    const int32_t *source; /* (edges) */
    const uint8_t *kind;   /* (edges) row of message */
} vote_edges;

typedef struct vote_groups {
    int64_t count;
    const int64_t *first; /* (count + 1) */
    const float *size;    /* (count) mentions that a group stands for */
} vote_groups;

/* Per head, with e = q_i . k_j / sqrt(F) + bias_e and w = exp(clip(e, +-8)) belief_j over the edges j -> i:
 *     m_i   = sum w (v_j + message_kind) / (.1 + sum w)                                             (N,D)
 *     total = [sum w; sum sigmoid(e + bias2_e) belief_j]                                            (N,2H)
 * bias (E,2H) holds bias and bias2; part (E,2H) <- exp and sigmoid of every edge, for backward. q, k, v (N,D). */
void vote_forward(float *m, float *total, float *part, const vote_edges *edges, const float *q, const float *k,
                  const float *v, const float *bias, const float *message, const float *belief);

/* What both directions read, and the gradients that backward adds to. */
typedef struct vote_inputs {
    const float *q, *k, *v, *message, *belief, *m, *total, *part;
} vote_inputs;
typedef struct vote_gradients {
    float *q, *k, *v, *bias, *message, *belief;
} vote_gradients;
void vote_backward(const vote_gradients *to, const float *dm, const float *dtotal, const vote_edges *edges,
                   const vote_inputs *in);

/* z (N,3H) = [log(1 + support); log(1 + sum w); support - largest support of the group] of total (N,2H): a softmax cannot
 * count votes. */
void vote_summary_forward(float *z, const float *total, const vote_groups *groups, int heads);
void vote_summary_backward(float *dtotal, const float *dz, const float *total, const vote_groups *groups, int heads);

/* belief (N) = softmax of score (N) inside each group. */
void belief_forward(float *belief, const float *score, const vote_groups *groups);
void belief_backward(float *dscore, const float *dbelief, const float *belief, const vote_groups *groups);

/* context (N,D): what the other mentions are believed to be, the mean over them of sum belief * h; zero with no others.
 * scratch (count + 1, D). */
void belief_context_forward(float *context, float *scratch, const float *h, const float *belief,
                            const vote_groups *groups, int64_t dim);
void belief_context_backward(float *dh, float *dbelief, float *scratch, const float *dcontext, const float *h,
                             const float *belief, const vote_groups *groups, int64_t dim);

/* - scale * sum of wanted (N) * log belief, and its gradient, added to dscore. */
double belief_loss(float *dscore, const float *score, const float *wanted, const vote_groups *groups, float scale);

#endif

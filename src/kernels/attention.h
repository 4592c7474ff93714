/* Relational multi-head attention over the incoming edges of each node.
 *
 * For an edge u -r-> v and attention head h
 *     logit  = score(q[v,h], k[u,h] + e[r,h])
 *     alpha  = softmax of logit over the edges into v
 *     out[v,h] = sum over edges alpha * (value[u,h] * m[r,h])          (elementwise product)
 * so the relation enters the score (e) and the message (m). The seven score functions differ in one place,
 * attention_score.h; everything around them is one kernel:
 *     additive     LeakyReLU(q + k + e), S = 1                          Velickovic et al. 2018
 *     dynamic      a . LeakyReLU(q + k + e)                             Brody et al. 2022 (GATv2)
 *     dot          q . (k + e)                                          Luong et al. 2015
 *     scaled-dot   q . (k + e) / sqrt(S)                                Vaswani et al. 2017
 *     bilinear     q . (k + e) with q = M value[v]                      Luong et al. 2015 ("general")
 *     cosine       a * cos(q, k + e)                                    Graves et al. 2014
 *     mlp          a . tanh(q + k + e)                                  Bahdanau et al. 2015
 *
 * Forward goes by destination with a running maximum: one gather per edge, nothing per edge in memory. Backward goes by
 * source over the transposed CSR, recomputing alpha from the stored log-sum-exp, then, for all but the additive score, by
 * destination for the query side. A node whose edges are all hidden gets zero.
 *
 * Memory per edge besides the graph's own 20 bytes: about 4 for the additive score, 4 H for the others.
 */
#ifndef GAT_KERNELS_ATTENTION_H
#define GAT_KERNELS_ATTENTION_H

#include <stdbool.h>
#include <stdint.h>

#include "graph/csr.h"

typedef enum gat_score {
    GAT_SCORE_ADDITIVE,
    GAT_SCORE_DYNAMIC,
    GAT_SCORE_DOT,
    GAT_SCORE_SCALED_DOT,
    GAT_SCORE_BILINEAR,
    GAT_SCORE_COSINE,
    GAT_SCORE_MLP,
    GAT_NUM_SCORES
} gat_score;

enum { ATTENTION_MAX_HEADS = 64, ATTENTION_MAX_WIDTH = 4096 };

/* "additive", ...; and back, -1 when unknown. */
const char *score_name(gat_score score);
int score_by_name(const char *name);

/* Numbers per head in `a`: S for dynamic and mlp, 1 for cosine, 0 for the others. */
int score_vector_width(gat_score score, int s);

/* Inputs of a layer. All borrowed. */
typedef struct gat_attention {
    const gat_graph *graph;
    gat_score score;
    int num_heads, value_width, score_width; /* H, F, S; H * F and H * S at most ATTENTION_MAX_WIDTH */
    float slope;                             /* of LeakyReLU */
    float dropout;                           /* share of attention weights dropped; 0 outside training */
    uint32_t dropout_key;
    const uint8_t *hidden; /* (E) by edge id, non-zero: not there; NULL: all visible */
    const float *q, *k;    /* (N,H,S) */
    const float *e;        /* (R,H,S); NULL: zeros */
    const float *a;        /* (H, score_vector_width) or NULL */
    const float *value;    /* (N,H,F); may be k */
    const float *m;        /* (R,H,F); NULL: ones. Without e and m the layer knows no relations */
} gat_attention;

/* Gradients, added to; dk may be dvalue when k is value; de, da and dm are not looked at where e, a and m are NULL.
 * scratch: attention_scratch floats, not zeroed by the caller. */
typedef struct gat_attention_grad {
    float *dq, *dk, *de, *da, *dvalue, *dm;
    float *scratch;
} gat_attention_grad;

int64_t attention_scratch(const gat_attention *a);

/* ---- for the kernels ---- */

/* Heads whose widths are multiples of the shortest vector go through the vector kernels, others through the plain ones. */
enum { ATTENTION_LANES = 4 };
bool attention_is_wide(const gat_attention *a);

/* Whether backward keeps the slope of every logit (E,H) for the query side; otherwise that is summed in parts. */
bool attention_keeps_slopes(const gat_attention *a);

/* Fixed parts of the sums that nodes share (at most KERNEL_PARTS, fewer when they are large), and floats of each. */
int attention_parts(const gat_attention *a);
int64_t attention_part_size(const gat_attention *a);

#endif

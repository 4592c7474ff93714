/* One layer of path attention for one question, as plain loops: what RED-GNN (Zhang, Yao 2022) and NBFNet (Zhu et al.
 * 2021) do, over the nodes reached so far and nothing else.
 *
 * A question (head, relation, ?) reaches nodes layer by layer. A reached node has a row, in order of discovery, so that
 * the rows of a layer come first among those of the next. All edges of one relation that leave a node carry the same
 * message, so that it is made once:
 *     gate   = sigmoid(<a, relu(S x + T[relation] + u)>)                      one number per (row, relation)
 *     sum[v] = sum over edges (x, relation, v) of gate (x * w[relation])     element by element
 *     out[v] = x[v] + relu(norm([x[v] | sum[v]] W + bias) gain + shift)
 * where w and u belong to the question: they are made from its relation. A row that is new has x[v] = 0.
 *
 * That is the usual layer. The gate's logit has other forms, named as those of attention.h, of s = S x + u and
 * t = T[relation]:
 *     dynamic     sum a relu(s + t)         (the one above)
 *     additive    leaky(sum a (s + t))      leaky: slope .2 below 0
 *     dot         sum s t                   scaled-dot: over sqrt(numbers in the sum)
 *     bilinear    sum a s t
 *     cosine      a[first] sum s t / (|s| |t|)
 *     mlp         sum a tanh(s + t)
 * With H heads there are H gates, each from its part of s, t and a, for its part of the message. And the message is
 *     product x w; rotation (x w as complex numbers, the first half of both real: turned and stretched); translation x + w
 *
 * Everything here runs in one thread: questions are spread over threads, each with scratch memory and gradients of its
 * own. R2 relations counting both directions, D width (a multiple of 32, at most PATH_MAX_WIDTH), G = PATH_GATE. */
#ifndef GAT_KERNELS_PATH_LAYER_H
#define GAT_KERNELS_PATH_LAYER_H

#include <stdbool.h>
#include <stdint.h>

#include "kernels/attention.h"

enum { PATH_GATE = 8, PATH_WIDTH_STEP = 32, PATH_MAX_WIDTH = 256 };

typedef enum path_message {
    PATH_MESSAGE_PRODUCT,
    PATH_MESSAGE_ROTATION,
    PATH_MESSAGE_TRANSLATION,
    PATH_NUM_MESSAGES
} path_message;

/* The edges that leave the first `rows` rows. Row i is a node whose runs of equal relation are
 * run[first_run[i]] .. run[first_run[i] + runs[i]); run r has the edges run_edge[r] .. run_edge[r + 1) of the graph.
 * The targets of row i, as rows, stand together from target[first_edge[i]] on. */
typedef struct path_walk {
    int64_t rows, rows_after;
    const int32_t *first_run, *runs; /* (rows) */
    const int64_t *first_edge;       /* (rows) */
    const int64_t *gate_place;       /* (rows + 1): first gate of each row */
    const int32_t *target;
    const int32_t *run_relation, *run_edge; /* of the graph */
} path_walk;

/* Weights of a layer as one question sees them. */
typedef struct path_weights {
    const float *relation;                /* w (R2,D) */
    const float *query;                   /* u (G) */
    const float *state, *by_relation, *a; /* S (G,D), T (R2,G), a (G); state NULL: no gate, every edge counts once */
    const float *w_state, *w_sum;         /* W (D,D) each */
    const float *bias, *gain, *shift;     /* (D) */
    const float *state_turned, *w_state_turned, *w_sum_turned; /* transposed: (D,G), (D,D) */
    gat_score form;
    path_message message;
    int heads; /* H: 1, 2, 4 or 8 */
} path_weights;

/* Gradients of the above, added to. */
typedef struct path_slopes {
    float *relation, *query, *state, *by_relation, *a, *w_state, *w_sum, *bias, *gain, *shift;
} path_slopes;

/* What a layer keeps for backward. */
typedef struct path_kept {
    float *x;      /* (rows,D): its input */
    float *hidden; /* (rows,G): S x + u */
    float *gate;   /* one per run of a row: the mean of its heads */
    float *heads;  /* (runs of rows, H); NULL for one head */
    float *sum;    /* (rows_after,D) */
    float *unit;   /* (rows_after,D): after norm, before gain */
    float *rstd;   /* (rows_after) */
} path_kept;

/* The scorer: <v, relu(x H + query)> + c, K hidden units (a multiple of 32). */
typedef struct path_scorer {
    const float *hidden, *hidden_turned; /* H (D,K), and (K,D) */
    const float *query, *v, *c;          /* (K), (K), (1) */
    int64_t width;                       /* K */
} path_scorer;

typedef struct path_scorer_slopes {
    float *hidden, *query, *v, *c;
} path_scorer_slopes;

typedef struct gat_path_kernels {
    /* kept->gate and hidden from kept->x; targets are not looked at. */
    void (*layer_gates)(const path_kept *kept, const path_walk *walk, const path_weights *w, int64_t d);

    /* out (rows_after,D), and sum, unit and rstd of kept; the gates are there. */
    void (*layer_forward)(float *out, const path_kept *kept, const path_walk *walk, const path_weights *w, int64_t d);

    /* dx (rows,D) is written, slopes are added to. dout (rows_after,D); dsum (rows_after,D) is scratch. */
    void (*layer_backward)(float *dx, const path_slopes *slopes, float *dsum, const float *dout, const path_kept *kept,
                           const path_walk *walk, const path_weights *w, int64_t d);

    void (*score_forward)(float *score, const float *x, const path_scorer *s, int64_t rows, int64_t d);

    /* dx (rows,D) is written. */
    void (*score_backward)(float *dx, const path_scorer_slopes *slopes, const float *dscore, const float *x,
                           const path_scorer *s, int64_t rows, int64_t d);

    /* y (N) += s * x (N). */
    void (*add_scaled)(float *y, const float *x, float s, int64_t n);

    /* e (N) <- exp(s - top); returns their sum, in fixed order. */
    float (*exp_sum)(float *e, const float *s, float top, int64_t n);
} gat_path_kernels;

/* Of the instruction set in use, see kernels.h. */
const gat_path_kernels *path_kernels(void);

#endif

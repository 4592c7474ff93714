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
 * In place of the sum stand the mean, the largest, the smallest and the deviation of the gated messages (Corso et al. 2020,
 * as NBFNet has them): over all edges into v in the graph and one message more, where those that do not come from a row
 * are zero. With s = log degree / its mean in the graph the layer sees them three times: as they are, times s, and over s.
 *
 * And there is attention of every row to all rows, whatever the edges, at a cost linear in their number (Katharopoulos et
 * al. 2020): with f(x) = elu(x) + 1, and q, k, v = x Q, x K, x V
 *     out[i] = x[i] + scale (f(q[i]) sum_j f(k[j])^T v[j]) / (f(q[i]) . sum_j f(k[j]))
 *
 * Everything here runs in one thread: questions are spread over threads, each with scratch memory and gradients of its
 * own. R2 relations counting both directions, D width (a multiple of 32, at most PATH_MAX_WIDTH), G = PATH_GATE,
 * S = path_sums and U = path_scalings numbers of a row (D each for a sum). */
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

typedef enum path_aggregation { PATH_SUM, PATH_STATISTICS, PATH_NUM_AGGREGATIONS } path_aggregation;

enum { PATH_NUM_STATISTICS = 4, PATH_NUM_SCALINGS = 3 };

/* What a row of kept.sum has, and what W makes of it before the scalings by degree are added up. */
static inline int64_t path_sums(path_aggregation a, int64_t d) { return a == PATH_SUM ? d : PATH_NUM_STATISTICS * d; }
static inline int64_t path_scalings(path_aggregation a, int64_t d) { return a == PATH_SUM ? d : PATH_NUM_SCALINGS * d; }

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
    const float *w_state, *w_sum;         /* W (D,D) and (S,U) */
    const float *bias, *gain, *shift;     /* (D) */
    const float *state_turned, *w_state_turned, *w_sum_turned; /* transposed: (D,G), (D,D), (U,S) */
    gat_score form;
    path_message message;
    path_aggregation aggregation;
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
    float *sum;    /* (rows_after,S): for statistics mean, largest, smallest and deviation, D each */
    float *share;  /* (rows_after): 1 / (1 + edges into the node); for statistics alone */
    float *scale;  /* (rows_after): log degree over its mean, at least .01; likewise */
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

/* Attention of all rows to all rows. */
typedef struct path_global_weights {
    const float *map, *map_turned; /* Q, K, V (D,D) each, one after the other, and transposed */
    const float *scale;            /* (D) */
} path_global_weights;

typedef struct path_global_slopes {
    float *map, *scale;
} path_global_slopes;

/* What it keeps for backward; x is the caller's. */
typedef struct path_global_kept {
    float *x, *q, *k, *v, *out; /* (rows,D): q and k after f, out before scale */
    float *total;               /* (rows): f(q) . mass */
    float *state, *mass;        /* (D,D), (D): sums over the rows */
} path_global_kept;

typedef struct gat_path_kernels {
    /* kept->gate and hidden from kept->x; targets are not looked at. */
    void (*layer_gates)(const path_kept *kept, const path_walk *walk, const path_weights *w, int64_t d);

    /* kept->sum; the gates are there. */
    void (*layer_sums)(const path_kept *kept, const path_walk *walk, const path_weights *w, int64_t d);

    /* out (rows_after,D), and unit and rstd of kept, from the sums. */
    void (*layer_update)(float *out, const path_kept *kept, const path_walk *walk, const path_weights *w, int64_t d);

    /* dx (rows,D) and dsum (rows_after,S) are written, slopes are added to. dout (rows_after,D). */
    void (*update_backward)(float *dx, const path_slopes *slopes, float *dsum, const float *dout, const path_kept *kept,
                            const path_walk *walk, const path_weights *w, int64_t d);

    /* Adds to dx and slopes what the sums ask for; dsum is changed. */
    void (*sums_backward)(float *dx, const path_slopes *slopes, float *dsum, const path_kept *kept,
                          const path_walk *walk, const path_weights *w, int64_t d);

    /* kept->out, and all else that is kept, from kept->x (rows,D). */
    void (*global_forward)(const path_global_kept *kept, const path_global_weights *w, int64_t rows, int64_t d);

    /* dx (rows,D) holds the slopes of x + scale out and becomes those of x. scratch: path_global_scratch floats. */
    void (*global_backward)(float *dx, const path_global_slopes *slopes, float *scratch, const path_global_kept *kept,
                            const path_global_weights *w, int64_t rows, int64_t d);

    void (*score_forward)(float *score, const float *x, const path_scorer *s, int64_t rows, int64_t d);

    /* dx (rows,D) is written. */
    void (*score_backward)(float *dx, const path_scorer_slopes *slopes, const float *dscore, const float *x,
                           const path_scorer *s, int64_t rows, int64_t d);

    /* The sum of x y, in fixed order; n a multiple of 32. */
    float (*dot)(const float *x, const float *y, int64_t n);

    /* y (N) += s * x (N). */
    void (*add_scaled)(float *y, const float *x, float s, int64_t n);

    /* e (N) <- exp(s - top); returns their sum, in fixed order. */
    float (*exp_sum)(float *e, const float *s, float top, int64_t n);
} gat_path_kernels;

static inline int64_t path_global_scratch(int64_t rows, int64_t d) { return 2 * rows * d + rows + 2 * d * d + d; }

/* Of the instruction set in use, see kernels.h. */
const gat_path_kernels *path_kernels(void);

#endif

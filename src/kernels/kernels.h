/* The inner loops of the project, as functions on plain arrays.
 *
 * Conventions, for the whole tree: outputs first, then inputs, then sizes; arrays are row-major; shapes are
 * in comments, with N nodes, R relations of the message graph, E edges, B batch rows, D width, H attention
 * heads, F width of one attention head, S width of its score vectors. Forward functions write their outputs,
 * backward functions ADD to theirs. Kernels cannot fail: the caller has checked the shapes and brings the
 * scratch memory. Work is cut into chunks that depend on sizes alone, so any number of threads gives the
 * same bits.
 *
 * The same sources are compiled once per instruction set; kernels() is the table of the chosen one. */
#ifndef GAT_KERNELS_KERNELS_H
#define GAT_KERNELS_KERNELS_H

#include <stdbool.h>
#include <stdint.h>

#include "graph/csr.h"
#include "kernels/attention.h"
#include "kernels/loss.h"
#include "kernels/reflection.h"
#include "kernels/selection.h"

typedef enum gat_activation {
    GAT_ACT_NONE,
    GAT_ACT_RELU,
    GAT_ACT_ELU,
    GAT_ACT_TANH,
    GAT_NUM_ACTIVATIONS
} gat_activation;

/* Partial sums over rows are kept for this many fixed parts and added in order. */
enum { KERNEL_PARTS = 16 };

typedef struct gat_kernels {
    const char *name;

    /* Attention over the edges of a graph: see attention.h. */
    void (*attention_forward)(float *out, float *lse, const gat_attention *a);
    void (*attention_backward)(const gat_attention_grad *d, const float *dout, const float *out, const float *lse,
                               const gat_attention *a);
    void (*attention_weights)(float *alpha, const float *lse, const gat_attention *a, int32_t node);

    /* Hard attention, see selection.h: weight (E,H) is what the messages got, before dropout; soft (E,H) what the
     * gradient goes through, of gumbel only (NULL otherwise). */
    void (*hard_forward)(float *out, float *weight, float *soft, const gat_attention *a, const gat_hard *hard);
    void (*hard_backward)(const gat_hard_grad *d, const float *dout, const float *weight, const float *soft,
                          const gat_attention *a, const gat_hard *hard);

    /* Attention through reflections, see reflection.h; alpha (E) is kept for backward. */
    void (*reflection_forward)(float *out, float *alpha, const gat_reflection *a);
    void (*reflection_backward)(const gat_reflection_grad *g, const float *dout, const float *out, const float *alpha,
                                const gat_reflection *a);

    /* Rows scaled to mean 0 and variance 1, times gain (D), plus bias (D). mean_rstd (N,2) is kept for backward.
     * Ba et al. 2016. dgain_parts and dbias_parts: scratch of KERNEL_PARTS * D each. */
    void (*norm_forward)(float *y, float *mean_rstd, const float *x, const float *gain, const float *bias, int64_t n,
                         int64_t d);
    void (*norm_backward)(float *dx, float *dgain, float *dbias, float *scratch, const float *dy, const float *x,
                          const float *mean_rstd, const float *gain, int64_t n, int64_t d);

    void (*act_forward)(float *y, const float *x, int64_t n, gat_activation kind);
    void (*act_backward)(float *dx, const float *dy, const float *y, int64_t n, gat_activation kind);

    /* y = x * mask / (1 - p), mask from random_hash32(key, i). Backward is the same function, adding. */
    void (*dropout_forward)(float *y, const float *x, int64_t n, float p, uint32_t key);
    void (*dropout_backward)(float *dx, const float *dy, int64_t n, float p, uint32_t key);

    /* y (N) += the parts (count,N), rows `stride` apart, in their order. */
    void (*add_parts)(float *y, const float *parts, int64_t count, int64_t stride, int64_t n);

    /* y += s * x. */
    void (*axpy)(float *y, const float *x, float s, int64_t n);

    /* out (N,D) = x (N,D) * scale (D), and its gradients; scratch KERNEL_PARTS * D. */
    void (*scale_forward)(float *y, const float *x, const float *scale, int64_t n, int64_t d);
    void (*scale_backward)(float *dx, float *dscale, float *scratch, const float *dy, const float *x,
                           const float *scale, int64_t n, int64_t d);

    /* s (N,H) = sum over f of v (N,H,F) * a (H,F); scratch KERNEL_PARTS * H * F. */
    void (*head_dot_forward)(float *s, const float *v, const float *a, int64_t n, int h, int f);
    void (*head_dot_backward)(float *dv, float *da, float *scratch, const float *ds, const float *v, const float *a,
                              int64_t n, int h, int f);

    /* One tile of the one-against-all loss: see loss.h. */
    void (*tile_distance)(float *s, const float *x2, const float *q2, int64_t n, int64_t b);
    void (*tile_distance_backward)(float *g, const float *s, int64_t n, int64_t b);
    void (*tile_max_sum)(float *max, float *sum, const float *s, int64_t n, int64_t b);
    void (*tile_softmax)(float *g, const float *lse, const float *weight, float shift, int64_t n, int64_t b);
    void (*tile_sigmoid)(float *g, float *loss, const float *weight, float target, int64_t n, int64_t b);
    void (*tile_sums)(float *row, float *column, const float *g, int64_t n, int64_t b);
    void (*tile_lse)(float *lse, const float *max, const float *sum, int64_t tiles, int64_t b);
    /* The sampled softmax, see sampled_loss.h. Scores s (N,B) become counts of draws, of which a column has draws (B) over
     * all tiles; carry (B) starts in [0,1). weight[i] is taken off at the columns asked[e], e in first[i] .. first[i + 1]. Then
     * what is not zero in row i moves to its front, beside its columns: index (N,B), count (N). */
    void (*tile_draw)(int32_t *count, int32_t *index, float *s, float *carry, const float *lse, const float *draws,
                      const int64_t *first, const int32_t *asked, const float *weight, int64_t n, int64_t b);
    /* dx_i += w q_j and dq_j += w x_i for the entries (i, j = index[e]), w = scale * weight[e], of a sparse matrix (N,B) with
     * rows first[i] .. first[i + 1]. */
    void (*sparse_backward)(float *dx, float *dq, const float *x, const float *q, const int64_t *first,
                            const int32_t *index, const float *weight, float scale, int64_t n, int64_t d);

    void (*row_squares)(float *out, const float *x, int64_t n, int64_t d);

    /* s (B,N), rows `stride` apart, = q (B,D) times x (N,D) transposed. The bits of a score depend on its own two rows
     * alone, not on their place or on B and N. */
    void (*score_tile)(float *s, int64_t stride, const float *q, const float *x, int64_t b, int64_t n, int64_t d);

    /* s (count) = q (D) times the listed rows of x (N,D). `same_bits`: with those of score_tile, several times slower.
     * Single-threaded. */
    void (*score_rows)(float *s, const float *q, const float *x, const int32_t *row, int64_t count, int64_t d,
                       bool same_bits);

    /* Sum over rows i of weight[i] * sum (cubes |x|^3 + squares |x|^2); dx gets the gradient. With `moduli` a row is
     * (re | im) and |x| the modulus. Rows of weight 0 are skipped. */
    double (*regularize)(float *dx, const float *x, const float *weight, float cubes, float squares, int64_t n,
                         int64_t d, bool moduli);

    /* Optimiser steps over a parameter block; t counts from 1. Kingma and Ba 2015; Duchi et al. 2011. */
    void (*adam)(float *x, float *m, float *v, const float *dx, int64_t n, float lr, float beta1, float beta2,
                 float eps, float decay, int64_t t);
    void (*adagrad)(float *x, float *sum, const float *dx, int64_t n, float lr, float eps, float decay);

    /* The same for some rows of a table: dx (N,D) is the gradient of rows row[0 .. N), each there once. */
    void (*adam_rows)(float *x, float *m, float *v, const float *dx, const int32_t *row, int64_t n, int64_t d, float lr,
                      float beta1, float beta2, float eps, float decay, int64_t t);
    void (*adagrad_rows)(float *x, float *sum, const float *dx, const int32_t *row, int64_t n, int64_t d, float lr,
                         float eps, float decay);
} gat_kernels;

/* The table in use. */
const gat_kernels *kernels(void);

/* "auto", "portable", "avx2", "avx512"; false: unknown or not on this machine. Process-wide. */
bool kernels_select(const char *name);

#endif

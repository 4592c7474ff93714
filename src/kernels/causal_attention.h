/* Attention inside short sequences that stand one after the other: a row looks at itself and at the rows of its sequence
 * before it (Vaswani et al. 2017, the decoder). Per attention head of width F = D / H
 *     alpha[i, j] = softmax over j <= i of q[i] k[j] / sqrt(F),   out[i] = sum over j of alpha[i, j] v[j]
 * Every sequence is worked on by one thread. */
#ifndef GAT_KERNELS_CAUSAL_ATTENTION_H
#define GAT_KERNELS_CAUSAL_ATTENTION_H

#include <stdint.h>

/* Borrowed. Sequence g has the rows first[g] .. first[g + 1), of which there is at least one. */
typedef struct causal_rows {
    int64_t count;
    const int64_t *first; /* (count + 1) */
    const int64_t *place; /* (count + 1): sums of the squares of the lengths before */
} causal_rows;

/* Weights of all sequences and heads. */
static inline int64_t causal_weights(const causal_rows *rows, int heads) { return heads * rows->place[rows->count]; }

/* out (N,D) <- qkv (N,3D), a row being q | k | v; alpha: causal_weights floats, kept for backward. */
void causal_forward(float *out, float *alpha, const float *qkv, const causal_rows *rows, int64_t d, int heads);

/* dqkv (N,3D) += gradient; scratch: causal_weights floats. */
void causal_backward(float *dqkv, float *scratch, const float *dout, const float *alpha, const float *qkv,
                     const causal_rows *rows, int64_t d, int heads);

#endif

/* Attention of every node to all nodes at the cost of a matrix product (Katharopoulos et al. 2020): with
 * phi(x) = elu(x) + 1, and per attention head,
 *     out[n] = phi(q[n]) state / (phi(q[n]) . mass),   state (F,F) = sum phi(k[m])^T v[m],   mass (F) = sum phi(k[m])
 * Sums over nodes go to fixed parts, added in order. */
#ifndef GAT_KERNELS_LINEAR_ATTENTION_H
#define GAT_KERNELS_LINEAR_ATTENTION_H

#include <stdint.h>

/* What backward needs from forward; the caller brings the memory. */
typedef struct linear_attention {
    int64_t n;
    int num_heads, width;
    float *phi_q, *phi_k; /* (N,H,F) */
    float *state, *mass;  /* (H,F,F), (H,F) */
    float *total;         /* (N,H): phi(q) . mass */
} linear_attention;

/* Floats of scratch of either direction. */
int64_t linear_attention_scratch(const linear_attention *a);

/* out, q, k, v: (N,H,F). */
void linear_attention_forward(float *out, const linear_attention *a, float *scratch, const float *q, const float *k,
                              const float *v);
void linear_attention_backward(float *dq, float *dk, float *dv, const linear_attention *a, float *scratch,
                               const float *dout, const float *out, const float *v);

#endif

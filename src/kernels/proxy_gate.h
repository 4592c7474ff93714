/* What two graphs have in common taken off, gated (the proxy matching attention of Mao et al. 2021, "Boosting the Speed of
 * Entity Alignment 10x"): every row z attends to the same few learned proxies P by cosine,
 *     p = softmax(cos(z, P)),   q = p P,   u = z - q,   s = sigmoid(u W + b),   out = s z + (1 - s) u = z - (1 - s) q. */
#ifndef GAT_KERNELS_PROXY_GATE_H
#define GAT_KERNELS_PROXY_GATE_H

#include <stdint.h>

/* Arrays are borrowed; p, q and s are written by forward and read by backward. */
typedef struct proxy_gate {
    int64_t n, d, count;        /* rows, width, proxies */
    const float *z, *proxy;     /* (N,D), (P,D) */
    const float *w, *b;         /* (D,D), (D) */
    float *unit, *unit_inverse; /* (P,D), (P): proxies at length 1 */
    float *inverse;             /* (N): 1 / length of z */
    float *p;                   /* (N,P) */
    float *s;                   /* (N,D) */
} proxy_gate;

/* Floats of scratch of either direction. */
int64_t proxy_gate_scratch(int64_t d, int64_t count);

void proxy_gate_forward(float *out, float *scratch, const proxy_gate *g);

/* Gradients are added to. */
void proxy_gate_backward(float *dz, float *dproxy, float *dw, float *db, float *scratch, const float *dout,
                         const proxy_gate *g);

#endif

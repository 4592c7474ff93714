/* Attention of kernels/attention.h in double, one destination, head and edge after the other. */
#ifndef GAT_TESTS_REF_ATTENTION_H
#define GAT_TESTS_REF_ATTENTION_H

#include "kernels/attention.h"

/* Arrays as in gat_attention; graph, score, sizes, slope, dropout and hidden edges are taken from `shape`. */
typedef struct ref_attention {
    const gat_attention *shape;
    const double *q, *k, *e, *a, *value, *m;
} ref_attention;

/* out (N,H,F). alpha (E,H) without dropout, or NULL. */
void ref_attention_forward(double *out, double *alpha, const ref_attention *r);

/* Factor of a weight under dropout. */
double ref_attention_mask(const gat_attention *shape, int64_t edge, int head);

#endif

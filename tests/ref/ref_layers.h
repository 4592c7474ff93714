/* The dense layers in double. Shapes as in kernels.h and linear.h. */
#ifndef GAT_TESTS_REF_LAYERS_H
#define GAT_TESTS_REF_LAYERS_H

#include <stdint.h>

#include "kernels/kernels.h"

/* y (N,O) = x (N,I) w (I,O) + b (O) or NULL. */
void ref_linear(double *y, const double *x, const double *w, const double *b, int64_t n, int64_t i, int64_t o);

/* y (N,H,O) = x (N,H,I) w (H,I,O). */
void ref_head_linear(double *y, const double *x, const double *w, int64_t n, int64_t h, int64_t i, int64_t o);

/* out (N,H,F): weights of all pairs of nodes, one after the other; q, k, v (N,H,F). */
void ref_linear_attention(double *out, const double *q, const double *k, const double *v, int64_t n, int64_t h,
                          int64_t f);

/* s (N,H) from v (N,H,F) and a (H,F). */
void ref_head_dot(double *s, const double *v, const double *a, int64_t n, int64_t h, int64_t f);
void ref_norm(double *y, const double *x, const double *gain, const double *bias, int64_t n, int64_t d);
double ref_act(double x, gat_activation kind);

/* Factor of element i under dropout. */
double ref_dropout(uint32_t key, int64_t i, float p);

#endif

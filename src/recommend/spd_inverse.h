/* a (N,N) <- its inverse, in place, for a symmetric positive definite matrix: Gauss-Jordan by blocks, so that nearly all of it is
 * matrix products. 2 N^3 operations. The same bits for any number of threads. GAT_EFAILED: a pivot was not positive. */
#ifndef GAT_RECOMMEND_SPD_INVERSE_H
#define GAT_RECOMMEND_SPD_INVERSE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/status.h"

gat_status spd_inverse(float *a, int64_t n, gat_error *err);

/* x (N) with a (N,N) x = b, a and b overwritten (Cholesky); false: not positive definite. */
bool spd_solve(double *a, double *b, int64_t n);

#endif

/* An ideal low-pass filter over the graph of users and items: the first right singular vectors of the interactions, each scaled by
 * the roots of its user's and its item's number. Shen et al. 2021 (GF-CF). By block power iterations. */
#ifndef GAT_RECOMMEND_SPECTRAL_H
#define GAT_RECOMMEND_SPECTRAL_H

#include "recommend/histories.h"

/* v (I,K) <- orthonormal columns; K is lowered to what there can be, *k says to what. */
gat_status spectral_make(float **v, int64_t *k, const histories *h, uint64_t seed, gat_error *err);

/* The same as factors: a history scores <sum of from (I,K), to (I,K)>, from = n^-1/2 v, to = n^1/2 v. */
void spectral_factors(float *from, float *to, const float *v, const histories *h, int64_t k);

#endif

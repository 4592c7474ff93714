/* The probabilities of the linear part and of the nets as one: nets are made as sure as they should be, then both are mixed, and
 * the mixture is made as sure as it should be (one number each, after Guo et al. 2017). All three numbers have the least loss on
 * sentences that neither side has seen. */
#ifndef GAT_TEXT_NET_MIXTURE_H
#define GAT_TEXT_NET_MIXTURE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/status.h"

typedef struct net_mixture {
    float sharpness, weight, scale; /* power of the nets' probabilities; their share; power of the mixture */
} net_mixture;

/* Probabilities (n, labels) of sentences. */
typedef struct mixture_view {
    int64_t n;
    int32_t labels;
    bool several;
} mixture_view;

/* p <- the mixture of the linear part's probabilities, which stand there, with those of the nets. */
void net_mixture_apply(float *p, const float *nets, const mixture_view *view, const net_mixture *mixture);

/* weight: taken as it is unless negative. Without sentences half and half. */
gat_status net_mixture_fit(net_mixture *out, const float *linear, const float *nets, const uint8_t *truth,
                           const mixture_view *view, double weight, gat_error *err);

#endif

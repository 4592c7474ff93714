/* The net of text/text_net.h in double, without dropout: its loss for a batch. */
#ifndef GAT_TESTS_REF_TEXT_NET_H
#define GAT_TESTS_REF_TEXT_NET_H

#include "text/text_net.h"

typedef struct ref_text_net {
    const text_net *net;
    const net_batch *batch;
    const double *const *param; /* (params.count) */
    const double *wide;         /* (columns, width) */
    const uint8_t *truth;       /* (n, labels), one of them */
    double smoothing;
} ref_text_net;

/* Mean cross-entropy. */
double ref_text_net_loss(const ref_text_net *r);

#endif

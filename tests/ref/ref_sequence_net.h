/* The net of generate/sequence_net.h in double, without dropout, one sequence and one row at a time. */
#ifndef GAT_TESTS_REF_SEQUENCE_NET_H
#define GAT_TESTS_REF_SEQUENCE_NET_H

#include "generate/sequence_net.h"

typedef struct ref_sequence_net {
    const sequence_net *net;
    const sequence_batch *batch;
    const double *const *param; /* (params.count) */
} ref_sequence_net;

/* The sum over all rows, natural logarithm. */
double ref_sequence_net_loss(const ref_sequence_net *r);

#endif

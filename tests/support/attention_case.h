/* One call of the attention kernels: shape, inputs in float and double, outputs and gradients. */
#ifndef GAT_TESTS_ATTENTION_CASE_H
#define GAT_TESTS_ATTENTION_CASE_H

#include "kernels/attention.h"
#include "ref/differences.h"
#include "ref/ref_attention.h"

typedef struct attention_case {
    gat_attention shape;
    tensor q, k, e, a, value, m;
    tensor weight;               /* (N,H,F): the loss is <weight, out> */
    float *out, *lse;            /* (N,H,F), (N,H) */
    double *ref_out, *ref_alpha; /* (N,H,F), (E,H) */
} attention_case;

enum { CASE_TENSORS = 6 };

/* s is taken as 1 for the additive score. The graph is borrowed. */
void case_init(attention_case *c, gat_graph *graph, gat_score score, int h, int f, int s);
void case_clear(attention_case *c);

/* The inputs, in the order of the struct. */
tensor *case_tensor(attention_case *c, int i);

/* The reference's output, and slopes of at most `most` elements of each input. */
void case_reference(attention_case *c, int64_t most);

/* The chosen kernels: forward, and backward into restarted gradients. */
void case_forward(attention_case *c);
void case_backward(attention_case *c);

#endif

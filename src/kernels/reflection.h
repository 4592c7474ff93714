/* Attention through relational reflection (Mao et al. 2020, "Relational Reflection Entity Alignment"; the form here is that
 * of Mao et al. 2021, "Boosting the Speed of Entity Alignment 10x").
 *
 * Node i hears its neighbours j over edges that have unit vectors u:
 *     out[i] = sum over edges e = (i, j) of alpha[e] (h[j] - 2 <h[j], u[e]> u[e]),
 *     alpha  = softmax of logit[e] over the edges of i,
 * u and logit those of the edge's kind.
 * A reflection keeps lengths and angles, so what is said through a relation is neither stretched nor flattened. Nodes
 * without edges get zero. */
#ifndef GAT_KERNELS_REFLECTION_H
#define GAT_KERNELS_REFLECTION_H

#include <stdint.h>

#include "kernels/row_lists.h"

/* Who hears whom. Edges of a kind share u and logit. */
typedef struct reflection_edges {
    row_lists hears; /* node to its neighbours; the entries are the edges */
    row_lists kinds; /* edge to its one kind, below K */
    int32_t *node;   /* (E): whose edge it is */
} reflection_edges;

/* All borrowed. Logits stand `logit_stride` apart, so that those of several layers can share a matrix. */
typedef struct gat_reflection {
    const reflection_edges *edges;
    const float *h;     /* (N,D) */
    const float *u;     /* (K,D) */
    const float *logit; /* (K, logit_stride) */
    int64_t width, logit_stride;
} gat_reflection;

/* Gradients, added to. onto (E,2) is scratch. */
typedef struct gat_reflection_grad {
    float *dh, *du, *dlogit, *onto;
} gat_reflection_grad;

#endif

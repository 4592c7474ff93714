/* LightGCN (He et al. 2020): embeddings of users and items, averaged along interactions, trained by pairs (BPR; Rendle et al. 2009)
 * with a negative drawn uniformly. */
#ifndef GAT_RECOMMEND_LIGHT_GRAPH_H
#define GAT_RECOMMEND_LIGHT_GRAPH_H

#include "recommend/histories.h"

typedef struct light_graph {
    const histories *h;
    int64_t dim, layers;
    float *value;        /* (U + I, D): what is learned; users first */
    float *final;        /* (U + I, D): the mean over 0 .. layers steps */
    float *grad, *state; /* (U + I, D), Adam's (2, U + I, D) */
    float *turn;         /* scratch (2, U + I, D) */
    int64_t steps;
} light_graph;

typedef struct light_plan {
    int64_t batch; /* interactions of a step */
    double lr, l2; /* l2: of the embeddings in a pair, per pair */
    uint64_t seed;
} light_plan;

gat_status light_graph_init(light_graph *out, const histories *h, int64_t dim, int64_t layers, uint64_t seed,
                            gat_error *err);
void light_graph_clear(light_graph *g);

/* One pass over all interactions; *loss <- the mean of a pair. GAT_EINTERRUPTED. */
gat_status light_graph_epoch(light_graph *g, const light_plan *plan, int64_t epoch, double *loss,
                             int (*should_stop)(void *), void *context, gat_error *err);

/* final from value. */
void light_graph_spread(light_graph *g);

/* carry (I,D): what an item adds to a user that has no embedding; the sum over the history over the root of its length. */
void light_graph_carry(float *carry, const light_graph *g);

/* The loss of pairs (user, wanted, not) and its gradient in grad, zeroed first; below 0: out of memory. */
double light_graph_loss(light_graph *g, const int32_t *pairs, int64_t n, double l2);

#endif

/* Selective attention over the sentences of a pair of entities (Lin et al. 2016), with what the graph knows of the pair as the query
 * (mutual attention, Han, Liu and Sun 2018).
 *
 * Sentences speak in log-odds z (n, labels), the graph in probabilities g and log-odds v (labels):
 *     e_ir = sharp z_ir + sum_k agree_k z_ik g_k          how much sentence i is listened to about relation r
 *     a_ir = softmax over i of e_ir
 *     logit_r = scale sum_i a_ir z_ir + graph v_r + several log n + offset_r
 * Without a graph g and v are zero. Labels that say "no relation" have no logit. */
#ifndef GAT_TEXT_BAG_POOL_H
#define GAT_TEXT_BAG_POOL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/status.h"

enum { BAG_MOST_LABELS = 512 };

typedef struct bag_pool {
    double sharp, scale, graph, several, threshold;
    double agree[BAG_MOST_LABELS], offset[BAG_MOST_LABELS];
} bag_pool;

/* The sentences of one pair. */
typedef struct bag_view {
    const float *const *z; /* (n) rows of labels */
    const float *view;     /* (labels) v; NULL: no graph */
    const uint8_t *none;   /* (labels) 1: says "no relation" */
    int64_t n;
    int32_t labels;
} bag_view;

/* Attention that does not listen to the graph, and logits that do not: where training begins. */
void bag_pool_init(bag_pool *pool);

/* logit (labels); alpha (n, labels). Logits of `none` labels are 0. */
void bag_pool_forward(double *logit, double *alpha, const bag_pool *pool, const bag_view *bag);

/* Adds the gradient of sum over labels of dlogit_r logit_r to d. alpha (n, labels) as forward left it; agreed (n) is room. */
void bag_pool_backward(bag_pool *d, double *agreed, const bag_pool *pool, const bag_view *bag, const double *alpha,
                       const double *dlogit);

/* Bags to learn from. */
typedef struct bag_lesson {
    const bag_view *bag;  /* (bags) */
    const uint8_t *truth; /* (bags, labels) */
    int64_t bags;
} bag_lesson;

/* Least cross-entropy of all (bag, relation), pulled weakly towards where it begins; then the threshold of best micro-F1.
 * Single-threaded, the same bits always. */
gat_status bag_pool_fit(bag_pool *pool, const bag_lesson *lesson, gat_error *err);

#endif

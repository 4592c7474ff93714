/* Decoders, losses and the regulariser in double. Shapes as in compose.h, loss.h and kernels.h. */
#ifndef GAT_TESTS_REF_SCORE_H
#define GAT_TESTS_REF_SCORE_H

#include <stdbool.h>
#include <stdint.h>

#include "kernels/compose.h"
#include "kernels/loss.h"

void ref_compose(double *q, const double *x, const double *r, const int32_t *entity, const int32_t *relation, int64_t b,
                 int64_t d, gat_decoder decoder);

/* Score of one fact, written from the papers: x of head and tail, r of the relation. */
double ref_fact_score(const double *head, const double *r, const double *tail, int64_t d, gat_decoder decoder);

/* Score of one query and one candidate. */
double ref_compare(const double *q, const double *x, int64_t d, gat_comparator compare);

typedef struct ref_loss {
    gat_loss kind;
    gat_comparator compare;
    double smoothing, total;
    bool whole; /* with the smoothing term of the softmax loss, which the reported value leaves out */
    const float *answer_weight;
} ref_loss;

double ref_one_vs_all(const double *q, const double *x, const gat_rows *rows, int64_t n, int64_t d,
                      const ref_loss *loss);
double ref_regularize(const double *x, const float *weight, double cubes, double squares, int64_t n, int64_t d,
                      bool moduli);

#endif

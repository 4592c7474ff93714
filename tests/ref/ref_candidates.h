/* The loss against candidates in double. Shapes as in candidate_loss.h. */
#ifndef GAT_TESTS_REF_CANDIDATES_H
#define GAT_TESTS_REF_CANDIDATES_H

#include "kernels/candidate_loss.h"
#include "ref/ref_score.h"

double ref_candidates(const double *q, const double *x, const gat_rows *rows, const gat_candidates *candidates,
                      int64_t d, const ref_loss *loss);

#endif

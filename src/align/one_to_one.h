/* The assignment of rows to columns of a sparse matrix with the largest sum, each row and column at most once. */
#ifndef GAT_ALIGN_ONE_TO_ONE_H
#define GAT_ALIGN_ONE_TO_ONE_H

#include "align/pair_matrix.h"

/* entry (rows): place of the assigned entry, -1: none. Entries are above 0 and at most 1; the sum falls short of the best
 * by at most rows * ONE_TO_ONE_STEP. */
#define ONE_TO_ONE_STEP 1e-5
gat_status one_to_one(int64_t *entry, const pair_matrix *matrix, gat_error *err);

#endif

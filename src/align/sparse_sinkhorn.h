/* Rows and columns of a sparse matrix scaled in turn to sum to 1 (Sinkhorn and Knopp 1967).
 *
 * Slack is a cell of its own beside a row or a column that takes part in that sum alone: who has no counterpart lets its
 * mass go there instead of forcing it on a stranger. */
#ifndef GAT_ALIGN_SPARSE_SINKHORN_H
#define GAT_ALIGN_SPARSE_SINKHORN_H

#include "align/pair_matrix.h"

/* matrix->value >= 0 <- row scale * value * column scale after `rounds` times rows, then columns. row_slack (rows) and
 * column_slack (columns): values of the slack cells; NULL: none. A row or column without mass stays zero. */
gat_status sparse_sinkhorn(pair_matrix *matrix, const float *row_slack, const float *column_slack, int rounds,
                           gat_error *err);

#endif

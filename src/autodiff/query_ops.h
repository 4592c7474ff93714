/* Operations of the tape that build the queries of heavier decoders. As in ops.h. */
#ifndef GAT_AUTODIFF_QUERY_OPS_H
#define GAT_AUTODIFF_QUERY_OPS_H

#include <stdint.h>

#include "autodiff/tape.h"

/* (B,D): rows of x by index (B). */
gat_mat *ad_gather(gat_tape *tape, gat_mat *x, const int32_t *index, int64_t b);

/* (B,D): row b of x (B,D) times the matrix in row slot[b] of m (S, D*D). See bilinear.h. */
gat_mat *ad_bilinear(gat_tape *tape, gat_mat *x, gat_mat *m, const int32_t *slot);

#endif

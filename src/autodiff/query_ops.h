/* Operations of the tape that build the queries of heavier decoders. As in ops.h. */
#ifndef GAT_AUTODIFF_QUERY_OPS_H
#define GAT_AUTODIFF_QUERY_OPS_H

#include <stdint.h>

#include "autodiff/tape.h"
#include "kernels/conv.h"

/* (B,D): rows of x by index (B). */
gat_mat *ad_gather(gat_tape *tape, gat_mat *x, const int32_t *index, int64_t b);

/* (B,D): row b of x (B,D) times the matrix in row slot[b] of m (S, D*D). See bilinear.h. */
gat_mat *ad_bilinear(gat_tape *tape, gat_mat *x, gat_mat *m, const int32_t *slot);
gat_mat *ad_bilinear_transposed(gat_tape *tape, gat_mat *x, gat_mat *m, const int32_t *slot);

/* (N,O) = x (N,I) times w (O,I) transposed + b (1,O) or NULL. See dense.h. */
gat_mat *ad_dense(gat_tape *tape, gat_mat *x, gat_mat *w, gat_mat *b);

/* (B, C*P) from pictures x (B, H*W), filter (C,9) and bias (1,C). See conv.h; the number of pictures is that of rows. */
gat_mat *ad_conv(gat_tape *tape, gat_mat *x, gat_mat *filter, gat_mat *bias, int64_t height, int64_t width);

/* (B,D+E): rows of x (B,D) and y (B,E) side by side. */
gat_mat *ad_join(gat_tape *tape, gat_mat *x, gat_mat *y);

/* (B,D+1): rows of x (B,D), each with a 1 at its end. */
gat_mat *ad_append_one(gat_tape *tape, gat_mat *x);

#endif

/* Operations of the tape for models of sequences. As in ops.h; rows and targets are borrowed until the tape is reset. */
#ifndef GAT_AUTODIFF_SEQUENCE_OPS_H
#define GAT_AUTODIFF_SEQUENCE_OPS_H

#include "autodiff/tape.h"
#include "kernels/causal_attention.h"
#include "kernels/pointer.h"

gat_mat *ad_causal(gat_tape *tape, gat_mat *qkv, const causal_rows *rows, int heads); /* (N,D) from (N,3D) */

/* Changes logit (N,C) in place, see pointer.h, and gives it back; qk (N,2D), name (N). */
gat_mat *ad_pointer(gat_tape *tape, gat_mat *logit, gat_mat *qk, const causal_rows *rows, const range_targets *targets,
                    const int32_t *name);

/* loss (N) by row, from the tape's arena, NULL after a failure; the gradient of scale times their sum goes into logit at
 * once. */
float *ad_range_loss(gat_tape *tape, gat_mat *logit, const range_targets *targets, float scale);

#endif

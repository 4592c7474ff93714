/* Operations of the tape for models of text. As in ops.h. */
#ifndef GAT_AUTODIFF_TEXT_OPS_H
#define GAT_AUTODIFF_TEXT_OPS_H

#include "autodiff/tape.h"
#include "kernels/bag.h"

gat_mat *ad_bag(gat_tape *tape, gat_mat *table, const bag_rows *bag); /* (N,D), see bag.h; bag is borrowed */
gat_mat *ad_product(gat_tape *tape, gat_mat *x, gat_mat *y);          /* elementwise */
gat_mat *ad_stack(gat_tape *tape, gat_mat *x, gat_mat *y); /* (N+M,D): the rows of x (N,D), then those of y (M,D) */

gat_mat *ad_columns(gat_tape *tape, gat_mat *x, int64_t from,
                    int64_t count); /* (N,count): columns of x from `from` on */

/* (G,D): the largest of each column over the rows of x (N,D) that belong to a group, see bag.h; first (G + 1) and member are
 * borrowed. */
gat_mat *ad_group_max(gat_tape *tape, gat_mat *x, const int64_t *first, const int32_t *member, int64_t groups);

/* See bag.h; a loss, which puts its gradient into logit at once. */
double ad_label_loss(gat_tape *tape, gat_mat *logit, const uint8_t *truth, bool several, float smoothing);

#endif

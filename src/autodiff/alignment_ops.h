/* Operations of the tape for the alignment of two graphs. As in ops.h; lists and indices are borrowed until the tape is
 * reset. */
#ifndef GAT_AUTODIFF_ALIGNMENT_OPS_H
#define GAT_AUTODIFF_ALIGNMENT_OPS_H

#include "autodiff/tape.h"
#include "kernels/reflection.h"
#include "kernels/row_lists.h"

gat_mat *ad_row_mean(gat_tape *tape, gat_mat *x, const row_lists *lists); /* (M,D) from x (K,D) */
gat_mat *ad_row_unit(gat_tape *tape, gat_mat *x);                         /* rows at length 1 */

/* One layer of reflection.h: (N,D) from h (N,D), u (K,D) and column `layer` of logit (K,L). */
gat_mat *ad_reflection(gat_tape *tape, const reflection_edges *edges, gat_mat *h, gat_mat *u, gat_mat *logit,
                       int layer);

/* See proxy_gate.h: (N,D) from z (N,D), proxies (P,D), w (D,D), b (1,D). */
gat_mat *ad_proxy_gate(gat_tape *tape, gat_mat *z, gat_mat *proxy, gat_mat *w, gat_mat *b);

#endif

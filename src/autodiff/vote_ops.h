/* Operations of the tape for entity linking, see kernels/vote.h. As in ops.h. */
#ifndef GAT_AUTODIFF_VOTE_OPS_H
#define GAT_AUTODIFF_VOTE_OPS_H

#include "autodiff/tape.h"
#include "kernels/vote.h"

/* What a vote reads; all but belief may be used again in a later round. */
typedef struct vote_terms {
    gat_mat *q, *k, *v, *bias, *message, *belief;
} vote_terms;

/* (N,D); *total (N,2H). part: exp and sigmoid of every edge (E,2H), given back when wanted. edges are borrowed. */
gat_mat *ad_vote(gat_mat **total, gat_tape *tape, const vote_edges *edges, const vote_terms *terms, float **part);
gat_mat *ad_vote_summary(gat_tape *tape, gat_mat *total, const vote_groups *groups); /* (N,3H) of (N,2H) */
gat_mat *ad_belief(gat_tape *tape, gat_mat *score, const vote_groups *groups);       /* (N,1) of (N,1) */
gat_mat *ad_belief_context(gat_tape *tape, gat_mat *h, gat_mat *belief, const vote_groups *groups); /* (N,D) */

/* A loss, which puts its gradient into score at once. */
double ad_belief_loss(gat_tape *tape, gat_mat *score, const float *wanted, const vote_groups *groups, float scale);

#endif

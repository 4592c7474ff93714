/* Seeds held back to choose settings and to calibrate by, and how well they are found again. */
#ifndef GAT_ALIGN_HOLD_OUT_H
#define GAT_ALIGN_HOLD_OUT_H

#include "align/links.h"
#include "align/pair_matrix.h"

/* held takes about `share` of the seeds, drawn by random seed, kept the others. */
gat_status hold_out(link_list *kept, link_list *held, const link_list *seeds, double share, uint64_t seed,
                    gat_error *err);

/* Ranks of the held-back targets among the candidates of their sources, ties at half; a target that is no candidate counts
 * nothing. */
typedef struct held_metrics {
    int64_t links;
    double hits_at_1, hits_at_10, mrr;
} held_metrics;

held_metrics held_evaluate(const pair_matrix *belief, const link_list *held);

#endif

/* What a stored alignment says of two graphs that have grown since: its pairs and beliefs, in the ids of the new graphs, by
 * name. */
#ifndef GAT_ALIGN_KEPT_PAIRS_H
#define GAT_ALIGN_KEPT_PAIRS_H

#include "align/alignment.h"
#include "align/links.h"
#include "base/log.h"

typedef struct kept_pairs {
    int32_t *partner;    /* (N1): the KG2 entity it was answered with, or -1 */
    double *confidence;  /* (N1) of that */
    uint8_t *old[2];     /* (N1), (N2): the stored alignment knows it */
    link_list seeds;     /* of the stored alignment */
    pair_matrix *belief; /* the stored beliefs */
    int64_t count;       /* of pairs, without seeds */
} kept_pairs;

/* Pairs and seeds of which an entity is gone are passed over and told to the log. GAT_EDATA: nothing of the stored alignment
 * is in the graphs. */
gat_status kept_pairs_init(kept_pairs *out, const gat_alignment *stored, const kg_side *a, const kg_side *b,
                           const gat_log *log, gat_error *err);
void kept_pairs_clear(kept_pairs *kept);

#endif

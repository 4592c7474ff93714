/* The whole way from two files to pairs: read, hold back, choose, run the loop, calibrate, decode. */
#ifndef GAT_ALIGN_ALIGNMENT_H
#define GAT_ALIGN_ALIGNMENT_H

#include "align/alignment_types.h"
#include "align/belief_loop.h"
#include "align/calibration.h"

/* How an alignment was asked for. */
typedef struct alignment_origin {
    uint64_t seed;
    int64_t decode, encoder;
    int64_t features; /* bit FEATURE_...: was given */
} alignment_origin;

struct gat_alignment {
    kg_side *a, *b;
    uint8_t *asked, *may_answer; /* (N1), (N2): in no seed, and in --sources, --targets */
    relation_overlap *overlap;   /* of the last round; NULL: one shot */
    pair_matrix *belief;         /* the last beliefs, seeds included */
    pair_matrix *value;          /* what candidates are ranked by: rows of asked entities, columns that may answer */
    int32_t *answer;             /* (N1): KG2 entity or -1 */
    double *confidence;          /* (N1) of the answer */
    int32_t *seed_of;            /* (N1): the KG2 entity it was given for, or -1 */
    loop_settings settings;      /* of the rounds; without terms */
    calibration calibration;
    alignment_origin origin;
    gat_align_report report;
};

gat_status alignment_make(gat_alignment **out, const gat_align_options *options, gat_error *err);
void alignment_free(gat_alignment *alignment);

/* The i-th pair in the order of KG1's file, by looking through all entities from *next (start with 0) on; false: no more. */
bool alignment_next_pair(gat_aligned_pair *out, int32_t *next, const gat_alignment *alignment);

#endif

/* The fixed numbers of a stored alignment, as they lie in the file. */
#ifndef GAT_ALIGN_ALIGNMENT_STORED_H
#define GAT_ALIGN_ALIGNMENT_STORED_H

#include "align/alignment.h"

typedef struct stored_settings {
    double gamma, tau, rest_heat, slack[NUM_BLOCKS], damping, profile;
    int64_t sinkhorn, top[NUM_BLOCKS], use[NUM_WEIGHTS];
} stored_settings;

typedef struct stored_alignment {
    int64_t entities[2], relations[2], facts[2], beliefs, overlaps, points;
    uint64_t digest[2][2];
    alignment_origin origin;
    stored_settings settings;
    gat_align_report report;
} stored_alignment;

stored_settings settings_to_store(const loop_settings *settings);
loop_settings settings_from_store(const stored_settings *stored);

/* Every number is in the range that the loop and the readers count on. */
bool stored_alignment_sane(const stored_alignment *stored);

#endif

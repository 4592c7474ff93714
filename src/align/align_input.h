/* Everything an alignment reads, checked and as ids. */
#ifndef GAT_ALIGN_ALIGN_INPUT_H
#define GAT_ALIGN_ALIGN_INPUT_H

#include "align/alignment_types.h"
#include "align/entity_feature.h"
#include "align/links.h"

typedef struct align_input {
    double began; /* on the clock, before reading */
    kg_side *a, *b;
    link_list seeds, valid;
    uint8_t *source, *target;               /* (N1), (N2) marks; NULL: not restricted */
    entity_feature features[MOST_FEATURES]; /* as given */
    int num_features;
} align_input;

/* GAT_EUSAGE: neither seeds nor names; GAT_EDATA: see links.h and name_file.h. */
gat_status align_input_read(align_input *out, const gat_align_options *options, gat_error *err);
void align_input_clear(align_input *input);

#endif

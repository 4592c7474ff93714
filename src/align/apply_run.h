/* New entities of two graphs that were aligned before, without training: the stored pairs and beliefs stand, what relations
 * mean is counted again from them, and a few rounds of evidence and of vectors run over the entities that are new or were
 * left alone. The scale of the softmax and the calibration are the stored ones. */
#ifndef GAT_ALIGN_APPLY_RUN_H
#define GAT_ALIGN_APPLY_RUN_H

#include "align/align_run.h"
#include "align/kept_pairs.h"

/* kept: its beliefs are taken. run->calibration stays empty; it is the stored one. */
gat_status apply_run_make(align_run *out, const align_input *input, const gat_alignment *stored, kept_pairs *kept,
                          const gat_align_options *options, gat_error *err);

#endif

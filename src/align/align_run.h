/* The rounds of an alignment and their order: a run without the held-back links chooses the scale of the softmax and gives the
 * calibration; the last run has all seeds and goes on from its beliefs. */
#ifndef GAT_ALIGN_ALIGN_RUN_H
#define GAT_ALIGN_ALIGN_RUN_H

#include "align/align_input.h"
#include "align/belief_loop.h"
#include "align/calibration.h"
#include "align/hold_out.h"

typedef struct align_run {
    belief_loop loop;       /* after the last round */
    loop_settings settings; /* as chosen */
    int rounds;             /* done by the last loop, and what it went on from */
    int plain_rounds;       /* of them before vectors, of the first loop */
    held_metrics held;      /* of the run without them */
    calibration calibration;
    gat_align_level levels[GAT_ALIGN_LEVELS];
    double calibration_error;
} align_run;

/* GAT_EINTERRUPTED: options->should_stop. A time limit ends rounds early. */
gat_status align_run_make(align_run *out, const align_input *input, const gat_align_options *options, gat_error *err);
void align_run_clear(align_run *run);

#endif

/* Beliefs made probabilities, and the threshold above which a mention means nothing in the graph (NIL), on mentions that training
 * has not seen. */
#ifndef GAT_LINK_LINK_CALIBRATE_H
#define GAT_LINK_LINK_CALIBRATE_H

#include "link/link_trials.h"
#include "link/linker.h"

typedef struct link_calibration {
    link_trial *trial;
    int64_t count, capacity;
} link_calibration;

gat_status link_calibration_init(link_calibration *calibration, int64_t capacity, gat_error *err);
void link_calibration_clear(link_calibration *calibration);

/* Adds the annotated mentions of a document. */
gat_status link_calibration_add(link_calibration *calibration, const gat_linker *linker, gat_tape *tape,
                                const link_document *document, const candidate_graph *graph, gat_error *err);

/* Both regressions, and the threshold with the best F1 of NIL; without any NIL among the trials nothing is NIL. */
void link_calibration_fit(const link_calibration *calibration, gat_linker *linker);

/* The share of trials whose best candidate is right, of those that mean something in the graph. */
double link_calibration_correct(const link_calibration *calibration);

#endif

/* Beliefs made probabilities, and the threshold above which a mention means nothing in the graph (NIL), on mentions that training
 * has not seen. */
#ifndef GAT_LINK_LINK_CALIBRATE_H
#define GAT_LINK_LINK_CALIBRATE_H

#include "link/link_trials.h"
#include "link/linker.h"

typedef struct link_calibration {
    link_trial *trial;
    int64_t count, capacity;
    int64_t lost; /* mentions of entities of the graph without any candidate, which are no trials */
} link_calibration;

gat_status link_calibration_init(link_calibration *calibration, int64_t capacity, gat_error *err);
void link_calibration_clear(link_calibration *calibration);

/* Adds the annotated mentions of a document. */
gat_status link_calibration_add(link_calibration *calibration, const gat_linker *linker, gat_tape *tape,
                                const link_document *document, const candidate_graph *graph, gat_error *err);

/* The probability that an answer is right, and the share of mentions inside the graph that are linked right. */
void link_calibration_right(const link_calibration *calibration, gat_linker *linker);

/* The probability of NIL. */
void link_calibration_nil(const link_calibration *calibration, gat_linker *linker);

/* The threshold: with the best F1 of NIL where mentions are annotated with it; else, where the share of NIL is made up, with most
 * right answers, NIL included. */
void link_calibration_threshold(const link_calibration *calibration, gat_linker *linker, bool annotated);

#endif

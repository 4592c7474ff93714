/* Beliefs made probabilities, and the threshold below which an answer is NIL, on mentions that training has not seen. */
#ifndef GAT_LINK_LINK_CALIBRATE_H
#define GAT_LINK_LINK_CALIBRATE_H

#include "link/linker.h"

/* One answer: what speaks for it, and whether it is right; nil: the mention means nothing in the graph. */
typedef struct link_trial {
    double term[CALIBRATION_TERMS];
    bool right, nil;
} link_trial;

typedef struct link_calibration {
    link_trial *trial;
    int64_t count, capacity;
} link_calibration;

gat_status link_calibration_init(link_calibration *calibration, int64_t capacity, gat_error *err);
void link_calibration_clear(link_calibration *calibration);

/* Adds the annotated mentions of a document. */
gat_status link_calibration_add(link_calibration *calibration, const gat_linker *linker, gat_tape *tape,
                                const link_document *document, const candidate_graph *graph, gat_error *err);

/* Logistic regression (Platt 1999) on the terms; the threshold with most right answers. */
void link_calibration_fit(const link_calibration *calibration, gat_linker *linker);

/* Terms of a group's best node `best`: constant, logit of its belief, its support, whether it has any. */
void link_terms(double term[CALIBRATION_TERMS], const float *belief, const float *total, int heads, int64_t best);
double link_probability(const gat_linker *linker, const double term[CALIBRATION_TERMS]);

/* The node of a group with the largest belief, the first of equals. */
int64_t link_best(const float *belief, const candidate_graph *graph, int64_t group);

#endif

/* What speaks for an answer, as terms of two logistic regressions: that it is right, and that the mention means nothing in the
 * graph. */
#ifndef GAT_LINK_LINK_TRIALS_H
#define GAT_LINK_LINK_TRIALS_H

#include "link/candidate_graph.h"

enum { LINK_TERMS = 20 };

/* Terms of the best node of a group: constant; logit of its belief; its support, and whether it has any; how far the next one is
 * behind; whether there is none; candidates; likeness of its title and the mention (equal, strings, words; equal to the longer
 * form); whether any candidate's title is equal; its in-links; a name of several words; mentions of the group; found by likeness
 * alone; the longer form's strings; and together: several words and no equal title, no equal title and no support, one candidate
 * of another title. */
void link_terms(double term[LINK_TERMS], const candidate_graph *graph, const link_document *document,
                const float *belief, const float *total, int heads, int64_t group);

/* The node of a group with the largest belief, the first of equals. */
int64_t link_best(const float *belief, const candidate_graph *graph, int64_t group);

double link_logistic(const double weight[LINK_TERMS], const double term[LINK_TERMS]);

/* One answer; nil: the mention means nothing in the graph. */
typedef struct link_trial {
    double term[LINK_TERMS];
    bool right, nil;
} link_trial;

/* weight <- logistic regression of `right`, or of `nil`, held near `prior` (Platt 1999; Newton's method). */
void link_logistic_fit(double weight[LINK_TERMS], const double prior[LINK_TERMS], const link_trial *trial,
                       int64_t count, bool nil);

#endif

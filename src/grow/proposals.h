/* Facts that could be added: what the model answers and what rules say, within types and usual counts. */
#ifndef GAT_GROW_PROPOSALS_H
#define GAT_GROW_PROPOSALS_H

#include "grow/growth_state.h"
#include "grow/proposal_weights.h"

/* Answers of a question that become proposals, by the model, with a part of the known ones on top, and by the rules. */
enum { ANSWERS_PROPOSED = 12, PROPOSED_PER_KNOWN = 4, MOST_PROPOSED = 200 };

typedef struct grow_proposal {
    gat_triple fact;
    float rule; /* confidence of the best rule, 0: none */
    float feature[NUM_FEATURES];
} grow_proposal;

/* Ordered by fact. Zero-initialised is empty. */
typedef struct proposal_list {
    grow_proposal *item;
    int64_t count;
} proposal_list;

/* Of all questions asked. Reverse questions that have not been asked are, the most needed first, within the budget. */
gat_status proposals_make(proposal_list *out, growth_state *s, gat_error *err);
void proposals_clear(proposal_list *list);

/* The features and the rule of each, anew: after the graph has been read again. */
gat_status proposals_describe(proposal_list *list, const growth_state *s, gat_error *err);

/* Whether a fact may be added: not known, ends differ, both take their places and may have more. */
bool proposal_allowed(const growth_state *s, gat_triple fact);

/* The model's own probability of the tail (heads false) or the head. */
double proposal_model_probability(const growth_state *s, gat_triple fact, bool heads);

#endif

/* What the rules of a relation say of a head. */
#ifndef GAT_GROW_RULE_REACH_H
#define GAT_GROW_RULE_REACH_H

#include "grow/rule_book.h"

/* Rules below this confidence are not asked; from the second on, a fact counts as supported. */
static const double RULE_LEAST_CONFIDENCE = .02, RULE_SUPPORTS = .1;

/* Scratch memory of one thread, and the answer: entities that a rule reaches. */
typedef struct rule_reach {
    float *best;    /* (N): confidence of the best rule; 0 where none reaches */
    float *missing; /* (N): sum of log(1 - confidence) */
    int32_t *list;  /* the reached, in the order of their rules */
    int32_t *stamp; /* (N) */
    int32_t count, now, num_entities;
} rule_reach;

gat_status rule_reach_init(rule_reach *reach, int32_t num_entities, gat_error *err);
void rule_reach_clear(rule_reach *reach);

/* Replaces the answer by that for (head, relation, ?). A rule that would take more than 50,000 steps is cut there. */
void rule_reach_from(rule_reach *reach, const rule_book *book, const gat_filter *known, int32_t head, int32_t relation);

/* Whether the body leads from head to tail; *middle <- the entity between (the smallest), -1 for one step. */
bool rule_applies(int32_t *middle, const grow_rule *rule, const gat_filter *known, int32_t head, int32_t tail);

#endif

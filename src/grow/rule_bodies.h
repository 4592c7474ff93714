/* Which bodies could make a rule: what joins the two ends of facts of a relation. */
#ifndef GAT_GROW_RULE_BODIES_H
#define GAT_GROW_RULE_BODIES_H

#include "grow/rule_book.h"

/* What a rule could be, before it is counted. */
typedef struct rule_idea {
    int32_t relation, body[2];
    int32_t found; /* facts among those looked at */
} rule_idea;

typedef struct rule_ideas {
    rule_idea *item;
    int64_t count, capacity;
} rule_ideas;

/* Ordered by body, then relation. At most IDEAS_OF_RELATION a relation, those found most often, at least twice. */
enum { IDEAS_OF_RELATION = 400 };
gat_status rule_ideas_find(rule_ideas *out, const gat_filter *known, int32_t num_entities, int32_t num_relations,
                           gat_error *err);

#endif

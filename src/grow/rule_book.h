/* Rules of one or two steps that the facts of a graph obey, more or less (after AMIE, Galarraga et al. 2013; AnyBURL, Meilicke et
 * al. 2019):
 *     d1(x, y) => r(x, y)        d1(x, z), d2(z, y) => r(x, y)
 * with x, y, z distinct and d1, d2 directed relations in [0, 2R), those from R on against the direction of their facts. */
#ifndef GAT_GROW_RULE_BOOK_H
#define GAT_GROW_RULE_BOOK_H

#include <stdint.h>

#include "base/status.h"
#include "graph/filter.h"

typedef struct grow_rule {
    int32_t relation, body[2]; /* body[1] -1: one step */
    int64_t support, pairs, pca_pairs;
    double confidence, pca;
} grow_rule;

/* Rules of relation r are [first[r], first[r + 1]), most confident first. */
typedef struct rule_book {
    int32_t num_relations;
    int64_t count;
    grow_rule *rule;
    int64_t *first;
} rule_book;

/* Rules with a support of 2 or more, at most RULES_OF_RELATION each. Bodies are looked for around at most RULE_FACTS facts of
 * a relation, evenly spread, and counted over all heads, or over heads taken evenly where that would take more than the
 * budget of steps; support is scaled up then. A rule is believed as if it had failed twice before: confidence =
 * support / (pairs + 2). Same bits for any number of threads. */
enum { RULES_OF_RELATION = 60, RULE_FACTS = 1500 };
gat_status rules_mine(rule_book *out, const gat_filter *known, int32_t num_entities, int32_t num_relations,
                      gat_error *err);
void rules_clear(rule_book *book);

static inline int32_t relation_reversed(int32_t directed, int32_t num_relations)
{
    return directed < num_relations ? directed + num_relations : directed - num_relations;
}

#endif

/* The baseline of one rule: "a fact of training, read backwards". For (h, r, ?) an entity e scores 1 when
 * (e, r, h) is a training fact, else 0; for (?, r, t) when (t, r, e) is one. A model that does not beat it has
 * learned little: Dettmers et al. (2018) measured an MRR of .35 for such a rule on WN18RR. */
#ifndef GAT_EVAL_REVERSE_RULE_H
#define GAT_EVAL_REVERSE_RULE_H

#include <stdint.h>

#include "eval/rank.h"
#include "graph/filter.h"
#include "graph/triples.h"

/* Rank of `answer` to the question (entity, relation), relation in [0, 2R) as in the filter, among
 * num_entities candidates less the answers in `known`. Both filters were built with num_relations R. */
gat_rank reverse_rule_rank(const gat_filter *train, const gat_filter *known, int32_t num_relations,
                           int32_t num_entities, int32_t entity, int32_t relation, int32_t answer);

/* All facts, both directions. Every id of the facts and of `known` is below num_entities. */
gat_ranking reverse_rule_ranking(const gat_triples *facts, const gat_filter *train, const gat_filter *known,
                                 int32_t num_relations, int32_t num_entities);

#endif

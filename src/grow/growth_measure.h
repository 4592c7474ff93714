/* Proposals held against facts that were hidden, beside simpler ways to propose. */
#ifndef GAT_GROW_GROWTH_MEASURE_H
#define GAT_GROW_GROWTH_MEASURE_H

#include "base/status.h"
#include "graph/triples.h"
#include "grow/growth_types.h"
#include "model/kg_model.h"

/* grown: facts in the order in which they were proposed, ids as in the growth. Rows:
 *     grown            those
 *     scores alone     (h, r, t) by the model's score of the tail, over all heads and relations
 *     probability      likewise by the calibrated probability of the tail, where the model has one
 *     uniform          what chance would have: a relation by its facts, then a head and a tail in type
 * Heads and relations are those that are seen together where all would be more than BASELINE_QUESTIONS, and for path
 * models: this leaves out wrong ones alone. The known graph is what it was before the growth. */
enum { BASELINE_QUESTIONS = 500000 };
gat_status growth_measure(gat_growth_measures **out, const gat_triple *grown, int64_t count, const gat_model *model,
                          const gat_growth_options *options, gat_error *err);

#endif

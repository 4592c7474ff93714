/* The task behind `generate` for models of a graph: facts are added best first, and the graph is read again after every few. */
#ifndef GAT_GROW_GROWTH_H
#define GAT_GROW_GROWTH_H

#include "base/status.h"
#include "grow/growth_types.h"
#include "model/kg_model.h"

/* GAT_EUSAGE: an unknown name, a number out of range, a model without calibration and without data to fit to, or constraints that no fact
 * meets; GAT_EDATA: bad types or negatives, or nothing hidden to measure with. No fact likely enough is no error. Same bits
 * for any number of threads. */
gat_status growth_run(gat_growth **out, const gat_model *model, const gat_growth_options *options, gat_error *err);
void growth_free(gat_growth *growth);

/* Rules and counts of the facts that `graph` holds, the model's training facts where it is NULL. relation NULL: of all. At most
 * `top` rules of a confidence of at least min_confidence; free with rule_list_free. */
gat_status rule_list_make(gat_rule_list **out, const gat_model *model, const gat_dataset *graph, const char *relation,
                          int64_t top, double min_confidence, gat_error *err);
void rule_list_free(gat_rule_list *list);

#endif

/* The task behind `explain`. */
#ifndef GAT_TASKS_EXPLAIN_H
#define GAT_TASKS_EXPLAIN_H

#include "base/status.h"
#include "io/dataset.h"
#include "model/kg_model.h"
#include "tasks/answer.h"

/* The score of a fact as an answer to (head, relation, ?), its probability (tasks/answer.h), and at most `top` paths
 * that attention took to it; every step is a fact of the graph. GAT_EUSAGE: an unknown name, or a model that is not of
 * paths. */
gat_status explain_fact(gat_explanation **out, const gat_model *model, const char *head, const char *relation,
                        const char *tail, int64_t top, const gat_dataset *graph, gat_error *err);
void explanation_free(gat_explanation *explanation);

#endif

/* Facts that a model cannot do anything with. */
#ifndef GAT_TASKS_SKIP_UNKNOWN_H
#define GAT_TASKS_SKIP_UNKNOWN_H

#include "base/status.h"
#include "io/dataset.h"
#include "model/kg_model.h"

/* Takes the facts out of all splits whose relation the model has not seen in training. *skipped: how many; *relation: the
 * first such relation, borrowed from the data, or NULL. Entities stay. */
gat_status skip_unknown_relations(gat_dataset *data, const gat_model *model, int64_t *skipped, const char **relation,
                                  gat_error *err);

#endif

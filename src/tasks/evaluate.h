/* The task behind `evaluate`: filtered ranks of a split's facts, and what they mean by direction, relation and kind of
 * relation. */
#ifndef GAT_TASKS_EVALUATE_H
#define GAT_TASKS_EVALUATE_H

#include "base/status.h"
#include "eval/evaluation.h"
#include "io/dataset.h"
#include "model/kg_model.h"

/* Candidates are all entities of the data (of its ind_* files for an inductive split), known answers those of its train,
 * valid and test (ind_*). Messages pass over the model's training facts, over ind_train for an inductive split, or over
 * the train facts of `graph` where it is given; names are matched. The baseline reads the same facts backwards.
 * GAT_EDATA: the split is missing or empty, or names a relation the model has not seen in training. */
gat_status evaluate_split(gat_evaluation **out, const gat_model *model, const gat_dataset *data,
                          const gat_evaluate_options *options, gat_error *err);
void evaluation_free(gat_evaluation *evaluation);

#endif

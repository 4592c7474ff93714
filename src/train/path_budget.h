/* How long a training of paths will be, in questions. */
#ifndef GAT_TRAIN_PATH_BUDGET_H
#define GAT_TRAIN_PATH_BUDGET_H

#include "path/path_training.h"
#include "train/train_run.h"

/* Of one net, by the configuration. */
gat_status path_budget(int64_t *questions, const gat_model *model, gat_error *err);

/* By the clock: what it costs to train with a question, from steps whose effect is taken back, and to rank the facts of
 * valid once. Takes about a thirtieth of the time that is left. */
typedef struct path_costs {
    double question, validation; /* seconds */
} path_costs;

gat_status path_measure_costs(path_costs *costs, train_run *run, const path_training_options *options, gat_error *err);

#endif

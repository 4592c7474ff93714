/* Memory and time of a training, beforehand. */
#ifndef GAT_TRAIN_PLAN_H
#define GAT_TRAIN_PLAN_H

#include "train/plan_types.h"
#include "train/train_run.h"

/* Seconds of steps that are enough. */
#define PLAN_SECONDS 1.5

/* See gat_plan_training. seconds: of the steps that are tried. */
gat_status plan_training(gat_plan *out, const gat_dataset *data, const gat_config *config,
                         const gat_train_options *options, double seconds, gat_error *err);

#endif

/* The first steps of a training, for what they take: the very functions that the training would call, on the whole data, and
 * nothing is kept of it. */
#ifndef GAT_TRAIN_PLAN_TRIAL_H
#define GAT_TRAIN_PLAN_TRIAL_H

#include "train/plan_types.h"
#include "train/train_run.h"

/* Bytes in use, or the most of them, at the ends of stages of the trial. */
typedef struct plan_trial {
    double seconds;                   /* of steps that are enough */
    int64_t before, opened, prepared; /* before it; the model is there; all that the first step needs */
    int64_t stepped, validated;       /* at most: in the steps; in a validation */
    int64_t held;                     /* after the steps */
    int64_t peak;
    int64_t value_bytes, gradient_bytes, moment_bytes, table_bytes; /* of those: known exactly */
} plan_trial;

gat_plan_time plan_now(void);

/* Fills in all of *out but the parts and sums of memory. */
gat_status plan_try_embeddings(gat_plan *out, plan_trial *trial, const gat_dataset *data, const gat_config *config,
                               const gat_train_options *options, gat_error *err);
gat_status plan_try_paths(gat_plan *out, plan_trial *trial, const gat_dataset *data, const gat_config *config,
                          const gat_train_options *options, gat_error *err);

#endif

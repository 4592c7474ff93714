/* The training loop of models of paths. A run is measured in questions, not in epochs: large graphs are learned well
 * before every fact has been asked. It is cut into slices, each with a validation at its end. */
#ifndef GAT_TRAIN_PATH_TRAINER_H
#define GAT_TRAIN_PATH_TRAINER_H

#include "path/path_training.h"
#include "train/train_run.h"

/* Learns a model of dataset->splits[train]; see gat_train. The questions are config.queries, or those of config.epochs;
 * under a time limit that would come before them, as many as a short measurement says there is time for: the learning
 * rate falls to zero with the last. model->queries and eval_queries repeat such a run as config.queries and
 * config.eval_queries. */
gat_status train_paths(gat_model **out, const gat_dataset *dataset, const gat_config *config,
                       const gat_train_options *options, gat_error *err);

/* Validations of a run where neither options nor time limit say. */
enum { PATH_SLICES = 8 };

/* What the configuration says of the steps of a net with so many questions; the questions between two validations when
 * there are so many in all. */
path_training_options path_trainer_options(const gat_config *config, int64_t budget);
int64_t path_trainer_slice(const gat_config *config, int64_t questions, int64_t slices);

#endif

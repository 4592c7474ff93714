/* One step of the training of models with entity embeddings. */
#ifndef GAT_TRAIN_TRAIN_STEP_H
#define GAT_TRAIN_TRAIN_STEP_H

#include "train/trainer.h"

/* Takes the step at the position, which moves on; the loss is added there. GAT_EFAILED: it is not a number. */
gat_status train_step(gat_trainer *trainer, gat_error *err);

#endif

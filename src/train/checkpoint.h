/* A training run on disk: the sections of its model, the optimiser, the kept parameters and the position. */
#ifndef GAT_TRAIN_CHECKPOINT_H
#define GAT_TRAIN_CHECKPOINT_H

#include "train/trainer.h"

gat_status checkpoint_save(const gat_trainer *trainer, const char *path, gat_error *err);

/* Takes the state into a trainer made for the same data and options. GAT_EUSAGE: the checkpoint belongs to another run
 * (options or data differ); GAT_EMODEL: damaged. */
gat_status checkpoint_load(gat_trainer *trainer, const char *path, gat_error *err);

#endif

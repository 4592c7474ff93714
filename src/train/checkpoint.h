/* A training run on disk: the sections of its model, the kept parameters, the optimiser and where the steps stand. */
#ifndef GAT_TRAIN_CHECKPOINT_H
#define GAT_TRAIN_CHECKPOINT_H

#include "train/train_run.h"

/* What a kind of training adds to its run. */
typedef struct checkpoint_state {
    void *position; /* a struct without pointers, as it lies in the file; the caller checks what was loaded */
    int64_t position_size;
    float *optimizer;
    int64_t optimizer_size; /* floats */
    float *finished;        /* parameters of members that are done; NULL: none of the kind */
    int64_t finished_size;  /* floats; as many as were there after loading, ... */
    int64_t finished_room;  /* ... at most */
} checkpoint_state;

gat_status checkpoint_save(const train_run *run, const checkpoint_state *state, const char *path, gat_error *err);

/* Takes both into a run made for the same data and options. After a failure nobody goes on with it. GAT_EUSAGE: the checkpoint
 * belongs to another run (options or data differ); GAT_EMODEL: damaged. */
gat_status checkpoint_load(train_run *run, checkpoint_state *state, const char *path, gat_error *err);

#endif

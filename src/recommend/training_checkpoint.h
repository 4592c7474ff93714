/* A training of a recommender on disk, after some epoch. */
#ifndef GAT_RECOMMEND_TRAINING_CHECKPOINT_H
#define GAT_RECOMMEND_TRAINING_CHECKPOINT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/status.h"

typedef struct training_place {
    int64_t epoch, best_epoch, steps;
    double best;
} training_place;

typedef struct training_checkpoint {
    const char *path; /* NULL: nothing is kept */
    uint64_t identity[2];
    training_place place;
    float *value, *state, *kept; /* (size), (slots,size), (size) */
    int64_t size, slots;
} training_checkpoint;

gat_status training_checkpoint_write(const training_checkpoint *c, gat_error *err);

/* *found: there is one. GAT_EUSAGE: of other options or data; GAT_EMODEL: damaged. */
gat_status training_checkpoint_read(bool *found, training_checkpoint *c, gat_error *err);

#endif

/* The training loop of models with entity embeddings and its state, and the way to all loops. */
#ifndef GAT_TRAIN_TRAINER_H
#define GAT_TRAIN_TRAINER_H

#include "autodiff/tape.h"
#include "graph/csr.h"
#include "train/batch.h"
#include "train/optimizer.h"
#include "train/sampled_step.h"
#include "train/thread_pace.h"
#include "train/train_run.h"

/* What a checkpoint has to remember besides parameters and optimiser. */
typedef struct train_position {
    int64_t epoch, step; /* epochs finished; steps done in the current one */
    train_verdict verdict;
    double loss; /* sum over the answers of the current epoch */
    double answers;
    int64_t optim_steps;

    /* Of a model with several members: the one that is trained, from 0, and those that can be joined; how many epochs it may
     * take when it is not the first; the most epochs that one had, and up to its kept state. */
    int64_t member, members_done, most_epochs, told_epochs, best_epoch;
} train_position;

typedef struct gat_trainer {
    train_run run;
    const gat_filter *questions; /* of the training facts; the view's */
    int32_t *place;              /* (num_seen) number of each entity of the data in here; NULL: the same */
    const gat_graph *graph;      /* of the training facts; NULL without an encoder */
    gat_graph *own_graph;        /* NULL: graph is that of the view */
    gat_batches batches;
    bool sampled;        /* steps go through a sample ... */
    sampled_step sample; /* ... made here */
    gat_optim optim;
    gat_tape *tape;
    thread_pace pace;
    float *answer_weight; /* (N) in the loss; NULL: one each */
    float *finished;      /* (members, params.size) of members that are done; NULL: there is but one */
    train_position at;
} gat_trainer;

/* After run_open: all that is needed before the first step. */
gat_status trainer_prepare(gat_trainer *trainer, gat_error *err);
void trainer_clear(gat_trainer *trainer);

/* Learns a model of dataset->splits[train]; see gat_train. */
gat_status train_model(gat_model **out, const gat_dataset *dataset, const gat_config *config,
                       const gat_train_options *options, gat_error *err);

#endif

/* The training loop and its state. */
#ifndef GAT_TRAIN_TRAINER_H
#define GAT_TRAIN_TRAINER_H

#include "autodiff/tape.h"
#include "graph/csr.h"
#include "io/dataset.h"
#include "model/kg_model.h"
#include "train/batch.h"
#include "train/optimizer.h"
#include "train/progress.h"
#include "train/sampled_step.h"

/* What a checkpoint has to remember besides parameters and optimiser. */
typedef struct train_position {
    int64_t epoch, step; /* epochs finished; steps done in the current one */
    int64_t stale;       /* validations since the best */
    double best;         /* its MRR */
    double loss;         /* sum over the answers of the current epoch */
    double answers;
    int64_t optim_steps;
    int64_t finished; /* patience ran out */
} train_position;

typedef struct gat_trainer {
    gat_model *model;
    const gat_dataset *data;
    const gat_train_options *options;
    const gat_filter *questions; /* of the training facts; the view's */
    gat_filter *known;           /* of train and valid, to filter validation ranks */
    gat_triples valid;           /* facts that epochs are judged by */
    int32_t *place;              /* (num_seen) number of each entity of the data in here; NULL: the same */
    const gat_graph *graph;      /* of the training facts; NULL without an encoder */
    gat_graph *own_graph;        /* NULL: graph is that of the view */
    gat_batches batches;
    bool sampled;        /* steps go through a sample ... */
    sampled_step sample; /* ... made here */
    gat_optim optim;
    gat_tape *tape;
    float *kept;          /* parameters of the kept epoch */
    float *answer_weight; /* (N) in the loss; NULL: one each */
    model_origin origin;  /* of the kept epoch */
    train_position at;
    double started, saved; /* clock at the start and after the last checkpoint */
    double saving;         /* seconds it took */
} gat_trainer;

/* Learns a model of dataset->splits[train]; see gat_train. */
gat_status train_model(gat_model **out, const gat_dataset *dataset, const gat_config *config,
                       const gat_train_options *options, gat_error *err);

/* Seconds of a monotonic clock. */
double train_clock(void);

#endif

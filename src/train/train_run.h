/* What training runs of all kinds of models share: the model to be, the facts that judge it, the best state so far, the
 * clock and the files. */
#ifndef GAT_TRAIN_TRAIN_RUN_H
#define GAT_TRAIN_TRAIN_RUN_H

#include "graph/filter.h"
#include "io/dataset.h"
#include "model/kg_model.h"
#include "model/training_memory.h"
#include "train/progress.h"

typedef struct train_run {
    gat_model *model;
    const gat_dataset *data;
    const gat_train_options *options;
    gat_triples valid;     /* facts of valid that it is judged by */
    gat_filter *known;     /* of train and valid, to filter their ranks */
    float *kept;           /* parameters of the kept state */
    model_origin origin;   /* of the kept state */
    double started, saved; /* clock at the start and after the last checkpoint */
    double saving;         /* seconds that took */
} train_run;

/* How a run stands with the validations; part of a checkpoint. */
typedef struct train_verdict {
    double best;      /* MRR */
    int64_t stale;    /* validations since */
    int64_t finished; /* patience ran out */
} train_verdict;

/* Starts the clock, checks options, valid and memory, makes the model with its first parameters. data and options are
 * borrowed. */
gat_status run_open(train_run *run, const gat_dataset *data, const gat_config *config, const gat_train_options *options,
                    gat_error *err);
void run_clear(train_run *run);

/* What a training of the data takes beside what the process holds, estimated from sizes alone. */
gat_status run_memory(training_memory *out, const gat_dataset *data, const gat_config *config, gat_error *err);

/* After model_finish. place (num_seen): new number of each entity; NULL: the numbers of the data. */
gat_status run_prepare(train_run *run, const int32_t *place, gat_error *err);

/* The present parameters are the kept ones, of no epoch yet. */
void run_restart(train_run *run);

/* Ranks the facts of valid and tells progress and verdict. */
gat_status run_validate(train_run *run, gat_progress *progress, train_verdict *verdict, gat_error *err);

/* The present parameters become the kept ones. GAT_EFAILED: one of them is not a number. at: in the message, "after
 * epoch 3". */
gat_status run_keep(train_run *run, const gat_progress *progress, const char *at, gat_error *err);

/* Whether a state that no validation told to be better is kept. */
bool run_keeps_anyway(const train_run *run);

/* The kept state becomes the model's, without gradients. */
void run_take_kept(train_run *run);

double run_seconds(const train_run *run);
double run_time_left(const train_run *run);

/* A checkpoint is due every 20 seconds; a large one less often: a twentieth of the time goes there at most. run_saved
 * tells of one that was begun at that clock. */
bool run_checkpoint_due(const train_run *run);
void run_saved(train_run *run, double begun);

bool run_stop_asked(const train_run *run);

#endif

/* How a training run is watched, stopped and kept. */
#ifndef GAT_PROGRESS_H
#define GAT_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/log.h"
#include "eval/ranking.h"

/* After every epoch; models of paths: after every validation, and now and then between two. valid is zero where there was no
 * validation. */
typedef struct gat_progress {
    int64_t epoch, epochs;
    int64_t queries, all_queries; /* questions learned from and to come in all; of models of paths, else 0 */
    bool between;   /* nothing has ended: this is told for the eye alone, and its answer does not matter */
    double loss;    /* mean per training answer */
    double seconds; /* since the call began */
    double learning_rate;
    gat_ranking valid;
    bool improved; /* best valid MRR so far */
} gat_progress;

typedef struct gat_train_options {
    const char *
        checkpoint; /* path, or NULL: no checkpoints. Left there after a finished run: remove it once the model is saved */
    bool resume;    /* go on from the checkpoint when it is there */
    double time_limit;   /* seconds, 0: none; counted from the call, less `spent` */
    double spent;        /* seconds the caller has used already */
    bool joins;          /* models of paths: gat_model_add_side follows, and is left time for */
    bool choose_threads; /* steps of models of entities run on one thread where small ones are faster so */
    int64_t max_memory;  /* bytes, 0: no limit. GAT_ENOSPC before training starts when the estimate is above */
    /* NULL is fine. A non-zero return stops: the checkpoint is written and the call ends in GAT_EINTERRUPTED. */
    int (*on_progress)(void *context, const gat_progress *progress);
    /* Asked between steps; non-zero stops the same way. */
    int (*should_stop)(void *context);
    void *context;
    gat_log log;
} gat_train_options;

#endif

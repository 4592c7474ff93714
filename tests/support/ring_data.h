/* A made-up graph that can be learnt: entities on a ring with "next", "skip" and a symmetric "opposite"; every seventh fact
 * is kept for valid and test. And training runs on it, for tests. */
#ifndef GAT_TESTS_RING_DATA_H
#define GAT_TESTS_RING_DATA_H

#include "io/dataset.h"
#include "model/kg_model.h"
#include "train/trainer.h"

enum { RING = 24, RING_LONGEST_RUN = 400 };

/* Free with dataset_free. noise: test holds other facts over the same names. */
gat_dataset *ring_dataset(bool noise);

/* Options: small defaults, with layers that say something from the start, then "name=value name=value ...". */
gat_config ring_config(const char *settings);

/* What a run told, and when it is to stop. */
typedef struct ring_watch {
    int64_t epochs; /* reported */
    double loss[RING_LONGEST_RUN], mrr[RING_LONGEST_RUN];
    int64_t steps, stop_after_steps; /* should_stop answers yes after so many steps; 0: never */
    int64_t stop_after_epochs;       /* on_progress likewise */
} ring_watch;

/* Options that report to `watch`. */
gat_train_options ring_watched(ring_watch *watch);

/* train_model; a failure other than the expected status ends the test. NULL where it failed as expected. */
gat_model *ring_train(const gat_dataset *data, const gat_config *config, const gat_train_options *options,
                      gat_status expected);

/* The digest of a run, and nothing else. */
typedef struct ring_digest {
    uint64_t half[2];
} ring_digest;

ring_digest ring_digest_of(const gat_model *model);
ring_digest ring_run(const gat_dataset *data, const gat_config *config, const gat_train_options *options);

#define assert_same_digest(a, b) assert_memory_equal(&(a), &(b), sizeof(ring_digest))
#define assert_other_digest(a, b) assert_memory_not_equal(&(a), &(b), sizeof(ring_digest))

#endif

/* The parts of a data set and how a path is turned into them. */
#ifndef GAT_SPLIT_H
#define GAT_SPLIT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/log.h"
#include "base/status.h"

typedef enum gat_split {
    GAT_SPLIT_TRAIN,
    GAT_SPLIT_VALID,
    GAT_SPLIT_TEST,
    GAT_SPLIT_IND_TRAIN,
    GAT_SPLIT_IND_VALID,
    GAT_SPLIT_IND_TEST,
    GAT_NUM_SPLITS
} gat_split;

/* A knowledge graph as its user keeps it: splits, names, texts. Read-only once loaded, so any number of
 * threads may use it. */
typedef struct gat_dataset gat_dataset;

/* Zero-initialise, then set what differs; a NULL pointer to options means the defaults. */
typedef struct gat_dataset_options {
    double holdout; /* share of a single file held out for valid, and again for test; 0: .05, negative: none */
    uint64_t seed;  /* of that split; 0: 1 */
    bool whole;     /* every fact of a file, or of a folder's train, is train; no other split is read */
    gat_log log;    /* warnings: duplicates, unseen entities, empty splits */
} gat_dataset_options;

/* "train", "valid", ..., "ind_test"; and back, -1 when unknown. */
GAT_PUBLIC const char *gat_split_name(gat_split split);
GAT_PUBLIC int gat_split_by_name(const char *name);

#endif

/* A knowledge graph as its user keeps it: splits, names, texts.
 *
 * Entities are numbered by first appearance over train, valid, test; relations likewise. Those of train come
 * first, so an id below num_train_entities has been seen in training. Inductive files (ind_*) have their own
 * entity numbering, as their entities may share names with train without being meant; relations are shared. */
#ifndef GAT_IO_DATASET_H
#define GAT_IO_DATASET_H

#include <stdbool.h>
#include <stdint.h>

#include "base/intern.h"
#include "base/log.h"
#include "base/status.h"
#include "graph/split.h"
#include "graph/triples.h"

struct gat_dataset {
    char *path; /* as it was asked for */
    gat_intern *entities, *relations;
    gat_intern *ind_entities; /* NULL without ind_* files */
    gat_triples splits[GAT_NUM_SPLITS];
    bool present[GAT_NUM_SPLITS]; /* the file was there (an empty split may be present) */
    int32_t num_train_entities, num_train_relations;
    int64_t duplicates[GAT_NUM_SPLITS]; /* repeated facts dropped */
    int64_t unseen[GAT_NUM_SPLITS];     /* facts naming an entity or relation not in train; counted, kept */
    double holdout;                     /* share split off a single file; 0 when the splits were given */
    uint64_t holdout_seed;
    char **entity_text; /* by entity id, NULL where none is known; NULL without the file; one block */
    char **relation_text;
    uint64_t digest[2]; /* XXH3-128 of all splits as ids and of the names */
};

/* DATA is a folder or one file (see the manual). Warnings go to the log of the options. GAT_EDATA names file and line. options NULL: defaults. */
gat_status dataset_load(gat_dataset **out, const char *path, const gat_dataset_options *options, gat_error *err);
void dataset_free(gat_dataset *dataset);

#endif

/* Which facts are asked about while which are walked over. The facts of an epoch are shuffled and cut into chunks;
 * while a chunk is asked, its facts are not in the graph. A question that a chunk asks several times is one question
 * with several answers; its answers in other chunks stay in the graph, as they do when the model is used. */
#ifndef GAT_PATH_PATH_SPLIT_H
#define GAT_PATH_PATH_SPLIT_H

#include "path/path_graph.h"
#include "path/path_step.h"

typedef enum path_hide {
    PATH_HIDE_FACT, /* only what is asked */
    PATH_HIDE_PAIR, /* every fact between the two ends: for data where test never asks about ends that train joins */
    PATH_NUM_HIDE
} path_hide;

typedef struct path_split {
    const gat_triples *facts; /* borrowed */
    int32_t num_relations;
    int64_t chunk; /* facts asked at once */
    path_hide hide;
    int64_t *order;      /* (facts) of the epoch */
    int32_t *pair_first; /* by pairs of ends, facts in pair order; NULL when only facts are hidden */
    int32_t *pair_fact, *pair_of;
    uint8_t *hidden;                     /* (facts) in the current chunk */
    int32_t *entity, *relation, *answer; /* (2 chunk) questions of the current chunk */
    int64_t *first, *place;
    path_questions questions;
} path_split;

gat_status path_split_init(path_split *split, const gat_triples *facts, int32_t num_relations, double share,
                           path_hide hide, gat_error *err);
void path_split_clear(path_split *split);

int64_t path_split_chunks(const path_split *split);

/* Shuffles for an epoch. */
void path_split_epoch(path_split *split, uint64_t seed, int64_t epoch);

/* Makes hidden and questions, in shuffled order, of chunk c. */
gat_status path_split_chunk(path_split *split, uint64_t seed, int64_t epoch, int64_t c, gat_error *err);

#endif

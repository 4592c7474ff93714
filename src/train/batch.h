/* Batches of questions. Facts that share (entity, relation) are one row with several answers: the same gradient for
 * several times less work. While a batch is learnt, the edges of its own facts, both ways, are hidden from the encoder. */
#ifndef GAT_TRAIN_BATCH_H
#define GAT_TRAIN_BATCH_H

#include <stdbool.h>

#include "graph/csr.h"
#include "graph/filter.h"
#include "kernels/loss.h"

/* A question with more answers than a row may have goes on in rows of its own. */
typedef struct batch_rest {
    int32_t begin;    /* answers begin .. begin + most_answers of its question */
    int64_t question; /* among the filter's */
} batch_rest;

typedef struct gat_batches {
    const gat_filter *questions; /* borrowed: of the training facts */
    const gat_graph *graph;      /* borrowed; NULL: nothing to hide */
    int64_t num_rows, batch, num_questions;
    int64_t most_answers;               /* of a row */
    batch_rest *rest;                   /* (num_rows - num_questions): rows behind those of the questions themselves */
    int64_t *order;                     /* (num_rows) of the epoch */
    uint8_t *hidden;                    /* (E) */
    bool hides_more;                    /* others hide edges too: all come into sight again with the next batch */
    gat_query *asked;                   /* (batch) the whole question of each row of the current batch */
    int32_t *entity, *relation;         /* (batch) */
    int64_t *first;                     /* (batch + 1) */
    int32_t *answer;                    /* all answers of the batch, row after row ... */
    int32_t *fact;                      /* ... what fact says so ... */
    int32_t *fact_head, *fact_relation; /* ... and the entity and relation of their rows */
    int64_t *fact_first;                /* 0, 1, 2, ...: a row for every fact */
    int64_t answer_capacity;
    float *entity_weight;   /* (N) times an entity is a factor in the batch */
    float *relation_weight; /* (2R) */
    int64_t num_entities, num_relations;
    gat_rows rows; /* the current batch as the loss wants it */
    double total;  /* its answers */
} gat_batches;

/* most_answers 0: a row has all answers of its question. */
gat_status batches_init(gat_batches *b, const gat_filter *questions, const gat_graph *graph, int64_t num_entities,
                        int64_t num_relations, int64_t batch, int64_t most_answers, gat_error *err);
void batches_clear(gat_batches *b);

int64_t batches_count(const gat_batches *b);

/* The order of an epoch, from (seed, epoch) alone. */
void batches_shuffle(gat_batches *b, uint64_t seed, int64_t epoch);

/* Makes batch `step` current; the one before becomes visible again. */
gat_status batches_take(gat_batches *b, int64_t step, gat_error *err);

#endif

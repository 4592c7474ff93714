/* A batch in numbers of its own: the part of a step that does not grow with the graph.
 *
 * The candidates of all rows come first: every answer of the batch, then one entity of each of `negatives` equal strata of
 * all entities, so that each is drawn with the same chance; then the entities asked about. An entity is a candidate with a
 * chance that follows from the size of a stratum and from the number of its answers, which the loss corrects by.
 * Candidates that are known answers of a row's question, beyond the row's own, are masked. */
#ifndef GAT_TRAIN_LOCAL_BATCH_H
#define GAT_TRAIN_LOCAL_BATCH_H

#include "base/arena.h"
#include "graph/node_set.h"
#include "kernels/candidate_loss.h"
#include "train/batch.h"

/* Rows of candidate losses have so many answers at most, so that a step stays small whatever the hubs. */
enum { LOCAL_MOST_ANSWERS = 128 };

typedef struct local_batch {
    node_set nodes;       /* of the step; blocks add their sources behind */
    int32_t *occurrences; /* (N) rows of an epoch that an entity answers */
    int64_t num_entities, negatives;
    gat_batches batch;         /* as the batch it was made from, in the set's numbers; only what a step reads */
    gat_candidates candidates; /* the first numbers */
} local_batch;

/* negatives 0: all entities are candidates, in their own order, and none is masked. */
gat_status local_batch_init(local_batch *l, const gat_filter *questions, int64_t num_entities, int64_t negatives,
                            gat_error *err);
void local_batch_clear(local_batch *l);

/* Follows a taken batch; arrays lie in the arena. Depends on the batch and the key alone. */
gat_status local_batch_make(local_batch *l, const gat_batches *batch, uint32_t key, gat_arena *arena, gat_error *err);

#endif

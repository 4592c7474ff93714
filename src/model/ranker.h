/* Filtered ranks of facts under a view of a model, in both directions. */
#ifndef GAT_MODEL_RANKER_H
#define GAT_MODEL_RANKER_H

#include "base/precision.h"
#include "eval/rank.h"
#include "model/view.h"

/* How they are made, and who may stop it. */
typedef struct rank_way {
    gat_precision precision;
    int (*should_stop)(void *context); /* asked between blocks; non-zero: GAT_EINTERRUPTED. NULL: never */
    void *context;
} rank_way;

/* ranks (facts, 2): of the tail for (h, r, ?), then of the head for (?, r, t). Ids as in the view, of its candidates; `known` was built with
 * the model's num_seen_relations. Facts that share a question have it answered once. GAT_PRECISION_BF16 is faster where the
 * processor has it and the model has embeddings, and gives the same ranks. Memory: one block of scores, at most
 * RANKER_SCORES floats or eight rows, and 32 bytes a fact. */
enum { RANKER_SCORES = 1 << 23, RANKER_ROWS = 512 };
gat_status rank_facts(gat_rank *ranks, const model_view *view, const gat_triple *facts, int64_t count,
                      const gat_filter *known, const rank_way *way, gat_error *err);

/* Their means over both directions. */
gat_status rank_means(gat_ranking *out, const model_view *view, const gat_triples *facts, const gat_filter *known,
                      gat_precision precision, gat_error *err);

#endif

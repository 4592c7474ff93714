/* What stands in for the embedding of an entity that has none: one that was not there in training, or one that a step of
 * training treats as such. By the option `unknown`:
 *     facts      the mean of the query vectors that its facts with embedded entities ask for
 *     neighbors  the mean of the embeddings at the other ends of those facts
 *     common     a row for all, as for an entity without such facts: learned with unknown-entities, else the mean of all
 * It depends on the entity's facts alone, not on its name or number. */
#ifndef GAT_MODEL_UNSEEN_H
#define GAT_MODEL_UNSEEN_H

#include "graph/csr.h"
#include "kernels/replace.h"
#include "model/kg_model.h"

/* The graph may have far edges (reach.h): they are passed over.
 * source (N), a gat_row_source: the caller has marked those with an embedding GAT_ROW_OWN and all others GAT_ROW_COMMON;
 * those that facts can fill become GAT_ROW_FILLED. hidden: edges that are not there, by edge id; NULL: none. */
void unseen_sources(uint8_t *source, const gat_config *config, const gat_graph *graph, const uint8_t *hidden);

/* row (D): the common one. */
gat_status unseen_common_row(float *row, const gat_model *model, gat_error *err);

/* Fills the GAT_ROW_FILLED rows of x (N,D) from the GAT_ROW_OWN ones, with the same hidden edges. */
gat_status unseen_fill(float *x, const uint8_t *source, const gat_model *model, const gat_graph *graph,
                       const uint8_t *hidden, gat_error *err);

#endif

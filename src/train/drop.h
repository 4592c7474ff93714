/* Self-supervision: what a step takes away from the encoder, so that it learns to fill it in from what is left. A draw is
 * a function of its key alone, hence the same for any number of threads and after a resumed run. */
#ifndef GAT_TRAIN_DROP_H
#define GAT_TRAIN_DROP_H

#include <stdint.h>

#include "autodiff/tape.h"
#include "graph/block.h"
#include "graph/csr.h"
#include "graph/node_set.h"
#include "model/kg_model.h"

/* Hides a share of the facts, both edges of each; hidden (E) by edge id is added to. */
void drop_facts(uint8_t *hidden, const gat_graph *graph, double share, uint32_t key);

/* x (N,D), the embeddings of the graph's nodes, in which unknown-entities' share of the rows is replaced by what stands in for
 * the embedding of an entity that has none (model/unseen.h), as the edges that are not hidden have it; x itself without that
 * option. */
gat_mat *drop_entities(gat_tape *tape, const gat_model *model, gat_mat *x, const gat_graph *graph,
                       const uint8_t *hidden, uint32_t key);

/* The same for the nodes of a sampled step, by the edges of its first block: those that are only read have none, and keep
 * their rows. */
gat_mat *drop_sampled_entities(gat_tape *tape, const gat_model *model, gat_mat *x, const node_set *nodes,
                               const gat_block *blocks, uint32_t key);

#endif

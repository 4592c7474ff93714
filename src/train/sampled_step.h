/* Training on a sample: what a step reads, computes and changes is in proportion to its batch, not to the graph. The
 * questions of a batch are answered among candidates (local_batch.h), the encoder sees a sample of edges (block.h), and the
 * embeddings of the entities that take part are copied together, so that their gradients are rows for the optimiser.
 * All draws follow from the step's stream. */
#ifndef GAT_TRAIN_SAMPLED_STEP_H
#define GAT_TRAIN_SAMPLED_STEP_H

#include "graph/block.h"
#include "model/kg_model.h"
#include "train/local_batch.h"

typedef struct sampled_step {
    local_batch local;
    gat_block *blocks;    /* (layers) of the current step */
    gat_mat *embeddings;  /* of all nodes of the step; row i is that of local.nodes.nodes[i] */
    float *answer_weight; /* (K) of the current step, or NULL */
} sampled_step;

gat_status sampled_step_init(sampled_step *s, const gat_model *model, const gat_filter *questions, gat_error *err);
void sampled_step_clear(sampled_step *s);

/* Draws a step: its local batch, its blocks, and the embeddings that the encoder reads through them; NULL after a failure,
 * which the tape knows. graph: NULL without an encoder. answer_weight: (N) by entity, or NULL. */
gat_mat *sampled_step_embeddings(sampled_step *s, gat_tape *tape, const gat_model *model, const gat_graph *graph,
                                 const gat_batches *batch, const float *answer_weight, uint64_t stream);

/* The loss of queries q against the candidates, the first rows of x, the encoded entities of the local batch. */
double sampled_step_loss(const sampled_step *s, gat_tape *tape, gat_mat *q, gat_mat *x, const gat_loss_options *how);

#endif

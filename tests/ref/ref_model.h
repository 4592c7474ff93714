/* The training loss of a whole model in double: encoder, decoder, loss and regulariser, without dropout. */
#ifndef GAT_TESTS_REF_MODEL_H
#define GAT_TESTS_REF_MODEL_H

#include "model/kg_model.h"
#include "train/batch.h"

typedef struct ref_step {
    const gat_model *model; /* configuration and layout of the parameters */
    const gat_graph *graph;
    const gat_batches *batch; /* questions, answers, weights, hidden edges */
    const double *params;     /* a block laid out as model->params */
    bool whole;               /* see ref_loss */
    const float *positions;   /* (N, position-dim); NULL: the model has none */
} ref_step;

double ref_step_loss(const ref_step *s);

#endif

/* The query vectors of a model's decoder: (entity, relation) of each row made into the vector that candidates are
 * compared with. Training, ranking and prediction all ask here. */
#ifndef GAT_MODEL_DECODER_H
#define GAT_MODEL_DECODER_H

#include <stdint.h>

#include "autodiff/tape.h"
#include "model/model_info.h"

/* (B,D) from x (N,D) encoded entities and r the relation parameter. stream: of dropout masks; used only when the tape
 * records. */
gat_mat *decoder_queries(gat_tape *tape, const gat_model *model, gat_mat *x, gat_mat *r, const int32_t *entity,
                         const int32_t *relation, int64_t b, uint64_t stream);

#endif

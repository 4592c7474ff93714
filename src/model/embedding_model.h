/* Parameters of models with entity embeddings: the encoder's, the decoder's, the tables. */
#ifndef GAT_MODEL_EMBEDDING_MODEL_H
#define GAT_MODEL_EMBEDDING_MODEL_H

#include "model/kg_model.h"

/* Entities that only other splits name get a row of every activation, though no parameters: their number is bounded, so that
 * a small file cannot ask for a large memory. GAT_EDATA above the bound. */
gat_status embedding_check_unseen(const gat_model *model, gat_error *err);

/* The parts of a model_kind. */
gat_status embedding_declare(gat_model *model, gat_error *err);
void embedding_init_params(gat_model *model);

#endif

/* The decoder of a model: its own parameters beside the relation table, and the query vectors it makes of (entity,
 * relation), with which candidates are compared. Training, ranking and prediction all ask here. */
#ifndef GAT_MODEL_DECODER_H
#define GAT_MODEL_DECODER_H

#include <stdint.h>

#include "autodiff/tape.h"
#include "model/config.h"
#include "model/conve.h"
#include "model/model_info.h"
#include "model/tucker.h"

/* Indices of parameters; only those of the configured decoder mean something. */
typedef struct gat_decoder_params {
    tucker_params tucker;
    conve_params conve;
} gat_decoder_params;

/* What the options of the decoder must agree on. */
gat_status decoder_check(const gat_config *config, gat_error *err);

/* Width of a relation's vector. */
int64_t decoder_width(const gat_config *config);

gat_status decoder_declare(gat_decoder_params *p, gat_params *params, const gat_config *config, gat_error *err);

/* Initial values of relations, from the stream of random numbers, and of these; after those of the entities. */
void decoder_init_params(gat_model *model, uint64_t stream);

/* Floats that training keeps for the queries of a batch, at most `questions`, and for the decoder's own parameters. */
int64_t decoder_training_floats(const gat_config *config, int64_t relations, int64_t questions);

/* (B,D) from x (N,D) encoded entities and r the relation parameter. stream: of dropout masks; used only when the tape
 * records. */
gat_mat *decoder_queries(gat_tape *tape, const gat_model *model, gat_mat *x, gat_mat *r, const int32_t *entity,
                         const int32_t *relation, int64_t b, uint64_t stream);

#endif

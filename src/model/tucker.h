/* TuckER (Balazevic et al. 2019): q = (W x_1 r) x_2 e with a core tensor W (D,D,Dr) shared by all relations. The matrix of
 * a relation is made once for all rows of a batch that ask for it, and its dropout mask with it. LayerNorm stands where the
 * paper has batch normalisation: a question then scores the same in every batch. */
#ifndef GAT_MODEL_TUCKER_H
#define GAT_MODEL_TUCKER_H

#include "autodiff/tape.h"
#include "model/config.h"

typedef struct tucker_params {
    int core, input_gain, input_bias, query_gain, query_bias; /* core (D*D, Dr): row k*D + i is W[k][i] */
} tucker_params;

gat_status tucker_declare(tucker_params *p, gat_params *params, const gat_config *config, int64_t relation_width,
                          gat_error *err);
void tucker_init(const tucker_params *p, gat_params *params, uint64_t seed);

/* (B,D) from e (B,D) entities of the rows; r (2R,Dr) relations. key: of dropout masks. */
gat_mat *tucker_queries(gat_tape *tape, const tucker_params *p, const gat_params *params, const gat_config *config,
                        gat_mat *e, gat_mat *r, const int32_t *relation, uint32_t key);

#endif

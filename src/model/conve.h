/* ConvE (Dettmers et al. 2018): entity above relation as one picture, 3 x 3 filters, and a linear map back to the width of
 * an entity. The last column of every entity's embedding is its bias: the query has 1 there, so the paper's bias of each
 * entity needs no other score. LayerNorm stands where the paper has batch normalisation: a question then scores the same
 * in every batch. */
#ifndef GAT_MODEL_CONVE_H
#define GAT_MODEL_CONVE_H

#include "autodiff/tape.h"
#include "model/config.h"

typedef struct conve_params {
    int input_gain, input_bias, filter, filter_bias, map_gain, map_bias, weight, bias, query_gain, query_bias;
} conve_params;

/* Width and height of the picture that is nearest to a square, its rows shared by no two vectors; false: none is at least
 * 3 x 3. */
bool conve_picture(int64_t *height, int64_t *width, int64_t dim, int64_t relation_width);

gat_status conve_declare(conve_params *p, gat_params *params, const gat_config *config, int64_t relation_width,
                         gat_error *err);
void conve_init(const conve_params *p, gat_params *params, uint64_t seed);

/* (B,D) from e (B,D) entities and r (B,Dr) relations of the rows. key: of dropout masks. */
gat_mat *conve_queries(gat_tape *tape, const conve_params *p, const gat_params *params, const gat_config *config,
                       gat_mat *e, gat_mat *r, uint32_t key);

#endif

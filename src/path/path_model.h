/* A path model: which entity answers (entity, relation, ?) is read off the facts between the two, by messages that
 * start at the entity and that know the relation asked for. There are no entity embeddings, so that it answers over any
 * graph with the same relations. After RED-GNN (Zhang, Yao 2022) and NBFNet (Zhu et al. 2021); the layer is in
 * kernels/path_layer.h.
 *
 * A model is one net, or several that were trained apart and whose scores are averaged. */
#ifndef GAT_PATH_PATH_MODEL_H
#define GAT_PATH_PATH_MODEL_H

#include "path/path_net.h"

enum { PATH_MAX_MEMBERS = 32 };

typedef struct path_model {
    path_shape shape;
    int32_t num_relations; /* R */
    gat_params params;
    int ready; /* parameter (1,1): how many nets, from the first, are trained and answer */
    path_net net[PATH_MAX_MEMBERS];
} path_model;

/* Declares the parameters; params_allocate follows. GAT_EUSAGE: width, layers, members or budget out of range. */
gat_status path_model_declare(path_model **out, const path_shape *shape, int32_t num_relations, gat_error *err);

/* Both; values are zero. */
gat_status path_model_new(path_model **out, const path_shape *shape, int32_t num_relations, bool trainable,
                          gat_error *err);
void path_model_free(path_model *model);

/* First values; every net is ready. */
void path_model_draw(path_model *model, uint64_t seed);

/* How many nets answer: at least one, at most shape.members. */
int64_t path_model_ready(const path_model *model);
void path_model_set_ready(path_model *model, int64_t nets);

#endif

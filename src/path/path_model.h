/* A path model: which entity answers (entity, relation, ?) is read off the facts between the two, by messages that start at
 * the entity and that know the relation asked for. There are no entity embeddings, so that it answers over any graph with
 * the same relations. After RED-GNN (Zhang, Yao 2022) and NBFNet (Zhu et al. 2021); the layer is in kernels/path_layer.h.
 *
 * All that a question changes is one linear map of its relation's vector z: made = z M + m, cut into (made_at)
 *     the relation vectors w of every layer (L,R2,D), the gates' u (L,G), the scorer's hidden bias (K), the profile's
 *     query (D), weights of count and degree, and the score of entities that no path reaches.
 *
 * Directed relations: r in [0,R) asks for tails, R + r for heads, as in graph/filter.h; R2 = 2R. */
#ifndef GAT_PATH_PATH_MODEL_H
#define GAT_PATH_PATH_MODEL_H

#include <stdbool.h>
#include <stdint.h>

#include "autodiff/param.h"
#include "base/status.h"

enum { PATH_MAX_LAYERS = 16 };

typedef struct path_shape {
    int64_t width;  /* D, a multiple of 32 up to PATH_MAX_WIDTH */
    int64_t layers; /* L, facts of the longest path, at most PATH_MAX_LAYERS */
    bool gate;      /* attention on the edges; otherwise all count the same */
    bool profile;   /* candidates are also judged by the relations around them, reached or not */
} path_shape;

/* Parameters of a layer, by index in params: names as in path_layer.h. */
typedef struct path_layer_params {
    int by_relation, a, state, w_state, w_sum, bias, gain, shift;
} path_layer_params;

typedef struct path_model {
    path_shape shape;
    int32_t num_relations; /* R */
    gat_params params;
    int query, map, map_bias; /* z (R2,D), M (D,made), m (1,made) */
    int profile;              /* (R2,D), what a relation around a candidate means */
    path_layer_params layer[PATH_MAX_LAYERS];
    int hidden, score, score_bias; /* of the scorer: (D,K), (1,K), (1,1) */
} path_model;

static inline int32_t path_relations(const path_model *m) { return 2 * m->num_relations; }
static inline int64_t path_hidden(const path_model *m) { return 2 * m->shape.width; } /* K */

/* Places in the `made` vector of a question; made_size: its length. */
int64_t made_relation(const path_model *m, int64_t layer);
int64_t made_gate(const path_model *m, int64_t layer);
int64_t made_hidden(const path_model *m);
int64_t made_profile(const path_model *m);
enum { MADE_COUNT, MADE_DEGREE, MADE_UNREACHED, MADE_NUMBERS };
int64_t made_number(const path_model *m, int which);
int64_t made_size(const path_model *m);

/* The pieces from the first layer's on have one gradient for each question; its start and length in the block. */
int64_t shared_from(const path_model *m);
int64_t shared_size(const path_model *m);

/* Declares and allocates; values are zero. GAT_EUSAGE: widths or layers out of range. */
gat_status path_model_new(path_model **out, const path_shape *shape, int32_t num_relations, bool trainable,
                          gat_error *err);
void path_model_free(path_model *model);

void path_model_draw(path_model *model, uint64_t seed);

#endif

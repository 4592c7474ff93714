/* A model applied to a set of entities and facts, ready to answer: the narrow place between models and what they are used
 * for. The model's own view covers its vocabulary and training facts; another graph's view brings entities the model has
 * never seen. How it answers is up to the kind of model (model_kind.h).
 *
 * Read-only once built; usable from any number of threads. */
#ifndef GAT_MODEL_VIEW_H
#define GAT_MODEL_VIEW_H

#include <stdint.h>

#include "base/intern.h"
#include "graph/csr.h"
#include "graph/filter.h"
#include "graph/triples.h"
#include "model/kg_model.h"

/* What views of all kinds have. */
struct model_view {
    const gat_model *model;
    const gat_intern *entities; /* borrowed */
    gat_filter *known;          /* of the facts, in the view's entity ids and the model's relation ids */
    gat_graph *graph;           /* of the facts */
    int64_t num_entities;
    int64_t num_candidates; /* of these the first so many are ranked; the others only carry messages. All, unless set */
};

/* facts use ids of `entities` and of the model's relations; those of unseen relations are left out. */
gat_status view_build(model_view **out, const gat_model *model, const gat_intern *entities, const gat_triples *facts,
                      gat_error *err);
void view_free(model_view *view);

/* After the parameters have changed. */
gat_status view_refresh(model_view *view, gat_error *err);

/* scores (B,N) of all entities as answers to (entity[b], relation[b]); relation in [0, 2R), R = num_seen_relations: those
 * from R on ask for heads. Same bits for any number of threads and any other questions beside. */
gat_status view_score(float *scores, const model_view *view, const int32_t *entity, const int32_t *relation, int64_t b,
                      gat_error *err);

/* scores (R) of the facts (head, r, tail). */
gat_status view_score_relations(float *scores, const model_view *view, int32_t head, int32_t tail, gat_error *err);

#endif

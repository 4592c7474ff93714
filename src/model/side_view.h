/* An embedding model that speaks beside a path model. For a question with the directed relation r,
 *     score = weight[r] * (score by paths) + weight[2R + r] * (score of the side model),
 * R relations of the path model. What the side model does not know counts nothing: its relations and entities are found by
 * name. Weights are two numbers a relation and direction, because the side model has seen the training facts: its scores
 * flatter themselves there, and only facts held back can tell what they are worth (train/side_fit.h). */
#ifndef GAT_MODEL_SIDE_VIEW_H
#define GAT_MODEL_SIDE_VIEW_H

#include "model/view.h"

typedef struct side_view side_view;

/* Over the entities and facts of a path model's view; own: they are those of its training. The path model has a side
 * model. */
gat_status side_view_new(side_view **out, const model_view *paths, const gat_triples *facts, bool own, gat_error *err);
void side_view_free(side_view *side);

/* scores (B,N) of the side model; 0 where it does not know the relation. */
gat_status side_scores(float *scores, const side_view *side, const int32_t *entity, const int32_t *relation, int64_t b,
                       gat_error *err);

/* scores (B,N) by paths <- those of both. */
gat_status side_join(float *scores, const side_view *side, const int32_t *entity, const int32_t *relation, int64_t b,
                     gat_error *err);

/* The relation of the model of that name in the side model, -1 where it has none. */
int32_t side_relation(const gat_model *model, int32_t relation);

/* Numbers in gat_model's side_weight. */
static inline int64_t side_weights(const gat_model *model) { return 4 * (int64_t)model->num_seen_relations; }

#endif

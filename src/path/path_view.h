/* A path model over a graph, ready to answer: what is prepared once for many questions. */
#ifndef GAT_PATH_PATH_VIEW_H
#define GAT_PATH_PATH_VIEW_H

#include "path/path_model.h"
#include "path/path_question.h"

/* Borrows the model, whose parameters must stay as they are. Any number of threads may ask, one question batch at a
 * time. */
typedef struct path_view path_view;

/* Facts with relation ids of the model; entities [0,num_entities), with or without facts. */
gat_status path_view_new(path_view **out, const path_model *model, const gat_triples *facts, int32_t num_entities,
                         gat_error *err);

/* The same over a graph that is there already, borrowed; path_view_refresh after parameters or graph have changed. */
gat_status path_view_over(path_view **out, const path_model *model, const path_graph *graph, gat_error *err);
void path_view_refresh(path_view *view);
void path_view_free(path_view *view);

const path_graph *path_view_graph(const path_view *view);

/* scores (B,N) of all entities as answers of (entity[b], relation[b]), relations in [0,2R). A score's bits depend on
 * its question alone. */
gat_status path_scores(float *scores, const path_view *view, const int32_t *entity, const int32_t *relation, int64_t b,
                       gat_error *err);

/* Walks one question of one net into scratch and leaves the gates of every layer there (kept[l].gate). Without a budget
 * every net walks the same way: rows and places are equal. */
gat_status path_attention(path_scratch *scratch, const path_view *view, int64_t net, int32_t entity, int32_t relation,
                          gat_error *err);

#endif

/* New facts beside those a model was trained on, as one graph: how a new entity is asked about without training. */
#ifndef GAT_TASKS_JOINED_GRAPH_H
#define GAT_TASKS_JOINED_GRAPH_H

#include "base/status.h"
#include "io/dataset.h"
#include "model/kg_model.h"

/* Puts the model's training facts before the training facts of `graph`, and the model's entities, in their order, before
 * those that only the graph has. A fact that both have is kept once. Entity texts of the graph are forgotten. After a
 * failure the graph's entities and facts are as they were. */
gat_status graph_join_model(gat_dataset *graph, const gat_model *model, gat_error *err);

#endif

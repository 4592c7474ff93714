/* The task behind `plot map`: where entities lie by their embeddings, and which community of the graph they belong to. */
#ifndef GAT_TASKS_ENTITY_MAP_H
#define GAT_TASKS_ENTITY_MAP_H

#include "model/kg_model.h"
#include "tasks/map_types.h"

/* See gat_map. */
gat_status entity_map(gat_map_point **out, int64_t *count, const gat_model *model, const gat_map_options *options,
                      gat_error *err);

#endif

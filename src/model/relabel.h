/* Entities under other numbers. A gather reads the rows of well-connected entities again and again; numbered by falling degree
 * these rows lie side by side, and more of them stay in the cache. Nobody sees it: numbers are changed back before a model
 * is handed out. */
#ifndef GAT_MODEL_RELABEL_H
#define GAT_MODEL_RELABEL_H

#include <stdbool.h>

#include "model/kg_model.h"

/* Whether a training of this configuration numbers its N entities by degree. By option, and by size where that says auto: the
 * table leaves the cache, and steps look at all of it. */
bool relabel_wanted(const gat_config *config, int64_t num_entities);

/* place (n) <- the number of each entity when they are ordered by falling number of facts, then as they were; free with
 * gat_free. Ids of facts from n on are passed over. */
gat_status relabel_by_degree(int32_t **place, const gat_triples *facts, int32_t n, gat_error *err);

/* Swaps what place maps with what it maps to. */
gat_status relabel_invert(int32_t *place, int32_t n, gat_error *err);

/* Ends below n become place[end]. */
void relabel_facts(gat_triples *facts, const int32_t *place, int32_t n);

/* Entity i < num_seen becomes place[i]: facts, names, texts, and the rows of table and positions. The view has to be made
 * again. After a failure the model is only fit to be freed. */
gat_status relabel_model(gat_model *model, const int32_t *place, gat_error *err);

#endif

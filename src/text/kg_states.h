/* The model of a graph inside the file of a model of relations. */
#ifndef GAT_TEXT_KG_STATES_H
#define GAT_TEXT_KG_STATES_H

#include "text/relation_sections.h"

#define KG_STATES_PREFIX "kgm_"

gat_status kg_states_sections(relation_sections *sections, const kg_context *kg, gat_error *err);

/* kg has its entities; GAT_EMODEL: the model has others. */
gat_status kg_states_read(kg_context *kg, const gat_model_file *file, gat_error *err);

#endif

/* Models as files: sections of io/model_file.h. Everything is checked before use: sizes, names, ids, finite numbers. */
#ifndef GAT_MODEL_MODEL_IO_H
#define GAT_MODEL_MODEL_IO_H

#include "io/model_file.h"
#include "model/kg_model.h"

/* A file with this section is no model of one graph but an alignment of two. */
#define ALIGNMENT_SECTION "alignment"

/* With this one it is a model of relations in text. */
#define RELATIONS_SECTION "relation_header"

/* With this one it is a model that writes graphs. */
#define GENERATOR_SECTION "graphs_header"

/* With this one it links mentions. */
#define LINKER_SECTION "linking_header"

/* With this one it is a recommender. */
#define RECOMMENDER_SECTION "recommend_header"

/* Sections of a model, for callers that add their own (checkpoints). The bytes live until sections_clear. Not to be moved:
 * the list points into it. */
typedef struct model_sections {
    gat_section list[MODEL_FILE_MAX_SECTIONS];
    void *owned[MODEL_FILE_MAX_SECTIONS];
    char name[MODEL_FILE_MAX_SECTIONS][MODEL_FILE_NAME];
    const char *prefix; /* of the names of what is added */
    int count;
} model_sections;

gat_status sections_of_model(model_sections *sections, const gat_model *model, gat_error *err);

/* The same with a prefix for all names, of a model without a side model: to be read by way of model_file_part. */
gat_status sections_of_part(model_sections *sections, const char *prefix, const gat_model *model, gat_error *err);

/* Adds bytes: borrowed, or taken, or those of names. */
void sections_add(model_sections *sections, const char *name, const void *bytes, int64_t length);
void sections_take(model_sections *sections, const char *name, void *bytes, int64_t length);
gat_status sections_add_names(model_sections *sections, const char *name, const gat_intern *names, gat_error *err);
void sections_clear(model_sections *sections);

gat_status model_save(const gat_model *model, const char *path, gat_error *err);

/* trainable: with room for gradients. The view is not made: call model_finish. */
gat_status model_load(gat_model **out, const char *path, gat_error *err);
gat_status model_from_file(gat_model **out, const gat_model_file *file, bool trainable, gat_error *err);

/* Only how a stored model was configured and where it came from. */
gat_status model_read_origin(gat_config *config, model_origin *origin, const gat_model_file *file, gat_error *err);

#endif

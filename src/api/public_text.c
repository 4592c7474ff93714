/* The public functions about relations in text. */
#include "base/error.h"
#include "base/memory.h"
#include "gatkit.h"
#include "tasks/text_extract.h"
#include "text/bag_answers.h"
#include "text/relation_config.h"
#include "text/relation_evaluate.h"
#include "text/relation_model.h"

gat_status gat_relation_config_new(gat_relation_config **out, gat_error *err)
{
    *out = gat_calloc(1, sizeof **out);
    if (!*out) return error_nomem(err);
    relation_config_init(*out);
    return GAT_OK;
}

void gat_relation_config_free(gat_relation_config *config) { gat_free(config); }

gat_status gat_relation_config_set(gat_relation_config *config, const char *name, const char *value, gat_error *err)
{
    return relation_config_set(config, name, value, err);
}

const gat_option *gat_relation_option(int index) { return relation_option(index); }

const char *gat_relation_preset(int index) { return relation_preset(index); }

gat_status gat_relations_train(gat_relations **out, const gat_relation_inputs *inputs,
                               const gat_relation_config *config, gat_error *err)
{
    return relations_train(out, inputs, config, err);
}

gat_status gat_relations_load(gat_relations **out, const char *path, gat_error *err)
{
    return relations_load(out, path, err);
}

gat_status gat_relations_save(const gat_relations *model, const char *path, gat_error *err)
{
    return relations_save(model, path, err);
}

void gat_relations_free(gat_relations *model) { relations_free(model); }

gat_status gat_relations_describe(gat_relation_info *out, const gat_relations *model, gat_error *err)
{
    return relations_describe(out, model, err);
}

gat_status gat_relations_extract(const gat_relations *model, const char *sentences, const gat_extract_options *options,
                                 gat_error *err)
{
    return relations_extract(model, sentences, options, err);
}

gat_status gat_relations_extract_text(const gat_relations *model, const gat_linker *linker, const char *kg,
                                      const char *documents, const gat_extract_options *options, gat_error *err)
{
    return text_extract(model, linker, kg, documents, options, err);
}

gat_status gat_relations_extract_bags(const gat_relations *model, const char *sentences,
                                      const gat_extract_options *options, gat_error *err)
{
    return bags_extract(model, sentences, options, err);
}

gat_status gat_relations_extract_memory(const gat_relations *model, const void *bytes, size_t count, const char *name,
                                        const gat_extract_options *options, gat_error *err)
{
    return relations_extract_memory(model, bytes, count, name, options, err);
}

gat_status gat_relations_evaluate(gat_relation_evaluation **out, const gat_relations *model, const char *sentences,
                                  gat_error *err)
{
    return relations_evaluate(out, model, sentences, err);
}

void gat_relation_evaluation_free(gat_relation_evaluation *evaluation) { relations_evaluation_free(evaluation); }

/* The public functions about generating whole graphs. */
#include "base/error.h"
#include "base/memory.h"
#include "gatkit.h"
#include "generate/generator.h"
#include "generate/graph_rules.h"

gat_status gat_generator_config_new(gat_generator_config **out, gat_error *err)
{
    *out = gat_calloc(1, sizeof **out);
    if (!*out) return error_nomem(err);
    generator_config_init(*out);
    return GAT_OK;
}

void gat_generator_config_free(gat_generator_config *config) { gat_free(config); }

gat_status gat_generator_config_set(gat_generator_config *config, const char *name, const char *value, gat_error *err)
{
    return generator_config_set(config, name, value, err);
}

const gat_option *gat_generator_option(int index) { return generator_option(index); }

gat_status gat_generator_train(gat_generator **out, const gat_generator_inputs *inputs,
                               const gat_generator_config *config, gat_error *err)
{
    return generator_train(out, inputs, config, err);
}

gat_status gat_generator_load(gat_generator **out, const char *path, gat_error *err)
{
    return generator_load(out, path, err);
}

gat_status gat_generator_save(const gat_generator *model, const char *path, gat_error *err)
{
    return generator_save(model, path, err);
}

void gat_generator_free(gat_generator *model) { generator_free(model); }

gat_status gat_generator_describe(gat_generator_info *out, const gat_generator *model, gat_error *err)
{
    return generator_describe(out, model, err);
}

gat_status gat_generator_draw(const gat_generator *model, const gat_generate_options *options, int64_t *refused,
                              gat_error *err)
{
    return generator_draw(model, options, refused, err);
}

gat_status gat_generator_evaluate(gat_generator_evaluation *out, const gat_generator *model, const char *data,
                                  const gat_generator_evaluate_options *options, gat_error *err)
{
    return generator_evaluate(out, model, data, options, err);
}

const char *gat_graph_rule_name(int index) { return graph_rule_name(index); }

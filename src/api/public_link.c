/* The public functions about entity linking. */
#include "base/error.h"
#include "base/memory.h"
#include "gatkit.h"
#include "link/link_config.h"
#include "link/linker.h"

gat_status gat_link_config_new(gat_link_config **out, gat_error *err)
{
    *out = gat_calloc(1, sizeof **out);
    if (!*out) return error_nomem(err);
    link_config_init(*out);
    return GAT_OK;
}

void gat_link_config_free(gat_link_config *config) { gat_free(config); }

gat_status gat_link_config_set(gat_link_config *config, const char *name, const char *value, gat_error *err)
{
    return link_config_set(config, name, value, err);
}

const gat_option *gat_link_option(int index) { return link_option(index); }

gat_status gat_linker_train(gat_linker **out, const gat_link_inputs *inputs, const gat_link_config *config,
                            gat_error *err)
{
    return linker_train(out, inputs, config, err);
}

gat_status gat_linker_load(gat_linker **out, const char *path, gat_error *err) { return linker_load(out, path, err); }

gat_status gat_linker_save(const gat_linker *linker, const char *path, gat_error *err)
{
    return linker_save(linker, path, err);
}

void gat_linker_free(gat_linker *linker) { linker_free(linker); }

gat_status gat_linker_describe(gat_link_info *out, const gat_linker *linker, gat_error *err)
{
    return linker_describe(out, linker, err);
}

gat_status gat_linker_answer(const gat_linker *linker, const char *documents, const gat_link_options *options,
                             gat_error *err)
{
    return linker_answer(linker, documents, options, err);
}

gat_status gat_linker_answer_memory(const gat_linker *linker, const void *bytes, size_t count, const char *name,
                                    const gat_link_options *options, gat_error *err)
{
    return linker_answer_memory(linker, bytes, count, name, options, err);
}

gat_status gat_linker_evaluate(gat_link_evaluation *out, const gat_linker *linker, const char *documents,
                               const gat_link_evaluate_options *options, gat_error *err)
{
    return linker_evaluate(out, linker, documents, options, err);
}

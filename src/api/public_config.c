/* The public functions about options. */
#include "base/error.h"
#include "base/memory.h"
#include "gatkit.h"
#include "model/config.h"

gat_status gat_config_new(gat_config **out, gat_error *err)
{
    *out = gat_calloc(1, sizeof **out);
    if (!*out) return error_nomem(err);
    config_init(*out);
    return GAT_OK;
}

void gat_config_free(gat_config *config) { gat_free(config); }

gat_status gat_config_set(gat_config *config, const char *name, const char *value, gat_error *err)
{
    return config_set(config, name, value, err);
}

gat_status gat_config_read(gat_config *config, const char *path, gat_error *err)
{
    return config_read(config, path, err);
}

const gat_option *gat_config_option(int index) { return config_option(index); }

const char *gat_config_heading(int index) { return config_heading(index); }

const char *gat_config_get(gat_config *config, const char *name) { return config_get(config, name); }

const char *gat_config_preset(int index) { return preset_name(index); }

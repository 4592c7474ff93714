/* The options of training a generator of graphs, in one struct and one table. */
#ifndef GAT_GENERATE_GENERATOR_CONFIG_H
#define GAT_GENERATE_GENERATOR_CONFIG_H

#include <stdint.h>

#include "generate/generator_types.h"

struct gat_generator_config {
    int64_t dim, attn_heads, layers, epochs, batch, patience, seed;
    double lr, dropout, weight_decay;
    char text[64];
};

void generator_config_init(gat_generator_config *config);
const gat_option *generator_option(int index);
gat_status generator_config_set(gat_generator_config *config, const char *name, const char *value, gat_error *err);
const char *generator_config_get(gat_generator_config *config, const char *name);

/* dim must divide by the heads. */
gat_status generator_config_check(const gat_generator_config *config, gat_error *err);

/* "name = value" lines, and back; NULL: out of memory. Free with gat_free. */
char *generator_config_text(const gat_generator_config *config);
gat_status generator_config_parse(gat_generator_config *config, const char *text, gat_error *err);

#endif

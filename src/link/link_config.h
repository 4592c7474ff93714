/* The options of entity linking, in one struct and one table. */
#ifndef GAT_LINK_LINK_CONFIG_H
#define GAT_LINK_LINK_CONFIG_H

#include <stdint.h>

#include "link/link_types.h"

struct gat_link_config {
    int64_t dim, attn_heads, layers, epochs, batch, documents, seed;
    double lr, dropout, weight_decay, average;
    char text[64];
};

void link_config_init(gat_link_config *config);
const gat_option *link_option(int index);
gat_status link_config_set(gat_link_config *config, const char *name, const char *value, gat_error *err);
const char *link_config_get(gat_link_config *config, const char *name);

/* dim must divide by the heads. */
gat_status link_config_check(const gat_link_config *config, gat_error *err);

/* "name = value" lines, and back; NULL: out of memory. Free with gat_free. */
char *link_config_text(const gat_link_config *config);
gat_status link_config_parse(gat_link_config *config, const char *text, gat_error *err);

#endif

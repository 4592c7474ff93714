/* The options of a relation model, in one struct and one table. */
#ifndef GAT_TEXT_RELATION_CONFIG_H
#define GAT_TEXT_RELATION_CONFIG_H

#include <stdint.h>

#include "text/relation_types.h"

struct gat_relation_config {
    int64_t members, encoder, positions, causal, attention, attn_heads, layers, dim, wide_dim, epochs, batch, parse,
        folds, passes, least_rows, seed;
    double linear_c, rarity, lr, wide_lr, dropout, attn_dropout, top_dropout, wide_dropout, word_dropout,
        label_smoothing, weight_decay, average, net_weight;
    char text[64];
};

void relation_config_init(gat_relation_config *config);
const gat_option *relation_option(int index);

/* Name of a preset by index, NULL past the end; set like an option called "preset". */
const char *relation_preset(int index);
gat_status relation_config_set(gat_relation_config *config, const char *name, const char *value, gat_error *err);
const char *relation_config_get(gat_relation_config *config, const char *name);

/* dim must divide by the heads. */
gat_status relation_config_check(const gat_relation_config *config, gat_error *err);

/* "name = value" lines, and back; NULL: out of memory. Free with gat_free. */
char *relation_config_text(const gat_relation_config *config);
gat_status relation_config_parse(gat_relation_config *config, const char *text, gat_error *err);

#endif

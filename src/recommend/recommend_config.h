/* The options of recommendation, in one struct and one table. */
#ifndef GAT_RECOMMEND_RECOMMEND_CONFIG_H
#define GAT_RECOMMEND_RECOMMEND_CONFIG_H

#include <stdint.h>

#include "recommend/recommend_types.h"

typedef enum rec_kind { REC_POP, REC_ITEMKNN, REC_MF, REC_LIGHTGCN, REC_ATTENTION } rec_kind;

struct gat_recommend_config {
    int64_t recommender, items, split_by, attention, dim, attn_heads, layers, history_layers, epochs, batch, patience,
        seed, dense_items, spectral, warm_start, graph, samples, factors, light;
    double min_rating, valid_share, test_share, lr, dropout, attn_dropout, hide, weight_decay, l2, confidence, average;
    char text[64];
};

void recommend_config_init(gat_recommend_config *config);
const gat_option *recommend_option(int index);
gat_status recommend_config_set(gat_recommend_config *config, const char *name, const char *value, gat_error *err);
const char *recommend_config_get(gat_recommend_config *config, const char *name);
const char *recommender_name(int64_t kind);

/* What no single option can see. */
gat_status recommend_config_check(const gat_recommend_config *config, gat_error *err);

/* "name = value" lines, and back; NULL: out of memory. Free with gat_free. */
char *recommend_config_text(const gat_recommend_config *config);
gat_status recommend_config_parse(gat_recommend_config *config, const char *text, gat_error *err);

#endif

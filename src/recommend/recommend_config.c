#include "recommend/recommend_config.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "model/option_rows.h"

#define INT(name, field, initial, low, high, help)                                                       \
    {                                                                                                    \
        {name, "N", initial, help, NULL}, OPTION_WHOLE, offsetof(gat_recommend_config, field), low, high \
    }
#define NUM(name, field, initial, low, high, help)                                                      \
    {                                                                                                   \
        {name, "X", initial, help, NULL}, OPTION_REAL, offsetof(gat_recommend_config, field), low, high \
    }
#define ONE(name, field, choices, initial, help)                                                         \
    {                                                                                                    \
        {name, choices, initial, help, NULL}, OPTION_CHOICE, offsetof(gat_recommend_config, field), 0, 0 \
    }

static const option_row rows[] = {
    ONE("recommender", recommender, "pop|itemknn|mf|lightgcn|attention", "attention",
        "popularity, neighbours of items, matrix factorisation, LightGCN, or attention over history and graph"),
    ONE("items", items, "all|linked", "all", "leave out interactions with items outside the graph: linked"),
    NUM("min-rating", min_rating, "0", 0, 1e9, "leave out interactions rated lower"),
    ONE("split-by", split_by, "user|all", "user", "take the shares below of each user's interactions, or of all"),
    NUM("valid-share", valid_share, "0.1", 0, 0.45, "of the interactions held out to choose by"),
    NUM("test-share", test_share, "0.1", 0, 0.45, "held out to measure on, where there is no file of them"),
    ONE("attention", attention, "additive|dynamic|dot|scaled-dot|bilinear|cosine|mlp", "dynamic", "score function"),
    INT("dim", dim, "64", 4, 1024, "width of vectors"),
    INT("attn-heads", attn_heads, "4", 1, 64, "attention heads"),
    INT("layers", layers, "0", 0, 8,
        "attention layers over the graph, 0: one; lightgcn: steps along interactions, 0: three"),
    INT("history-layers", history_layers, "2", 1, 8, "attention layers over the history"),
    ONE("graph", graph, "yes|no", "yes", "use the facts of the items"),
    ONE("warm-start", warm_start, "yes|no", "yes", "start item vectors from a spectral factorisation"),
    ONE("factors", factors, "yes|no", "yes", "put a matrix factorisation beside the attention"),
    ONE("light", light, "yes|no", "no", "put a LightGCN beside the attention"),
    INT("spectral", spectral, "64", 4, 512, "width of the spectral part"),
    INT("dense-items", dense_items, "8000", 0, 40000, "up to so many items, all pairs of items are weighed together"),
    INT("samples", samples, "0", 0, 65536, "draws that stand for the softmax over all items; 0: the exact softmax"),
    INT("epochs", epochs, "1000", 1, 100000, "passes over the users at most"),
    INT("batch", batch, "0", 0, 1048576, "users per step, 0: 64; lightgcn: interactions, 0: 8192"),
    INT("patience", patience, "15", 0, 100000, "epochs without a better valid before stopping; 0: never"),
    INT("seed", seed, "1", 0, 9e15, "of everything random"),
    NUM("lr", lr, "0", 0, 10, "learning rate, 0: 0.01; lightgcn: 0.005"),
    NUM("dropout", dropout, "0.3", 0, 0.95, "of states inside the net"),
    NUM("attn-dropout", attn_dropout, "0.1", 0, 0.95, "of attention weights"),
    NUM("hide", hide, "0.5", 0.01, 0.99, "share of a history that is asked for from the rest"),
    NUM("weight-decay", weight_decay, "0.01", 0, 10, "decoupled decay, per step and learning rate"),
    NUM("average", average, "0.99", 0, 0.9999, "of the running mean of the parameters that a step keeps"),
    NUM("l2", l2, "0", 0, 1e6, "weight of squares, 0: 30 for mf, 0.0001 for lightgcn"),
    NUM("confidence", confidence, "10", 0, 1e6, "mf: how much more an interaction counts than none"),
};
static const option_rows table = {rows, sizeof rows / sizeof *rows, "recommend"};

const gat_option *recommend_option(int index) { return option_rows_at(&table, index); }

void recommend_config_init(gat_recommend_config *c)
{
    memset(c, 0, sizeof *c);
    option_rows_init(c, &table);
}

gat_status recommend_config_set(gat_recommend_config *c, const char *name, const char *value, gat_error *err)
{
    return option_rows_set(c, &table, name, value, err);
}

const char *recommend_config_get(gat_recommend_config *c, const char *name)
{
    return option_rows_get(c->text, &table, c, name) ? c->text : NULL;
}

const char *recommender_name(int64_t kind)
{
    static const char *const names[] = {"pop", "itemknn", "mf", "lightgcn", "attention"};
    return names[kind];
}

gat_status recommend_config_check(const gat_recommend_config *c, gat_error *err)
{
    if (c->dim % c->attn_heads)
        return error_set(err, GAT_EUSAGE, "--dim %lld: expected a multiple of --attn-heads %lld", (long long)c->dim,
                         (long long)c->attn_heads);
    return GAT_OK;
}

char *recommend_config_text(const gat_recommend_config *config) { return option_rows_text(&table, config); }

static gat_status set_any(void *config, const char *name, const char *value, gat_error *err)
{
    return recommend_config_set(config, name, value, err);
}

gat_status recommend_config_parse(gat_recommend_config *c, const char *text, gat_error *err)
{
    recommend_config_init(c);
    gat_status st = option_lines_read(c, text, set_any, err);
    if (!st) st = recommend_config_check(c, err);
    return st == GAT_EUSAGE ? GAT_EMODEL : st;
}

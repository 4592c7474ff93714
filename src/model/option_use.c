#include "model/option_use.h"

#include <string.h>

#include "base/error.h"

static bool encoder(const gat_config *c) { return c->model == GAT_MODEL_GAT; }
static bool conve(const gat_config *c) { return c->decoder == GAT_DECODER_CONVE; }
static bool selection(const gat_config *c) { return encoder(c) && c->selection != GAT_SELECT_SOFT; }
static bool gumbel(const gat_config *c) { return encoder(c) && c->selection == GAT_SELECT_GUMBEL; }
static bool hops(const gat_config *c) { return encoder(c) && c->reach == GAT_REACH_HOPS; }
static bool edges(const gat_config *c) { return hops(c) || (encoder(c) && c->reach == GAT_REACH_SAMPLED); }
static bool positions(const gat_config *c) { return encoder(c) && c->positions != GAT_POSITIONS_NONE; }
static bool dura(const gat_config *c) { return c->dura > 0; }
static bool layers(const gat_config *c) { return c->model != GAT_MODEL_NONE; }
static bool budget(const gat_config *c) { return c->model != GAT_MODEL_PATH || c->path_budget > 0; }

/* What an option needs beside it. Options without a row always do something, or are so common to scripts that compare kinds
 * of models that they may stand (heads, rates). */
static const struct use {
    const char *option;
    bool (*has_use)(const gat_config *);
    const char *needed;
} uses[] = {
    {"attention", layers, "--model gat"},
    {"layers", layers, "--model gat"},
    {"merge", encoder, "--model gat"},
    {"activation", encoder, "--model gat"},
    {"selection", encoder, "--model gat"},
    {"attn-query", encoder, "--model gat"},
    {"reach", encoder, "--model gat"},
    {"positions", encoder, "--model gat"},
    {"recurrent-depth", encoder, "--model gat"},
    {"fan-out", encoder, "--model gat"},
    {"edge-drop", encoder, "--model gat"},
    {"unknown-entities", encoder, "--model gat"},
    {"dropout", encoder, "--model gat; entity-dropout and decoder-dropout go without"},
    {"attn-dropout", encoder, "--model gat"},
    {"select-k", selection, "selection top-k, sampled or gumbel"},
    {"select-temperature", gumbel, "selection gumbel"},
    {"reach-hops", hops, "reach hops"},
    {"reach-edges", edges, "reach hops or sampled"},
    {"position-dim", positions, "positions random-walk or laplacian"},
    {"conv-channels", conve, "decoder conve"},
    {"dura-query", dura, "dura above 0"},
    {"path-choice", budget, "path-budget above 0"},
};

static bool asked_for(gat_config *c, const char *name)
{
    const gat_option *o;
    for (int i = 0; (o = config_option(i)); i++) {
        const char *initial = c->model == GAT_MODEL_PATH ? o->path : o->initial;
        if (strcmp(o->name, name)) continue;
        return initial && c->given[i] == CONFIG_GIVEN && strcmp(config_get(c, name), initial) != 0;
    }
    return false;
}

gat_status option_use_check(const gat_config *config, gat_error *err)
{
    gat_config c = *config;
    for (size_t i = 0; i < sizeof uses / sizeof *uses; i++)
        if (!uses[i].has_use(&c) && asked_for(&c, uses[i].option))
            return error_set(err, GAT_EUSAGE, "%s would do nothing here: it needs %s", uses[i].option, uses[i].needed);
    return GAT_OK;
}

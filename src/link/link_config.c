#include "link/link_config.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "model/option_rows.h"
#include "link/link_net.h"

#define PLACE(field) offsetof(gat_link_config, field)

static const option_row rows[] = {
    {{"dim", "N", "64", "width of the net", NULL}, OPTION_WHOLE, PLACE(dim), 4, 1024},
    {{"attn-heads", "N", "4", "attention heads", NULL}, OPTION_WHOLE, PLACE(attn_heads), 1, 64},
    {{"layers", "N", "3", "rounds of votes", NULL}, OPTION_WHOLE, PLACE(layers), 1, LINK_MOST_ROUNDS},
    {{"epochs", "N", "5", "passes over the documents", NULL}, OPTION_WHOLE, PLACE(epochs), 1, 100000},
    {{"batch", "N", "8", "documents per step", NULL}, OPTION_WHOLE, PLACE(batch), 1, 1024},
    {{"documents", "N", "3000", "documents made from the graph where none are given", NULL},
     OPTION_WHOLE,
     PLACE(documents),
     1,
     10000000},
    {{"seed", "N", "1", "of everything random", NULL}, OPTION_WHOLE, PLACE(seed), 0, 9e15},
    {{"lr", "X", "0.003", "learning rate", NULL}, OPTION_REAL, PLACE(lr), 0, 10},
    {{"dropout", "X", "0.2", "of states inside the net", NULL}, OPTION_REAL, PLACE(dropout), 0, 0.95},
    {{"weight-decay", "X", "0.001", "decoupled decay", NULL}, OPTION_REAL, PLACE(weight_decay), 0, 1},
    {{"average", "X", "0.995", "of the running mean of the weights that a step keeps", NULL},
     OPTION_REAL,
     PLACE(average),
     0,
     0.9999},
};
static const option_rows table = {rows, sizeof rows / sizeof *rows, "linking"};

const gat_option *link_option(int index) { return option_rows_at(&table, index); }

void link_config_init(gat_link_config *c)
{
    memset(c, 0, sizeof *c);
    option_rows_init(c, &table);
}

gat_status link_config_set(gat_link_config *c, const char *name, const char *value, gat_error *err)
{
    return option_rows_set(c, &table, name, value, err);
}

const char *link_config_get(gat_link_config *c, const char *name)
{
    return option_rows_get(c->text, &table, c, name) ? c->text : NULL;
}

gat_status link_config_check(const gat_link_config *c, gat_error *err)
{
    if (c->dim % c->attn_heads)
        return error_set(err, GAT_EUSAGE, "--dim %lld: expected a multiple of --attn-heads %lld", (long long)c->dim,
                         (long long)c->attn_heads);
    return GAT_OK;
}

char *link_config_text(const gat_link_config *config) { return option_rows_text(&table, config); }

static gat_status set_any(void *config, const char *name, const char *value, gat_error *err)
{
    return link_config_set(config, name, value, err);
}

gat_status link_config_parse(gat_link_config *c, const char *text, gat_error *err)
{
    link_config_init(c);
    gat_status st = option_lines_read(c, text, set_any, err);
    if (!st) st = link_config_check(c, err);
    return st == GAT_EUSAGE ? GAT_EMODEL : st;
}

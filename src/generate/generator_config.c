#include "generate/generator_config.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "model/option_rows.h"
#include "generate/sequence_net.h"

#define PLACE(field) offsetof(gat_generator_config, field)

static const option_row rows[] = {
    {{"dim", "N", "64", "width of the net", NULL}, OPTION_WHOLE, PLACE(dim), 4, 1024},
    {{"attn-heads", "N", "4", "attention heads", NULL}, OPTION_WHOLE, PLACE(attn_heads), 1, 64},
    {{"layers", "N", "2", "layers of attention", NULL}, OPTION_WHOLE, PLACE(layers), 1, SEQUENCE_MOST_LAYERS},
    {{"epochs", "N", "6", "passes over the graphs", NULL}, OPTION_WHOLE, PLACE(epochs), 1, 100000},
    {{"batch", "N", "32", "graphs per step", NULL}, OPTION_WHOLE, PLACE(batch), 1, 4096},
    {{"patience", "N", "0", "stop after N epochs without a better valid loss; 0: never", NULL},
     OPTION_WHOLE,
     PLACE(patience),
     0,
     100000},
    {{"seed", "N", "1", "of everything random", NULL}, OPTION_WHOLE, PLACE(seed), 0, 9e15},
    {{"lr", "X", "0.004", "learning rate", NULL}, OPTION_REAL, PLACE(lr), 0, 10},
    {{"dropout", "X", "0", "of states inside the net", NULL}, OPTION_REAL, PLACE(dropout), 0, 0.95},
    {{"weight-decay", "X", "0.01", "decoupled decay", NULL}, OPTION_REAL, PLACE(weight_decay), 0, 1},
};
static const option_rows table = {rows, sizeof rows / sizeof *rows, "graphs"};

const gat_option *generator_option(int index) { return option_rows_at(&table, index); }

void generator_config_init(gat_generator_config *c)
{
    memset(c, 0, sizeof *c);
    option_rows_init(c, &table);
}

gat_status generator_config_set(gat_generator_config *c, const char *name, const char *value, gat_error *err)
{
    return option_rows_set(c, &table, name, value, err);
}

const char *generator_config_get(gat_generator_config *c, const char *name)
{
    return option_rows_get(c->text, &table, c, name) ? c->text : NULL;
}

gat_status generator_config_check(const gat_generator_config *c, gat_error *err)
{
    if (c->dim % c->attn_heads)
        return error_set(err, GAT_EUSAGE, "--dim %lld: expected a multiple of --attn-heads %lld", (long long)c->dim,
                         (long long)c->attn_heads);
    return GAT_OK;
}

char *generator_config_text(const gat_generator_config *config) { return option_rows_text(&table, config); }

static gat_status set_any(void *config, const char *name, const char *value, gat_error *err)
{
    return generator_config_set(config, name, value, err);
}

gat_status generator_config_parse(gat_generator_config *c, const char *text, gat_error *err)
{
    generator_config_init(c);
    gat_status st = option_lines_read(c, text, set_any, err);
    if (!st) st = generator_config_check(c, err);
    return st == GAT_EUSAGE ? GAT_EMODEL : st;
}

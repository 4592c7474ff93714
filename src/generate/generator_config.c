#include "generate/generator_config.h"

#include <errno.h>
#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "generate/sequence_net.h"

typedef struct row {
    gat_option option;
    bool whole;
    size_t offset;
    double low, high;
} row;

#define PLACE(field) offsetof(gat_generator_config, field)

static const row rows[] = {
    {{"dim", "N", "64", "width of the net", NULL}, true, PLACE(dim), 4, 1024},
    {{"attn-heads", "N", "4", "attention heads", NULL}, true, PLACE(attn_heads), 1, 64},
    {{"layers", "N", "2", "layers of attention", NULL}, true, PLACE(layers), 1, SEQUENCE_MOST_LAYERS},
    {{"epochs", "N", "6", "passes over the graphs", NULL}, true, PLACE(epochs), 1, 100000},
    {{"batch", "N", "32", "graphs per step", NULL}, true, PLACE(batch), 1, 4096},
    {{"patience", "N", "0", "stop after N epochs without a better valid loss; 0: never", NULL},
     true,
     PLACE(patience),
     0,
     100000},
    {{"seed", "N", "1", "of everything random", NULL}, true, PLACE(seed), 0, 9e15},
    {{"lr", "X", "0.004", "learning rate", NULL}, false, PLACE(lr), 0, 10},
    {{"dropout", "X", "0", "of states inside the net", NULL}, false, PLACE(dropout), 0, 0.95},
    {{"weight-decay", "X", "0.01", "decoupled decay", NULL}, false, PLACE(weight_decay), 0, 1},
};
enum { NUM_ROWS = sizeof rows / sizeof *rows };

const gat_option *generator_option(int index) { return index >= 0 && index < NUM_ROWS ? &rows[index].option : NULL; }

static int64_t *whole_field(gat_generator_config *c, const row *r) { return (int64_t *)((char *)c + r->offset); }
static double *real_field(gat_generator_config *c, const row *r) { return (double *)((char *)c + r->offset); }

static const row *row_of(const char *name)
{
    for (int i = 0; i < NUM_ROWS; i++)
        if (!strcmp(rows[i].option.name, name)) return &rows[i];
    return NULL;
}

void generator_config_init(gat_generator_config *c)
{
    memset(c, 0, sizeof *c);
    for (int i = 0; i < NUM_ROWS; i++) (void)generator_config_set(c, rows[i].option.name, rows[i].option.initial, NULL);
}

gat_status generator_config_set(gat_generator_config *c, const char *name, const char *value, gat_error *err)
{
    const row *r = row_of(name);
    char *end;
    if (!r) return error_set(err, GAT_EUSAGE, "\"%s\" is no option of --task graphs", name);
    errno = 0;
    double x = strtod(value, &end);
    if (errno || end == value || *end || !isfinite(x) || x < r->low || x > r->high || (r->whole && x != floor(x)))
        return error_set(err, GAT_EUSAGE, "--%s %s: expected a %snumber from %g to %g", name, value,
                         r->whole ? "whole " : "", r->low, r->high);
    if (r->whole) *whole_field(c, r) = (int64_t)x;
    else *real_field(c, r) = x;
    return GAT_OK;
}

const char *generator_config_get(gat_generator_config *c, const char *name)
{
    const row *r = row_of(name);
    if (!r) return NULL;
    if (r->whole) snprintf(c->text, sizeof c->text, "%lld", (long long)*whole_field(c, r));
    else snprintf(c->text, sizeof c->text, "%.9g", *real_field(c, r));
    return c->text;
}

gat_status generator_config_check(const gat_generator_config *c, gat_error *err)
{
    if (c->dim % c->attn_heads)
        return error_set(err, GAT_EUSAGE, "--dim %lld: expected a multiple of --attn-heads %lld", (long long)c->dim,
                         (long long)c->attn_heads);
    return GAT_OK;
}

char *generator_config_text(const gat_generator_config *config)
{
    gat_generator_config copy = *config;
    size_t size = NUM_ROWS * 128, used = 0;
    char *text = gat_alloc((int64_t)size, 1);
    for (int i = 0; text && i < NUM_ROWS; i++)
        used += (size_t)snprintf(text + used, size - used, "%s = %s\n", rows[i].option.name,
                                 generator_config_get(&copy, rows[i].option.name));
    return text;
}

static gat_status parse_line(gat_generator_config *c, const char *text, size_t length, gat_error *err)
{
    char line[256];
    if (length >= sizeof line) return error_set(err, GAT_EMODEL, "a line of the configuration is too long");
    memcpy(line, text, length);
    line[length] = 0;
    char *equals = strstr(line, " = ");
    if (!equals) return error_set(err, GAT_EMODEL, "a line of the configuration is no \"name = value\"");
    *equals = 0;
    return generator_config_set(c, line, equals + 3, err);
}

gat_status generator_config_parse(gat_generator_config *c, const char *text, gat_error *err)
{
    gat_status st = GAT_OK;
    generator_config_init(c);
    while (!st && *text) {
        size_t n = strcspn(text, "\n");
        st = parse_line(c, text, n, err);
        text += n + (text[n] == '\n');
    }
    if (!st) st = generator_config_check(c, err);
    return st == GAT_EUSAGE ? GAT_EMODEL : st;
}

#include "link/link_config.h"

#include <errno.h>
#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "link/link_net.h"

typedef struct row {
    gat_option option;
    bool whole;
    size_t offset;
    double low, high;
} row;

#define PLACE(field) offsetof(gat_link_config, field)

static const row rows[] = {
    {{"dim", "N", "64", "width of the net", NULL}, true, PLACE(dim), 4, 1024},
    {{"attn-heads", "N", "4", "attention heads", NULL}, true, PLACE(attn_heads), 1, 64},
    {{"layers", "N", "3", "rounds of votes", NULL}, true, PLACE(layers), 1, LINK_MOST_ROUNDS},
    {{"epochs", "N", "5", "passes over the documents", NULL}, true, PLACE(epochs), 1, 100000},
    {{"batch", "N", "8", "documents per step", NULL}, true, PLACE(batch), 1, 1024},
    {{"documents", "N", "3000", "documents made from the graph where none are given", NULL},
     true,
     PLACE(documents),
     1,
     10000000},
    {{"seed", "N", "1", "of everything random", NULL}, true, PLACE(seed), 0, 9e15},
    {{"lr", "X", "0.003", "learning rate", NULL}, false, PLACE(lr), 0, 10},
    {{"dropout", "X", "0.2", "of states inside the net", NULL}, false, PLACE(dropout), 0, 0.95},
    {{"weight-decay", "X", "0.001", "decoupled decay", NULL}, false, PLACE(weight_decay), 0, 1},
    {{"average", "X", "0.995", "of the running mean of the weights that a step keeps", NULL},
     false,
     PLACE(average),
     0,
     0.9999},
};
enum { NUM_ROWS = sizeof rows / sizeof *rows };

const gat_option *link_option(int index) { return index >= 0 && index < NUM_ROWS ? &rows[index].option : NULL; }

static int64_t *whole_field(gat_link_config *c, const row *r) { return (int64_t *)((char *)c + r->offset); }
static double *real_field(gat_link_config *c, const row *r) { return (double *)((char *)c + r->offset); }

static const row *row_of(const char *name)
{
    for (int i = 0; i < NUM_ROWS; i++)
        if (!strcmp(rows[i].option.name, name)) return &rows[i];
    return NULL;
}

void link_config_init(gat_link_config *c)
{
    memset(c, 0, sizeof *c);
    for (int i = 0; i < NUM_ROWS; i++) (void)link_config_set(c, rows[i].option.name, rows[i].option.initial, NULL);
}

gat_status link_config_set(gat_link_config *c, const char *name, const char *value, gat_error *err)
{
    const row *r = row_of(name);
    char *end;
    if (!r) return error_set(err, GAT_EUSAGE, "\"%s\" is no option of --task linking", name);
    errno = 0;
    double x = strtod(value, &end);
    if (errno || end == value || *end || !isfinite(x) || x < r->low || x > r->high || (r->whole && x != floor(x)))
        return error_set(err, GAT_EUSAGE, "--%s %s: expected a %snumber from %g to %g", name, value,
                         r->whole ? "whole " : "", r->low, r->high);
    if (r->whole) *whole_field(c, r) = (int64_t)x;
    else *real_field(c, r) = x;
    return GAT_OK;
}

const char *link_config_get(gat_link_config *c, const char *name)
{
    const row *r = row_of(name);
    if (!r) return NULL;
    if (r->whole) snprintf(c->text, sizeof c->text, "%lld", (long long)*whole_field(c, r));
    else snprintf(c->text, sizeof c->text, "%.9g", *real_field(c, r));
    return c->text;
}

gat_status link_config_check(const gat_link_config *c, gat_error *err)
{
    if (c->dim % c->attn_heads)
        return error_set(err, GAT_EUSAGE, "--dim %lld: expected a multiple of --attn-heads %lld", (long long)c->dim,
                         (long long)c->attn_heads);
    return GAT_OK;
}

char *link_config_text(const gat_link_config *config)
{
    gat_link_config copy = *config;
    size_t size = NUM_ROWS * 128, used = 0;
    char *text = gat_alloc((int64_t)size, 1);
    for (int i = 0; text && i < NUM_ROWS; i++)
        used += (size_t)snprintf(text + used, size - used, "%s = %s\n", rows[i].option.name,
                                 link_config_get(&copy, rows[i].option.name));
    return text;
}

static gat_status parse_line(gat_link_config *c, const char *text, size_t length, gat_error *err)
{
    char line[256];
    if (length >= sizeof line) return error_set(err, GAT_EMODEL, "a line of the configuration is too long");
    memcpy(line, text, length);
    line[length] = 0;
    char *equals = strstr(line, " = ");
    if (!equals) return error_set(err, GAT_EMODEL, "a line of the configuration is no \"name = value\"");
    *equals = 0;
    return link_config_set(c, line, equals + 3, err);
}

gat_status link_config_parse(gat_link_config *c, const char *text, gat_error *err)
{
    gat_status st = GAT_OK;
    link_config_init(c);
    while (!st && *text) {
        size_t n = strcspn(text, "\n");
        st = parse_line(c, text, n, err);
        text += n + (text[n] == '\n');
    }
    if (!st) st = link_config_check(c, err);
    return st == GAT_EUSAGE ? GAT_EMODEL : st;
}

#include "text/relation_config.h"

#include <errno.h>
#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "kernels/attention.h"
#include "text/net_edges.h"

typedef enum kind { WHOLE, REAL, CHOICE } kind;

typedef struct row {
    gat_option option;
    kind kind;
    size_t offset;
    double low, high;
} row;

#define PLACE(field) offsetof(gat_relation_config, field)

static const row rows[] = {
    {{"members", "N", "3", "nets whose probabilities are averaged; 0: the linear part alone", NULL},
     WHOLE,
     PLACE(members),
     0,
     24},
    {{"encoder", "relational|self|cross", "relational",
      "whom the words of a net hear: the parse and neighbours; each other; or only the two entities hear, and all "
      "words",
      NULL},
     CHOICE,
     PLACE(encoder),
     0,
     0},
    {{"word-positions", "none|relative|sinusoidal", "none",
      "places of the words in attention: none; as relations (--encoder self); as waves added to the words", NULL},
     CHOICE,
     PLACE(positions),
     0,
     0},
    {{"causal", "no|yes", "no", "words hear no later ones", NULL}, CHOICE, PLACE(causal), 0, 0},
    {{"attention", "additive|dynamic|dot|scaled-dot|bilinear|cosine|mlp", "scaled-dot", "score function of the nets",
      NULL},
     CHOICE,
     PLACE(attention),
     0,
     0},
    {{"attn-heads", "N", "4", "attention heads of the nets", NULL}, WHOLE, PLACE(attn_heads), 1, 64},
    {{"layers", "N", "1", "attention layers of the nets", NULL}, WHOLE, PLACE(layers), 1, 8},
    {{"dim", "N", "64", "width of the nets", NULL}, WHOLE, PLACE(dim), 4, 1024},
    {{"wide-dim", "N", "0", "numbers that the sparse features give to the hidden layer of a net, beside their labels",
      NULL},
     WHOLE,
     PLACE(wide_dim),
     0,
     256},
    {{"epochs", "N", "8", "passes of each net over the sentences", NULL}, WHOLE, PLACE(epochs), 0, 100000},
    {{"batch", "N", "50", "sentences per step", NULL}, WHOLE, PLACE(batch), 1, 100000},
    {{"parse", "no|yes", "yes", "use the parses of the sentences where they are given", NULL},
     CHOICE,
     PLACE(parse),
     0,
     0},
    {{"folds", "N", "5", "parts that take turns in judging the linear model", NULL}, WHOLE, PLACE(folds), 2, 20},
    {{"passes", "N", "12", "sweeps of the linear trainer, at most", NULL}, WHOLE, PLACE(passes), 1, 1000},
    {{"least-rows", "N", "2", "sentences that a feature must be in", NULL}, WHOLE, PLACE(least_rows), 1, 1000},
    {{"seed", "N", "1", "of everything random", NULL}, WHOLE, PLACE(seed), 0, 9e15},
    {{"linear-c", "X", "0", "weight of errors in the linear part; 0: the best on held-out folds", NULL},
     REAL,
     PLACE(linear_c),
     0,
     1000},
    {{"rarity", "X", "0", "rare features are louder: power of one over the share of sentences that have them", NULL},
     REAL,
     PLACE(rarity),
     0,
     1},
    {{"lr", "X", "0.002", "learning rate of the nets", NULL}, REAL, PLACE(lr), 0, 10},
    {{"wide-lr", "X", "3", "learning rate of the sparse half of a net, in lr", NULL}, REAL, PLACE(wide_lr), 0, 1000},
    {{"dropout", "X", "0.3", "of features inside the nets", NULL}, REAL, PLACE(dropout), 0, 0.95},
    {{"top-dropout", "X", "0.5", "of features under the labels", NULL}, REAL, PLACE(top_dropout), 0, 0.95},
    {{"wide-dropout", "X", "0.2", "of a net's sparse features", NULL}, REAL, PLACE(wide_dropout), 0, 0.95},
    {{"attn-dropout", "X", "0.1", "of attention weights", NULL}, REAL, PLACE(attn_dropout), 0, 0.95},
    {{"word-dropout", "X", "0.06", "of words that a net does not see", NULL}, REAL, PLACE(word_dropout), 0, 0.95},
    {{"label-smoothing", "X", "0.05", "share of the target spread over all labels", NULL},
     REAL,
     PLACE(label_smoothing),
     0,
     0.9},
    {{"weight-decay", "X", "0.02", "decoupled decay of the nets", NULL}, REAL, PLACE(weight_decay), 0, 1},
    {{"average", "X", "0.95", "of the running mean of a net's weights that is kept from one step to the fifth after",
      NULL},
     REAL,
     PLACE(average),
     0,
     0.9999},
    {{"net-weight", "X", "-1",
      "share of the nets in an answer, beside the linear part; -1: the best on a held-out fold", NULL},
     REAL,
     PLACE(net_weight),
     -1,
     1},
};
enum { NUM_ROWS = sizeof rows / sizeof *rows };

/* Options under a name; what they are worth stands in RESULTS.md. */
static const struct preset {
    const char *name, *lines;
} presets[] = {
    {"semeval", "members = 3\nrarity = 0.2\nwide-dim = 32\n"},
    {"semeval-tokens", "members = 3\nrarity = 0.2\nparse = no\n"},
};
enum { NUM_PRESETS = sizeof presets / sizeof *presets };

const char *relation_preset(int index) { return index >= 0 && index < NUM_PRESETS ? presets[index].name : NULL; }

const gat_option *relation_option(int index) { return index >= 0 && index < NUM_ROWS ? &rows[index].option : NULL; }

static int64_t *whole_field(gat_relation_config *c, const row *r) { return (int64_t *)((char *)c + r->offset); }
static double *real_field(gat_relation_config *c, const row *r) { return (double *)((char *)c + r->offset); }

static const row *row_of(const char *name)
{
    for (int i = 0; i < NUM_ROWS; i++)
        if (!strcmp(rows[i].option.name, name)) return &rows[i];
    return NULL;
}

void relation_config_init(gat_relation_config *c)
{
    memset(c, 0, sizeof *c);
    for (int i = 0; i < NUM_ROWS; i++) (void)relation_config_set(c, rows[i].option.name, rows[i].option.initial, NULL);
}

/* Place of value among "a|b|c", or -1; and back into text. */
static int choice_of(const char *choices, const char *value)
{
    size_t length = strlen(value);
    for (int i = 0;; i++, choices++) {
        size_t end = strcspn(choices, "|");
        if (end == length && !strncmp(choices, value, length)) return i;
        choices += end;
        if (!*choices) return -1;
    }
}

static void choice_text(char *text, size_t size, const char *choices, int64_t index)
{
    for (; index > 0; index--) choices += strcspn(choices, "|") + 1;
    snprintf(text, size, "%.*s", (int)strcspn(choices, "|"), choices);
}

/* "name = value" lines. */
static gat_status set_lines(gat_relation_config *c, const char *text, gat_error *err)
{
    gat_status st = GAT_OK;
    while (!st && *text) {
        char line[256];
        size_t n = strcspn(text, "\n");
        char *equals;
        if (n >= sizeof line) return error_set(err, GAT_EMODEL, "a line of the configuration is too long");
        memcpy(line, text, n);
        line[n] = 0;
        text += n + (text[n] == '\n');
        equals = strstr(line, " = ");
        if (!equals) return error_set(err, GAT_EMODEL, "a line of the configuration is no \"name = value\"");
        *equals = 0;
        st = relation_config_set(c, line, equals + 3, err);
    }
    return st;
}

static gat_status set_preset(gat_relation_config *c, const char *name, gat_error *err)
{
    char known[256] = "";
    for (int i = 0; i < NUM_PRESETS; i++) {
        if (!strcmp(presets[i].name, name)) return set_lines(c, presets[i].lines, err);
        size_t used = strlen(known);
        snprintf(known + used, sizeof known - used, "%s%s", i ? ", " : "", presets[i].name);
    }
    return error_set(err, GAT_EUSAGE, "--task relations has no preset \"%s\"; there are: %s", name, known);
}

gat_status relation_config_set(gat_relation_config *c, const char *name, const char *value, gat_error *err)
{
    const row *r = row_of(name);
    char *end;
    if (!strcmp(name, "preset")) return set_preset(c, value, err);
    if (!r) return error_set(err, GAT_EUSAGE, "\"%s\" is no option of --task relations", name);
    if (r->kind == CHOICE) {
        int choice = choice_of(r->option.argument, value);
        if (choice < 0) return error_set(err, GAT_EUSAGE, "--%s %s: expected %s", name, value, r->option.argument);
        *whole_field(c, r) = choice;
        return GAT_OK;
    }
    errno = 0;
    double x = strtod(value, &end);
    bool whole = r->kind == WHOLE;
    if (errno || end == value || *end || !isfinite(x) || x < r->low || x > r->high || (whole && x != floor(x)))
        return error_set(err, GAT_EUSAGE, "--%s %s: expected a %snumber from %g to %g", name, value,
                         whole ? "whole " : "", r->low, r->high);
    if (whole) *whole_field(c, r) = (int64_t)x;
    else *real_field(c, r) = x;
    return GAT_OK;
}

const char *relation_config_get(gat_relation_config *c, const char *name)
{
    const row *r = row_of(name);
    if (!r) return NULL;
    if (r->kind == CHOICE) choice_text(c->text, sizeof c->text, r->option.argument, *whole_field(c, r));
    else if (r->kind == WHOLE) snprintf(c->text, sizeof c->text, "%lld", (long long)*whole_field(c, r));
    else snprintf(c->text, sizeof c->text, "%.9g", *real_field(c, r));
    return c->text;
}

gat_status relation_config_check(const gat_relation_config *c, gat_error *err)
{
    if (c->dim % (4 * c->attn_heads))
        return error_set(err, GAT_EUSAGE, "--dim %lld: expected a multiple of 4 times --attn-heads %lld",
                         (long long)c->dim, (long long)c->attn_heads);
    if (c->positions == POSITIONS_RELATIVE && c->encoder != ENCODER_SELF)
        return error_set(err, GAT_EUSAGE, "--word-positions relative is an option of --encoder self");
    return GAT_OK;
}

char *relation_config_text(const gat_relation_config *config)
{
    gat_relation_config copy = *config;
    size_t size = NUM_ROWS * 128, used = 0;
    char *text = gat_alloc((int64_t)size, 1);
    for (int i = 0; text && i < NUM_ROWS; i++)
        used += (size_t)snprintf(text + used, size - used, "%s = %s\n", rows[i].option.name,
                                 relation_config_get(&copy, rows[i].option.name));
    return text;
}

gat_status relation_config_parse(gat_relation_config *c, const char *text, gat_error *err)
{
    relation_config_init(c);
    gat_status st = set_lines(c, text, err);
    if (!st) st = relation_config_check(c, err);
    return st == GAT_EUSAGE ? GAT_EMODEL : st;
}

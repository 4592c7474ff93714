#include "text/relation_config.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "kernels/attention.h"
#include "model/option_rows.h"
#include "text/net_edges.h"

#define PLACE(field) offsetof(gat_relation_config, field)

static const option_row rows[] = {
    {{"members", "N", "3", "nets whose probabilities are averaged; 0: the linear part alone", NULL},
     OPTION_WHOLE,
     PLACE(members),
     0,
     24},
    {{"encoder", "relational|self|cross", "relational",
      "whom the words of a net hear: the parse and neighbours; each other; or only the two entities hear, and all "
      "words",
      NULL},
     OPTION_CHOICE,
     PLACE(encoder),
     0,
     0},
    {{"word-positions", "none|relative|sinusoidal", "none",
      "places of the words in attention: none; as relations (--encoder self); as waves added to the words", NULL},
     OPTION_CHOICE,
     PLACE(positions),
     0,
     0},
    {{"causal", "no|yes", "no", "words hear no later ones", NULL}, OPTION_CHOICE, PLACE(causal), 0, 0},
    {{"attention", "additive|dynamic|dot|scaled-dot|bilinear|cosine|mlp", "scaled-dot", "score function of the nets",
      NULL},
     OPTION_CHOICE,
     PLACE(attention),
     0,
     0},
    {{"attn-heads", "N", "4", "attention heads of the nets", NULL}, OPTION_WHOLE, PLACE(attn_heads), 1, 64},
    {{"layers", "N", "1", "attention layers of the nets", NULL}, OPTION_WHOLE, PLACE(layers), 1, 8},
    {{"dim", "N", "64", "width of the nets", NULL}, OPTION_WHOLE, PLACE(dim), 4, 1024},
    {{"wide-dim", "N", "0", "numbers that the sparse features give to the hidden layer of a net, beside their labels",
      NULL},
     OPTION_WHOLE,
     PLACE(wide_dim),
     0,
     256},
    {{"epochs", "N", "8", "passes of each net over the sentences", NULL}, OPTION_WHOLE, PLACE(epochs), 0, 100000},
    {{"batch", "N", "50", "sentences per step", NULL}, OPTION_WHOLE, PLACE(batch), 1, 100000},
    {{"parse", "no|yes", "yes", "use the parses of the sentences where they are given", NULL},
     OPTION_CHOICE,
     PLACE(parse),
     0,
     0},
    {{"folds", "N", "5", "parts that take turns in judging the linear model", NULL}, OPTION_WHOLE, PLACE(folds), 2, 20},
    {{"passes", "N", "12", "sweeps of the linear trainer, at most", NULL}, OPTION_WHOLE, PLACE(passes), 1, 1000},
    {{"least-rows", "N", "2", "sentences that a feature must be in", NULL}, OPTION_WHOLE, PLACE(least_rows), 1, 1000},
    {{"seed", "N", "1", "of everything random", NULL}, OPTION_WHOLE, PLACE(seed), 0, 9e15},
    {{"linear-c", "X", "0", "weight of errors in the linear part; 0: the best on held-out folds", NULL},
     OPTION_REAL,
     PLACE(linear_c),
     0,
     1000},
    {{"rarity", "X", "0", "rare features are louder: power of one over the share of sentences that have them", NULL},
     OPTION_REAL,
     PLACE(rarity),
     0,
     1},
    {{"lr", "X", "0.002", "learning rate of the nets", NULL}, OPTION_REAL, PLACE(lr), 0, 10},
    {{"wide-lr", "X", "3", "learning rate of the sparse half of a net, in lr", NULL},
     OPTION_REAL,
     PLACE(wide_lr),
     0,
     1000},
    {{"dropout", "X", "0.3", "of features inside the nets", NULL}, OPTION_REAL, PLACE(dropout), 0, 0.95},
    {{"top-dropout", "X", "0.5", "of features under the labels", NULL}, OPTION_REAL, PLACE(top_dropout), 0, 0.95},
    {{"wide-dropout", "X", "0.2", "of a net's sparse features", NULL}, OPTION_REAL, PLACE(wide_dropout), 0, 0.95},
    {{"attn-dropout", "X", "0.1", "of attention weights", NULL}, OPTION_REAL, PLACE(attn_dropout), 0, 0.95},
    {{"word-dropout", "X", "0.06", "of words that a net does not see", NULL},
     OPTION_REAL,
     PLACE(word_dropout),
     0,
     0.95},
    {{"label-smoothing", "X", "0.05", "share of the target spread over all labels", NULL},
     OPTION_REAL,
     PLACE(label_smoothing),
     0,
     0.9},
    {{"weight-decay", "X", "0.02", "decoupled decay of the nets", NULL}, OPTION_REAL, PLACE(weight_decay), 0, 1},
    {{"average", "X", "0.95", "of the running mean of a net's weights that is kept from one step to the fifth after",
      NULL},
     OPTION_REAL,
     PLACE(average),
     0,
     0.9999},
    {{"net-weight", "X", "-1",
      "share of the nets in an answer, beside the linear part; -1: the best on a held-out fold", NULL},
     OPTION_REAL,
     PLACE(net_weight),
     -1,
     1},
};
static const option_rows table = {rows, sizeof rows / sizeof *rows, "relations"};

/* Options under a name; what they are worth stands in RESULTS.md. */
static const struct preset {
    const char *name, *lines;
} presets[] = {
    {"semeval", "members = 3\nrarity = 0.2\nwide-dim = 32\n"},
    {"semeval-tokens", "members = 3\nrarity = 0.2\nparse = no\n"},
};
enum { NUM_PRESETS = sizeof presets / sizeof *presets };

const char *relation_preset(int index) { return index >= 0 && index < NUM_PRESETS ? presets[index].name : NULL; }

const gat_option *relation_option(int index) { return option_rows_at(&table, index); }

void relation_config_init(gat_relation_config *c)
{
    memset(c, 0, sizeof *c);
    option_rows_init(c, &table);
}

static gat_status set_any(void *config, const char *name, const char *value, gat_error *err)
{
    return relation_config_set(config, name, value, err);
}

static gat_status set_preset(gat_relation_config *c, const char *name, gat_error *err)
{
    char known[256] = "";
    for (int i = 0; i < NUM_PRESETS; i++) {
        if (!strcmp(presets[i].name, name)) return option_lines_read(c, presets[i].lines, set_any, err);
        size_t used = strlen(known);
        snprintf(known + used, sizeof known - used, "%s%s", i ? ", " : "", presets[i].name);
    }
    return error_set(err, GAT_EUSAGE, "--task relations has no preset \"%s\"; there are: %s", name, known);
}

gat_status relation_config_set(gat_relation_config *c, const char *name, const char *value, gat_error *err)
{
    return strcmp(name, "preset") ? option_rows_set(c, &table, name, value, err) : set_preset(c, value, err);
}

const char *relation_config_get(gat_relation_config *c, const char *name)
{
    return option_rows_get(c->text, &table, c, name) ? c->text : NULL;
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

char *relation_config_text(const gat_relation_config *config) { return option_rows_text(&table, config); }

gat_status relation_config_parse(gat_relation_config *c, const char *text, gat_error *err)
{
    relation_config_init(c);
    gat_status st = option_lines_read(c, text, set_any, err);
    if (!st) st = relation_config_check(c, err);
    return st == GAT_EUSAGE ? GAT_EMODEL : st;
}

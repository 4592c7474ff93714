#include "recommend/recommend_config.h"

#include <errno.h>
#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"

typedef enum value_kind { WHOLE, REAL, CHOICE } value_kind;

typedef struct row {
    gat_option option;
    value_kind kind;
    size_t offset;
    double low, high;
} row;

#define INT(name, field, initial, low, high, help)                                                \
    {                                                                                             \
        {name, "N", initial, help, NULL}, WHOLE, offsetof(gat_recommend_config, field), low, high \
    }
#define NUM(name, field, initial, low, high, help)                                               \
    {                                                                                            \
        {name, "X", initial, help, NULL}, REAL, offsetof(gat_recommend_config, field), low, high \
    }
#define ONE(name, field, choices, initial, help)                                                  \
    {                                                                                             \
        {name, choices, initial, help, NULL}, CHOICE, offsetof(gat_recommend_config, field), 0, 0 \
    }

static const row rows[] = {
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
enum { NUM_ROWS = sizeof rows / sizeof *rows };

const gat_option *recommend_option(int index) { return index >= 0 && index < NUM_ROWS ? &rows[index].option : NULL; }

static int64_t *whole_field(gat_recommend_config *c, const row *r) { return (int64_t *)((char *)c + r->offset); }
static double *real_field(gat_recommend_config *c, const row *r) { return (double *)((char *)c + r->offset); }

static const row *row_of(const char *name)
{
    for (int i = 0; i < NUM_ROWS; i++)
        if (!strcmp(rows[i].option.name, name)) return &rows[i];
    return NULL;
}

void recommend_config_init(gat_recommend_config *c)
{
    memset(c, 0, sizeof *c);
    for (int i = 0; i < NUM_ROWS; i++) (void)recommend_config_set(c, rows[i].option.name, rows[i].option.initial, NULL);
}

/* Place of value among "a|b|c", or -1. */
static int choice_index(const char *choices, const char *value)
{
    size_t length = strlen(value);
    for (int i = 0;; i++) {
        size_t end = strcspn(choices, "|");
        if (end == length && !strncmp(choices, value, length)) return i;
        if (!choices[end]) return -1;
        choices += end + 1;
    }
}

static void choice_name(char *text, size_t size, const char *choices, int64_t index)
{
    while (index-- > 0) choices += strcspn(choices, "|") + 1;
    snprintf(text, size, "%.*s", (int)strcspn(choices, "|"), choices);
}

static gat_status set_choice(gat_recommend_config *c, const row *r, const char *value, gat_error *err)
{
    int index = choice_index(r->option.argument, value);
    if (index < 0)
        return error_set(err, GAT_EUSAGE, "--%s %s: expected one of %s", r->option.name, value, r->option.argument);
    *whole_field(c, r) = index;
    return GAT_OK;
}

gat_status recommend_config_set(gat_recommend_config *c, const char *name, const char *value, gat_error *err)
{
    const row *r = row_of(name);
    char *end;
    if (!r) return error_set(err, GAT_EUSAGE, "\"%s\" is no option of --task recommend", name);
    if (r->kind == CHOICE) return set_choice(c, r, value, err);
    errno = 0;
    double x = strtod(value, &end);
    if (errno || end == value || *end || !isfinite(x) || x < r->low || x > r->high ||
        (r->kind == WHOLE && x != floor(x)))
        return error_set(err, GAT_EUSAGE, "--%s %s: expected a %snumber from %g to %g", name, value,
                         r->kind == WHOLE ? "whole " : "", r->low, r->high);
    if (r->kind == WHOLE) *whole_field(c, r) = (int64_t)x;
    else *real_field(c, r) = x;
    return GAT_OK;
}

const char *recommend_config_get(gat_recommend_config *c, const char *name)
{
    const row *r = row_of(name);
    if (!r) return NULL;
    if (r->kind == CHOICE) choice_name(c->text, sizeof c->text, r->option.argument, *whole_field(c, r));
    else if (r->kind == WHOLE) snprintf(c->text, sizeof c->text, "%lld", (long long)*whole_field(c, r));
    else snprintf(c->text, sizeof c->text, "%.9g", *real_field(c, r));
    return c->text;
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

char *recommend_config_text(const gat_recommend_config *config)
{
    gat_recommend_config copy = *config;
    size_t size = NUM_ROWS * 128, used = 0;
    char *text = gat_alloc((int64_t)size, 1);
    for (int i = 0; text && i < NUM_ROWS; i++)
        used += (size_t)snprintf(text + used, size - used, "%s = %s\n", rows[i].option.name,
                                 recommend_config_get(&copy, rows[i].option.name));
    return text;
}

static gat_status parse_line(gat_recommend_config *c, const char *text, size_t length, gat_error *err)
{
    char line[256];
    if (length >= sizeof line) return error_set(err, GAT_EMODEL, "a line of the configuration is too long");
    memcpy(line, text, length);
    line[length] = 0;
    char *equals = strstr(line, " = ");
    if (!equals) return error_set(err, GAT_EMODEL, "a line of the configuration is no \"name = value\"");
    *equals = 0;
    return recommend_config_set(c, line, equals + 3, err);
}

gat_status recommend_config_parse(gat_recommend_config *c, const char *text, gat_error *err)
{
    gat_status st = GAT_OK;
    recommend_config_init(c);
    while (!st && *text) {
        size_t n = strcspn(text, "\n");
        st = parse_line(c, text, n, err);
        text += n + (text[n] == '\n');
    }
    if (!st) st = recommend_config_check(c, err);
    return st == GAT_EUSAGE ? GAT_EMODEL : st;
}

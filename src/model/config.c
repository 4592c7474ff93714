#include "model/config.h"

#include <errno.h>
#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"
#include "graph/vocab.h"
#include "model/decoder.h"
#include "model/encoder.h"
#include "model/members.h"
#include "path/path_model.h"

typedef enum value_kind { VALUE_INT, VALUE_REAL, VALUE_CHOICE } value_kind;

/* How the value of a row is read and kept. `choices` are separated by '|'. */
typedef struct option_row {
    gat_option option;
    value_kind kind;
    size_t offset;
    double low, high;
} option_row;

#define INT(name, field, initial, path, low, high, help)                                    \
    {                                                                                       \
        {name, "N", initial, help, path}, VALUE_INT, offsetof(gat_config, field), low, high \
    }
#define REAL(name, field, initial, path, low, high, help)                                    \
    {                                                                                        \
        {name, "X", initial, help, path}, VALUE_REAL, offsetof(gat_config, field), low, high \
    }
#define CHOICE(name, field, choices, initial, path, help)                                     \
    {                                                                                         \
        {name, choices, initial, help, path}, VALUE_CHOICE, offsetof(gat_config, field), 0, 0 \
    }

/* Two initial values: of models with embeddings, and of --model path. NULL: the option is not theirs. */
static const option_row rows[] = {
    CHOICE("model", model, "gat|none|path", "gat", "path",
           "attention encoder with a decoder; the decoder alone; attention over paths that knows the question: no "
           "embeddings of entities, at home in other graphs with the same relations. path takes the options that have "
           "a default for it"),
    INT("dim", dim, "192", "32", 2, ATTENTION_MAX_WIDTH,
        "width of an entity's embedding, or of its state on a path (a multiple of 32)"),
    CHOICE("decoder", decoder, "distmult|complex|transe|rotate|rescal|tucker|conve", "complex", NULL,
           "how head, relation and tail make a score"),
    INT("relation-dim", relation_dim, "0", NULL, 0, ATTENTION_MAX_WIDTH,
        "width of a relation's vector (tucker, conve); 0: as the entity's"),
    INT("conv-channels", conv_channels, "32", NULL, 1, 1024, "filters of the decoder conve"),
    CHOICE("unknown", unknown, "common|neighbors|facts", "facts", NULL,
           "stands in for the embedding of an entity without: one row for all, the mean of its neighbours' embeddings, "
           "or of what its facts ask for"),
    INT("members", members, "1", "1", 1, PATH_MAX_MEMBERS,
        "decoders (--model none: distmult, complex) or nets of paths that are trained one after the other and answer "
        "together, by the mean of their scores"),
    REAL("init", init, "0.1", NULL, 1e-6, 10, "scale of initial embeddings"),
    CHOICE("attention", attention, "additive|dynamic|dot|scaled-dot|bilinear|cosine|mlp", "additive", "dynamic",
           "score function of the attention"),
    INT("attn-heads", attn_heads, "4", "1", 1, ATTENTION_MAX_HEADS,
        "attention heads; on paths gates, each of a part of the state"),
    INT("layers", layers, "1", "3", 1, 8, "attention layers; facts of the longest path"),
    CHOICE("merge", merge, "concat|mean", "concat", NULL,
           "heads side by side, each dim / attn-heads wide, or averaged, each dim wide"),
    CHOICE("activation", activation, "none|relu|elu|tanh", "none", NULL, "after the attention sum"),
    CHOICE("norm", norm, "no|yes", "yes", NULL, "LayerNorm before each attention layer"),
    CHOICE("residual", residual, "no|yes", "yes", NULL, "add each layer to its input"),
    REAL("branch-scale", branch_scale, "0", NULL, 0, 10, "initial per-column weight of a layer's output"),
    REAL("slope", slope, "0.2", NULL, 0, 1, "of LeakyReLU in the attention score"),
    CHOICE("selection", selection, "soft|top-k|sampled|gumbel", "soft", NULL,
           "edges a head listens to: all, those of highest score, draws by score, or highest after Gumbel noise"),
    INT("select-k", select_k, "4", NULL, 1, SELECT_MAX, "edges per entity and head where selection is not soft"),
    REAL("select-temperature", select_temperature, "1", NULL, 0.01, 100, "what selection gumbel divides its scores by"),
    CHOICE("attn-query", attn_query, "node|learned", "node", NULL,
           "what asks a neighbourhood: its entity, or one learned vector per head that pools any neighbourhood"),
    CHOICE(
        "reach", reach, "local|hops|sampled|global", "local", NULL,
        "attention to neighbours; also to entities several facts away, to random ones, or to all (linear attention)"),
    INT("reach-hops", reach_hops, "2", NULL, 2, REACH_MAX_HOPS, "facts that reach hops goes at most"),
    INT("reach-edges", reach_edges, "8", NULL, 1, REACH_MAX_EDGES,
        "further entities heard by each entity, at every distance of reach hops or in all of reach sampled"),
    CHOICE("positions", positions, "none|random-walk|laplacian", "none", NULL,
           "an encoding of each entity's place in the graph, mapped and added to its embedding"),
    INT("position-dim", position_dim, "16", NULL, 1, 256, "numbers of a position: steps of walks, or eigenvectors"),
    INT("recurrent-depth", recurrent_depth, "1", NULL, 1, 8,
        "times that each attention layer is applied, weights shared"),
    CHOICE("path-gate", path_gate, "no|yes", NULL, "yes", "attention on the facts; no: all count the same"),
    CHOICE("path-profile", path_profile, "no|yes", NULL, "yes",
           "candidates are also judged by the relations around them, where no path reaches too"),
    CHOICE("path-message", path_message, "product|rotation|translation", NULL, "product",
           "what a fact makes of the state that passes: times the relation's vector, number by number or as complex "
           "numbers, or plus it"),
    CHOICE(
        "path-aggregation", path_aggregation, "sum|mean-max-min-std", NULL, "sum",
        "what an entity makes of the messages that reach it: their sum, or four statistics of them, each also scaled "
        "by its degree up and down"),
    CHOICE(
        "path-global", path_global, "no|last|each", NULL, "no",
        "attention of all that a question has reached to all of it, in linear time: not at all, after the last layer, "
        "after each"),
    CHOICE("path-share", path_share, "no|yes", NULL, "no", "all layers have the same parameters"),
    REAL("path-split", path_split, NULL, "0", 0, 0.5,
         "share of the training facts that are asked for, and hidden, at once; 0: .25 of less than 10,000 facts, .1 of "
         "less than 50,000, .02 of more"),
    CHOICE("path-hide", path_hide, "fact|pair", NULL, "fact",
           "what is hidden: the facts asked for, or every fact between their two ends (where test holds no such pair)"),
    INT("path-budget", path_budget, NULL, "0", 0, 1e9, "most nodes that a layer may reach for the first time; 0: all"),
    CHOICE(
        "path-choice", path_choice, "attention|learned", NULL, "attention",
        "which nodes path-budget lets in: those that most attention goes to, or those of highest learned score, drawn "
        "by it in training"),
    INT("epochs", epochs, "50", "3", 0, 1000000, "passes over the training facts, at most"),
    INT("queries", queries, NULL, "0", 0, 1e12,
        "questions to learn from in all, in place of epochs: equal ones count once; 0: as many as the epochs have"),
    INT("batch", batch, "1000", "32", 1, 1000000, "questions (head, relation, ?) per step"),
    INT("negatives", negatives, "0", NULL, 0, 1e9,
        "entities drawn per step that all its questions are answered among, beside the step's own answers; 0: all"),
    INT("fan-out", fan_out, "0", NULL, 0, 1e9,
        "most edges into an entity that an attention layer sees in a step, drawn anew each time; 0: all"),
    INT("patience", patience, "5", "0", 0, 1000000, "validations without a better MRR before stopping; 0: never"),
    INT("eval-every", eval_every, "1", NULL, 1, 1000000, "epochs between validations"),
    INT("eval-queries", eval_queries, NULL, "0", 0, 1e12,
        "questions between validations; 0: an eighth of the run, more under a short time limit"),
    INT("valid-sample", valid_sample, "0", "1000", 0, 1e9,
        "facts of valid that a validation ranks, drawn once; 0: all"),
    CHOICE("keep", keep, "best|last", "best", "best", "which epoch becomes the model"),
    CHOICE(
        "node-order", node_order, "auto|given|degree", "auto", NULL,
        "numbers of the entities in memory while training: as they come, or those with many facts first, as is faster "
        "where the table leaves the cache (auto); the model has the order of the data"),
    CHOICE("precision", precision, "f32|bf16", "f32", NULL,
           "numbers the loss multiplies, summed in f32; bf16 is faster where the processor has it"),
    CHOICE("optimizer", optimizer, "adagrad|adam", "adagrad", NULL, "rule by which gradients change the parameters"),
    REAL("lr", lr, "0.2", "0.003", 0, 100, "learning rate of the embeddings, or of all parameters of paths"),
    REAL("encoder-lr", encoder_lr, "0.003", NULL, 0, 100,
         "learning rate of the attention layers and of the decoder's own weights"),
    REAL("lr-decay", lr_decay, "1", NULL, 0.01, 1, "factor of both learning rates from one epoch to the next"),
    CHOICE("lr-schedule", lr_schedule, "constant|linear|cosine", "constant", NULL,
           "learning rates stay, or fall to zero at the end of the last epoch"),
    REAL("warmup", warmup, "0", NULL, 0, 1000000, "epochs over which the learning rate rises to its value"),
    INT("warmup-steps", warmup_steps, NULL, "50", 0, 1000000, "steps over which the learning rate rises to its value"),
    CHOICE(
        "loss", loss, "ce|bce|filtered-ce", "ce", NULL,
        "softmax or binary cross-entropy against all entities; filtered: an answer against the rest that is no answer"),
    INT("softmax-draws", softmax_draws, "0", NULL, 0, 65536,
        "draws an answer that stand for the softmax in the gradient: unbiased, faster; 0: all entities"),
    REAL("label-smoothing", label_smoothing, "0", NULL, 0, 0.99, "share of the target spread over all entities"),
    REAL("answer-degree", answer_degree, "0", NULL, 0, 1,
         "share of an answer's weight in the softmax loss that follows its number of facts"),
    REAL("relation-weight", relation_weight, "0", NULL, 0, 1000,
         "of a second objective: the relation between two given entities"),
    REAL("n3", n3, "0.02", NULL, 0, 1000, "weight of the nuclear 3-norm of the factors"),
    REAL("l2", l2, "0", NULL, 0, 1000, "weight of the squares of the factors"),
    REAL("dura", dura, "0", NULL, 0, 1000, "weight of the squares of both ends and of the query vector"),
    REAL("dura-query", dura_query, "1.5", NULL, 0, 2,
         "factor of the query vector's share in dura; the ends have 2 less this"),
    REAL("weight-decay", weight_decay, "0", "0", 0, 1, "decoupled decay of all parameters, per step and learning rate"),
    REAL("edge-drop", edge_drop, "0", NULL, 0, 0.95,
         "of training facts hidden from the encoder, beside those asked for"),
    REAL("unknown-entities", unknown_entities, "0", NULL, 0, 1,
         "of entities the encoder has to build from their facts alone, as it must new ones"),
    REAL("dropout", dropout, "0.2", NULL, 0, 0.95, "of features inside the encoder"),
    REAL("attn-dropout", attn_dropout, "0.1", NULL, 0, 0.95, "of attention weights"),
    REAL("entity-dropout", entity_dropout, "0", NULL, 0, 0.95, "of all entities' embeddings, before everything else"),
    REAL("input-dropout", input_dropout, "0", NULL, 0, 0.95, "of the entity's vector that the decoder starts from"),
    REAL("relation-dropout", relation_dropout, "0", NULL, 0, 0.95, "of relation vectors in the decoder"),
    REAL("hidden-dropout", hidden_dropout, "0", NULL, 0, 0.95, "inside the decoder (tucker, conve)"),
    REAL("decoder-dropout", decoder_dropout, "0", NULL, 0, 0.95, "of the decoder's query vector"),
    INT("seed", seed, "1", "1", 0, 9e15, "of everything random"),
};

enum { NUM_ROWS = sizeof rows / sizeof rows[0] };
_Static_assert(sizeof rows / sizeof rows[0] <= CONFIG_MAX_ROWS, "gat_config.given");

const gat_option *config_option(int index) { return index >= 0 && index < NUM_ROWS ? &rows[index].option : NULL; }

/* The option a group begins with, and its heading. */
static const struct group {
    const char *first, *heading;
} groups[] = {
    {"model", "Model:"},
    {"attention", "Attention layers (--model gat):"},
    {"selection", "Variants of the attention (--model gat):"},
    {"path-gate", "Path attention (--model path):"},
    {"epochs", "Training:"},
    {"loss", "Objective and regularisation:"},
};

const char *config_heading(int index)
{
    const gat_option *option = config_option(index);
    for (size_t i = 0; option && i < sizeof groups / sizeof groups[0]; i++)
        if (!strcmp(groups[i].first, option->name)) return groups[i].heading;
    return NULL;
}

/* Names that files and scripts of before still use. */
static const char *present_name(const char *name) { return strcmp(name, "path-members") ? name : "members"; }

static const option_row *row_of(const char *name)
{
    name = present_name(name);
    for (int i = 0; i < NUM_ROWS; i++)
        if (!strcmp(rows[i].option.name, name)) return &rows[i];
    return NULL;
}

static int64_t *int_field(gat_config *c, const option_row *row) { return (int64_t *)((char *)c + row->offset); }
static double *real_field(gat_config *c, const option_row *row) { return (double *)((char *)c + row->offset); }

/* Position of value among "a|b|c", or -1. */
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

static int choice_length(const char **choices, int64_t index)
{
    while (index-- > 0) *choices += strcspn(*choices, "|") + 1;
    return (int)strcspn(*choices, "|");
}

static gat_status out_of_range(const option_row *row, const char *value, gat_error *err)
{
    if (row->kind == VALUE_CHOICE)
        return error_set(err, GAT_EUSAGE, "%s: expected one of %s, found \"%s\"", row->option.name,
                         row->option.argument, value);
    return error_set(err, GAT_EUSAGE, "%s: expected a%s number from %g to %g, found \"%s\"", row->option.name,
                     row->kind == VALUE_INT ? " whole" : "", row->low, row->high, value);
}

static gat_status set_number(gat_config *c, const option_row *row, const char *value, gat_error *err)
{
    char *end;
    errno = 0;
    double x = strtod(value, &end);
    bool whole = row->kind != VALUE_INT || x == floor(x);
    if (end == value || *end || errno || !isfinite(x) || !whole || x < row->low || x > row->high)
        return out_of_range(row, value, err);
    if (row->kind == VALUE_INT) *int_field(c, row) = (int64_t)x;
    else *real_field(c, row) = x;
    return GAT_OK;
}

static gat_status unknown_option(const char *name, gat_error *err)
{
    gat_intern *names = intern_new();
    if (!names) return error_nomem(err);
    gat_status st = error_set(err, GAT_EUSAGE, "unknown option \"%s\"", name);
    for (int i = 0; i < NUM_ROWS; i++) intern_add(names, rows[i].option.name, strlen(rows[i].option.name));
    int32_t nearest;
    if (vocab_nearest(names, name, &nearest, 1))
        st = error_set(err, GAT_EUSAGE, "unknown option \"%s\"; nearest: %s", name, intern_string(names, nearest));
    intern_free(names);
    return st;
}

static gat_status unknown_preset(const char *name, gat_error *err)
{
    char known[300] = "";
    for (int i = 0; preset_name(i); i++)
        snprintf(known + strlen(known), sizeof known - strlen(known), "%s%s", i ? ", " : "", preset_name(i));
    return error_set(err, GAT_EUSAGE, "unknown preset \"%s\"; there are: %s", name, known);
}

static bool applies(const option_row *row, int64_t model)
{
    return (model == GAT_MODEL_PATH ? row->option.path : row->option.initial) != NULL;
}

static gat_status set_row(gat_config *c, const option_row *row, const char *value, gat_error *err)
{
    if (row->kind != VALUE_CHOICE) return set_number(c, row, value, err);
    int index = choice_index(row->option.argument, value);
    if (index < 0) return out_of_range(row, value, err);
    *int_field(c, row) = index;
    return GAT_OK;
}

/* Initial values of the kind of model, but for what was set. */
static void set_initial(gat_config *c)
{
    for (int i = 0; i < NUM_ROWS; i++) {
        const gat_option *o = &rows[i].option;
        bool path = (c->model == GAT_MODEL_PATH && o->path) || !o->initial;
        if (!c->given[i]) set_row(c, &rows[i], path ? o->path : o->initial, NULL);
    }
}

gat_status config_set(gat_config *c, const char *name, const char *value, gat_error *err)
{
    if (!strcmp(name, "preset")) {
        const char *lines = preset_lines(value);
        if (!lines) return unknown_preset(value, err);
        c->in_preset = true;
        gat_status st = config_parse(c, lines, value, err);
        c->in_preset = false;
        return st;
    }
    const option_row *row = row_of(name);
    if (!row) return unknown_option(name, err);
    gat_status st = set_row(c, row, value, err);
    if (st) return st;
    c->given[row - rows] = c->in_preset ? CONFIG_BY_PRESET : CONFIG_GIVEN;
    if (!strcmp(name, "model")) set_initial(c);
    return GAT_OK;
}

void config_init(gat_config *c)
{
    memset(c, 0, sizeof *c);
    set_initial(c);
}

/* The fewest digits that read back as x. */
static void real_text(char *text, size_t size, double x)
{
    for (int digits = 6; digits <= 17; digits++) {
        snprintf(text, size, "%.*g", digits, x);
        if (strtod(text, NULL) == x) return;
    }
}

static void value_text(char *text, size_t size, const gat_config *config, const option_row *row)
{
    gat_config *c = (gat_config *)(uintptr_t)config;
    if (row->kind == VALUE_INT) snprintf(text, size, "%lld", (long long)*int_field(c, row));
    if (row->kind == VALUE_REAL) real_text(text, size, *real_field(c, row));
    if (row->kind != VALUE_CHOICE) return;
    const char *choice = row->option.argument;
    int length = choice_length(&choice, *int_field(c, row));
    snprintf(text, size, "%.*s", length, choice);
}

const char *config_get(gat_config *c, const char *name)
{
    const option_row *row = row_of(name);
    if (!row) return NULL;
    value_text(c->text, sizeof c->text, c, row);
    return c->text;
}

char *config_text(const gat_config *c)
{
    size_t size = NUM_ROWS * 96, used = 0;
    char *text = gat_calloc((int64_t)size, 1);
    for (int i = 0; text && i < NUM_ROWS; i++) {
        char value[64];
        if (!applies(&rows[i], c->model)) continue;
        value_text(value, sizeof value, c, &rows[i]);
        used += (size_t)snprintf(text + used, size - used, "%s = %s\n", rows[i].option.name, value);
    }
    return text;
}

/* Cuts blanks from both ends, in place. */
static char *trim(char *s)
{
    s += strspn(s, " \t\r");
    size_t n = strlen(s);
    while (n && strchr(" \t\r", s[n - 1])) s[--n] = 0;
    return s;
}

static gat_status parse_line(gat_config *c, char *line, const char *source, int number, gat_error *err)
{
    line[strcspn(line, "#")] = 0;
    line = trim(line);
    if (!*line) return GAT_OK;
    char *equals = strchr(line, '=');
    if (!equals)
        return error_set(err, GAT_EUSAGE, "%s:%d: expected \"name = value\", found \"%.60s\"", source, number, line);
    *equals = 0;
    gat_error inner = {0};
    gat_status st = config_set(c, trim(line), trim(equals + 1), &inner);
    return st ? error_set(err, st, "%s:%d: %s", source, number, inner.message) : GAT_OK;
}

gat_status config_parse(gat_config *c, const char *text, const char *source, gat_error *err)
{
    char *copy = gat_strdup(text);
    if (!copy) return error_nomem(err);
    gat_status st = GAT_OK;
    int number = 1;
    for (char *line = copy; !st && line; number++) {
        char *next = strchr(line, '\n');
        if (next) *next++ = 0;
        st = parse_line(c, line, source, number, err);
        line = next;
    }
    gat_free(copy);
    return st;
}

gat_status config_read(gat_config *c, const char *path, gat_error *err)
{
    char *text;
    size_t size;
    gat_status st = file_read_all(&text, &size, path, err);
    if (st) return st;
    st = memchr(text, 0, size) ? error_set(err, GAT_EUSAGE, "%s: not a text file", path)
                               : config_parse(c, text, path, err);
    gat_free(text);
    return st;
}

/* What was asked for and would do nothing is a mistake. */
static gat_status check_given(const gat_config *c, gat_error *err)
{
    const char *model = "gat|none|path";
    int length = choice_length(&model, c->model);
    for (int i = 0; i < NUM_ROWS; i++)
        if (c->given[i] && !applies(&rows[i], c->model))
            return error_set(err, GAT_EUSAGE, "%s is no option of --model %.*s", rows[i].option.name, length, model);
    return GAT_OK;
}

/* Nets of paths are trained in turn and judged together: a fresh one lowers the mean, which would end the run. */
static gat_status check_patience(const gat_config *c, gat_error *err)
{
    if (c->model != GAT_MODEL_PATH || c->members < 2 || !c->patience) return GAT_OK;
    return error_set(err, GAT_EUSAGE,
                     "patience judges a single net of paths; with members above 1, bound the run by queries");
}

gat_status config_check(const gat_config *c, gat_error *err)
{
    gat_status st = check_given(c, err);
    if (!st) st = members_check(c, err);
    if (!st) st = check_patience(c, err);
    if (st || c->model == GAT_MODEL_PATH) return st;
    if (c->answer_degree > 0 && c->loss != GAT_LOSS_CE)
        return error_set(err, GAT_EUSAGE, "answer-degree works with the loss ce");
    st = decoder_check(c, err);
    if (st) return st;
    if (c->precision == GAT_PRECISION_BF16 && decoder_comparator((gat_decoder)c->decoder) != GAT_COMPARE_DOT)
        return error_set(err, GAT_EUSAGE, "precision bf16 works with decoders that multiply, not with %s",
                         decoder_name((gat_decoder)c->decoder));
    if (c->precision == GAT_PRECISION_BF16 && c->negatives)
        return error_set(err, GAT_EUSAGE, "precision bf16 works against all entities, without negatives");
    if (c->loss == GAT_LOSS_FILTERED_CE && c->label_smoothing > 0)
        return error_set(err, GAT_EUSAGE, "label-smoothing works with the losses ce and bce, not with filtered-ce");
    bool plain = c->loss == GAT_LOSS_CE && c->label_smoothing <= 0;
    if (c->softmax_draws && (!plain || c->negatives || decoder_comparator((gat_decoder)c->decoder) != GAT_COMPARE_DOT))
        return error_set(
            err, GAT_EUSAGE,
            "softmax-draws needs the loss ce, no label-smoothing, no negatives and a decoder that multiplies");
    return c->model == GAT_MODEL_NONE ? GAT_OK : encoder_check(c, err);
}

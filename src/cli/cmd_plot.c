/* gatkit plot: pictures as SVG. */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "cli/marked_text.h"
#include "cli/output_path.h"
#include "cli/report.h"
#include "plot/plot.h"

typedef struct plot_arguments {
    gat_common common;
    const char *input[3]; /* KIND, what it is of, ENTITY or a file of sentences */
    const char *output, *data, *text;
    int split;   /* a gat_split */
    int64_t top; /* 0: as the kind has it */
    gat_map_method method;
    bool has_method; /* was given */
} plot_arguments;

enum {
    KEY_OUTPUT = 'o',
    KEY_TOP = 'k',
    KEY_DATA = 'd',
    KEY_SPLIT = 's',
    KEY_METHOD = 'm',
    KEY_TEXT = 't',
    MOST_TOP = 1000,
    DEFAULT_TOP = 20,
    DEFAULT_POINTS = 2000,
    MOST_POINTS = 50000
};

static const struct argp_option options[] = {
    {"data", KEY_DATA, "DATA", 0, "relations: what to evaluate on", 0},
    {"method", KEY_METHOD, "pca|umap", 0,
     "map: along the two directions of most variance (default), or so that neighbours stay together", 0},
    {"output", KEY_OUTPUT, "FILE.svg", 0, "where to write the picture (needed)", 0},
    {"split", KEY_SPLIT, "NAME", 0, "relations: train, valid, test, ind_... (default test)", 0},
    {"text", KEY_TEXT, "TEXT", 0, "attention of a model of relations: a sentence, both entities in brackets", 0},
    {"top", KEY_TOP, "K", 0,
     "how many neighbours, facts, relations or sentences (default 20); map: entities, those with most facts (default "
     "2000)",
     0},
    {0}};

static error_t read_option(int key, char *arg, struct argp_state *state);

static const struct argp argp = {
    .options = options,
    .parser = read_option,
    .args_doc =
        "training LOG\nneighborhood MODEL ENTITY\nattention MODEL ENTITY|SENTENCES\nrelations MODEL\nmap MODEL\n"
        "alignment MODEL",
    .doc =
        "Draw loss and valid MRR of a training log, the neighbourhood of an entity, the attention of each head to its "
        "facts, that of a model of relations over the words of sentences, the MRR of each relation, a map of the "
        "entities by their embeddings coloured by community, or precision and "
        "recall of an alignment over confidence.\n\n"
        "  gatkit plot neighborhood build/wordnet.gatkit dog.n.01 \\\n"
        "      --output build/dog.svg\n"
        "  gatkit plot attention build/wordnet.gatkit dog.n.01 \\\n"
        "      --output build/heads.svg\n"
        "  gatkit plot relations build/wordnet.gatkit --data datasets/wordnet \\\n"
        "      --output build/relations.svg\n"
        "  gatkit plot map build/wordnet.gatkit --output build/map.svg\v"
        "A model of relations with nets draws attention over words: of a file of sentences, or of --text \"the [dog] "
        "chases a [cat]\". The pictures follow the reader's choice of light or dark, and need no program but a "
        "browser.",
    .children = common_options,
};

static bool wants_entity(const char *kind) { return !strcmp(kind, "neighborhood") || !strcmp(kind, "attention"); }

static error_t check(plot_arguments *a, struct argp_state *state)
{
    static const char *const kinds[] = {"training", "neighborhood", "attention", "relations", "map", "alignment"};
    const char *kind = a->input[0];
    bool known = false;
    for (size_t i = 0; kind && i < sizeof kinds / sizeof *kinds; i++) known |= !strcmp(kinds[i], kind);
    if (!known)
        return argument_refuse(state,
                               "plot %s: expected training, neighborhood, attention, relations, map or alignment",
                               kind ? kind : "");
    if (!a->input[1])
        return argument_refuse(state, "plot %s: %s is missing", kind, !strcmp(kind, "training") ? "LOG" : "MODEL");
    if (a->text && strcmp(kind, "attention") != 0) return argument_refuse(state, "plot %s takes no --text", kind);
    if (wants_entity(kind) != (a->input[2] || a->text))
        return argument_refuse(state, a->input[2] ? "plot %s takes no ENTITY" : "plot %s: ENTITY is missing", kind);
    if (a->input[2] && a->text) return argument_refuse(state, "either --text or what else to draw: %s", a->input[2]);
    if (!strcmp(kind, "relations") && !a->data) return argument_refuse(state, "plot relations: --data is missing");
    bool map = !strcmp(kind, "map");
    if (a->has_method && !map) return argument_refuse(state, "--method is an option of plot map");
    if (!map && a->top > MOST_TOP) return argument_refuse(state, "--top %lld: at most %d", (long long)a->top, MOST_TOP);
    if (!map && !a->top) a->top = DEFAULT_TOP;
    const char *inputs[] = {a->input[1], a->data};
    return argument_output(state, a->output, "output FILE.svg", inputs, 2);
}

static error_t set_method(plot_arguments *a, const char *arg, struct argp_state *state)
{
    a->has_method = true;
    a->method = strcmp(arg, "pca") ? GAT_MAP_UMAP : GAT_MAP_PCA;
    if (!strcmp(arg, "pca") || !strcmp(arg, "umap")) return 0;
    return argument_refuse(state, "--method %s: expected pca or umap", arg);
}

static error_t read_option(int key, char *arg, struct argp_state *state)
{
    plot_arguments *a = state->input;
    switch (key) {
    case KEY_OUTPUT: a->output = arg; return 0;
    case KEY_DATA: a->data = arg; return 0;
    case KEY_SPLIT:
        a->split = gat_split_by_name(arg);
        return a->split < 0 ? argument_refuse(state, "--split %s: no such split", arg) : 0;
    case KEY_TEXT: a->text = arg; return 0;
    case KEY_TOP: return argument_count(state, &a->top, arg, "top", 1, MOST_POINTS);
    case KEY_METHOD: return set_method(a, arg, state);
    case ARGP_KEY_ARG:
        if (state->arg_num > 2) return argument_refuse(state, "too many arguments: %s", arg);
        a->input[state->arg_num] = arg;
        return 0;
    case ARGP_KEY_NO_ARGS: return 0;
    case ARGP_KEY_SUCCESS: return check(a, state);
    default: return argument_positional(state, key, arg, NULL, NULL, 0);
    }
}

static gat_status draw_relations(const plot_arguments *a, gat_common *common, const gat_model *model)
{
    gat_dataset *data = NULL;
    gat_evaluation *evaluation = NULL;
    gat_evaluate_options how = {.split = (gat_split)a->split};
    gat_status st = load_data(&data, common, a->data, (gat_dataset_options){0});
    if (!st) st = gat_evaluate(&evaluation, model, data, &how, &common->error);
    if (!st) st = plot_relations(evaluation, a->top, a->output, &common->error);
    gat_evaluation_free(evaluation);
    gat_dataset_free(data);
    return st;
}

static gat_status draw_map(plot_arguments *a, const gat_model *model)
{
    gat_map_options how = {.method = a->method,
                           .top = a->top ? a->top : DEFAULT_POINTS,
                           .seed = a->common.seed ? strtoull(a->common.seed, NULL, 10) : 1};
    return plot_map(model, &how, a->output, &a->common.error);
}

static gat_status draw_words(plot_arguments *a)
{
    gat_relations *model = NULL;
    char *line = NULL;
    gat_error *err = &a->common.error;
    gat_status st = gat_relations_load(&model, a->input[1], err);
    if (!st && a->text) st = marked_sentence(&line, a->text, err);
    const plot_sentences from = {.path = a->input[2], .bytes = line, .name = "--text", .top = a->top};
    if (!st) st = plot_words(model, &from, a->output, err);
    gat_free(line);
    gat_relations_free(model);
    return st;
}

/* Attention over words, or over the facts of an entity. */
static gat_status draw_attention(const gat_model *model, plot_arguments *a)
{
    gat_error *err = &a->common.error;
    if (a->text) return error_set(err, GAT_EUSAGE, "--text is for models of relations");
    return plot_attention(model, a->input[2], a->top, a->output, err);
}

static bool draws_words(const plot_arguments *a)
{
    gat_file_kind kind;
    return !strcmp(a->input[0], "attention") && !gat_file_kind_of(&kind, a->input[1], NULL) &&
           kind == GAT_FILE_RELATIONS;
}

static gat_status draw_of_model(plot_arguments *a)
{
    gat_model *model = NULL;
    gat_model_info info;
    gat_error *err = &a->common.error;
    const char *kind = a->input[0], *entity = a->input[2];
    gat_status st = gat_model_load(&model, a->input[1], err);
    if (!st) st = gat_model_describe(&info, model, err);
    if (!st && !strcmp(kind, "neighborhood"))
        st =
            plot_neighborhood(model, entity, *info.attention ? GAT_BY_ATTENTION : GAT_BY_GRAPH, a->top, a->output, err);
    else if (!st && !strcmp(kind, "attention")) st = draw_attention(model, a);
    else if (!st && !strcmp(kind, "map")) st = draw_map(a, model);
    else if (!st) st = draw_relations(a, &a->common, model);
    gat_model_free(model);
    return st;
}

static gat_status draw_alignment(plot_arguments *a)
{
    gat_alignment *alignment = NULL;
    gat_status st = gat_alignment_load(&alignment, a->input[1], &a->common.error);
    if (!st) st = plot_alignment(alignment, a->output, &a->common.error);
    gat_alignment_free(alignment);
    return st;
}

int cmd_plot(int argc, char **argv)
{
    plot_arguments a = {.split = GAT_SPLIT_TEST};
    int code = arguments_read(&argp, argc, argv, &a.common);
    if (code >= 0) return code;
    gat_error *err = &a.common.error;
    const char *kind = a.input[0];
    gat_status st = !strcmp(kind, "training")    ? plot_training(a.input[1], a.output, err)
                    : !strcmp(kind, "alignment") ? draw_alignment(&a)
                    : draws_words(&a)            ? draw_words(&a)
                                                 : draw_of_model(&a);
    if (!st && a.common.json)
        st = report_json(json_pack("{s:s,s:o}", "kind", kind, "output", report_string(a.output)), err);
    return report_end(&a.common, st);
}

/* gatkit score: the scores of all entities for a file of questions. */
#include <string.h>

#include "cli/graph_option.h"
#include "cli/output_path.h"
#include "cli/report.h"

typedef struct score_arguments {
    gat_common common;
    const char *input[2]; /* MODEL, QUERIES */
    const char *npy, *entities;
    graph_option graph;
} score_arguments;

enum { KEY_NPY = 'n', KEY_ENTITIES = 'e' };

static const struct argp_option options[] = {
    {"npy", KEY_NPY, "OUT.npy", 0, "where to write the scores (needed)", 0},
    {"entities", KEY_ENTITIES, "OUT.txt", 0, "where to write the names of the columns (needed)", 0},
    GRAPH_OPTION("columns and messages from every fact of this file, or of this folder's train"),
    {0}};

static error_t check(score_arguments *a, struct argp_state *state)
{
    const char *inputs[] = {a->input[0], a->input[1], a->graph.graph, a->graph.add};
    error_t failed = argument_output(state, a->npy, "npy OUT.npy", inputs, 4);
    if (!failed) failed = argument_output(state, a->entities, "entities OUT.txt", inputs, 4);
    if (!failed && !strcmp(a->npy, a->entities))
        failed = argument_refuse(state, "--npy and --entities name the same file: %s", a->npy);
    return failed;
}

static error_t read_option(int key, char *arg, struct argp_state *state)
{
    score_arguments *a = state->input;
    static const char *const names[] = {"MODEL", "QUERIES"};
    switch (key) {
    case KEY_NPY: a->npy = arg; return 0;
    case KEY_ENTITIES: a->entities = arg; return 0;
    case KEY_GRAPH:
    case KEY_ADD:
    case KEY_SKIP_UNKNOWN: graph_option_read(&a->graph, key, arg); return 0;
    case ARGP_KEY_SUCCESS: return check(a, state);
    default: return argument_positional(state, key, arg, a->input, names, 2);
    }
}

static const struct argp argp = {
    .options = options,
    .parser = read_option,
    .args_doc = "MODEL QUERIES --npy OUT.npy --entities OUT.txt",
    .doc = "Score all entities for QUERIES, a file of questions, one a line: HEAD<TAB>RELATION<TAB>? or "
           "?<TAB>RELATION<TAB>TAIL.\n\n"
           "  printf 'dog.n.01\\thypernym\\t?\\n' > build/queries.tsv\n"
           "  gatkit score build/wordnet.gatkit build/queries.tsv \\\n"
           "      --npy build/scores.npy --entities build/entities.txt\v"
           "OUT.npy is a float32 matrix in C order: a row per question, a column per entity, larger is better. OUT.txt "
           "names "
           "the columns, one a line.",
    .children = common_options,
};

static gat_status print_scores(const score_arguments *a, int64_t rows, gat_error *err)
{
    double seconds = report_seconds(&a->common);
    char text[32];
    if (a->common.json)
        return report_json(json_pack("{s:I,s:o,s:o,s:o,s:o}", "queries", (json_int_t)rows, "npy", report_string(a->npy),
                                     "entities", report_string(a->entities), "seconds", report_number(seconds),
                                     "peak_rss_mb", report_number(report_peak_mb())),
                           err);
    printf("%s questions scored in %.1f s: %s, %s\n", format_count(text, rows), seconds, a->npy, a->entities);
    return GAT_OK;
}

int cmd_score(int argc, char **argv)
{
    score_arguments a = {0};
    gat_error *err = &a.common.error;
    gat_model *model = NULL;
    gat_dataset *graph = NULL;
    int64_t rows = 0;
    int code = arguments_read(&argp, argc, argv, &a.common);
    if (code >= 0) return code;
    gat_status st = gat_model_load(&model, a.input[0], err);
    if (!st) st = graph_option_load(&graph, &a.graph, model, &a.common);
    if (!st) st = gat_score_file(model, a.input[1], a.npy, a.entities, graph, &rows, err);
    if (!st) st = print_scores(&a, rows, err);
    gat_dataset_free(graph);
    gat_model_free(model);
    return report_end(&a.common, st);
}

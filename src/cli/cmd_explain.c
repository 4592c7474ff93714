/* gatkit explain: the paths behind a score. */
#include "cli/graph_option.h"
#include "cli/report.h"

typedef struct explain_arguments {
    gat_common common;
    const char *input[4]; /* MODEL, HEAD, RELATION, TAIL */
    graph_option graph;
    int64_t top;
} explain_arguments;

enum { KEY_TOP = 'k', MOST_PATHS = 1000 };

static const struct argp_option options[] = {{"top", KEY_TOP, "K", 0, "how many paths (default 5)", 0},
                                             GRAPH_OPTION("explain over these facts in place of the training facts"),
                                             {0}};

static error_t read_option(int key, char *arg, struct argp_state *state)
{
    explain_arguments *a = state->input;
    static const char *const names[] = {"MODEL", "HEAD", "RELATION", "TAIL"};
    switch (key) {
    case KEY_TOP: return argument_count(state, &a->top, arg, "top", 1, MOST_PATHS);
    case KEY_GRAPH:
    case KEY_ADD:
    case KEY_SKIP_UNKNOWN: graph_option_read(&a->graph, key, arg); return 0;
    default: return argument_positional(state, key, arg, a->input, names, 4);
    }
}

static const struct argp argp = {
    .options = options,
    .parser = read_option,
    .args_doc = "MODEL HEAD RELATION TAIL",
    .doc =
        "Tell why a model of paths (train --model path) scores a fact as it does: the paths from HEAD to TAIL on which "
        "its attention is highest, each step a fact of the graph.\n\n"
        "  gatkit train datasets/wordnet --output build/paths.gatkit \\\n"
        "      --model path --queries 500\n"
        "  gatkit explain build/paths.gatkit dog.n.01 hypernym carnivore.n.01\n"
        "  gatkit explain build/paths.gatkit dog.n.01 hypernym carnivore.n.01 --json\v"
        "A path weighs the product of the attention of its steps. The probability is that of 'gatkit predict'.",
    .children = common_options,
};

static gat_status print_explanation(const gat_explanation *x, gat_error *err)
{
    static const char *const heading[] = {"weight", "attention", "head", "relation", "tail"};
    printf("score %.3f, probability %.4f\n", (double)x->score, x->probability);
    if (!x->num_paths) {
        puts("no path within the model's layers leads there");
        return GAT_OK;
    }
    gat_grid *grid = grid_new("rrlll");
    putchar('\n');
    grid_row(grid, heading);
    for (int64_t i = 0; i < x->num_paths; i++)
        for (int k = 0; k < x->path[i].num_steps; k++) {
            const gat_path_step *s = &x->path[i].step[k];
            if (k) grid_text(grid, "");
            else grid_real(grid, x->path[i].weight, 4);
            grid_real(grid, s->attention, 4);
            grid_text(grid, s->head);
            grid_text(grid, s->relation);
            grid_text(grid, s->tail);
        }
    return report_grid(grid, err);
}

int cmd_explain(int argc, char **argv)
{
    explain_arguments a = {.top = 5};
    gat_error *err = &a.common.error;
    gat_model *model = NULL;
    gat_dataset *graph = NULL;
    gat_explanation *x = NULL;
    int code = arguments_read(&argp, argc, argv, &a.common);
    if (code >= 0) return code;
    gat_status st = gat_model_load(&model, a.input[0], err);
    if (!st) st = graph_option_load(&graph, &a.graph, model, &a.common);
    if (!st) st = gat_explain(&x, model, a.input[1], a.input[2], a.input[3], a.top, graph, err);
    if (!st) st = a.common.json ? report_json(report_explanation(x), err) : print_explanation(x, err);
    gat_explanation_free(x);
    gat_dataset_free(graph);
    gat_model_free(model);
    return report_end(&a.common, st);
}

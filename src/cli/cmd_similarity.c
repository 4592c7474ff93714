/* gatkit similarity: how like two entities are. */
#include "cli/alignment_verbs.h"
#include "cli/graph_option.h"
#include "cli/report.h"

typedef struct similarity_arguments {
    gat_common common;
    const char *input[3]; /* MODEL, A, B */
    graph_option graph;
} similarity_arguments;

static const struct argp_option options[] = {
    GRAPH_OPTION("pass messages over these facts in place of the training facts"), {0}};

static error_t read_option(int key, char *arg, struct argp_state *state)
{
    similarity_arguments *a = state->input;
    static const char *const names[] = {"MODEL", "A", "B"};
    if (graph_option_read(&a->graph, key, arg)) return 0;
    return argument_positional(state, key, arg, a->input, names, 3);
}

static const struct argp argp = {
    .options = options,
    .parser = read_option,
    .args_doc = "MODEL A B",
    .doc =
        "Compare two entities: the cosine of their embeddings, from -1 to 1.\n\n"
        "  gatkit similarity build/wordnet.gatkit dog.n.01 wolf.n.01\n"
        "  gatkit similarity build/wordnet.gatkit dog.n.01 guitar.n.01 --json\v"
        "Of a kept alignment of two graphs A is looked for in KG1 first and B in KG2; 1:NAME and 2:NAME tell which is "
        "meant.",
    .children = common_options,
};

static gat_status print_similarity(const similarity_arguments *a, const gat_model *model, double cosine, gat_error *err)
{
    if (a->common.json)
        return report_json(
            json_pack("{s:s,s:s,s:o}", "a", a->input[1], "b", a->input[2], "similarity", report_number(cosine)), err);
    print_entity(model, a->input[1]);
    print_entity(model, a->input[2]);
    printf("similarity %.4f\n", cosine);
    return GAT_OK;
}

int cmd_similarity(int argc, char **argv)
{
    similarity_arguments a = {0};
    gat_error *err = &a.common.error;
    gat_model *model = NULL;
    gat_dataset *graph = NULL;
    double cosine = 0;
    int code = arguments_read(&argp, argc, argv, &a.common);
    if (code >= 0) return code;
    bool further = a.graph.graph || a.graph.add;
    if (is_alignment(a.input[0]))
        return report_end(&a.common,
                          alignment_similarity_verb(&a.common, a.input[0], a.input[1], a.input[2], further, err));
    gat_status st = gat_model_load(&model, a.input[0], err);
    if (!st) st = graph_option_load(&graph, &a.graph, model, &a.common);
    if (!st) st = gat_similarity(&cosine, model, a.input[1], a.input[2], graph, err);
    if (!st) st = print_similarity(&a, model, cosine, err);
    gat_dataset_free(graph);
    gat_model_free(model);
    return report_end(&a.common, st);
}

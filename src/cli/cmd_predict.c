/* gatkit predict: answers to one question, best first. */
#include <string.h>

#include "cli/graph_option.h"
#include "cli/report.h"

enum { HEAD, RELATION, TAIL };

typedef struct predict_arguments {
    gat_common common;
    const char *input[4]; /* MODEL, HEAD, RELATION, TAIL */
    graph_option graph;
    int64_t top;
    bool known;
    int asked; /* which of HEAD, RELATION, TAIL is "?" */
} predict_arguments;

enum { KEY_TOP = 'k', KEY_KNOWN = 600, MOST_ANSWERS = 1000000000 };

static const struct argp_option options[] = {
    {"top", KEY_TOP, "K", 0, "how many answers (default 10)", 0},
    {"known", KEY_KNOWN, NULL, 0, "keep facts that are known already", 0},
    GRAPH_OPTION("ask about these facts in place of the training facts: only their entities can answer"),
    {0}};

static error_t check(predict_arguments *a, struct argp_state *state)
{
    int marks = 0;
    for (int i = HEAD; i <= TAIL; i++) {
        if (strcmp(a->input[1 + i], "?")) continue;
        a->asked = i;
        marks++;
    }
    if (marks != 1)
        return argument_refuse(
            state, "one of HEAD, RELATION and TAIL has to be '?' (quoted for the shell), here %d are", marks);
    return 0;
}

static error_t read_option(int key, char *arg, struct argp_state *state)
{
    predict_arguments *a = state->input;
    static const char *const names[] = {"MODEL", "HEAD", "RELATION", "TAIL"};
    switch (key) {
    case KEY_TOP: return argument_count(state, &a->top, arg, "top", 1, MOST_ANSWERS);
    case KEY_KNOWN: a->known = true; return 0;
    case KEY_GRAPH:
    case KEY_ADD:
    case KEY_SKIP_UNKNOWN: graph_option_read(&a->graph, key, arg); return 0;
    case ARGP_KEY_SUCCESS: return check(a, state);
    default: return argument_positional(state, key, arg, a->input, names, 4);
    }
}

static const struct argp argp = {
    .options = options,
    .parser = read_option,
    .args_doc = "MODEL HEAD RELATION TAIL",
    .doc = "Answer a question: one of HEAD, RELATION and TAIL is '?'. Facts of the training graph are left out of the "
           "answers.\n\n"
           "  gatkit predict build/wordnet.gatkit dog.n.01 hypernym '?'\n"
           "  gatkit predict build/wordnet.gatkit '?' hypernym dog.n.01 --top 5 --known\n"
           "  gatkit predict build/wordnet.gatkit dog.n.01 '?' canine.n.02 --json\v"
           "The probability says how often such an answer is right: it was fitted to the ten best answers that the "
           "model gave to "
           "the questions of valid, of which a fact of valid is right. Of a relation, and where training had no valid, "
           "it is "
           "the softmax of the scores over all candidates.",
    .children = common_options,
};

static gat_status print_answers(const predict_arguments *a, const gat_model *model, const gat_answer *answers,
                                int64_t count, gat_error *err)
{
    static const char *const names[] = {"head", "relation", "tail"};
    if (!count) {
        printf("no answer%s\n", a->known ? "" : " that is not a known fact already; --known shows those too");
        return GAT_OK;
    }
    gat_grid *grid = grid_new("rrll");
    const char *const heading[] = {"probability", "score", names[a->asked], ""};
    grid_row(grid, heading);
    for (int64_t i = 0; i < count; i++) {
        const gat_answer *r = &answers[i];
        const char *found = a->asked == HEAD ? r->head : a->asked == TAIL ? r->tail : r->relation;
        grid_real(grid, r->probability, 4);
        grid_real(grid, (double)r->score, 3);
        grid_text(grid, found);
        grid_text(grid, a->asked == RELATION ? NULL : gat_model_entity_text(model, found));
    }
    return report_grid(grid, err);
}

int cmd_predict(int argc, char **argv)
{
    predict_arguments a = {.top = 10};
    gat_error *err = &a.common.error;
    gat_model *model = NULL;
    gat_dataset *graph = NULL;
    gat_answer *answers = NULL;
    int64_t count = 0;
    int code = arguments_read(&argp, argc, argv, &a.common);
    if (code >= 0) return code;
    const char *const *asked = a.input + 1;
    gat_status st = gat_model_load(&model, a.input[0], err);
    if (!st) st = graph_option_load(&graph, &a.graph, model, &a.common);
    if (!st)
        st =
            gat_predict(&answers, &count, model, asked[HEAD], asked[RELATION], asked[TAIL], a.top, a.known, graph, err);
    if (!st && a.common.json) st = report_json(report_answers(answers, count), err);
    else if (!st) st = print_answers(&a, model, answers, count, err);
    gat_free_list(answers);
    gat_dataset_free(graph);
    gat_model_free(model);
    return report_end(&a.common, st);
}

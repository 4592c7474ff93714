#include "cli/cmd_generate_growth.h"

#include <string.h>

#include "base/error.h"
#include "cli/graph_option.h"
#include "cli/growth_report.h"
#include "cli/output_path.h"

typedef struct growth_arguments {
    gat_common common;
    const char *input[1]; /* MODEL */
    graph_option graph;
    const char *data, *output;
    bool rules;
    gat_growth_options options;
} growth_arguments;

enum {
    KEY_AROUND = 'e',
    KEY_RELATION = 'r',
    KEY_COUNT = 'n',
    KEY_MIN_PROBABILITY = 'p',
    KEY_OUTPUT = 'o',
    KEY_DATA = 'd',
    KEY_RULES = 650,
    KEY_MEASURE,
    KEY_TYPES,
    KEY_BATCH,
    KEY_QUESTIONS,
    DEFAULT_COUNT = 10,
    MOST_QUESTIONS = 100000000
};

static const struct argp_option options[] = {
    {NULL, 0, NULL, 0, "What is proposed:", 1},
    {"around", KEY_AROUND, "ENTITY", 0, "facts that have this entity at an end", 0},
    {"relation", KEY_RELATION, "RELATION", 0, "facts of this relation", 0},
    {"count", KEY_COUNT, "N", 0, "at most so many (default 10)", 0},
    {"min-probability", KEY_MIN_PROBABILITY, "P", 0,
     "only those with at least this probability, from 0 to 1 (default 0)", 0},
    {"output", KEY_OUTPUT, "FILE.tsv", 0, "write them as facts: head, relation, tail", 0},
    {"rules", KEY_RULES, NULL, 0,
     "show rules that the graph obeys instead, --count of them with a confidence of --min-probability, and how many "
     "facts of a relation go together",
     0},
    {NULL, 0, NULL, 0, "What is known:", 2},
    {"data", KEY_DATA, "DATA", 0,
     "the data of the training: its valid facts fit how much what the model says and what rules say count, and all its "
     "facts "
     "are known",
     0},
    {"types", KEY_TYPES, "FILE", 0,
     "types of entities, entity and type on a line (default: entity_type.tsv beside DATA, if it is there); none: types "
     "are "
     "the relations that entities stand in",
     0},
    GRAPH_OPTION("grow these facts in place of the training facts"),
    {NULL, 0, NULL, 0, "How:", 3},
    {"measure", KEY_MEASURE, NULL, 0,
     "the test facts of DATA are hidden: propose as many, and tell how many are right, beside the model's scores alone "
     "and "
     "chance",
     0},
    {"batch", KEY_BATCH, "N", 0, "facts added before the graph is read again (default: a tenth of --count)", 0},
    {"questions", KEY_QUESTIONS, "N", 0,
     "most questions that the model is asked at first (default: what a billion scores are enough for, at most "
     "200,000; of a model of paths 20,000)",
     0},
    {0}};

static error_t check(growth_arguments *a, struct argp_state *state)
{
    const char *inputs[] = {a->input[0], a->graph.graph, a->graph.add, a->data, a->options.types};
    if (a->rules && (a->output || a->options.measure || a->options.around))
        return argument_refuse(state, "--rules goes with --relation, --count, --min-probability and a graph alone");
    if (a->options.measure && !a->data)
        return argument_refuse(state, "--measure needs --data DATA with hidden facts in test");
    if (!a->options.count && !a->options.measure) a->options.count = DEFAULT_COUNT;
    return a->output ? argument_output(state, a->output, "output FILE.tsv", inputs, 5) : 0;
}

static error_t read_option(int key, char *arg, struct argp_state *state)
{
    growth_arguments *a = state->input;
    gat_growth_options *o = &a->options;
    static const char *const names[] = {"MODEL"};
    switch (key) {
    case KEY_AROUND: o->around = arg; return 0;
    case KEY_RELATION: o->relation = arg; return 0;
    case KEY_COUNT: return argument_count(state, &o->count, arg, "count", 1, GAT_GROWTH_MOST);
    case KEY_MIN_PROBABILITY: return argument_real(state, &o->min_probability, arg, "min-probability", 0, 1);
    case KEY_OUTPUT: a->output = arg; return 0;
    case KEY_DATA: a->data = arg; return 0;
    case KEY_RULES: a->rules = true; return 0;
    case KEY_MEASURE: o->measure = true; return 0;
    case KEY_TYPES: o->types = arg; return 0;
    case KEY_BATCH: return argument_count(state, &o->batch, arg, "batch", 1, GAT_GROWTH_MOST);
    case KEY_QUESTIONS: return argument_count(state, &o->questions, arg, "questions", 1, MOST_QUESTIONS);
    case KEY_GRAPH:
    case KEY_ADD:
    case KEY_SKIP_UNKNOWN: graph_option_read(&a->graph, key, arg); return 0;
    case ARGP_KEY_SUCCESS: return check(a, state);
    default: return argument_positional(state, key, arg, a->input, names, 1);
    }
}

static const struct argp argp = {
    .options = options,
    .parser = read_option,
    .args_doc = "MODEL",
    .doc = "Propose facts that fit the graph together, each with its probability and what speaks for it.\n\n"
           "  gatkit generate build/wordnet.gatkit --count 5 --questions 500\n"
           "  gatkit generate build/wordnet.gatkit --around coffee.n.01\n"
           "  gatkit generate build/wordnet.gatkit --rules --relation part_meronym\v"
           "Candidates are what the model answers to the questions worth asking, and what rules of one or two steps "
           "say that "
           "the graph obeys; the types of both ends have to fit the relation, and neither may have as many facts of it "
           "already as there usually are. The probability joins how likely the model takes the tail and the head to "
           "be, the "
           "rules that say so, and the usual counts; as in 'gatkit predict', a fact of valid is right and all else "
           "that is not "
           "known is wrong. The best facts are added first, and the graph is read again after every batch.",
    .children = common_options,
};

static gat_status report_rules(const growth_arguments *a, const gat_model *model, const gat_dataset *graph,
                               gat_error *err)
{
    gat_rule_list *rules = NULL;
    gat_status st =
        gat_rules(&rules, model, graph, a->options.relation, a->options.count, a->options.min_probability, err);
    if (!st) st = a->common.json ? report_json(rules_object(rules), err) : print_rules(rules, err);
    gat_rules_free(rules);
    return st;
}

static gat_status report_growth(growth_arguments *a, const gat_model *model, gat_error *err)
{
    gat_growth *growth = NULL;
    a->options.log = screen_log(&a->common.screen);
    gat_status st = gat_grow(&growth, model, &a->options, err);
    if (!st && a->output) st = growth_write(growth, a->output, err);
    if (!st && a->common.json) st = report_json(growth_object(growth, report_seconds(&a->common)), err);
    else if (!st) st = print_growth(growth, a->options.min_probability, err);
    gat_growth_free(growth);
    return st;
}

/* A single file is split as the training has split it. */
static gat_status load_training_data(gat_dataset **out, growth_arguments *a, const gat_model *model)
{
    gat_model_info info;
    gat_status st = gat_model_describe(&info, model, &a->common.error);
    if (st) return st;
    return load_data(out, &a->common, a->data,
                     (gat_dataset_options){.holdout = info.holdout > 0 ? info.holdout : -1, .seed = info.holdout_seed});
}

int generate_growth(int argc, char **argv)
{
    growth_arguments a = {0};
    gat_error *err = &a.common.error;
    gat_model *model = NULL;
    gat_dataset *graph = NULL, *data = NULL;
    int code = arguments_read(&argp, argc, argv, &a.common);
    if (code >= 0) return code;
    gat_status st = a.output ? output_check(a.output, err) : GAT_OK;
    if (!st) st = gat_model_load(&model, a.input[0], err);
    if (!st) st = graph_option_load(&graph, &a.graph, model, &a.common);
    if (!st && a.data) st = load_training_data(&data, &a, model);
    a.options.graph = graph;
    a.options.data = data;
    if (!st) st = a.rules ? report_rules(&a, model, graph, err) : report_growth(&a, model, err);
    gat_dataset_free(graph);
    gat_dataset_free(data);
    gat_model_free(model);
    return report_end(&a.common, st);
}

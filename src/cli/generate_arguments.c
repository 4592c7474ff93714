#include "cli/generate_arguments.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "cli/output_path.h"

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
    KEY_TEMPERATURE,
    KEY_TOP_K,
    KEY_TOP_P,
    KEY_RELATIONS,
    KEY_CONTAINS,
    KEY_NOVEL,
    KEY_FREE,
    KEY_APART,
    MOST_QUESTIONS = 100000000,
    MOST_COUNT = 100000000,
    MOST_TOP = 1000000000
};

static const struct argp_option options[] = {
    {NULL, 0, NULL, 0, "Both:", 1},
    {"count", KEY_COUNT, "N", 0, "how many graphs, or at most so many facts (default 10)", 0},
    {"output", KEY_OUTPUT, "FILE", 0,
     "write graphs (JSON lines) here, not to standard output; or facts (head, relation, tail), beside what is printed",
     0},
    {NULL, 0, NULL, 0, "Facts for a graph, what is proposed:", 2},
    {"around", KEY_AROUND, "ENTITY", 0, "facts that have this entity at an end", 0},
    {"relation", KEY_RELATION, "RELATION", 0, "facts of this relation", 0},
    {"min-probability", KEY_MIN_PROBABILITY, "P", 0,
     "only those with at least this probability, from 0 to 1 (default 0)", 0},
    {"rules", KEY_RULES, NULL, 0,
     "show rules that the graph obeys instead, --count of them with a confidence of --min-probability, and how many "
     "facts of a relation go together",
     0},
    {NULL, 0, NULL, 0, "Facts for a graph, what is known:", 3},
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
    {NULL, 0, NULL, 0, "Facts for a graph, how:", 4},
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
    {NULL, 0, NULL, 0, "Whole graphs:", 5},
    {"temperature", KEY_TEMPERATURE, "T", 0,
     "below 1 likely names come more often than the model says, above 1 less often (default 1)", 0},
    {"top-k", KEY_TOP_K, "K", 0, "draw every name among the K likeliest (default: all)", 0},
    {"top-p", KEY_TOP_P, "P", 0, "draw every name among the likeliest that together have probability P", 0},
    {"relations", KEY_RELATIONS, "R,R,...", 0, "use these relations alone", 0},
    {"contains", KEY_CONTAINS, "ENTITY", 0, "graphs with this entity: it stands in the triple drawn first", 0},
    {"novel", KEY_NOVEL, NULL, 0, "leave out graphs that train or valid had, and draw others for them", 0},
    {"apart", KEY_APART, NULL, 0, "graphs need not be connected: otherwise they are where all graphs of train are", 0},
    {"free", KEY_FREE, NULL, 0,
     "no constraints at all: otherwise heads and tails are such as train has with the relation, a triple joins an "
     "entity with itself only where train does so with its relation, none comes twice in a graph, and graphs are "
     "connected (--apart)",
     0},
    {0}};

static const char *option_name(int key)
{
    const struct argp_option *o = options;
    while (o->key != key) o++;
    return o->name;
}

/* ---- whole graphs ---------------------------------------------------------------------------------------- */

/* "a,b" in place. */
static error_t set_relations(generate_arguments *a, const char *arg, struct argp_state *state)
{
    gat_free(a->sets.relation_text);
    a->sets.relation_text = gat_strdup(arg);
    a->sets.options.relations = a->sets.relation;
    a->sets.options.num_relations = 0;
    if (!a->sets.relation_text) return argument_refuse(state, "out of memory");
    for (char *at = a->sets.relation_text, *end; at; at = end) {
        end = strchr(at, ',');
        if (end) *end++ = 0;
        if (!*at) return argument_refuse(state, "--relations %s: an empty name", arg);
        if (a->sets.options.num_relations == GENERATE_MOST_RELATIONS)
            return argument_refuse(state, "--relations: more than %d names", GENERATE_MOST_RELATIONS);
        a->sets.relation[a->sets.options.num_relations++] = at;
    }
    return 0;
}

error_t argument_top_p(struct argp_state *state, gat_generate_options *o, const char *arg)
{
    error_t failed = argument_real(state, &o->top_p, arg, "top-p", 0, 1);
    if (failed || o->top_p > 0) return failed;
    return argument_refuse(state, "--top-p %s: expected a number above 0, up to 1", arg);
}

static error_t read_sets_option(generate_arguments *a, int key, const char *arg, struct argp_state *state)
{
    gat_generate_options *o = &a->sets.options;
    switch (key) {
    case KEY_TEMPERATURE: return argument_real(state, &o->temperature, arg, "temperature", .01, 100);
    case KEY_TOP_K: return argument_count(state, &o->top_k, arg, "top-k", 1, MOST_TOP);
    case KEY_TOP_P: return argument_top_p(state, o, arg);
    case KEY_RELATIONS: return set_relations(a, arg, state);
    case KEY_CONTAINS: o->contains = arg; return 0;
    case KEY_NOVEL: o->novel = true; return 0;
    case KEY_APART: o->apart = true; return 0;
    case KEY_FREE: o->free = true; return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}

/* ---- facts for a graph ----------------------------------------------------------------------------------- */

static error_t read_growth_option(generate_arguments *a, int key, const char *arg, struct argp_state *state)
{
    gat_growth_options *o = &a->growth.options;
    switch (key) {
    case KEY_AROUND: o->around = arg; return 0;
    case KEY_RELATION: o->relation = arg; return 0;
    case KEY_MIN_PROBABILITY: return argument_real(state, &o->min_probability, arg, "min-probability", 0, 1);
    case KEY_DATA: a->growth.data = arg; return 0;
    case KEY_RULES: a->growth.rules = true; return 0;
    case KEY_MEASURE: o->measure = true; return 0;
    case KEY_TYPES: o->types = arg; return 0;
    case KEY_BATCH: return argument_count(state, &o->batch, arg, "batch", 1, GAT_GROWTH_MOST);
    case KEY_QUESTIONS: return argument_count(state, &o->questions, arg, "questions", 1, MOST_QUESTIONS);
    default: return graph_option_read(&a->growth.graph, key, arg) ? 0 : ARGP_ERR_UNKNOWN;
    }
}

static error_t check_growth(const generate_arguments *a, struct argp_state *state)
{
    const gat_growth_options *o = &a->growth.options;
    bool grows = a->output || o->measure || o->around || a->growth.data || o->types || o->batch || o->questions;
    if (a->growth.rules && grows)
        return argument_refuse(state, "--rules goes with --relation, --count, --min-probability and a graph alone");
    if (o->measure && !a->growth.data)
        return argument_refuse(state, "--measure needs --data DATA with hidden facts in test");
    return 0;
}

/* ---- both ------------------------------------------------------------------------------------------------ */

static error_t check(const generate_arguments *a, struct argp_state *state)
{
    const char *inputs[] = {a->model, a->growth.graph.graph, a->growth.graph.add, a->growth.data,
                            a->growth.options.types};
    if (a->growth.given && a->sets.given)
        return argument_refuse(state, "--%s is for facts, --%s for whole graphs", a->growth.given, a->sets.given);
    error_t failed = check_growth(a, state);
    if (failed || !a->output) return failed;
    return argument_output(state, a->output, "output FILE", inputs, 5);
}

static error_t read_option(int key, char *arg, struct argp_state *state)
{
    generate_arguments *a = state->input;
    static const char *const names[] = {"MODEL"};
    switch (key) {
    case KEY_COUNT: return argument_count(state, &a->count, arg, "count", 1, MOST_COUNT);
    case KEY_OUTPUT: a->output = arg; return 0;
    case ARGP_KEY_SUCCESS: return check(a, state);
    default: break;
    }
    error_t read = read_growth_option(a, key, arg, state);
    if (read != ARGP_ERR_UNKNOWN) {
        a->growth.given = option_name(key);
        return read;
    }
    read = read_sets_option(a, key, arg, state);
    if (read == ARGP_ERR_UNKNOWN) return argument_positional(state, key, arg, &a->model, names, 1);
    a->sets.given = option_name(key);
    return read;
}

static const struct argp argp = {
    .options = options,
    .parser = read_option,
    .args_doc = "MODEL",
    .doc = "With a model of a graph, propose facts that fit it together, each with its probability and what "
           "speaks for it; with one of --task graphs, draw whole small graphs like those that it has learned "
           "from.\n"
           "\n"
           "  gatkit generate build/wordnet.gatkit --count 5 --questions 500\n"
           "  gatkit generate build/wordnet.gatkit --around coffee.n.01\n"
           "  gatkit generate build/wordnet.gatkit --rules --relation hypernym\n"
           "  gatkit generate build/g.gatkit --count 3\n"
           "  gatkit generate build/g.gatkit --count 3 --temperature 0.8 --json\vFacts for a graph: candidates "
           "are what the model answers to the questions worth asking, and what rules of one or two steps say "
           "that the graph obeys; the types of both ends have to fit the relation, and neither may have as many "
           "facts of it already as there usually are. The probability joins how likely the model takes the tail "
           "and the head to be, the rules that say so, and the usual counts; as in 'gatkit predict', a fact of "
           "valid is right and all else that is not known is wrong. The best facts are added first, and the "
           "graph is read again after every batch.\n"
           "\n"
           "Whole graphs: a line is a JSON object: \"triples\", [head, relation, tail] each; "
           "\"log2_likelihood\" of the triples in the order drawn, by the model as it was trained, whatever "
           "temperature and constraints; \"known\", whether train or valid has the graph. It can be read again "
           "as DATA of train. Graph i of a seed is the same whatever --count.",
    .children = common_options,
};

int generate_arguments_read(generate_arguments *a, int argc, char **argv)
{
    return arguments_read(&argp, argc, argv, &a->common);
}

void generate_arguments_clear(generate_arguments *a) { gat_free(a->sets.relation_text); }

#include "cli/train_arguments.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/output_path.h"

/* ---- what goes together ---- */

static error_t check_words(const train_arguments *a, struct argp_state *state)
{
    const gat_relation_inputs *r = &a->relations.inputs;
    if (!a->words.wanted && (a->words.window || a->words.min_count))
        return argument_refuse(state, "--window and --min-count are options of --task words");
    if (a->words.wanted && (a->resume || a->log || a->time_limit > 0 || a->stop_after))
        return argument_refuse(state, "--task words has no --resume, --log, --time-limit and --stop-after: it is one "
                                      "computation without states to go back to");
    if (a->words.wanted && (a->holdout != 0 || a->side || r->kg || r->word_vectors || r->shuffle_kg))
        return argument_refuse(state, "--task words has no --holdout, --side-model, --kg and --word-vectors");
    return 0;
}

static error_t check_task(const train_arguments *a, struct argp_state *state)
{
    const relation_arguments *r = &a->relations;
    const linking_arguments *l = &a->linking;
    bool text = r->wanted || l->wanted, of_kg = r->inputs.shuffle_kg || r->inputs.kg_states || r->inputs.kg_partial;
    if (!r->wanted && (of_kg || r->inputs.bags))
        return argument_refuse(state,
                               "--bags, --kg-partial, --kg-states and --shuffle-kg are options of --task relations");
    if (!l->wanted && (l->lexicon || l->descriptions))
        return argument_refuse(state, "--lexicon and --descriptions are options of --task linking");
    if (!l->wanted && l->made) return argument_refuse(state, "--documents is an option of --task linking");
    if (l->wanted && l->made && a->data)
        return argument_refuse(state, "--documents is for a training without DATA, from --kg alone");
    if (l->wanted && (l->lexicon || l->descriptions) && !r->inputs.kg)
        return argument_refuse(state, "--lexicon and --descriptions need --kg");
    if (l->wanted && r->inputs.word_vectors && !l->descriptions)
        return argument_refuse(state, "--word-vectors is for the words of --descriptions");
    if (!text && (r->inputs.kg || r->inputs.word_vectors))
        return argument_refuse(state, "--kg and --word-vectors are options of --task relations and linking");
    if (l->wanted && (a->resume || a->time_limit > 0 || a->max_memory || a->stop_after))
        return argument_refuse(state, "--task linking has no --resume, --time-limit, --max-memory and --stop-after");
    if (text && (a->holdout != 0 || a->side))
        return argument_refuse(state, "--task relations and linking have no --holdout and --side-model");
    if (of_kg && !r->inputs.kg) return argument_refuse(state, "--shuffle-kg, --kg-partial and --kg-states need --kg");
    return 0;
}

static error_t check_graphs(const train_arguments *a, struct argp_state *state)
{
    const gat_relation_inputs *r = &a->relations.inputs;
    if (a->graphs.wanted && (a->holdout != 0 || a->side || a->max_memory || r->kg || r->word_vectors))
        return argument_refuse(state, "--task graphs has no --holdout, --side-model, --max-memory, --kg and "
                                      "--word-vectors");
    return 0;
}

static error_t check_recommend(const train_arguments *a, struct argp_state *state)
{
    const gat_relation_inputs *r = &a->relations.inputs;
    if (a->recommend.wanted &&
        (a->time_limit > 0 || a->max_memory || a->holdout != 0 || a->side || r->kg || r->word_vectors))
        return argument_refuse(state,
                               "--task recommend has no --time-limit, --max-memory, --holdout, --side-model, --kg "
                               "and --word-vectors: the graph is the file kg of DATA");
    return 0;
}

static error_t check(const train_arguments *a, struct argp_state *state)
{
    const char *inputs[] = {a->data,
                            a->settings.config_file,
                            a->side,
                            a->relations.inputs.kg,
                            a->relations.inputs.word_vectors,
                            a->linking.lexicon,
                            a->linking.descriptions};
    error_t failed = check_words(a, state);
    if (!failed) failed = check_graphs(a, state);
    if (!failed) failed = check_task(a, state);
    if (!failed) failed = check_recommend(a, state);
    if (a->plans) return failed;
    if (!failed) failed = argument_output(state, a->output, "output MODEL", inputs, 7);
    if (failed || !a->log) return failed;
    if (!strcmp(a->log, a->output)) return argument_refuse(state, "--log and --output name the same file: %s", a->log);
    return argument_output(state, a->log, "log FILE.jsonl", inputs, 7);
}

/* ---- the options ---- */

enum {
    KEY_OUTPUT = 'o',
    KEY_PRESET = 'p',
    KEY_CONFIG = 'c',
    KEY_TIME_LIMIT = 't',
    KEY_RESUME = 600,
    KEY_LOG,
    KEY_MAX_MEMORY,
    KEY_HOLDOUT,
    KEY_TASK,
    KEY_STOP_AFTER,
    KEY_SIDE,
    KEY_KG,
    KEY_SHUFFLE_KG,
    KEY_BAGS,
    KEY_KG_STATES,
    KEY_KG_PARTIAL,
    KEY_WORD_VECTORS,
    KEY_LEXICON,
    KEY_DESCRIPTIONS,
    KEY_DOCUMENTS,
    KEY_WINDOW,
    KEY_MIN_COUNT,
    MOST_STOP = 1000000000
};

static const double LEAST_SECONDS = .001, MOST_SECONDS = 1e9, MOST_HOLDOUT = .45;

static const struct argp_option own_options[] = {
    {NULL, 0, NULL, 0, "The run:", 1},
    {"output", KEY_OUTPUT, "MODEL", 0, "where to write the model (train needs it)", 0},
    {"preset", KEY_PRESET, "NAME", 0, "settings that suit a kind of data", 0},
    {"config", KEY_CONFIG, "FILE", 0, "read settings from FILE, lines 'name = value'", 0},
    {"time-limit", KEY_TIME_LIMIT, "SECONDS", 0, "end the whole command within this time, with the best model so far",
     0},
    {"resume", KEY_RESUME, NULL, 0, "go on from MODEL.checkpoint", 0},
    {"stop-after", KEY_STOP_AFTER, "EPOCH", 0,
     "stop as ctrl-C would once this epoch is done, if more are to come; --model path: the first validation past as "
     "many questions; relations: as many nets",
     0},
    {"log", KEY_LOG, "FILE.jsonl", 0,
     "write one JSON object per epoch; path: per validation; relations: one for each net", 0},
    {"max-memory", KEY_MAX_MEMORY, "SIZE", 0, "refuse to start when more is needed; 900M, 4G", 0},
    {"holdout", KEY_HOLDOUT, "SHARE", 0,
     "share of a single file held out for valid, and again for test (default 0.05; 0: none)", 0},
    {"side-model", KEY_SIDE, "MODEL", 0,
     "--model path: put a trained model of embeddings of the same DATA beside it, in the same file; two weights a "
     "relation, fitted to valid, join their scores (the figures of valid are the paths' alone); with --resume beside a "
     "finished run",
     0},
    {"task", KEY_TASK, "TASK", 0,
     "what to learn: links, the links of a graph (default); relations, those that sentences state; linking, which "
     "entities mentions in documents mean; words, vectors of the words of a text; graphs, to write small graphs like "
     "those of DATA, which are JSON lines ('gatkit help files'); recommend, what people choose",
     0},
    {"window", KEY_WINDOW, "N", 0, "--task words: words to each side that keep company (default 5; 0: the line)", 0},
    {"min-count", KEY_MIN_COUNT, "N", 0, "--task words: leave out rarer words (default 5)", 0},
    {"kg", KEY_KG, "DATA|MODEL", 0, "--task relations, linking: the graph that the entity ids belong to", 0},
    {"bags", KEY_BAGS, NULL, 0,
     "--task relations: learn to answer for all sentences of a pair together, too (distant supervision); evaluate "
     "then ranks pairs, and extract --bags answers for them",
     0},
    {"kg-partial", KEY_KG_PARTIAL, NULL, 0,
     "--task relations: the graph may lack entities of the sentences; they count as strangers, in training and use", 0},
    {"kg-states", KEY_KG_STATES, NULL, 0,
     "--task relations: embeddings and scores of --kg MODEL count beside its facts; it must not have learned a fact "
     "between two entities that meet in a sentence (tools/cut_graph takes those out of a graph)",
     0},
    {"shuffle-kg", KEY_SHUFFLE_KG, NULL, 0, "--task relations: let the graph's entities change places at random", 0},
    {"word-vectors", KEY_WORD_VECTORS, "FILE", 0, "--task relations, linking: lines of word and numbers", 0},
    {"lexicon", KEY_LEXICON, "FILE", 0,
     "--task linking: more names, lines of entity, tab, name and perhaps tab, how often it means the entity", 0},
    {"descriptions", KEY_DESCRIPTIONS, "FILE", 0,
     "--task linking: what entities are, lines of entity, tab, text and perhaps tab, type", 0},
    {"documents", KEY_DOCUMENTS, "N", 0,
     "--task linking without DATA: documents to be made from the graph and its names (default 3000)", 0},
    {0}};

/* 0 on the command line means no holdout; the library takes a negative share for that. */
static error_t set_holdout(train_arguments *a, const char *arg, struct argp_state *state)
{
    error_t failed = argument_real(state, &a->holdout, arg, "holdout", 0, MOST_HOLDOUT);
    if (!failed && a->holdout <= 0) a->holdout = -1;
    return failed;
}

enum { TASKS = 6 };

/* Other tasks than links, and where it stands that they are wanted. */
static void list_tasks(const char *name[TASKS], bool *wanted[TASKS], train_arguments *a)
{
    int n = 0;
    name[n] = "relations", wanted[n++] = &a->relations.wanted;
    name[n] = "linking", wanted[n++] = &a->linking.wanted;
    name[n] = "words", wanted[n++] = &a->words.wanted;
    name[n] = "graphs", wanted[n++] = &a->graphs.wanted;
    name[n] = "recommend", wanted[n++] = &a->recommend.wanted;
    name[n] = NULL, wanted[n] = NULL;
}

const char *train_other_task(train_arguments *a)
{
    const char *name[TASKS];
    bool *wanted[TASKS];
    list_tasks(name, wanted, a);
    for (int i = 0; name[i]; i++)
        if (*wanted[i]) return name[i];
    return NULL;
}

static error_t set_task(train_arguments *a, const char *arg, struct argp_state *state)
{
    const char *name[TASKS];
    bool *wanted[TASKS], found = !strcmp(arg, "links");
    list_tasks(name, wanted, a);
    for (int i = 0; name[i]; i++) {
        *wanted[i] = !strcmp(arg, name[i]);
        found |= *wanted[i];
    }
    if (found) return 0;
    return argument_refuse(state, "--task %s: expected links, relations, linking, words, graphs or recommend", arg);
}

/* 0 on the command line means all of the line; the library takes a negative window for that. */
static error_t set_window(train_arguments *a, const char *arg, struct argp_state *state)
{
    error_t failed = argument_count(state, &a->words.window, arg, "window", 0, MOST_STOP);
    if (!failed && !a->words.window) a->words.window = -1;
    return failed;
}

static error_t read_option(int key, char *arg, struct argp_state *state)
{
    train_arguments *a = state->input;
    static const char *const names[] = {"DATA"};
    if (train_settings_note(&a->settings, key, arg)) return 0;
    switch (key) {
    case KEY_OUTPUT: a->output = arg; return 0;
    case KEY_PRESET: a->settings.preset = arg; return 0;
    case KEY_CONFIG: a->settings.config_file = arg; return 0;
    case KEY_TIME_LIMIT: return argument_real(state, &a->time_limit, arg, "time-limit", LEAST_SECONDS, MOST_SECONDS);
    case KEY_RESUME: a->resume = true; return 0;
    case KEY_LOG: a->log = arg; return 0;
    case KEY_SIDE: a->side = arg; return 0;
    case KEY_MAX_MEMORY: return argument_size(state, &a->max_memory, arg, "max-memory");
    case KEY_HOLDOUT: return set_holdout(a, arg, state);
    case KEY_STOP_AFTER: return argument_count(state, &a->stop_after, arg, "stop-after", 1, MOST_STOP);
    case KEY_TASK: return set_task(a, arg, state);
    case KEY_LEXICON: a->linking.lexicon = arg; return 0;
    case KEY_WINDOW: return set_window(a, arg, state);
    case KEY_MIN_COUNT: return argument_count(state, &a->words.min_count, arg, "min-count", 1, MOST_STOP);
    case KEY_DOCUMENTS: a->linking.made = arg; return 0;
    case KEY_DESCRIPTIONS: a->linking.descriptions = arg; return 0;
    case KEY_KG: a->relations.inputs.kg = arg; return 0;
    case KEY_KG_PARTIAL: a->relations.inputs.kg_partial = true; return 0;
    case KEY_KG_STATES: a->relations.inputs.kg_states = true; return 0;
    case KEY_BAGS: a->relations.inputs.bags = true; return 0;
    case KEY_SHUFFLE_KG: a->relations.inputs.shuffle_kg = true; return 0;
    case KEY_WORD_VECTORS: a->relations.inputs.word_vectors = arg; return 0;
    case ARGP_KEY_SUCCESS: return check(a, state);
    case ARGP_KEY_END: /* entity linking can do without documents */
        if (a->linking.wanted && a->relations.inputs.kg && !a->data) return 0;
        return argument_positional(state, key, arg, &a->data, names, 1);
    default: return argument_positional(state, key, arg, &a->data, names, 1);
    }
}

int train_arguments_read(train_arguments *a, const char *args_doc, const char *doc, int argc, char **argv)
{
    a->table = train_options_new(own_options, common_options);
    if (!a->table) {
        fputs("gatkit: out of memory\n", stderr);
        return EXIT_RESOURCE;
    }
    const struct argp argp = {.options = train_options_rows(a->table),
                              .parser = read_option,
                              .args_doc = args_doc,
                              .doc = doc,
                              .children = common_options};
    int code = arguments_read(&argp, argc, argv, &a->common);
    a->settings.seed = a->common.seed;
    a->relations.inputs.sentences = a->data;
    return code;
}

uint64_t train_seed(gat_config *config)
{
    const char *seed = gat_config_get(config, "seed");
    return seed ? strtoull(seed, NULL, 10) : 1;
}

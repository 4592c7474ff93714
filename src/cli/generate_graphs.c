#include "cli/generate_graphs.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"
#include "cli/output_path.h"

enum {
    KEY_COUNT = 'n',
    KEY_OUTPUT = 'o',
    KEY_TEMPERATURE = 900,
    KEY_TOP_K,
    KEY_TOP_P,
    KEY_RELATIONS,
    KEY_CONTAINS,
    KEY_NOVEL,
    KEY_FREE,
    KEY_APART,
    MOST_COUNT = 100000000,
    MOST_TOP = 1000000000
};

bool is_generator(const char *path)
{
    gat_file_kind kind;
    return !gat_file_kind_of(&kind, path, NULL) && kind == GAT_FILE_GENERATOR;
}

/* ---- arguments ------------------------------------------------------------------------------------------- */

static const struct argp_option options[] = {
    {"count", KEY_COUNT, "N", 0, "how many graphs (default 10)", 0},
    {"output", KEY_OUTPUT, "FILE.jsonl", 0, "write them here, not to standard output", 0},
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

/* "a,b" in place. */
static error_t set_relations(generate_arguments *a, const char *arg, struct argp_state *state)
{
    gat_free(a->relation_text);
    a->relation_text = gat_strdup(arg);
    a->graphs.relations = a->relation;
    a->graphs.num_relations = 0;
    if (!a->relation_text) return argument_refuse(state, "out of memory");
    for (char *at = a->relation_text, *end; at; at = end) {
        end = strchr(at, ',');
        if (end) *end++ = 0;
        if (!*at) return argument_refuse(state, "--relations %s: an empty name", arg);
        if (a->graphs.num_relations == GENERATE_MOST_RELATIONS)
            return argument_refuse(state, "--relations: more than %d names", GENERATE_MOST_RELATIONS);
        a->relation[a->graphs.num_relations++] = at;
    }
    return 0;
}

static error_t read_option(int key, char *arg, struct argp_state *state)
{
    generate_arguments *a = state->input;
    static const char *const names[] = {"MODEL"};
    const char *const inputs[] = {a->model};
    switch (key) {
    case KEY_COUNT: return argument_count(state, &a->graphs.count, arg, "count", 1, MOST_COUNT);
    case KEY_OUTPUT: a->output = arg; return 0;
    case KEY_TEMPERATURE: return argument_real(state, &a->graphs.temperature, arg, "temperature", .01, 100);
    case KEY_TOP_K: return argument_count(state, &a->graphs.top_k, arg, "top-k", 1, MOST_TOP);
    case KEY_TOP_P: return argument_real(state, &a->graphs.top_p, arg, "top-p", 0, 1);
    case KEY_RELATIONS: return set_relations(a, arg, state);
    case KEY_CONTAINS: a->graphs.contains = arg; return 0;
    case KEY_NOVEL: a->graphs.novel = true; return 0;
    case KEY_APART: a->graphs.apart = true; return 0;
    case KEY_FREE: a->graphs.free = true; return 0;
    case ARGP_KEY_SUCCESS: return a->output ? argument_output(state, a->output, "output FILE.jsonl", inputs, 1) : 0;
    default: return argument_positional(state, key, arg, &a->model, names, 1);
    }
}

static const struct argp argp = {
    .options = options,
    .parser = read_option,
    .args_doc = "MODEL",
    .doc = "Draw whole small graphs like those that a model of --task graphs has learned from, with the logarithm of "
           "their "
           "likelihood.\n\n"
           "  gatkit generate build/g.gatkit --count 3\n"
           "  gatkit generate build/g.gatkit --count 3 --temperature 0.8 --json\v"
           "A line is a JSON object: \"triples\", [head, relation, tail] each; \"log2_likelihood\" of the triples in "
           "the order "
           "drawn, by the model as it was trained, whatever temperature and constraints; \"known\", whether train or "
           "valid has "
           "the graph. It can be read again as DATA of train. Graph i of a seed is the same whatever --count.",
    .children = common_options,
};

void generate_arguments_clear(generate_arguments *a) { gat_free(a->relation_text); }

int generate_arguments_read(generate_arguments *a, int argc, char **argv)
{
    int code = arguments_read(&argp, argc, argv, &a->common);
    if (code >= 0) generate_arguments_clear(a);
    a->graphs.seed = a->common.seed ? strtoull(a->common.seed, NULL, 10) : 1;
    return code;
}

/* ---- graphs ---------------------------------------------------------------------------------------------- */

/* Where graphs go. */
typedef struct sink {
    generate_arguments *a;
    gat_writer *writer; /* NULL: standard output, or the list */
    json_t *list;       /* of --json without --output */
    gat_status st;
} sink;

static json_t *graph_object(const gat_generated_graph *g)
{
    json_t *triples = json_array();
    for (int64_t i = 0; i < g->num_triples; i++) {
        const gat_generated_triple *t = &g->triple[i];
        triples = report_append(triples, json_pack("[s,s,s]", t->head, t->relation, t->tail));
    }
    return json_pack("{s:o,s:o,s:o,s:b}", "triples", triples, "log2_likelihood", report_number(g->log2_likelihood),
                     "log2_likelihood_as_a_set", report_number(g->log2_likelihood_as_a_set), "known", g->known);
}

static int on_graph(void *context, const gat_generated_graph *g)
{
    sink *s = context;
    gat_error *err = &s->a->common.error;
    json_t *object = graph_object(g);
    if (s->list) {
        s->list = report_append(s->list, object);
        s->st = s->list ? GAT_OK : error_nomem(err);
        return s->st != GAT_OK;
    }
    char *line = object ? json_dumps(object, JSON_COMPACT | JSON_REAL_PRECISION(15)) : NULL;
    json_decref(object);
    if (!line) s->st = error_nomem(err);
    else if (s->writer) {
        s->st = writer_write(s->writer, line, strlen(line), err);
        if (!s->st) s->st = writer_write(s->writer, "\n", 1, err);
    } else if (puts(line) < 0) s->st = error_set(err, GAT_EIO, "cannot write to standard output");
    free(line); /* jansson's own */
    return s->st != GAT_OK;
}

static gat_status print_json(const generate_arguments *a, sink *s, int64_t refused, gat_error *err)
{
    json_t *object =
        json_pack("{s:I,s:I,s:o,s:o}", "count", (json_int_t)a->graphs.count, "refused", (json_int_t)refused, "seconds",
                  report_number(report_seconds(&a->common)), "peak_rss_mb", report_number(report_peak_mb()));
    if (s->list) object = report_set(object, "graphs", s->list);
    s->list = NULL;
    return report_json(object, err);
}

gat_status generate_graphs(generate_arguments *a)
{
    gat_error *err = &a->common.error;
    gat_generator *model = NULL;
    sink s = {.a = a, .list = a->common.json && !a->output ? json_array() : NULL};
    int64_t refused = 0;
    a->graphs.on_graph = on_graph;
    a->graphs.context = &s;
    gat_status st = gat_generator_load(&model, a->model, err);
    if (!st && a->output) st = writer_open(&s.writer, a->output, err);
    if (!st) st = gat_generator_draw(model, &a->graphs, &refused, err);
    if (s.st) st = s.st;
    if (!st && s.writer) {
        st = writer_commit(s.writer, err);
        s.writer = NULL;
    }
    if (!st && a->common.json) st = print_json(a, &s, refused, err);
    else if (!st && refused)
        screen_note(&a->common.screen, "%lld draws were left out by what is asked of graphs", (long long)refused);
    writer_abandon(s.writer);
    json_decref(s.list);
    gat_generator_free(model);
    return st;
}

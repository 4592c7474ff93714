/* Measuring a generator: bits of test, and graphs that it draws, judged by rules and compared with test. */
#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/random.h"
#include "generate/generator.h"
#include "generate/graph_rules.h"
#include "generate/graph_statistics.h"
#include "train/train_run.h"

enum { DEFAULT_COUNT = 2000, STREAM_FLOOR = 0x7f97 };
_Static_assert((int)NUM_GRAPH_RULES == (int)GAT_GRAPH_RULES, "the public list has all rules");

typedef struct judge {
    const gat_generator *model;
    graph_names names; /* of the model, and behind them those that test alone has */
    graph_rules rules;
    graph_set train, test, drawn;
    graph_statistics of_train, of_test, of_drawn;
    gat_generator_evaluation *out;
    gat_error *err;
    gat_status st; /* of what on_graph did */
} judge;

static void judge_clear(judge *j)
{
    graph_names_clear(&j->names);
    graph_rules_clear(&j->rules);
    graph_set_clear(&j->train);
    graph_set_clear(&j->test);
    graph_set_clear(&j->drawn);
    graph_statistics_clear(&j->of_train);
    graph_statistics_clear(&j->of_test);
    graph_statistics_clear(&j->of_drawn);
}

/* ---- the data -------------------------------------------------------------------------------------------- */

static bool comes_first(const gat_intern *listed, const gat_intern *names)
{
    if (intern_count(listed) > intern_count(names)) return false;
    for (int32_t i = 0; i < intern_count(listed); i++)
        if (strcmp(intern_string(listed, i), intern_string(names, i)) != 0) return false;
    return true;
}

/* The names of vocab.json come first in the model, too: numbers mean what they meant in training. */
static gat_status read_names(judge *j, const char *data, gat_error *err)
{
    const gat_generator *m = j->model;
    graph_names listed;
    gat_status st = graph_names_init(&listed, err);
    if (!st) st = graph_names_read(&listed, data, err);
    if (!st && !(comes_first(listed.entities, m->entities) && comes_first(listed.relations, m->relations)))
        st = error_set(err, GAT_EDATA, "%s: vocab.json is not the one that the model was trained with", data);
    if (!st)
        j->names = (graph_names){intern_clone(m->entities), intern_clone(m->relations), listed.listed_entities,
                                 listed.listed_relations};
    graph_names_clear(&listed);
    return st || (j->names.entities && j->names.relations) ? st : error_nomem(err);
}

static gat_status read_split(graph_set *set, judge *j, const char *data, const char *split, gat_error *err)
{
    char *path = NULL;
    gat_status st = graph_file_find(&path, data, split, err);
    if (!st && !path)
        st = error_set(err, GAT_EDATA, "%s: no %s.jsonl, %s.jsonl.gz or %s.jsonl.zst", data, split, split, split);
    if (!st) st = graph_set_read(set, &j->names, path, err);
    if (!st && !set->count) st = error_set(err, GAT_EDATA, "%s: no graphs", path);
    gat_free(path);
    return st;
}

static gat_status judge_init(judge *j, const char *data, const char *rules, gat_error *err)
{
    const gat_generator *m = j->model;
    if (!file_is_folder(data)) return error_set(err, GAT_EDATA, "%s: expected a folder with train and test", data);
    gat_status st = read_names(j, data, err);
    if (!st) st = graph_rules_read(&j->rules, rules, m->relations, err);
    if (!st) st = read_split(&j->train, j, data, "train", err);
    if (!st) st = read_split(&j->test, j, data, "test", err);
    int32_t relations = st ? 0 : intern_count(j->names.relations);
    if (!st) st = graph_statistics_init(&j->of_train, relations, err);
    if (!st) st = graph_statistics_init(&j->of_test, relations, err);
    return st ? st : graph_statistics_init(&j->of_drawn, relations, err);
}

static int broken(const judge *j, const gat_triple *facts, int64_t n)
{
    return graph_rules_broken(&j->rules, &j->model->roles, j->names.entities, facts, n);
}

static bool is_known(const judge *j, const gat_triple *facts, int64_t n)
{
    return graph_hash_known(j->model->known, j->model->num_known, graph_hash(facts, n));
}

/* ---- test ------------------------------------------------------------------------------------------------ */

static gat_status measure_test(judge *j, uint64_t seed, gat_error *err)
{
    gat_generator_evaluation *e = j->out;
    int64_t *which = gat_alloc(j->test.count, sizeof *which);
    double orders = 0;
    gat_status st = which ? GAT_OK : error_nomem(err);
    e->test_graphs = j->test.count;
    for (int64_t g = 0; !st && g < j->test.count; g++) {
        const gat_triple *facts = graph_facts(&j->test, g);
        int64_t n = graph_size(&j->test, g);
        e->test_valid += broken(j, facts, n) < 0;
        st = graph_statistics_add(&j->of_test, facts, n, err);
        if (!generator_fits(j->model, facts, n)) continue;
        e->test_known += is_known(j, facts, n);
        orders += graph_orders(facts, n);
        which[e->scored++] = g;
    }
    if (!st) st = generator_bits(&e->bits, NULL, j->model, &j->test, which, e->scored, seed, err);
    e->bits_set = e->scored ? e->bits - orders / (double)e->scored : 0;
    gat_free(which);
    return st;
}

/* As many graphs of train as are drawn, chosen at random. */
static gat_status measure_floor(judge *j, int64_t count, uint64_t seed, gat_error *err)
{
    int64_t *order = gat_alloc(j->train.count, sizeof *order);
    gat_status st = order ? GAT_OK : error_nomem(err);
    for (int64_t i = 0; !st && i < j->train.count; i++) order[i] = i;
    if (!st) random_shuffle(order, j->train.count, seed, random_stream(STREAM_FLOOR, 0, 0));
    for (int64_t i = 0; !st && i < count && i < j->train.count; i++)
        st = graph_statistics_add(&j->of_train, graph_facts(&j->train, order[i]), graph_size(&j->train, order[i]), err);
    gat_free(order);
    return st;
}

/* ---- drawn graphs ---------------------------------------------------------------------------------------- */

static int on_graph(void *context, const gat_generated_graph *graph)
{
    judge *j = context;
    gat_triple facts[GRAPH_MOST_TRIPLES];
    for (int64_t i = 0; i < graph->num_triples; i++) {
        const gat_generated_triple *t = &graph->triple[i];
        facts[i] = (gat_triple){intern_find(j->names.entities, t->head, strlen(t->head)),
                                intern_find(j->names.relations, t->relation, strlen(t->relation)),
                                intern_find(j->names.entities, t->tail, strlen(t->tail))};
    }
    int rule = broken(j, facts, graph->num_triples);
    gat_generator_evaluation *e = j->out;
    e->graphs++;
    e->empty += !graph->num_triples;
    e->novel += !graph->known;
    if (rule < 0) e->valid++;
    else e->broken[rule]++;
    e->valid_novel += rule < 0 && !graph->known;
    j->st = graph_set_push(&j->drawn, facts, graph->num_triples, j->err);
    if (!j->st) j->st = graph_statistics_add(&j->of_drawn, facts, graph->num_triples, j->err);
    return j->st != GAT_OK;
}

static gat_status count_distinct(judge *j, gat_error *err)
{
    const graph_set none = {.count = 0};
    uint64_t *hash = NULL;
    int64_t n = 0;
    gat_status st = graph_hashes(&hash, &n, &j->drawn, &none, INT32_MAX, INT32_MAX, err);
    for (int64_t i = 0; i < n; i++) j->out->distinct += !i || hash[i] != hash[i - 1];
    gat_free(hash);
    return st;
}

static void compare(judge *j)
{
    gat_generator_evaluation *e = j->out;
    gat_graph_distance *to[NUM_GRAPH_STATISTICS] = {&e->out_degree, &e->in_degree, &e->relation, &e->two_paths};
    for (graph_statistic s = 0; s < NUM_GRAPH_STATISTICS; s++) {
        to[s]->generated = graph_statistics_distance(&j->of_drawn, &j->of_test, s);
        to[s]->floor = graph_statistics_distance(&j->of_train, &j->of_test, s);
    }
}

static gat_status draw(judge *j, const gat_generate_options *options, gat_error *err)
{
    gat_generate_options o = *options;
    o.on_graph = on_graph;
    o.context = j;
    if (!o.count) o.count = DEFAULT_COUNT;
    gat_status st = generator_draw(j->model, &o, &j->out->refused, err);
    if (j->st) st = j->st;
    if (!st) st = count_distinct(j, err);
    return st ? st : measure_floor(j, o.count, o.seed, err);
}

gat_status generator_evaluate(gat_generator_evaluation *out, const gat_generator *m, const char *data,
                              const gat_generator_evaluate_options *options, gat_error *err)
{
    static const gat_generator_evaluate_options usual = {.draw = {.seed = 1}};
    double started = clock_seconds();
    judge j = {.model = m, .out = out, .err = err};
    if (!options) options = &usual;
    *out = (gat_generator_evaluation){.graphs = 0};
    gat_status st = judge_init(&j, data, options->rules, err);
    if (!st) st = measure_test(&j, options->draw.seed, err);
    if (!st) st = draw(&j, &options->draw, err);
    if (!st) compare(&j);
    judge_clear(&j);
    out->seconds = clock_seconds() - started;
    return st;
}

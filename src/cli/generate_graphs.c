#include "cli/generate_graphs.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"
#include "cli/report.h"

enum { DEFAULT_COUNT = 10 };

bool is_generator(const char *path)
{
    gat_file_kind kind;
    return !gat_file_kind_of(&kind, path, NULL) && kind == GAT_FILE_GENERATOR;
}

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
        json_pack("{s:I,s:I,s:o,s:o}", "count", (json_int_t)a->sets.options.count, "refused", (json_int_t)refused,
                  "seconds", report_number(report_seconds(&a->common)), "peak_rss_mb", report_number(report_peak_mb()));
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
    a->sets.options.count = a->count ? a->count : DEFAULT_COUNT;
    a->sets.options.seed = a->common.seed ? strtoull(a->common.seed, NULL, 10) : 1;
    a->sets.options.on_graph = on_graph;
    a->sets.options.context = &s;
    gat_status st = gat_generator_load(&model, a->model, err);
    if (!st && a->output) st = writer_open(&s.writer, a->output, err);
    if (!st) st = gat_generator_draw(model, &a->sets.options, &refused, err);
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

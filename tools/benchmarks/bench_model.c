#include "bench_model.h"

#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "model/embedding_model.h"

static gat_status configure(gat_config *config, const char *settings, gat_error *err)
{
    char all[300], *rest = all;
    config_init(config);
    snprintf(all, sizeof all, "model=none decoder=complex %s", settings);
    gat_status st = GAT_OK;
    for (char *word = strsep(&rest, " "); word && !st; word = strsep(&rest, " ")) {
        char *name = strsep(&word, "=");
        st = config_set(config, name, word, err);
    }
    return st;
}

/* Names are numbers. */
static gat_intern *numbers(int32_t count)
{
    gat_intern *names = intern_new();
    for (int32_t i = 0; names && i < count; i++) {
        char name[16];
        int length = snprintf(name, sizeof name, "%d", i);
        if (intern_add(names, name, (size_t)length) >= 0) continue;
        intern_free(names);
        names = NULL;
    }
    return names;
}

static gat_status fill(gat_model *m, const bench_facts *facts, gat_error *err)
{
    m->entities = numbers(facts->num_nodes);
    m->relations = numbers(facts->num_relations);
    if (!m->entities || !m->relations) return error_nomem(err);
    m->kind = &embedding_kind;
    m->num_seen = facts->num_nodes;
    m->num_seen_relations = facts->num_relations;
    m->members = 1;
    gat_status st = GAT_OK;
    for (int64_t i = 0; !st && i < facts->train.count; i++) st = triples_push(&m->facts, facts->train.data[i], err);
    if (!st) st = embedding_declare(m, err);
    if (!st) st = params_allocate(&m->params, true, err);
    if (st) return st;
    embedding_init_params(m);
    return model_finish(m, err);
}

gat_status bench_model_new(gat_model **out, const bench_facts *facts, const char *settings, gat_error *err)
{
    *out = NULL;
    gat_model *m = gat_calloc(1, sizeof *m);
    if (!m) return error_nomem(err);
    gat_status st = configure(&m->config, settings, err);
    if (!st) st = fill(m, facts, err);
    if (!st) *out = m;
    else model_free(m);
    return st;
}

#include "link/link_corpus.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "link/graph_documents.h"

void link_corpus_clear(link_corpus *c)
{
    arena_free(c->arena);
    gat_free(c->document);
    gat_free(c->graph);
    intern_free(c->types);
    *c = (link_corpus){.count = 0};
}

static gat_status add(link_corpus *c, link_document *d, gat_error *err)
{
    if (c->count == c->capacity) {
        int64_t more = 2 * c->capacity + 64;
        link_document **grown = gat_regrow(c->document, c->count, more, sizeof *grown);
        if (!grown) return error_nomem(err);
        c->document = grown;
        c->capacity = more;
    }
    c->document[c->count++] = d;
    for (int64_t i = 0; i < d->num_mentions; i++) c->mentions += d->mention[i].gold != GOLD_OPEN;
    return GAT_OK;
}

static gat_status read_all(link_corpus *c, const char *path, const lexicon *names, gat_error *err)
{
    link_source source;
    link_document *d = NULL;
    gat_status st = link_source_open(&source, path, names, false, err);
    if (st) return st;
    do {
        st = link_source_next(&d, &source, c->arena, err);
        if (!st && d) st = add(c, d, err);
    } while (!st && d);
    link_source_close(&source);
    if (!st && !c->mentions) st = error_set(err, GAT_EDATA, "%.500s: no mention is annotated with an entity", path);
    return st;
}

static gat_status make_all(link_corpus *c, const lexicon *names, int64_t made, uint64_t seed, gat_error *err)
{
    entity_names of_entity = {.num_confused = 0};
    gat_status st = entity_names_make(&of_entity, names, err);
    for (int64_t i = 0; !st && i < made; i++) {
        link_document *d;
        st = graph_document_make(&d, names, &of_entity, seed, i, c->arena, err);
        if (!st) st = add(c, d, err);
    }
    entity_names_clear(&of_entity);
    return st;
}

typedef struct type_count {
    int32_t type;
    int64_t count;
} type_count;

static int commonest_first(const void *p, const void *q)
{
    const type_count *a = p, *b = q;
    if (a->count != b->count) return a->count > b->count ? -1 : 1;
    return (a->type > b->type) - (a->type < b->type);
}

/* Counts types; returns how many there are, at most `most`. */
static int count_types(type_count *list, gat_intern *all, const link_corpus *c, int most)
{
    int n = 0;
    for (int64_t i = 0; i < c->count; i++)
        for (int64_t e = 0; e < c->document[i]->num_entities; e++) {
            const char *type = c->document[i]->entity[e].type;
            if (!*type || (intern_find(all, type, strlen(type)) < 0 && n == most)) continue;
            int32_t id = intern_add(all, type, strlen(type));
            if (id < 0) return -1;
            if (id == n) list[n++] = (type_count){id, 0};
            list[id].count++;
        }
    return n;
}

static gat_status find_types(link_corpus *c, gat_error *err)
{
    enum { MOST = 1000 };
    gat_intern *all = intern_new();
    type_count *list = gat_calloc(MOST, sizeof *list);
    c->types = intern_new();
    int n = all && list && c->types ? count_types(list, all, c, MOST) : -1;
    if (n > 0) qsort(list, (size_t)n, sizeof *list, commonest_first);
    for (int i = 0; i < n && i < NODE_TYPES; i++) {
        const char *type = intern_string(all, list[i].type);
        if (intern_add(c->types, type, strlen(type)) < 0) n = -1;
    }
    intern_free(all);
    gat_free(list);
    return n < 0 ? error_nomem(err) : GAT_OK;
}

/* What is wrong with a document is told with its file and line. */
static gat_status make_graph(link_corpus *c, int64_t i, const char *path, const lexicon *names, gat_error *err)
{
    gat_error fault = {0};
    gat_status st = candidate_graph_make(&c->graph[i], c->document[i], names, c->types, c->arena, &fault);
    if (!st) return GAT_OK;
    return error_set(err, st, "%.300s:%lld: %.180s", path, (long long)c->document[i]->line, fault.message);
}

gat_status link_corpus_load(link_corpus *c, const char *path, const lexicon *names, int64_t made, uint64_t seed,
                            gat_error *err)
{
    *c = (link_corpus){.arena = arena_new()};
    gat_status st = c->arena ? GAT_OK : error_nomem(err);
    if (!st) st = path ? read_all(c, path, names, err) : make_all(c, names, made, seed, err);
    if (!st) st = find_types(c, err);
    if (!st) c->graph = gat_calloc(c->count, sizeof *c->graph);
    if (!st && !c->graph) st = error_nomem(err);
    for (int64_t i = 0; !st && i < c->count; i++) st = make_graph(c, i, path ? path : "made documents", names, err);
    return st;
}

#include "recommend/item_graph.h"

#include <string.h>
#include <strings.h>

#include "base/error.h"
#include "base/memory.h"
#include "io/dataset_parts.h"
#include "io/triple_file.h"
#include "recommend/interaction_file.h"

/* A link says: the item of this name is that entity. Items are kept by name, as they may come later. */
static gat_status take_link(void *context, rec_field a, rec_field b, gat_error *err)
{
    item_links *l = context;
    int32_t before = intern_count(l->entity), e = intern_add(l->entity, b.s, b.length);
    if (l->adds && e >= 0 && e == before && intern_add(l->items, a.s, a.length) < 0) return error_nomem(err);
    if (e < 0) return error_nomem(err);
    if (e < before) return GAT_OK; /* the first item counts */
    if (e >= l->capacity) {
        int64_t capacity = l->capacity ? 2 * l->capacity : 1024;
        char **grown = gat_regrow(l->entity_of, l->capacity, capacity, sizeof *grown);
        if (!grown) return error_nomem(err);
        l->entity_of = grown;
        l->capacity = capacity;
    }
    l->entity_of[e] = gat_strndup(a.s, a.length);
    return l->entity_of[e] ? GAT_OK : error_nomem(err);
}

gat_status item_links_read(item_links *l, const char *folder, bool adds, gat_intern *items, gat_error *err)
{
    char *path = NULL;
    *l = (item_links){.entity = intern_new(), .items = items, .adds = adds};
    if (!l->entity) return error_nomem(err);
    gat_status st = folder_find_triples(&path, folder, "link", err);
    if (!st && !path) st = folder_find_triples(&path, folder, "item2entity", err);
    l->found = path != NULL;
    if (!st && path) st = pair_file_read(path, take_link, l, err);
    gat_free(path);
    return st;
}

void item_links_clear(item_links *l)
{
    for (int32_t e = 0; l->entity_of && e < intern_count(l->entity); e++)
        if (e < l->capacity) gat_free(l->entity_of[e]);
    gat_free(l->entity_of);
    if (l->entity) intern_free(l->entity);
    memset(l, 0, sizeof *l);
}

/* ---- facts ----------------------------------------------------------------------------------------------- */

/* Facts over names first; names become nodes when all are known. */
typedef struct reading {
    gat_intern *names, *relations;
    gat_triples facts;
} reading;

static gat_status take_fact(void *context, gat_term head, gat_term relation, gat_term tail, const char *path,
                            int64_t line, gat_error *err)
{
    reading *r = context;
    (void)path;
    if (line == 1 && head.length >= 4 && !strncasecmp(head.bytes, "head", 4) && tail.length >= 4 &&
        !strncasecmp(tail.bytes, "tail", 4))
        return GAT_OK;
    gat_triple t = {intern_add(r->names, head.bytes, head.length),
                    intern_add(r->relations, relation.bytes, relation.length),
                    intern_add(r->names, tail.bytes, tail.length)};
    if (t.head < 0 || t.relation < 0 || t.tail < 0) return error_nomem(err);
    return triples_push(&r->facts, t, err);
}

/* The item that a name of the graph stands for, or -1. */
static int32_t item_of(const item_links *l, const gat_intern *items, const char *name)
{
    if (!l->found) return intern_find(items, name, strlen(name));
    int32_t e = intern_find(l->entity, name, strlen(name));
    return e < 0 ? -1 : intern_find(items, l->entity_of[e], strlen(l->entity_of[e]));
}

/* node (names): the item, or items + a new number for an entity that at least two facts touch, or -1. */
static gat_status number_nodes(int32_t *node, interactions *d, const reading *r, const item_links *l, gat_error *err)
{
    int32_t names = intern_count(r->names), items = intern_count(d->items);
    int32_t *degree = gat_calloc(names, sizeof *degree);
    gat_status st = degree ? GAT_OK : error_nomem(err);
    for (int64_t i = 0; degree && i < r->facts.count; i++)
        degree[r->facts.data[i].head]++, degree[r->facts.data[i].tail]++;
    for (int32_t x = 0; !st && x < names; x++) {
        const char *name = intern_string(r->names, x);
        node[x] = item_of(l, d->items, name);
        if (node[x] >= 0) d->linked_items++;
        else if (degree[x] > 1) {
            int32_t e = intern_add(d->entities, name, strlen(name));
            if (e < 0) st = error_nomem(err);
            else node[x] = items + e;
        }
    }
    gat_free(degree);
    return st;
}

static gat_status keep_facts(interactions *d, const reading *r, const item_links *l, gat_error *err)
{
    int64_t repeated;
    int32_t *node = gat_alloc(intern_count(r->names), sizeof *node);
    gat_status st = node ? number_nodes(node, d, r, l, err) : error_nomem(err);
    for (int64_t i = 0; !st && i < r->facts.count; i++) {
        gat_triple t = r->facts.data[i];
        if (node[t.head] < 0 || node[t.tail] < 0) d->idle_facts++;
        else st = triples_push(&d->facts, (gat_triple){node[t.head], t.relation, node[t.tail]}, err);
    }
    if (!st) st = triples_unique(&d->facts, &repeated, err);
    gat_free(node);
    return st;
}

gat_status item_graph_read(interactions *d, const item_links *links, const char *folder, gat_error *err)
{
    char *path = NULL;
    reading r = {.names = intern_new(), .relations = d->relations};
    triple_sink sink = {.add = take_fact, .context = &r};
    gat_status st = r.names ? folder_find_triples(&path, folder, "kg", err) : error_nomem(err);
    d->has_graph = path != NULL;
    if (!st && path) st = triple_file_read(path, &sink, err);
    if (!st && path) st = keep_facts(d, &r, links, err);
    if (!st && path && !d->linked_items)
        st = error_set(err, GAT_EDATA, "%.400s: no item is an entity of the graph", path);
    triples_clear(&r.facts);
    intern_free(r.names);
    gat_free(path);
    return st;
}

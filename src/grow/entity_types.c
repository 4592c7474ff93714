/* Types are counted in a table of their own; pairs are collected, sorted and cut into rows. */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "grow/entity_fit.h"
#include "io/lines.h"

enum { FIRST_PAIRS = 1024 };

typedef struct typed_pair {
    int32_t entity, type;
} typed_pair;

typedef struct pair_list {
    typed_pair *pair;
    int64_t count, capacity;
} pair_list;

static int compare_pairs(const void *a, const void *b)
{
    const typed_pair *x = a, *y = b;
    if (x->entity != y->entity) return x->entity < y->entity ? -1 : 1;
    return (x->type > y->type) - (x->type < y->type);
}

static gat_status push(pair_list *list, typed_pair pair, gat_error *err)
{
    if (list->count == list->capacity) {
        int64_t capacity = list->capacity ? 2 * list->capacity : FIRST_PAIRS;
        typed_pair *grown = gat_regrow(list->pair, list->count, capacity, sizeof *grown);
        if (!grown) return error_nomem(err);
        list->pair = grown;
        list->capacity = capacity;
    }
    list->pair[list->count++] = pair;
    return GAT_OK;
}

static gat_status take_line(pair_list *list, gat_intern *names, const gat_lines *lines, const gat_intern *entities,
                            const char *s, size_t length, gat_error *err)
{
    const char *tab = memchr(s, '\t', length);
    if (!length) return GAT_OK;
    if (!tab || tab == s || tab + 1 == s + length || tab[1] == '\t')
        return lines_error(lines, err, "expected an entity and its type, separated by a tab");
    const char *type = tab + 1, *stop = memchr(type, '\t', (size_t)(s + length - type));
    int32_t entity = intern_find(entities, s, (size_t)(tab - s));
    if (entity < 0) return GAT_OK;
    int32_t id = intern_add(names, type, (size_t)((stop ? stop : s + length) - type));
    return id < 0 ? error_nomem(err) : push(list, (typed_pair){entity, id}, err);
}

static gat_status read_all(pair_list *list, gat_intern *names, gat_lines *lines, const gat_intern *entities,
                           gat_error *err)
{
    const char *text;
    size_t length;
    gat_status st;
    while (!(st = lines_next(lines, &text, &length, err)) && text)
        if ((st = take_line(list, names, lines, entities, text, length, err))) break;
    return st;
}

static gat_status cut(entity_types *out, pair_list *list, int32_t n, gat_error *err)
{
    int64_t at = 0, kept = 0;
    out->indptr = gat_alloc((int64_t)n + 1, sizeof *out->indptr);
    out->type = gat_alloc(list->count, sizeof *out->type);
    if (!out->indptr || !out->type) return error_nomem(err);
    if (list->count) qsort(list->pair, (size_t)list->count, sizeof *list->pair, compare_pairs);
    for (int32_t v = 0; v < n; v++) {
        out->indptr[v] = kept;
        for (; at < list->count && list->pair[at].entity == v; at++)
            if (kept == out->indptr[v] || out->type[kept - 1] != list->pair[at].type)
                out->type[kept++] = list->pair[at].type;
    }
    out->indptr[n] = kept;
    return GAT_OK;
}

gat_status entity_types_read(entity_types *out, const char *path, const gat_intern *entities, gat_error *err)
{
    gat_reader *reader = NULL;
    gat_lines *lines = NULL;
    pair_list list = {0};
    gat_intern *names = intern_new();
    *out = (entity_types){0};
    gat_status st = names ? reader_open(&reader, path, err) : error_nomem(err);
    if (!st) st = lines_open(&lines, reader, err);
    if (!st) st = read_all(&list, names, lines, entities, err);
    if (!st && !list.count) st = error_set(err, GAT_EDATA, "%.300s: no entity of the graph has a type there", path);
    if (!st) st = cut(out, &list, intern_count(entities), err);
    if (!st) out->num_types = intern_count(names);
    else entity_types_clear(out);
    lines_close(lines);
    reader_close(reader);
    intern_free(names);
    gat_free(list.pair);
    return st;
}

void entity_types_clear(entity_types *t)
{
    gat_free(t->indptr);
    gat_free(t->type);
    *t = (entity_types){0};
}

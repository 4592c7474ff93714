/* The files of a set of graphs, see graph_set.h. */
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"
#include "generate/graph_set.h"
#include "io/lines.h"

static const char *const ENDS[] = {"", ".gz", ".zst"};
enum { NUM_ENDS = 3, MOST_TEXT = 1 << 28 };

/* FOLDER/NAME and one of the ends, where that is a file. */
static gat_status find(char **path, const char *folder, const char *name, gat_error *err)
{
    size_t size = strlen(folder) + strlen(name) + 8;
    char *text = gat_alloc((int64_t)size, 1);
    *path = NULL;
    if (!text) return error_nomem(err);
    for (int i = 0; i < NUM_ENDS && !*path; i++) {
        snprintf(text, size, "%s/%s%s", folder, name, ENDS[i]);
        if (file_exists(text)) *path = text;
    }
    if (!*path) gat_free(text);
    return GAT_OK;
}

gat_status graph_file_find(char **path, const char *folder, const char *split, gat_error *err)
{
    char name[64];
    snprintf(name, sizeof name, "%s.jsonl", split);
    gat_status st = find(path, folder, name, err);
    return st || *path || strcmp(split, "valid") != 0 ? st : find(path, folder, "dev.jsonl", err);
}

/* ---- vocab.json ------------------------------------------------------------------------------------------ */

gat_status graph_text_read(char **out, size_t *length, const char *path, gat_error *err)
{
    gat_reader *reader = NULL;
    char *text = NULL;
    size_t used = 0, room = 0, got = 1;
    gat_status st = reader_open(&reader, path, err);
    while (!st && got) {
        if (room - used < 4096) {
            char *grown = gat_regrow(text, (int64_t)used, (int64_t)(2 * room + 65536), 1);
            if (grown) text = grown, room = 2 * room + 65536;
            else st = error_nomem(err);
            if (room > MOST_TEXT) st = error_set(err, GAT_EDATA, "%s: too large", path);
        }
        if (!st) st = reader_read(reader, text + used, room - used, &got, err);
        if (!st) used += got;
    }
    if (reader) reader_close(reader);
    *out = text;
    *length = used;
    return st;
}

static gat_status read_list(gat_intern *names, const json_t *list, const char *path, const char *key, gat_error *err)
{
    size_t n = json_array_size(list);
    if (!n) return error_set(err, GAT_EDATA, "%s: no list \"%s\"", path, key);
    for (size_t i = 0; i < n; i++) {
        const json_t *x = json_array_get(list, i);
        if (!json_string_length(x) || strlen(json_string_value(x)) != json_string_length(x))
            return error_set(err, GAT_EDATA, "%s: \"%s\" has at place %zu no name", path, key, i);
        int32_t id = intern_add(names, json_string_value(x), json_string_length(x));
        if (id < 0) return error_nomem(err);
        if (id != (int32_t)i)
            return error_set(err, GAT_EDATA, "%s: \"%s\" has a name twice: \"%.200s\"", path, key,
                             json_string_value(x));
    }
    return GAT_OK;
}

gat_status graph_names_read(graph_names *n, const char *folder, gat_error *err)
{
    char *path = NULL, *text = NULL;
    size_t length = 0;
    json_error_t fault;
    json_t *object = NULL;
    gat_status st = find(&path, folder, "vocab.json", err);
    if (st || !path) return st;
    st = graph_text_read(&text, &length, path, err);
    if (!st) {
        object = json_loadb(text, length, JSON_REJECT_DUPLICATES, &fault);
        if (!object) st = error_set(err, GAT_EDATA, "%s:%d: no JSON: %s", path, fault.line, fault.text);
    }
    if (!st) st = read_list(n->entities, json_object_get(object, "entities"), path, "entities", err);
    if (!st) st = read_list(n->relations, json_object_get(object, "relations"), path, "relations", err);
    n->listed_entities = intern_count(n->entities);
    n->listed_relations = intern_count(n->relations);
    json_decref(object);
    gat_free(text);
    gat_free(path);
    return st;
}

/* ---- lines ----------------------------------------------------------------------------------------------- */

static gat_status name_id(int32_t *id, gat_intern *names, int32_t listed, const json_t *x, const gat_lines *lines,
                          gat_error *err)
{
    char number[32];
    if (json_is_integer(x)) {
        json_int_t i = json_integer_value(x);
        *id = (int32_t)i;
        if (listed && (i < 0 || i >= listed))
            return lines_error(lines, err, "the number %lld is no place in a list of vocab.json, which has %d",
                               (long long)i, listed);
        if (listed) return GAT_OK;
        snprintf(number, sizeof number, "%lld", (long long)i);
        *id = intern_add(names, number, strlen(number));
        return *id < 0 ? error_nomem(err) : GAT_OK;
    }
    size_t n = json_string_length(x);
    if (!n || strlen(json_string_value(x)) != n)
        return lines_error(lines, err, "a name is no string, no whole number, or empty");
    *id = intern_add(names, json_string_value(x), n);
    return *id < 0 ? error_nomem(err) : GAT_OK;
}

static gat_status read_graph(graph_set *s, graph_names *n, const json_t *list, const gat_lines *lines, gat_error *err)
{
    gat_triple facts[GRAPH_MOST_TRIPLES];
    size_t size = json_array_size(list);
    gat_status st = GAT_OK;
    if (!size) return lines_error(lines, err, "no list of triples, or an empty one");
    if (size > GRAPH_MOST_TRIPLES)
        return lines_error(lines, err, "a graph of more than %d triples", GRAPH_MOST_TRIPLES);
    for (size_t i = 0; !st && i < size; i++) {
        const json_t *x = json_array_get(list, i);
        gat_triple *f = &facts[i];
        if (json_array_size(x) != 3) return lines_error(lines, err, "a triple is no [head, relation, tail]");
        st = name_id(&f->head, n->entities, n->listed_entities, json_array_get(x, 0), lines, err);
        if (!st) st = name_id(&f->relation, n->relations, n->listed_relations, json_array_get(x, 1), lines, err);
        if (!st) st = name_id(&f->tail, n->entities, n->listed_entities, json_array_get(x, 2), lines, err);
    }
    return st ? st : graph_set_push(s, facts, (int64_t)size, err);
}

static gat_status read_line(graph_set *s, graph_names *n, const char *text, size_t length, const gat_lines *lines,
                            gat_error *err)
{
    json_error_t fault;
    json_t *x = json_loadb(text, length, JSON_REJECT_DUPLICATES, &fault);
    if (!x) return lines_error(lines, err, "no JSON: %s", fault.text);
    gat_status st = read_graph(s, n, json_is_object(x) ? json_object_get(x, "triples") : x, lines, err);
    json_decref(x);
    return st;
}

gat_status graph_set_read(graph_set *s, graph_names *n, const char *path, gat_error *err)
{
    gat_reader *reader = NULL;
    gat_lines *lines = NULL;
    const char *text = NULL;
    size_t length;
    gat_status st = reader_open(&reader, path, err);
    if (!st) st = lines_open(&lines, reader, err);
    while (!st && !(st = lines_next(lines, &text, &length, err)) && text)
        if (length) st = read_line(s, n, text, length, lines, err);
    if (lines) lines_close(lines);
    if (reader) reader_close(reader);
    return st;
}

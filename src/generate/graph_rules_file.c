/* Reading the file of rules, see graph_rules.h. */
#include <jansson.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "generate/graph_rules.h"

/* A file being read. */
typedef struct source {
    const char *path;
    const gat_intern *relations;
    gat_error *err;
} source;

static gat_status bad(const source *s, const char *what, const char *name)
{
    return error_set(s->err, GAT_EDATA, "%.300s: %s%s%.100s%s", s->path, what, name ? " \"" : "", name ? name : "",
                     name ? "\"" : "");
}

static gat_status read_range(int32_t *least, int32_t *most, const json_t *x, const source *s, const char *name)
{
    const json_t *a = json_array_get(x, 0), *b = json_array_get(x, 1);
    if (!json_is_integer(a) || !json_is_integer(b) || json_array_size(x) != 2 || json_integer_value(a) < 0 ||
        json_integer_value(b) < json_integer_value(a) || json_integer_value(b) > GRAPH_MOST_TRIPLES)
        return bad(s, "no [least, most] of triples:", name);
    *least = (int32_t)json_integer_value(a);
    *most = (int32_t)json_integer_value(b);
    return GAT_OK;
}

static gat_status read_bool(bool *out, const json_t *x, const source *s, const char *name)
{
    if (!json_is_boolean(x)) return bad(s, "neither true nor false:", name);
    *out = json_is_true(x);
    return GAT_OK;
}

static int32_t relation_of(const source *s, const char *name) { return intern_find(s->relations, name, strlen(name)); }

static gat_status read_relation(relation_rule *rule, json_t *object, const source *s, const char *relation)
{
    const char *key;
    json_t *x;
    bool may_loop = true;
    gat_status st = json_is_object(object) ? GAT_OK : bad(s, "no object of rules for the relation", relation);
    rule->allowed = true;
    json_object_foreach(object, key, x)
    {
        if (st) break;
        if (!strcmp(key, "count")) st = read_range(&rule->least, &rule->most, x, s, relation);
        else if (!strcmp(key, "loop")) st = read_bool(&may_loop, x, s, key);
        else if (!strcmp(key, "same_kind")) st = read_bool(&rule->same_kind, x, s, key);
        else st = bad(s, "no rule of a relation:", key);
    }
    rule->no_loop = !may_loop;
    return st;
}

/* Relations that are not named are not allowed. */
static gat_status read_relations(graph_rules *r, json_t *object, const source *s)
{
    const char *name;
    json_t *x;
    gat_status st = json_is_object(object) ? GAT_OK : bad(s, "\"relations\" is no object", NULL);
    for (int32_t i = 0; i < intern_count(s->relations); i++) r->relation[i].allowed = false;
    json_object_foreach(object, name, x)
    {
        if (st) break;
        int32_t id = relation_of(s, name);
        st = id < 0 ? bad(s, "the model knows no relation", name) : read_relation(&r->relation[id], x, s, name);
    }
    return st;
}

static gat_status read_orders(graph_rules *r, const json_t *list, const source *s)
{
    int64_t n = (int64_t)json_array_size(list);
    if (!n) return bad(s, "\"not_above\" is no list of pairs of relations", NULL);
    gat_free(r->order);
    r->order = gat_calloc(n, sizeof *r->order);
    if (!r->order) return error_nomem(s->err);
    for (r->orders = 0; r->orders < n; r->orders++)
        for (size_t k = 0; k < 2; k++) {
            const char *name = json_string_value(json_array_get(json_array_get(list, (size_t)r->orders), k));
            int32_t id = name ? relation_of(s, name) : -1;
            if (id < 0) return bad(s, "\"not_above\" has a relation that the model does not know:", name ? name : "?");
            r->order[r->orders][k] = id;
        }
    return GAT_OK;
}

static gat_status read_rules(graph_rules *r, json_t *object, const source *s)
{
    const char *key;
    json_t *x;
    gat_status st = json_is_object(object) ? GAT_OK : bad(s, "no JSON object", NULL);
    json_object_foreach(object, key, x)
    {
        if (st) break;
        if (!strcmp(key, "triples")) st = read_range(&r->least, &r->most, x, s, key);
        else if (!strcmp(key, "connected")) st = read_bool(&r->connected, x, s, key);
        else if (!strcmp(key, "repeats")) st = read_bool(&r->repeats, x, s, key);
        else if (!strcmp(key, "path")) st = read_bool(&r->path, x, s, key);
        else if (!strcmp(key, "relations")) st = read_relations(r, x, s);
        else if (!strcmp(key, "not_above")) st = read_orders(r, x, s);
        else st = bad(s, "no rule:", key);
    }
    return st;
}

gat_status graph_rules_read(graph_rules *r, const char *path, const gat_intern *relations, gat_error *err)
{
    const source s = {path, relations, err};
    int32_t n = intern_count(relations);
    char *text = NULL;
    size_t length;
    json_error_t fault;
    *r = (graph_rules){.least = 1, .most = GRAPH_MOST_TRIPLES, .connected = true};
    r->relation = gat_calloc(n, sizeof *r->relation);
    if (!r->relation) return error_nomem(err);
    for (int32_t i = 0; i < n; i++) r->relation[i] = (relation_rule){.allowed = true, .most = GRAPH_MOST_TRIPLES};
    if (!path) return GAT_OK;
    gat_status st = graph_text_read(&text, &length, path, err);
    json_t *object = st ? NULL : json_loadb(text, length, JSON_REJECT_DUPLICATES, &fault);
    if (!st && !object) st = error_set(err, GAT_EDATA, "%.300s:%d: no JSON: %s", path, fault.line, fault.text);
    if (!st) st = read_rules(r, object, &s);
    json_decref(object);
    gat_free(text);
    if (st) graph_rules_clear(r);
    return st;
}

#include "align/attribute_file.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/say.h"
#include "io/triple_file.h"

/* ---- reading --------------------------------------------------------------------------------------------- */

typedef struct attribute_value {
    int32_t entity;
    char *text;
} attribute_value;

typedef struct value_reading {
    triple_sink sink;
    const kg_side *side;
    attribute_value *list;
    int64_t count, capacity, unknown;
} value_reading;

/* "text"@en, "text"^^<type> and "text" mean text. */
static gat_term bare(gat_term t)
{
    const char *end = t.bytes + t.length;
    if (t.length < 2 || t.bytes[0] != '"') return t;
    while (end > t.bytes + 1 && end[-1] != '"') end--;
    return end > t.bytes + 1 ? (gat_term){t.bytes + 1, (size_t)(end - t.bytes - 2)} : t;
}

static gat_status push(value_reading *r, int32_t entity, gat_term text, gat_error *err)
{
    if (r->count == r->capacity) {
        int64_t capacity = r->capacity ? 2 * r->capacity : 1024;
        attribute_value *list = gat_regrow(r->list, r->count, capacity, sizeof *list);
        if (!list) return error_nomem(err);
        r->list = list;
        r->capacity = capacity;
    }
    char *copy = gat_strndup(text.bytes, text.length);
    if (!copy) return error_nomem(err);
    r->list[r->count++] = (attribute_value){entity, copy};
    return GAT_OK;
}

static gat_status take_literal(void *context, gat_term head, gat_term attribute, gat_term text, const char *path,
                               int64_t line, gat_error *err)
{
    value_reading *r = context;
    int32_t entity = kg_side_find(r->side, head.bytes, head.length);
    (void)attribute, (void)path, (void)line;
    text = bare(text);
    r->unknown += entity < 0;
    return entity < 0 || !text.length ? GAT_OK : push(r, entity, text, err);
}

/* In columns every third field is a literal; where entities are told from literals, a fact is none. */
static gat_status take_fact(void *context, gat_term head, gat_term relation, gat_term tail, const char *path,
                            int64_t line, gat_error *err)
{
    value_reading *r = context;
    return r->sink.tells_literals ? GAT_OK : take_literal(r, head, relation, tail, path, line, err);
}

/* Takes the texts. */
static gat_status order(attribute_values *out, value_reading *r, gat_error *err)
{
    int32_t n = r->side->num_entities;
    out->start = gat_calloc((int64_t)n + 2, sizeof *out->start);
    out->text = gat_calloc(r->count, sizeof *out->text);
    if (!out->start || !out->text) return error_nomem(err);
    int64_t *next = out->start + 1; /* next[x] is where entity x goes on, and ends as its end */
    for (int64_t i = 0; i < r->count; i++) next[r->list[i].entity + 1]++;
    for (int32_t x = 0; x < n; x++) next[x + 1] += next[x];
    for (int64_t i = 0; i < r->count; i++) out->text[next[r->list[i].entity]++] = r->list[i].text;
    out->count = r->count;
    r->count = 0;
    return GAT_OK;
}

static gat_status check_found(const value_reading *r, const char *path, const gat_log *log, gat_error *err)
{
    if (!r->count)
        return error_set(err, GAT_EDATA, "%.300s: no values for entities of KG%d (%lld are for unknown ones)", path,
                         r->side->number, (long long)r->unknown);
    if (r->unknown)
        log_say(log, GAT_LOG_WARNING, "%.300s: %lld values are for entities that KG%d does not have; passed over", path,
                (long long)r->unknown, r->side->number);
    return GAT_OK;
}

gat_status attribute_file_read(attribute_values *out, const char *path, const kg_side *side, const gat_log *log,
                               gat_error *err)
{
    value_reading r = {.side = side};
    r.sink = (triple_sink){.add = take_fact, .literal = take_literal, .context = &r};
    *out = (attribute_values){0};
    gat_status st = triple_file_read(path, &r.sink, err);
    if (!st) st = check_found(&r, path, log, err);
    if (!st) st = order(out, &r, err);
    for (int64_t i = 0; i < r.count; i++) gat_free(r.list[i].text);
    gat_free(r.list);
    if (st) attribute_values_clear(out);
    return st;
}

void attribute_values_clear(attribute_values *v)
{
    for (int64_t i = 0; i < v->count; i++) gat_free(v->text[i]);
    gat_free(v->text);
    gat_free(v->start);
    *v = (attribute_values){0};
}

/* ---- vectors --------------------------------------------------------------------------------------------- */

/* One entity while it is being added up. */
typedef struct summing {
    float *sum; /* (NAME_FEATURES), zero between entities */
    int32_t *touched;
    int64_t count;
} summing;

static int ascending(const void *p, const void *q)
{
    const int32_t *a = p, *b = q;
    return (*a > *b) - (*a < *b);
}

static void add_literals(summing *s, const name_vectors *literals, int64_t first, int64_t end)
{
    s->count = 0;
    for (int64_t i = first; i < end; i++)
        for (int64_t e = literals->start[i]; e < literals->start[i + 1]; e++) {
            int32_t f = literals->feature[e];
            if (literals->value[e] <= 0) continue;
            if (s->sum[f] <= 0) s->touched[s->count++] = f;
            s->sum[f] += literals->value[e];
        }
    if (s->count) qsort(s->touched, (size_t)s->count, sizeof *s->touched, ascending);
}

/* Writes the sum at length 1 from `at` on, and empties it. */
static void take_sum(name_vectors *v, summing *s, int64_t at)
{
    float square = 0;
    for (int64_t i = 0; i < s->count; i++) square += s->sum[s->touched[i]] * s->sum[s->touched[i]];
    float scale = square > 0 ? 1 / sqrtf(square) : 0;
    for (int64_t i = 0; i < s->count; i++) {
        v->feature[at + i] = s->touched[i];
        v->value[at + i] = scale * s->sum[s->touched[i]];
        s->sum[s->touched[i]] = 0;
    }
}

static gat_status sum_entities(name_vectors *v, const name_vectors *literals, const attribute_values *values,
                               int32_t entities, gat_error *err)
{
    int64_t most = literals->start[literals->count], at = 0;
    summing s = {gat_calloc(NAME_FEATURES, sizeof *s.sum), gat_alloc(NAME_FEATURES, sizeof *s.touched), 0};
    v->count = entities;
    v->start = gat_calloc((int64_t)entities + 1, sizeof *v->start);
    v->feature = gat_alloc(most, sizeof *v->feature);
    v->value = gat_alloc(most, sizeof *v->value);
    gat_status st = s.sum && s.touched && v->start && v->feature && v->value ? GAT_OK : error_nomem(err);
    for (int32_t x = 0; !st && x < entities; x++) {
        add_literals(&s, literals, values->start[x], values->start[x + 1]);
        take_sum(v, &s, at);
        at += s.count;
        v->start[x + 1] = at;
    }
    gat_free(s.sum);
    gat_free(s.touched);
    return st;
}

gat_status attribute_vectors_new(name_vectors out[2], const attribute_values values[2], const int32_t entities[2],
                                 gat_error *err)
{
    name_vectors literals[2] = {{0}, {0}};
    char *const *const texts[2] = {values[0].text, values[1].text};
    const int32_t counts[2] = {(int32_t)values[0].count, (int32_t)values[1].count};
    out[0] = out[1] = (name_vectors){0};
    if (values[0].count > INT32_MAX / 2 || values[1].count > INT32_MAX / 2)
        return error_set(err, GAT_EDATA, "more than %d values of attributes in one graph", INT32_MAX / 2);
    gat_status st = name_vectors_new(literals, texts, counts, err);
    for (int k = 0; !st && k < 2; k++) st = sum_entities(&out[k], &literals[k], &values[k], entities[k], err);
    for (int k = 0; k < 2; k++) {
        name_vectors_clear(&literals[k]);
        if (st) name_vectors_clear(&out[k]);
    }
    return st;
}

#include "align/links.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/say.h"
#include "graph/vocab.h"
#include "io/lines.h"

enum { SHOWN_FAULTS = 10, SHOWN_BYTES = 100 };

/* A file on its way in, and what was wrong with it so far. */
typedef struct link_file {
    const char *path;
    gat_lines *lines;
    bool skip;
    const gat_log *log;
    int64_t faults;
    char first[400]; /* the first fault */
} link_file;

void link_list_clear(link_list *list)
{
    gat_free(list->data);
    *list = (link_list){0};
}

static gat_status push(link_list *list, gat_link link, gat_error *err)
{
    if (list->count == list->capacity) {
        int64_t capacity = list->capacity ? 2 * list->capacity : 1024;
        gat_link *data = gat_regrow(list->data, list->count, capacity, sizeof *data);
        if (!data) return error_nomem(err);
        list->data = data;
        list->capacity = capacity;
    }
    list->data[list->count++] = link;
    return GAT_OK;
}

/* ---- faults ---------------------------------------------------------------------------------------------- */

__attribute__((format(printf, 3, 4))) static void fault(link_file *f, int64_t line, const char *format, ...)
{
    char what[300], text[sizeof f->first];
    va_list values;
    va_start(values, format);
    vsnprintf(what, sizeof what, format, values);
    va_end(values);
    snprintf(text, sizeof text, "%.90s:%lld: %s", f->path, (long long)line, what);
    if (!f->faults++) memcpy(f->first, text, sizeof text);
    /* The error at the end begins with the first one. */
    if (f->faults <= SHOWN_FAULTS && (f->skip || f->faults > 1)) log_say(f->log, GAT_LOG_WARNING, "%s", text);
}

static gat_status end_of_faults(const link_file *f, gat_error *err)
{
    if (!f->faults) return GAT_OK;
    if (f->skip) {
        log_say(f->log, GAT_LOG_WARNING, "%.300s: faults: %lld; every line concerned is left out", f->path,
                (long long)f->faults);
        return GAT_OK;
    }
    if (f->faults == 1) return error_set(err, GAT_EDATA, "%s (--skip-bad-links leaves such lines out)", f->first);
    return error_set(err, GAT_EDATA, "%s (and %lld faults more; --skip-bad-links leaves such lines out)", f->first,
                     (long long)f->faults - 1);
}

/* Names near to an unknown one, as ", nearest: a, b"; empty when there are none. */
static void nearest_text(char *text, size_t size, const kg_side *side, const char *name)
{
    enum { SHOWN = 3 };
    int32_t near[SHOWN];
    size_t used = 0;
    int count = vocab_nearest(side->entities, name, near, SHOWN);
    *text = 0;
    for (int i = 0; i < count && used < size; i++)
        used += (size_t)snprintf(text + used, size - used, "%s%.60s",
                                 i ? ", " : "; nearest: ", intern_string(side->entities, near[i]));
}

static void unknown_fault(link_file *f, const kg_side *side, const char *name, size_t length)
{
    char copy[VOCAB_LONGEST + 1], near[220];
    size_t kept = length < VOCAB_LONGEST ? length : VOCAB_LONGEST;
    memcpy(copy, name, kept);
    copy[kept] = 0;
    if (*copy == '"') {
        fault(f, lines_number(f->lines), "%.*s is a literal; links join entities", SHOWN_BYTES, copy);
    } else if (f->faults < SHOWN_FAULTS) {
        nearest_text(near, sizeof near, side, copy);
        fault(f, lines_number(f->lines), "KG%d has no entity \"%.*s\"%s", side->number, SHOWN_BYTES, copy, near);
    } else {
        f->faults++;
    }
}

/* ---- lines ----------------------------------------------------------------------------------------------- */

static int columns_of(const char *s, size_t length)
{
    int columns = 1;
    for (size_t i = 0; i < length; i++) columns += s[i] == '\t';
    return columns;
}

static gat_status take_link(link_list *out, link_file *f, const kg_side *a, const kg_side *b, const char *s,
                            size_t length, gat_error *err)
{
    int columns = columns_of(s, length);
    if (columns != 2)
        return lines_error(f->lines, err, "expected 2 columns separated by a tab (KG1 entity, KG2 entity), found %d",
                           columns);
    const char *tab = memchr(s, '\t', length), *second = tab + 1;
    size_t first_length = (size_t)(tab - s), second_length = length - first_length - 1;
    gat_link link = {kg_side_find(a, s, first_length), kg_side_find(b, second, second_length), lines_number(f->lines)};
    if (link.source < 0) unknown_fault(f, a, s, first_length);
    else if (link.target < 0) unknown_fault(f, b, second, second_length);
    else return push(out, link, err);
    return GAT_OK;
}

static gat_status take_links(link_list *out, link_file *f, const kg_side *a, const kg_side *b, gat_error *err)
{
    const char *text;
    size_t length;
    gat_status st;
    while (!(st = lines_next(f->lines, &text, &length, err)) && text)
        if (length && (st = take_link(out, f, a, b, text, length, err))) break;
    return st;
}

/* ---- contradictions -------------------------------------------------------------------------------------- */

/* Tells and marks links whose entity on one side has met another partner before; first (N): place of its first link plus
 * 1. */
static void find_contradictions(uint8_t *bad, int64_t *first, link_file *f, const link_list *l, const kg_side *side,
                                bool targets)
{
    for (int64_t i = 0; i < l->count; i++) {
        int32_t entity = targets ? l->data[i].target : l->data[i].source;
        int64_t met = first[entity] - 1;
        if (met < 0) {
            first[entity] = i + 1;
        } else if (l->data[met].source != l->data[i].source || l->data[met].target != l->data[i].target) {
            bad[met] = bad[i] = 1;
            fault(f, l->data[i].line, "\"%.*s\" is linked to another entity in line %lld already", SHOWN_BYTES,
                  kg_side_entity(side, entity), (long long)l->data[met].line);
        } else {
            bad[i] = 1; /* the same link again */
        }
    }
}

static void drop_marked(link_list *l, const uint8_t *bad)
{
    int64_t kept = 0;
    for (int64_t i = 0; i < l->count; i++)
        if (!bad[i]) l->data[kept++] = l->data[i];
    l->count = kept;
}

static gat_status check_contradictions(link_list *l, link_file *f, const kg_side *a, const kg_side *b, gat_error *err)
{
    uint8_t *bad = gat_calloc(l->count, 1);
    int64_t *first = gat_calloc(a->num_entities, sizeof *first), *second = gat_calloc(b->num_entities, sizeof *second);
    gat_status st = bad && first && second ? GAT_OK : error_nomem(err);
    if (!st) {
        find_contradictions(bad, first, f, l, a, false);
        drop_marked(l, bad);
        memset(bad, 0, (size_t)l->count);
        find_contradictions(bad, second, f, l, b, true);
        drop_marked(l, bad);
    }
    gat_free(bad);
    gat_free(first);
    gat_free(second);
    return st;
}

static gat_status open_lines(link_file *f, gat_reader **reader, gat_error *err)
{
    gat_status st = reader_open(reader, f->path, err);
    return st ? st : lines_open(&f->lines, *reader, err);
}

gat_status links_read(link_list *out, const char *path, const kg_side *a, const kg_side *b, bool skip,
                      const gat_log *log, gat_error *err)
{
    link_file f = {.path = path, .skip = skip, .log = log};
    gat_reader *reader = NULL;
    *out = (link_list){0};
    gat_status st = open_lines(&f, &reader, err);
    if (!st) st = take_links(out, &f, a, b, err);
    if (!st) st = check_contradictions(out, &f, a, b, err);
    if (!st) st = end_of_faults(&f, err);
    if (!st && !out->count) st = error_set(err, GAT_EDATA, "%.400s: no links between the two graphs", path);
    if (st) link_list_clear(out);
    lines_close(f.lines);
    reader_close(reader);
    return st;
}

/* ---- lists of entities ----------------------------------------------------------------------------------- */

static gat_status take_marks(uint8_t *marks, int64_t *marked, link_file *f, const kg_side *side, gat_error *err)
{
    const char *text;
    size_t length;
    gat_status st;
    while (!(st = lines_next(f->lines, &text, &length, err)) && text) {
        const char *tab = length ? memchr(text, '\t', length) : NULL;
        size_t kept = tab ? (size_t)(tab - text) : length;
        int32_t id = kept ? kg_side_find(side, text, kept) : -1;
        *marked += id >= 0;
        if (id >= 0) marks[id] = 1;
        else if (kept) unknown_fault(f, side, text, kept);
    }
    return st;
}

gat_status entity_marks_read(uint8_t *marks, const char *path, const kg_side *side, bool skip, const gat_log *log,
                             gat_error *err)
{
    link_file f = {.path = path, .skip = skip, .log = log};
    gat_reader *reader = NULL;
    int64_t marked = 0;
    gat_status st = open_lines(&f, &reader, err);
    if (!st) st = take_marks(marks, &marked, &f, side, err);
    if (!st) st = end_of_faults(&f, err);
    if (!st && !marked) st = error_set(err, GAT_EDATA, "%.400s: no entity of KG%d", path, side->number);
    lines_close(f.lines);
    reader_close(reader);
    return st;
}

#include "align/name_file.h"

#include <string.h>

#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/say.h"
#include "io/lines.h"

typedef struct name_reading {
    char **names;
    const kg_side *side;
    int column;
    int64_t known, unknown;
    bool has_column; /* some line reaches as far */
} name_reading;

/* Field `column` of the line, counted from 1; NULL: not there. */
static const char *field_of(const char *s, size_t length, int column, size_t *field_length)
{
    const char *end = s + length;
    for (int c = 1;; c++) {
        const char *tab = memchr(s, '\t', (size_t)(end - s)), *stop = tab ? tab : end;
        if (c == column) {
            *field_length = (size_t)(stop - s);
            return s;
        }
        if (!tab) return NULL;
        s = tab + 1;
    }
}

static gat_status take_name(name_reading *r, const gat_lines *lines, const char *s, size_t length, gat_error *err)
{
    size_t id_length, name_length = 0;
    const char *id = field_of(s, length, 1, &id_length), *name = field_of(s, length, r->column, &name_length);
    r->has_column |= name != NULL;
    if (!name || !name_length) name = field_of(s, length, 2, &name_length);
    if (!name) return lines_error(lines, err, "expected at least 2 columns separated by tabs (entity, name), found 1");
    int32_t entity = kg_side_find(r->side, id, id_length);
    r->unknown += entity < 0;
    if (entity < 0 || !name_length || r->names[entity]) return GAT_OK;
    r->known++;
    r->names[entity] = gat_strndup(name, name_length);
    return r->names[entity] ? GAT_OK : error_nomem(err);
}

static gat_status take_all(name_reading *r, gat_lines *lines, gat_error *err)
{
    const char *text;
    size_t length;
    gat_status st;
    while (!(st = lines_next(lines, &text, &length, err)) && text)
        if (length && (st = take_name(r, lines, text, length, err))) break;
    return st;
}

static gat_status check_known(const name_reading *r, const char *path, const gat_log *log, gat_error *err)
{
    if (!r->known)
        return error_set(err, GAT_EDATA, "%.300s: no names for entities of KG%d (%lld lines name unknown ones)", path,
                         r->side->number, (long long)r->unknown);
    if (!r->has_column)
        log_say(log, GAT_LOG_WARNING, "%.300s: no line has a column %d; column 2 is taken", path, r->column);
    if (r->unknown)
        log_say(log, GAT_LOG_WARNING, "%.300s: %lld lines name entities that KG%d does not have; passed over", path,
                (long long)r->unknown, r->side->number);
    return GAT_OK;
}

gat_status name_file_read(char ***out, const char *path, const kg_side *side, int column, const gat_log *log,
                          gat_error *err)
{
    name_reading r = {.names = gat_calloc(side->num_entities, sizeof *r.names), .side = side, .column = column};
    gat_reader *reader = NULL;
    gat_lines *lines = NULL;
    *out = NULL;
    gat_status st = r.names ? reader_open(&reader, path, err) : error_nomem(err);
    if (!st) st = lines_open(&lines, reader, err);
    if (!st) st = take_all(&r, lines, err);
    if (!st) st = check_known(&r, path, log, err);
    lines_close(lines);
    reader_close(reader);
    if (st) name_file_free(r.names, side);
    else *out = r.names;
    return st;
}

void name_file_free(char **names, const kg_side *side)
{
    for (int32_t i = 0; names && i < side->num_entities; i++) gat_free(names[i]);
    gat_free(names);
}

/* Texts are collected one after another in a growing buffer and copied behind their pointers at the end, so that
 * a million texts are one allocation. */
#include "io/texts.h"

#include <string.h>

#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"
#include "io/lines.h"

enum { FIRST_CAPACITY = 1 << 16 };

typedef struct collection {
    int64_t *offset; /* by id: where its text starts, plus 1; 0: none */
    char *bytes;
    int64_t used, capacity;
} collection;

static gat_status append(collection *c, const char *text, size_t length, gat_error *err)
{
    int64_t need = c->used + (int64_t)length + 1;
    if (need > c->capacity) {
        int64_t capacity = need > FIRST_CAPACITY ? 2 * need : FIRST_CAPACITY;
        char *bytes = gat_regrow(c->bytes, c->used, capacity, 1);
        if (!bytes) return error_nomem(err);
        c->bytes = bytes;
        c->capacity = capacity;
    }
    memcpy(c->bytes + c->used, text, length);
    c->bytes[c->used + (int64_t)length] = 0;
    c->used = need;
    return GAT_OK;
}

static gat_status take_line(collection *c, const gat_lines *lines, const gat_intern *names, const char *s,
                            size_t length, gat_error *err)
{
    if (!length) return GAT_OK;
    const char *tab = memchr(s, '\t', length);
    if (!tab) return lines_error(lines, err, "expected 2 columns separated by tabs (id, text), found 1");
    const char *text = tab + 1, *end = s + length, *stop = memchr(text, '\t', (size_t)(end - text));
    int32_t id = intern_find(names, s, (size_t)(tab - s));
    size_t n = (size_t)((stop ? stop : end) - text);
    if (id < 0 || !n || c->offset[id]) return GAT_OK;
    c->offset[id] = c->used + 1;
    return append(c, text, n, err);
}

static gat_status take_all(collection *c, gat_lines *lines, const gat_intern *names, gat_error *err)
{
    const char *text;
    size_t length;
    gat_status st;
    while (!(st = lines_next(lines, &text, &length, err)) && text) {
        st = take_line(c, lines, names, text, length, err);
        if (st) break;
    }
    return st;
}

static char **pack(const collection *c, int32_t count)
{
    size_t pointers = (size_t)count * sizeof(char *);
    char **texts = gat_alloc((int64_t)pointers + c->used, 1);
    if (!texts) return NULL;
    char *bytes = (char *)texts + pointers;
    if (c->used) memcpy(bytes, c->bytes, (size_t)c->used);
    for (int32_t i = 0; i < count; i++) texts[i] = c->offset[i] ? bytes + c->offset[i] - 1 : NULL;
    return texts;
}

gat_status texts_read(char ***out, const char *path, const gat_intern *names, gat_error *err)
{
    gat_reader *reader = NULL;
    gat_lines *lines = NULL;
    collection c = {.offset = gat_calloc(intern_count(names), sizeof *c.offset)};
    *out = NULL;
    gat_status st = c.offset ? reader_open(&reader, path, err) : error_nomem(err);
    if (!st) st = lines_open(&lines, reader, err);
    if (!st) st = take_all(&c, lines, names, err);
    if (!st) {
        *out = pack(&c, intern_count(names));
        if (!*out) st = error_nomem(err);
    }
    lines_close(lines);
    reader_close(reader);
    gat_free(c.offset);
    gat_free(c.bytes);
    return st;
}

gat_status texts_copy(char ***out, char *const *texts, int64_t n, gat_error *err)
{
    int64_t length = 0;
    for (int64_t i = 0; i < n; i++) length += texts[i] ? (int64_t)strlen(texts[i]) + 1 : 0;
    *out = gat_alloc(n * (int64_t)sizeof **out + length, 1);
    if (!*out) return error_nomem(err);
    char *at = (char *)(*out + n);
    for (int64_t i = 0; i < n; i++) {
        size_t size = texts[i] ? strlen(texts[i]) + 1 : 0;
        (*out)[i] = texts[i] ? memcpy(at, texts[i], size) : NULL;
        at += size;
    }
    return GAT_OK;
}

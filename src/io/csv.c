/* Fields are borrowed from the line; only a quoted field with a doubled quote is copied, into one scratch buffer
 * as large as a line can be. */
#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "base/error.h"
#include "base/memory.h"
#include "io/lines.h"
#include "io/triple_sink.h"

typedef struct csv_line {
    const gat_lines *lines;
    const char *at, *end;
    char *scratch; /* room for LINE_LIMIT bytes */
    size_t scratch_used;
} csv_line;

static gat_status read_plain(csv_line *c, gat_term *field, gat_error *err)
{
    const char *comma = memchr(c->at, ',', (size_t)(c->end - c->at));
    const char *stop = comma ? comma : c->end;
    *field = (gat_term){c->at, (size_t)(stop - c->at)};
    c->at = stop;
    if (memchr(field->bytes, '"', field->length))
        return lines_error(c->lines, err, "a quote inside a field that is not quoted");
    return GAT_OK;
}

/* The part of a quoted field between c->at and a closing quote; what stands between doubled quotes is joined. */
static gat_status read_quoted(csv_line *c, gat_term *field, gat_error *err)
{
    char *to = c->scratch + c->scratch_used;
    size_t length = 0;
    for (c->at++;; c->at++) {
        const char *quote = memchr(c->at, '"', (size_t)(c->end - c->at));
        if (!quote) return lines_error(c->lines, err, "a quoted field is not closed on its line");
        memcpy(to + length, c->at, (size_t)(quote - c->at));
        length += (size_t)(quote - c->at);
        c->at = quote + 1;
        if (c->at == c->end || *c->at != '"') break;
        to[length++] = '"';
    }
    c->scratch_used += length;
    *field = (gat_term){to, length};
    if (c->at < c->end && *c->at != ',') return lines_error(c->lines, err, "text after a closing quote");
    return GAT_OK;
}

/* Fills up to three fields and counts all. */
static gat_status split_line(csv_line *c, gat_term field[3], int *count, gat_error *err)
{
    gat_term one;
    gat_status st = GAT_OK;
    *count = 0;
    c->scratch_used = 0;
    for (;; c->at++) {
        st = c->at < c->end && *c->at == '"' ? read_quoted(c, &one, err) : read_plain(c, &one, err);
        if (st) return st;
        if (*count < 3) field[*count] = one;
        ++*count;
        if (c->at == c->end) return GAT_OK;
    }
}

static bool equals(gat_term t, const char *word)
{
    return t.length == strlen(word) && !strncasecmp(t.bytes, word, t.length);
}

static bool is_heading(const gat_term f[3])
{
    return (equals(f[0], "head") && equals(f[1], "relation") && equals(f[2], "tail")) ||
           (equals(f[0], "subject") && equals(f[1], "predicate") && equals(f[2], "object"));
}

static bool is_blank(const char *s, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (s[i] != ' ' && s[i] != '\t') return false;
    return true;
}

static gat_status read_line(csv_line *c, const char *path, triple_sink *sink, gat_error *err)
{
    static const char *const column[] = {"head", "relation", "tail"};
    gat_term field[3];
    int count;
    if (is_blank(c->at, (size_t)(c->end - c->at))) return GAT_OK;
    gat_status st = split_line(c, field, &count, err);
    if (st) return st;
    if (count != 3)
        return lines_error(c->lines, err, "expected 3 columns separated by commas (head, relation, tail), found %d",
                           count);
    for (int i = 0; i < 3; i++) {
        if (!field[i].length) return lines_error(c->lines, err, "the %s is empty", column[i]);
        if (memchr(field[i].bytes, '\t', field[i].length))
            return lines_error(c->lines, err, "a tab inside the %s", column[i]);
    }
    if (lines_number(c->lines) == 1 && is_heading(field)) return GAT_OK;
    return sink->add(sink->context, field[0], field[1], field[2], path, lines_number(c->lines), err);
}

gat_status csv_read(gat_reader *reader, triple_sink *sink, gat_error *err)
{
    gat_lines *lines = NULL;
    const char *text;
    size_t length;
    csv_line c = {.scratch = gat_alloc(LINE_LIMIT, 1)};
    gat_status st = c.scratch ? lines_open(&lines, reader, err) : error_nomem(err);
    c.lines = lines;
    while (!st) {
        st = lines_next(lines, &text, &length, err);
        if (st || !text) break;
        c.at = text;
        c.end = text + length;
        st = read_line(&c, reader_path(reader), sink, err);
    }
    lines_close(lines);
    gat_free(c.scratch);
    return st;
}

/* The hot path of loading: three memchr per line, no copies, no allocation. */
#include <stdbool.h>
#include <string.h>

#include "io/lines.h"
#include "io/triple_sink.h"

static bool is_blank(const char *s, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (s[i] != ' ' && s[i] != '\t') return false;
    return true;
}

static int count_columns(const char *s, size_t length)
{
    int n = 1;
    for (size_t i = 0; i < length; i++) n += s[i] == '\t';
    return n;
}

/* False: not exactly three columns. */
static bool split_line(gat_term term[3], const char *s, size_t length)
{
    const char *end = s + length;
    const char *first = memchr(s, '\t', length);
    if (!first) return false;
    const char *second = memchr(first + 1, '\t', (size_t)(end - first - 1));
    if (!second || memchr(second + 1, '\t', (size_t)(end - second - 1))) return false;
    term[0] = (gat_term){s, (size_t)(first - s)};
    term[1] = (gat_term){first + 1, (size_t)(second - first - 1)};
    term[2] = (gat_term){second + 1, (size_t)(end - second - 1)};
    return true;
}

static gat_status read_line(const gat_lines *lines, const char *path, const char *s, size_t length, triple_sink *sink,
                            gat_error *err)
{
    static const char *const column[] = {"head", "relation", "tail"};
    gat_term term[3];
    if (is_blank(s, length)) return GAT_OK;
    if (!split_line(term, s, length))
        return lines_error(lines, err, "expected 3 columns separated by tabs (head, relation, tail), found %d",
                           count_columns(s, length));
    for (int i = 0; i < 3; i++)
        if (!term[i].length) return lines_error(lines, err, "the %s is empty", column[i]);
    return sink->add(sink->context, term[0], term[1], term[2], path, lines_number(lines), err);
}

gat_status tsv_read(gat_reader *reader, triple_sink *sink, gat_error *err)
{
    gat_lines *lines;
    const char *text, *path = reader_path(reader);
    size_t length;
    gat_status st = lines_open(&lines, reader, err);
    while (!st) {
        st = lines_next(lines, &text, &length, err);
        if (st || !text) break;
        st = read_line(lines, path, text, length, sink, err);
    }
    lines_close(lines);
    return st;
}

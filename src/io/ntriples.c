/* Our own N-Triples and N-Quads reader, because they are how large graphs come. One statement per line; a term
 * without escapes is borrowed from the line, one with escapes is decoded into a scratch buffer. What it accepts
 * is what serd accepts in strict mode, except: one statement per line, and no half surrogates. */
#include <stdbool.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/utf8.h"
#include "io/lines.h"
#include "io/triple_sink.h"

typedef struct cursor {
    const gat_lines *lines;
    const char *at, *end;
    char *scratch; /* room for a whole line: decoding never lengthens */
    size_t scratch_used;
} cursor;

static bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
static bool is_digit(char c) { return c >= '0' && c <= '9'; }
static bool is_alnum(char c) { return is_letter(c) || is_digit(c); }

/* May not stand in an IRI, not even as an escape. */
static bool is_forbidden(uint32_t c)
{
    static const bool table[128] = {[0 ... ' '] = true, ['<'] = true, ['>'] = true, ['"'] = true, ['{'] = true,
                                    ['}'] = true,       ['|'] = true, ['^'] = true, ['`'] = true, ['\\'] = true};
    return c < 128 && table[c];
}

static void skip_blanks(cursor *c)
{
    while (c->at < c->end && (*c->at == ' ' || *c->at == '\t')) c->at++;
}

static bool at_char(const cursor *c, char wanted) { return c->at < c->end && *c->at == wanted; }

/* \uXXXX or \UXXXXXXXX at c->at, which stands on the u. */
static gat_status read_code(cursor *c, uint32_t *code, gat_error *err)
{
    int digits = *c->at++ == 'u' ? 4 : 8;
    *code = 0;
    for (int i = 0; i < digits; i++, c->at++) {
        char d = c->at < c->end ? *c->at : 0;
        int value = is_digit(d)            ? d - '0'
                    : d >= 'a' && d <= 'f' ? d - 'a' + 10
                    : d >= 'A' && d <= 'F' ? d - 'A' + 10
                                           : -1;
        if (value < 0) return lines_error(c->lines, err, "an escape with fewer than %d hexadecimal digits", digits);
        *code = *code << 4 | (uint32_t)value;
    }
    char bytes[4];
    return utf8_encode(bytes, *code) ? GAT_OK : lines_error(c->lines, err, "an escape that is no Unicode character");
}

/* The rest of an IRI from its first escape on; what came before starts at `start`. */
static gat_status decode_iri(cursor *c, const char *start, gat_term *term, gat_error *err)
{
    char *to = c->scratch + c->scratch_used;
    size_t n = (size_t)(c->at - start);
    memcpy(to, start, n);
    while (c->at < c->end && *c->at != '>') {
        uint32_t code = (unsigned char)*c->at++;
        if (code != '\\') {
            if (is_forbidden(code)) return lines_error(c->lines, err, "'%c' inside an IRI", (int)code);
            to[n++] = (char)code;
            continue;
        }
        if (!at_char(c, 'u') && !at_char(c, 'U'))
            return lines_error(c->lines, err, "an IRI may hold \\u and \\U escapes only");
        gat_status st = read_code(c, &code, err);
        if (st) return st;
        if (is_forbidden(code))
            return lines_error(c->lines, err, "escaped character U+%04X inside an IRI", (unsigned)code);
        n += (size_t)utf8_encode(to + n, code);
    }
    if (c->at == c->end) return lines_error(c->lines, err, "an IRI is not closed by '>'");
    c->scratch_used += n;
    *term = (gat_term){to, n};
    return GAT_OK;
}

/* An absolute IRI starts with letter (letter | digit | + - .)* : */
static bool has_scheme(gat_term iri)
{
    size_t i = 0;
    if (!iri.length || !is_letter(iri.bytes[0])) return false;
    while (i < iri.length && (is_alnum(iri.bytes[i]) || memchr("+-.", iri.bytes[i], 3))) i++;
    return i < iri.length && iri.bytes[i] == ':';
}

static gat_status read_iri(cursor *c, gat_term *term, gat_error *err)
{
    const char *start = ++c->at;
    while (c->at < c->end && !is_forbidden((unsigned char)*c->at)) c->at++;
    if (at_char(c, '>')) {
        *term = (gat_term){start, (size_t)(c->at - start)};
    } else if (at_char(c, '\\')) {
        gat_status st = decode_iri(c, start, term, err);
        if (st) return st;
    } else {
        if (c->at == c->end) return lines_error(c->lines, err, "an IRI is not closed by '>'");
        return lines_error(c->lines, err, "'%c' inside an IRI", *c->at);
    }
    c->at++;
    if (!has_scheme(*term))
        return lines_error(c->lines, err, "the IRI <%.*s> is not absolute",
                           (int)utf8_cut(term->bytes, term->length, 100), term->bytes);
    return GAT_OK;
}

/* Dots may stand inside a label but not at its end, where they close the statement. */
static gat_status read_blank_node(cursor *c, gat_term *term, gat_error *err)
{
    const char *start = c->at, *p = start + 2;
    while (p < c->end && (is_alnum(*p) || *p == '_' || *p == '-' || *p == '.' || (unsigned char)*p >= 0x80)) p++;
    while (p > start + 2 && p[-1] == '.') p--;
    if (c->end - start < 3 || start[1] != ':' || p == start + 2 || start[2] == '-' || start[2] == '.')
        return lines_error(c->lines, err, "expected a blank node such as _:x");
    *term = (gat_term){start, (size_t)(p - start)};
    c->at = p;
    return GAT_OK;
}

/* Past the closing quote. */
static gat_status skip_string(cursor *c, gat_error *err)
{
    uint32_t code;
    for (c->at++; c->at < c->end && *c->at != '"'; c->at++) {
        if (*c->at != '\\') continue;
        c->at++;
        if (at_char(c, 'u') || at_char(c, 'U')) {
            gat_status st = read_code(c, &code, err);
            if (st) return st;
            c->at--;
        } else if (c->at == c->end || !memchr("tbnrf\"'\\", *c->at, 8)) {
            return lines_error(c->lines, err, "an unknown escape in a literal");
        }
    }
    if (c->at == c->end) return lines_error(c->lines, err, "a literal is not closed by '\"'");
    c->at++;
    return GAT_OK;
}

/* letter+ ("-" (letter | digit)+)* */
static gat_status skip_language(cursor *c, gat_error *err)
{
    bool first = true;
    for (; first || at_char(c, '-'); first = false) {
        const char *start = ++c->at;
        while (c->at < c->end && (first ? is_letter(*c->at) : is_alnum(*c->at))) c->at++;
        if (c->at == start) return lines_error(c->lines, err, "an empty language tag");
    }
    return GAT_OK;
}

/* The text between quotes, which has been looked at: escapes become characters. */
static gat_term decode_string(cursor *c, const char *from, const char *end)
{
    static const char letters[] = "tbnrf", values[] = "\t\b\n\r\f";
    cursor at = {.at = from, .end = end, .lines = c->lines};
    char *to = c->scratch + c->scratch_used;
    size_t n = 0;
    while (at.at < at.end) {
        char byte = *at.at++;
        uint32_t code = 0;
        if (byte == '\\' && (*at.at == 'u' || *at.at == 'U')) {
            read_code(&at, &code, NULL);
            n += (size_t)utf8_encode(to + n, code);
            continue;
        }
        if (byte == '\\') {
            const char *letter = strchr(letters, *at.at);
            byte = letter ? values[letter - letters] : *at.at;
            at.at++;
        }
        to[n++] = byte;
    }
    c->scratch_used += n;
    return (gat_term){to, n};
}

/* text <- between the quotes, as it stands in the file. */
static gat_status read_literal(cursor *c, gat_term *text, gat_error *err)
{
    gat_term datatype;
    const char *start = c->at + 1;
    gat_status st = skip_string(c, err);
    if (st) return st;
    *text = (gat_term){start, (size_t)(c->at - 1 - start)};
    if (at_char(c, '@')) return skip_language(c, err);
    if (c->end - c->at < 3 || memcmp(c->at, "^^<", 3)) return GAT_OK;
    c->at += 2;
    return read_iri(c, &datatype, err);
}

static gat_status read_node(cursor *c, gat_term *term, const char *what, gat_error *err)
{
    skip_blanks(c);
    if (at_char(c, '<')) return read_iri(c, term, err);
    if (at_char(c, '_')) return read_blank_node(c, term, err);
    return lines_error(c->lines, err, "expected %s", what);
}

/* The end of a statement: the graph (N-Quads), a dot, and perhaps a comment. */
static gat_status read_end(cursor *c, bool quads, gat_error *err)
{
    gat_term graph;
    skip_blanks(c);
    if (quads && !at_char(c, '.')) {
        gat_status st = read_node(c, &graph, "a graph name or '.'", err);
        if (st) return st;
        skip_blanks(c);
    }
    if (!at_char(c, '.'))
        return lines_error(c->lines, err, "expected '.' after the object%s", quads ? " or the graph" : "");
    c->at++;
    skip_blanks(c);
    if (c->at == c->end || *c->at == '#') return GAT_OK;
    return lines_error(c->lines, err, "text after the '.'");
}

static gat_status read_statement(cursor *c, bool quads, const char *path, triple_sink *sink, gat_error *err)
{
    gat_term head, relation, tail = {NULL, 0};
    skip_blanks(c);
    if (c->at == c->end || *c->at == '#') return GAT_OK;
    gat_status st = read_node(c, &head, "a subject: an IRI or a blank node", err);
    if (st) return st;
    skip_blanks(c);
    if (!at_char(c, '<')) return lines_error(c->lines, err, "expected a predicate: an IRI");
    st = read_iri(c, &relation, err);
    if (st) return st;
    skip_blanks(c);
    bool literal = at_char(c, '"');
    st = literal ? read_literal(c, &tail, err)
                 : read_node(c, &tail, "an object: an IRI, a blank node or a literal", err);
    if (!st) st = read_end(c, quads, err);
    if (st) return st;
    if (!literal) return sink->add(sink->context, head, relation, tail, path, lines_number(c->lines), err);
    sink->literals++;
    if (!sink->literal) return GAT_OK;
    tail = decode_string(c, tail.bytes, tail.bytes + tail.length);
    return sink->literal(sink->context, head, relation, tail, path, lines_number(c->lines), err);
}

static gat_status read_all(gat_reader *reader, bool quads, triple_sink *sink, gat_error *err)
{
    gat_lines *lines = NULL;
    const char *text;
    size_t length;
    cursor c = {.scratch = gat_alloc(LINE_LIMIT, 1)};
    gat_status st = c.scratch ? lines_open(&lines, reader, err) : error_nomem(err);
    c.lines = lines;
    sink->tells_literals = true;
    while (!st) {
        st = lines_next(lines, &text, &length, err);
        if (st || !text) break;
        c.at = text;
        c.end = text + length;
        c.scratch_used = 0;
        st = read_statement(&c, quads, reader_path(reader), sink, err);
    }
    lines_close(lines);
    gat_free(c.scratch);
    return st;
}

gat_status ntriples_read(gat_reader *reader, triple_sink *sink, gat_error *err)
{
    return read_all(reader, false, sink, err);
}
gat_status nquads_read(gat_reader *reader, triple_sink *sink, gat_error *err)
{
    return read_all(reader, true, sink, err);
}

/* A state machine over bytes. OPENING has seen one or two quotes and does not know yet whether the string is
 * short, long or empty; in LONG, `quotes` counts the closing quotes in a row. */
#include "io/rdf_guard.h"

#include "io/lines.h"

enum state { PLAIN, ESCAPE, COMMENT, IRI, OPENING, SHORT, SHORT_ESCAPE, LONG, LONG_ESCAPE };

static int pass_plain(rdf_guard *g, char c)
{
    if (c == '[' || c == '(') g->depth++;
    if ((c == ']' || c == ')') && g->depth) g->depth--;
    if (c == '"' || c == '\'') {
        g->quote = c;
        g->quotes = 1;
        return OPENING;
    }
    return c == '#' ? COMMENT : c == '<' ? IRI : c == '\\' ? ESCAPE : PLAIN;
}

/* After two quotes anything but a third means that the string was empty. */
static int pass_opening(rdf_guard *g, char c)
{
    if (c == g->quote) return ++g->quotes == 3 ? (g->quotes = 0, LONG) : OPENING;
    if (g->quotes == 2) return pass_plain(g, c);
    return c == '\\' ? SHORT_ESCAPE : SHORT;
}

static int pass_long(rdf_guard *g, char c)
{
    g->quotes = c == g->quote ? g->quotes + 1 : 0;
    return g->quotes == 3 ? PLAIN : c == '\\' ? LONG_ESCAPE : LONG;
}

static int pass_byte(rdf_guard *g, char c)
{
    switch (g->state) {
    case PLAIN: return pass_plain(g, c);
    case ESCAPE: return PLAIN;
    case COMMENT: return c == '\n' || c == '\r' ? PLAIN : COMMENT;
    case IRI: return c == '>' || c == '\n' ? PLAIN : IRI;
    case OPENING: return pass_opening(g, c);
    case SHORT: return c == g->quote || c == '\n' ? PLAIN : c == '\\' ? SHORT_ESCAPE : SHORT;
    case SHORT_ESCAPE: return SHORT;
    case LONG: return pass_long(g, c);
    default: return LONG; /* LONG_ESCAPE */
    }
}

const char *rdf_guard_pass(rdf_guard *g, const char *bytes, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (!bytes[i]) return "NUL byte";
        g->state = pass_byte(g, bytes[i]);
        if (g->depth > RDF_NESTING_LIMIT) return "brackets nested too deeply";
        g->line_bytes++;
        if (bytes[i] == '\n') {
            g->line++;
            g->line_bytes = 0;
        }
        if (g->line_bytes > LINE_LIMIT + 1) return "line longer than 1000000 bytes";
    }
    return NULL;
}

/* Turtle and TriG through serd, the one file that includes it. serd reads in strict mode, statement by statement;
 * prefixes and the base are kept in its environment, and names are completed here. */
#include <serd/serd.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/utf8.h"
#include "io/rdf_guard.h"
#include "io/triple_sink.h"

enum { PAGE_SIZE = 4096 };

typedef struct rdf_document {
    gat_reader *reader;
    triple_sink *sink;
    SerdEnv *env;
    bool has_base;
    rdf_guard guard;
    int64_t page_line[2]; /* lines in which the last two pages begin: serd hands out statements without their lines */
    char *scratch[3];     /* completed names of head, relation, tail */
    int64_t capacity[3];
    gat_status status; /* the first failure; err is filled then */
    gat_error *err;
} rdf_document;

/* "PATH:LINE: MESSAGE", unless something went wrong before. Line 0: not known, the lines read last are named. */
static SerdStatus fail(rdf_document *d, int64_t line, const char *message)
{
    const char *path = reader_path(d->reader);
    int64_t first = line ? line : d->page_line[0], last = line ? line : d->guard.line + (d->guard.line_bytes > 0);
    if (d->status) return SERD_ERR_BAD_SYNTAX;
    d->status = first < last ? error_set(d->err, GAT_EDATA, "%.280s:%lld-%lld: %s", path, (long long)first,
                                         (long long)last, message)
                             : error_set(d->err, GAT_EDATA, "%.280s:%lld: %s", path, (long long)first, message);
    return SERD_ERR_BAD_SYNTAX;
}

static SerdStatus on_error(void *handle, const SerdError *error)
{
    char message[200];
    int n = vsnprintf(message, sizeof message, error->fmt, *error->args);
    size_t length = n < 0 ? 0 : strlen(message);
    while (length && message[length - 1] == '\n') message[--length] = 0;
    fail(handle, error->line, message);
    return SERD_SUCCESS;
}

/* serd takes a page that is not full for the last one, so pages are filled. */
static size_t read_page(void *buffer, size_t size, size_t count, void *stream)
{
    rdf_document *d = stream;
    size_t used = 0, got = 1;
    d->page_line[0] = d->page_line[1] ? d->page_line[1] : 1;
    d->page_line[1] = d->guard.line + 1;
    while (!d->status && got && used < size * count) {
        d->status = reader_read(d->reader, (char *)buffer + used, size * count - used, &got, d->err);
        const char *fault = d->status ? NULL : rdf_guard_pass(&d->guard, (char *)buffer + used, got);
        if (fault) fail(d, d->guard.line + 1, fault);
        used += got;
    }
    return d->status ? 0 : used;
}

static int page_failed(void *stream) { return ((rdf_document *)stream)->status != GAT_OK; }

static SerdStatus on_base(void *handle, const SerdNode *uri)
{
    rdf_document *d = handle;
    d->has_base = true;
    return serd_env_set_base_uri(d->env, uri);
}

static SerdStatus on_prefix(void *handle, const SerdNode *name, const SerdNode *uri)
{
    return serd_env_set_prefix(((rdf_document *)handle)->env, name, uri);
}

/* The concatenation of two pieces in scratch buffer i. */
static SerdStatus join(rdf_document *d, int i, gat_term *term, gat_term a, gat_term b)
{
    int64_t length = (int64_t)(a.length + b.length);
    if (length > d->capacity[i]) {
        gat_free(d->scratch[i]);
        d->capacity[i] = 0;
        d->scratch[i] = gat_alloc(2 * length, 1);
        if (!d->scratch[i]) {
            d->status = error_nomem(d->err);
            return SERD_ERR_INTERNAL;
        }
        d->capacity[i] = 2 * length;
    }
    if (a.length) memcpy(d->scratch[i], a.bytes, a.length);
    if (b.length) memcpy(d->scratch[i] + a.length, b.bytes, b.length);
    *term = (gat_term){d->scratch[i], (size_t)length};
    return SERD_SUCCESS;
}

static gat_term node_text(const SerdNode *node) { return (gat_term){(const char *)node->buf, node->n_bytes}; }

static SerdStatus name_prefixed(rdf_document *d, int i, gat_term *term, const SerdNode *node)
{
    SerdChunk prefix, suffix;
    if (serd_env_expand(d->env, node, &prefix, &suffix)) {
        char message[200];
        snprintf(message, sizeof message, "unknown prefix in %.100s", (const char *)node->buf);
        return fail(d, 0, message);
    }
    return join(d, i, term, (gat_term){(const char *)prefix.buf, prefix.len},
                (gat_term){(const char *)suffix.buf, suffix.len});
}

static SerdStatus name_relative(rdf_document *d, int i, gat_term *term, const SerdNode *node)
{
    SerdNode whole = serd_env_expand_node(d->env, node);
    if (!whole.buf) return fail(d, 0, "an IRI that cannot be completed with the base");
    SerdStatus st = join(d, i, term, node_text(&whole), (gat_term){"", 0});
    serd_node_free(&whole);
    return st;
}

/* serd calls unnamed nodes b1, b2, ... and turns such labels of the document into B1, B2, ... */
static SerdStatus name_blank(rdf_document *d, int i, gat_term *term, const SerdNode *node)
{
    char before[80] = "_:";
    const char *path = reader_path(d->reader), *slash = strrchr(path, '/'), *file = slash ? slash + 1 : path;
    if (node->n_bytes > 1 && node->buf[0] == 'b' && node->buf[1] >= '0' && node->buf[1] <= '9')
        snprintf(before, sizeof before, "_:%.*s-", (int)utf8_cut(file, strcspn(file, "."), 64), file);
    return join(d, i, term, (gat_term){before, strlen(before)}, node_text(node));
}

static SerdStatus name_of(rdf_document *d, int i, gat_term *term, const SerdNode *node)
{
    SerdStatus st = SERD_SUCCESS;
    *term = node_text(node);
    if (node->type == SERD_CURIE) st = name_prefixed(d, i, term, node);
    if (node->type == SERD_URI && d->has_base) st = name_relative(d, i, term, node);
    if (node->type == SERD_BLANK) st = name_blank(d, i, term, node);
    if (st) return st;
    if (!term->length) return fail(d, 0, "an empty IRI and no base");
    if (memchr(term->bytes, 0, term->length) || !utf8_valid(term->bytes, term->length))
        return fail(d, 0, "an IRI that is not valid UTF-8");
    return SERD_SUCCESS;
}

static SerdStatus on_statement(void *handle, SerdStatementFlags flags, const SerdNode *graph, const SerdNode *subject,
                               const SerdNode *predicate, const SerdNode *object, const SerdNode *datatype,
                               const SerdNode *language)
{
    rdf_document *d = handle;
    gat_term term[3];
    (void)flags, (void)graph, (void)datatype, (void)language;
    if (d->status) return SERD_ERR_INTERNAL;
    bool literal = object->type == SERD_LITERAL;
    d->sink->literals += literal;
    if (literal && !d->sink->literal) return SERD_SUCCESS;
    const SerdNode *node[3] = {subject, predicate, object};
    for (int i = 0; i < (literal ? 2 : 3); i++) {
        SerdStatus st = name_of(d, i, &term[i], node[i]);
        if (st) return st;
    }
    if (literal) term[2] = node_text(object);
    d->status = (literal ? d->sink->literal : d->sink->add)(d->sink->context, term[0], term[1], term[2],
                                                            reader_path(d->reader), 0, d->err);
    return d->status ? SERD_ERR_INTERNAL : SERD_SUCCESS;
}

static void read_statements(rdf_document *d, SerdReader *serd)
{
    SerdStatus st = serd_reader_start_source_stream(serd, read_page, page_failed, d,
                                                    (const uint8_t *)reader_path(d->reader), PAGE_SIZE);
    while (!st && !d->status) st = serd_reader_read_chunk(serd);
    serd_reader_end_stream(serd);
    if (st > SERD_FAILURE && !d->status) fail(d, 0, (const char *)serd_strerror(st));
}

static gat_status rdf_read(gat_reader *reader, SerdSyntax syntax, triple_sink *sink, gat_error *err)
{
    rdf_document d = {.reader = reader, .sink = sink, .err = err};
    sink->tells_literals = true;
    SerdReader *serd = serd_reader_new(syntax, &d, NULL, on_base, on_prefix, on_statement, NULL);
    d.env = serd_env_new(NULL);
    if (serd && d.env) {
        serd_reader_set_strict(serd, true);
        serd_reader_set_error_sink(serd, on_error, &d);
        read_statements(&d, serd);
    } else {
        d.status = error_nomem(err);
    }
    serd_env_free(d.env);
    serd_reader_free(serd);
    for (int i = 0; i < 3; i++) gat_free(d.scratch[i]);
    return d.status;
}

gat_status turtle_read(gat_reader *reader, triple_sink *sink, gat_error *err)
{
    return rdf_read(reader, SERD_TURTLE, sink, err);
}
gat_status trig_read(gat_reader *reader, triple_sink *sink, gat_error *err)
{
    return rdf_read(reader, SERD_TRIG, sink, err);
}

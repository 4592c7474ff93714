/* Where the readers of triple files put what they find, and what they have in common.
 *
 * Names: TSV and CSV fields as they stand; an IRI without its angle brackets, escapes decoded; a blank node with
 * its "_:". The name of a graph (N-Quads, TriG) is dropped. A statement about a literal (a label, a date) links no
 * two entities: it is skipped and counted in `literals`, for the caller to report. */
#ifndef GAT_IO_TRIPLE_SINK_H
#define GAT_IO_TRIPLE_SINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/file.h"
#include "base/status.h"

/* Borrowed bytes, not terminated, never empty. */
typedef struct gat_term {
    const char *bytes;
    size_t length;
} gat_term;

typedef struct triple_sink {
    /* Called for each statement in file order; terms are borrowed for the call. `line` is 0 where the format
     * has no lines to speak of (Turtle, TriG). A failure ends the reading and is passed on. */
    gat_status (*add)(void *context, gat_term head, gat_term relation, gat_term tail, const char *path, int64_t line,
                      gat_error *err);
    void *context;
    int64_t literals; /* counted up by the reader */
    /* Called for statements about literals, with their text; NULL: they are only counted. */
    gat_status (*literal)(void *context, gat_term head, gat_term relation, gat_term text, const char *path,
                          int64_t line, gat_error *err);
    bool tells_literals; /* set by readers of formats that tell literals from entities */
} triple_sink;

/* A reader of one format. The gat_reader is borrowed and read to its end. */
typedef gat_status triple_read_function(gat_reader *reader, triple_sink *sink, gat_error *err);

/* Three columns separated by tabs: head, relation, tail. Blank lines are skipped. */
triple_read_function tsv_read;

/* Three columns separated by commas (RFC 4180: fields may be quoted, "" stands for a quote; line breaks and tabs
 * inside quotes are refused, as a name is one line). A first row "head,relation,tail" or
 * "subject,predicate,object" is a heading. */
triple_read_function csv_read;

/* N-Triples and N-Quads, one statement per line. */
triple_read_function ntriples_read;
triple_read_function nquads_read;

/* Turtle and TriG, by serd. Nodes written without a name ("[ ]", lists) are called _:FILE-b1, _:FILE-b2, ... with the
 * file's name up to its first dot, so that those of two files stay apart. */
triple_read_function turtle_read;
triple_read_function trig_read;

#endif

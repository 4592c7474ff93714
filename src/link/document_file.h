/* Files of documents, one JSON object a line, of either form:
 *
 *     {"id", "text" or "tokens", "mentions": [{"start", "end", "entity"?}]}
 *     {"doc", "entities": [[id, title, in-links, out-links, type, popularity]], "edges": [[i, j]],
 *      "mentions": [{"text", "ctx", "gold", "cand": [i], "gold_ix"}]}                  (candidates given, AIDA)
 *
 * Spans count code points of a text, or tokens. "entity": an id, or "NIL" for one outside the graph. */
#ifndef GAT_LINK_DOCUMENT_FILE_H
#define GAT_LINK_DOCUMENT_FILE_H

#include "io/lines.h"
#include "link/link_document.h"

typedef struct document_file {
    gat_reader *reader;
    gat_lines *lines;
    bool find; /* documents may come without mentions: they will be found */
} document_file;

gat_status document_file_open(document_file *file, const char *path, gat_error *err);

/* The same from an open reader, which is taken, also where this fails. */
gat_status document_file_take(document_file *file, gat_reader *source, gat_error *err);
void document_file_close(document_file *file);

/* The next document, in the arena; *out NULL at the end. *text: what mentions can be found in (tokens joined by blanks), or NULL.
 * GAT_EDATA names file and line. */
gat_status document_file_next(link_document **out, const char **text, document_file *file, gat_arena *arena,
                              gat_error *err);

#endif

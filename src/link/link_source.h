/* A file of documents read one by one, with candidates, ready for the net. */
#ifndef GAT_LINK_LINK_SOURCE_H
#define GAT_LINK_LINK_SOURCE_H

#include "link/lexicon.h"

typedef struct link_source {
    document_file file;
    const lexicon *names;
} link_source;

/* find: mentions are found in documents that have none. */
gat_status link_source_open(link_source *source, const char *path, const lexicon *names, bool find, gat_error *err);

/* The same from an open reader, which is taken, also where this fails. */
gat_status link_source_take(link_source *source, gat_reader *reader, const lexicon *names, bool find, gat_error *err);
void link_source_close(link_source *source);

/* The next document, in the arena; *out NULL at the end. */
gat_status link_source_next(link_document **out, link_source *source, gat_arena *arena, gat_error *err);

#endif

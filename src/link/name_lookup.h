/* From a mention to the names it may be: as it stands, folded, without an English ending, or merely alike; the first way that
 * finds something counts. */
#ifndef GAT_LINK_NAME_LOOKUP_H
#define GAT_LINK_NAME_LOOKUP_H

#include "link/lexicon.h"

enum { LOOKUP_MOST = 12 };

/* Names (at most LOOKUP_MOST) by the first three ways. */
name_way lookup_name(int32_t name[LOOKUP_MOST], int *count, const lexicon *lexicon, const char *s, size_t length);

/* The same, and those alike. */
gat_status lookup_similar(name_way *way, int32_t name[LOOKUP_MOST], int *count, const lexicon *lexicon, const char *s,
                          size_t length, gat_error *err);

#endif

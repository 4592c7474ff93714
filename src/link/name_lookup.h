/* From a mention to the names it may be: as it stands, folded, without an English ending, or merely alike; the first way that
 * finds something counts. */
#ifndef GAT_LINK_NAME_LOOKUP_H
#define GAT_LINK_NAME_LOOKUP_H

#include "link/lexicon.h"

enum { LOOKUP_MOST = 12 };

/* Names (at most LOOKUP_MOST) by the first three ways. */
name_way lookup_name(int32_t name[LOOKUP_MOST], int *count, const lexicon *lexicon, const char *s, size_t length);

/* Whether a name found in this way may be meant by s in a running text. Capitals tell: s stands as a name is written, or a name in
 * small letters stands at a beginning, or all is in capitals. No name is one character long, none in small letters two; and
 * where nearly all names have capitals (lexicon.proper), no single word in small letters is one. */
bool lookup_is_mention(name_way way, const int32_t *name, int count, const lexicon *lexicon, const char *s,
                       size_t length);

/* The same, and those alike. */
gat_status lookup_similar(name_way *way, int32_t name[LOOKUP_MOST], int *count, const lexicon *lexicon, const char *s,
                          size_t length, gat_error *err);

#endif

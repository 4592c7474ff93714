/* Names by their three-byte strings, for mentions that are no name as they stand: misspelt, abridged, written otherwise. */
#ifndef GAT_LINK_NAME_INDEX_H
#define GAT_LINK_NAME_INDEX_H

#include "base/intern.h"
#include "base/status.h"

typedef struct name_index {
    int64_t buckets; /* a power of two */
    int64_t *start;  /* (buckets + 1) */
    int32_t *name;   /* (start[buckets]) */
} name_index;

enum { SIMILAR_MOST = 8 };

gat_status name_index_make(name_index *index, const gat_intern *names, gat_error *err);
void name_index_clear(name_index *index);

/* Names that share at least half of their three-byte strings with the folded s (Dice), the nearest first and those hardly farther; at most SIMILAR_MOST.
 * Strings that more than 4000 names have are passed over in the search. */
gat_status name_index_find(int32_t name[SIMILAR_MOST], int *count, const name_index *index, const gat_intern *names,
                           const char *s, size_t length, gat_error *err);

#endif

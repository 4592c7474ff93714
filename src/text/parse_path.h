/* The way between the two entities in the parse: from the first one up to the top word, and down to the second. */
#ifndef GAT_TEXT_PARSE_PATH_H
#define GAT_TEXT_PARSE_PATH_H

#include "text/feature_row.h"

enum { PATH_MOST_WORDS = 64 };

typedef struct parse_path {
    int32_t word[PATH_MOST_WORDS]; /* from the head of entity 0 to that of entity 1 */
    int32_t count, top;            /* place of the top word; count 0: they are not in one tree, or too far apart */
} parse_path;

void parse_path_of(parse_path *path, const sentence_view *view);

#endif

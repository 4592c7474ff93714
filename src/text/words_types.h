/* What callers of word vectors see. */
#ifndef GAT_TEXT_WORDS_TYPES_H
#define GAT_TEXT_WORDS_TYPES_H

#include <stdint.h>

#include "base/log.h"
#include "base/status.h"

/* Zero-initialise, then set what differs; 0 means the default. Strings are borrowed for the call. */
typedef struct gat_words_options {
    const char *text;  /* needed: lines of text, or JSON objects with "tokens" or "text" */
    int64_t dim;       /* 100 */
    int64_t window;    /* 5: words to each side that keep company; below 0: all of the line */
    int64_t min_count; /* 5: rarer words are left out */
    int64_t epochs;    /* 6: rounds of the subspace iteration */
    uint64_t seed;
    int64_t max_memory; /* bytes; refuse what needs more; 0: no limit */
    gat_log log;
    /* Asked between rounds; non-zero ends the call in GAT_EINTERRUPTED. NULL is fine. */
    int (*should_stop)(void *context);
    void *context;
} gat_words_options;

typedef struct gat_words_info {
    int64_t lines, tokens, words, dim, pairs; /* pairs: of words that keep company more than chance has it */
    char digest[33];                          /* of words and vectors */
} gat_words_info;

#endif

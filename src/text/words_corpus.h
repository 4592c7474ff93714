/* A text as numbers of words, commonest first, for word_company.h. */
#ifndef GAT_TEXT_WORDS_CORPUS_H
#define GAT_TEXT_WORDS_CORPUS_H

#include "base/intern.h"
#include "text/word_company.h"

typedef struct words_corpus {
    gat_intern *words; /* in normal form, those seen often enough, the commonest first */
    int64_t *start;    /* (lines + 1) */
    int32_t *word;     /* (start[lines]); -1: a rarer one */
    int64_t lines, line_room, room;
} words_corpus;

/* Runs of letters and digits count as words, see unicode_text.h. A line that begins with "{" is a JSON object with "tokens" or
 * "text". GAT_EDATA names file and line; also where no word is seen min_count times. */
gat_status words_corpus_read(words_corpus *out, const char *path, int64_t min_count, gat_error *err);
void words_corpus_clear(words_corpus *corpus);

#endif

/* Sentences with two marked entities: what relation extraction learns from and is asked about.
 *
 * Every string of a list is interned once and named by its number, so that work on words is done once a word. Words of all
 * sentences stand in one row; a sentence names its own by `first`. */
#ifndef GAT_TEXT_SENTENCE_H
#define GAT_TEXT_SENTENCE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/intern.h"
#include "base/status.h"

enum { SENTENCE_MOST_WORDS = 4096, SENTENCE_MOST_LABELS = 16 };

/* Words [from, to) of a sentence. */
typedef struct text_span {
    int32_t from, to;
} text_span;

typedef struct sentence {
    int64_t line;       /* of the file it came from */
    int64_t first;      /* place of its words in the list's arrays */
    int32_t num_tokens; /* 1 to SENTENCE_MOST_WORDS */
    int32_t id;         /* string */
    int32_t entity[2];  /* strings: the ids of the two in a graph; -1: none */
    int32_t label[SENTENCE_MOST_LABELS];
    int32_t num_labels; /* -1: none given; 0: none holds */
    text_span e[2];
    bool parsed; /* governor and deprel are there */
} sentence;

typedef struct sentence_list {
    gat_intern *strings;
    sentence *data;
    int64_t count, capacity;
    int32_t *token, *governor, *deprel; /* strings; number of the governing word, -1 of the root; strings */
    int64_t num_tokens, token_capacity;
} sentence_list;

/* A list without sentences. */
gat_status sentence_list_init(sentence_list *list, gat_error *err);
void sentence_list_clear(sentence_list *list);

/* Drops the sentences; strings stay. */
void sentence_list_reset(sentence_list *list);

/* A new last sentence without words; *out is borrowed until the next one. */
gat_status sentence_begin(sentence **out, sentence_list *list, int64_t line, gat_error *err);

/* A word at the end of the last sentence, without governor. */
gat_status sentence_word(sentence_list *list, const char *s, size_t length, gat_error *err);

gat_status sentence_string(int32_t *id, sentence_list *list, const char *s, size_t length, gat_error *err);

static inline const char *list_string(const sentence_list *list, int32_t id)
{
    return intern_string(list->strings, id);
}

/* What is wrong with the last sentence: spans, words, governors; NULL: nothing. */
const char *sentence_fault(const sentence_list *list);

#endif

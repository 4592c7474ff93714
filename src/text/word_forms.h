/* What features and nets need to know of a word, worked out once for each string of a list. */
#ifndef GAT_TEXT_WORD_FORMS_H
#define GAT_TEXT_WORD_FORMS_H

#include <stdint.h>

#include "text/sentence.h"
#include "text/text_vectors.h"

enum { FORM_PREFIXES = 3, FORM_SUFFIXES = 4, FORM_LONGEST = 256 };

/* Hashes, never 0 where the piece exists; 0: the word is too short for it. */
typedef struct word_form {
    uint64_t word;                  /* of the normal form */
    uint64_t stem;                  /* without its ending */
    uint64_t prefix[FORM_PREFIXES]; /* of 3, 4, 5 letters */
    uint64_t suffix[FORM_SUFFIXES]; /* of 2, 3, 4, 5 letters */
    uint64_t shape;                 /* capitals, digits and the ending: what is left of a word that nobody knows */
    int32_t vector;                 /* row of the vectors, -1: none */
} word_form;

typedef struct word_forms {
    word_form *data; /* by string; made for those that are words of a sentence */
    int64_t count;
} word_forms;

/* Makes what is missing for the list's words. vectors may be NULL. */
gat_status word_forms_make(word_forms *forms, const sentence_list *list, const word_vectors *vectors, gat_error *err);
void word_forms_clear(word_forms *forms);

uint64_t word_hash(const char *s, size_t length);

/* Order matters. */
static inline uint64_t hash_mix(uint64_t a, uint64_t b)
{
    a = (a ^ (b + UINT64_C(0x9e3779b97f4a7c15) + (a << 6) + (a >> 2))) * UINT64_C(0xff51afd7ed558ccd);
    return a ^ (a >> 33);
}

#endif

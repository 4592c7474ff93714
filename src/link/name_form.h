/* Names folded for comparison, and how alike two of them are. */
#ifndef GAT_LINK_NAME_FORM_H
#define GAT_LINK_NAME_FORM_H

#include <stddef.h>
#include <stdint.h>

enum { NAME_MOST = 120, NAME_WORDS = 24, NAME_LIKENESS = 10 };

/* The start of a name without case, marks and compatibility forms; "_" and runs of blanks are one blank. */
typedef struct name_form {
    char s[NAME_MOST + 8];
    int32_t length, bare, comma; /* bytes: all; before " ("; before "," */
    int32_t words, grams;
    uint32_t word[NAME_WORDS], gram[NAME_MOST]; /* ascending, each once: hashes of words, three-byte strings */
    char initials[NAME_WORDS + 1];
} name_form;

/* Folds s[0..length), valid UTF-8, into out (capacity bytes, terminated); returns its length. Cut at a character. */
size_t name_fold(char *out, size_t capacity, const char *s, size_t length);

void name_form_make(name_form *form, const char *name);

/* f (NAME_LIKENESS), each in 0 .. 1: equal, as a whole, without a bracket, without what follows a comma; the title begins with,
 * ends with, contains the mention; the mention contains the title; Jaccard of three-byte strings and of words; initials. */
void name_likeness(float *f, const name_form *mention, const name_form *title);

#endif

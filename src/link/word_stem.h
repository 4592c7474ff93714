/* Words as they are compared: folded, without common English endings (words of other languages mostly keep theirs). */
#ifndef GAT_LINK_WORD_STEM_H
#define GAT_LINK_WORD_STEM_H

#include <stddef.h>

enum { STEM_MOST = 64 };

/* Writes the stem of s[0..length), valid UTF-8, terminated; returns its length, 0 for what is no word. */
size_t word_stem(char out[STEM_MOST], const char *s, size_t length);

/* The next word of text[0..length) from *at on as a stem; *from and *to its bytes. False: there is none. */
int word_stem_next(char out[STEM_MOST], size_t *stem, size_t *from, size_t *to, size_t *at, const char *text,
                   size_t length);

#endif

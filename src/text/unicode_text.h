/* Words of a running text, and their forms for comparison. */
#ifndef GAT_TEXT_UNICODE_TEXT_H
#define GAT_TEXT_UNICODE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One step of the tokeniser: the next word of s[*at .. length) as [*from, *to), or false at the end. Runs of letters, marks
 * and digits are words, with the apostrophes, points and hyphens inside them (UAX 29, rules WB5 to WB12, and hyphens); every
 * other visible character is a word by itself. No word goes over a place of `cut` (count, ascending byte offsets). */
bool text_next_word(size_t *from, size_t *to, size_t *at, const char *s, size_t length, const size_t *cut, int count);

/* Byte offset behind the sentence of s[0..length) that goes on at `from`: behind a point, question or exclamation mark, with the
 * quotes and brackets after it, where a blank and no small letter follow; or at the end of a line. A point behind a single
 * capital ("J. Smith") ends nothing. */
size_t text_sentence_end(const char *s, size_t length, size_t from);

/* Whether s begins with a letter, a mark or a digit, "_" included: a run of these, in the terms of text_next_word. */
bool text_is_run(const char *s, size_t length);

/* Lower case with every digit a 0, into out (capacity bytes, terminated); returns its length. Cut at a character. */
size_t text_normal_form(char *out, size_t capacity, const char *s);

/* Byte offset of code point `index` of s[0..length); length itself for the one behind the last, -1 beyond. */
int64_t text_offset(const char *s, size_t length, int64_t index);

#endif

/* Checking and writing UTF-8 (RFC 3629: no surrogates, no overlong forms, nothing above U+10FFFF). */
#ifndef GAT_BASE_UTF8_H
#define GAT_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

bool utf8_valid(const char *s, size_t length);

/* Writes the 1 to 4 bytes of a code point into s and returns their number; 0 when there is no such code point. */
int utf8_encode(char *s, uint32_t code);

/* Largest length at most `limit` that does not cut a character of s[0..length). */
size_t utf8_cut(const char *s, size_t length, size_t limit);

#endif

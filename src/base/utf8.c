/* ASCII runs are passed eight bytes at a time; everything else goes byte by byte through the ranges of
 * table 3-7 of the Unicode standard. */
#include "base/utf8.h"

#include <string.h>

static size_t ascii_run(const unsigned char *s, size_t length)
{
    size_t i = 0;
    for (uint64_t word; i + sizeof word <= length; i += sizeof word) {
        memcpy(&word, s + i, sizeof word);
        if (word & UINT64_C(0x8080808080808080)) break;
    }
    while (i < length && s[i] < 0x80) i++;
    return i;
}

/* Bytes of the well-formed sequence at s, which starts with a byte above 0x7f; 0: none. */
static size_t sequence(const unsigned char *s, size_t length)
{
    unsigned char lead = s[0], low = 0x80, high = 0xbf;
    size_t n = lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 0;
    if (lead == 0xe0) low = 0xa0;
    if (lead == 0xed) high = 0x9f;
    if (lead == 0xf0) low = 0x90;
    if (lead == 0xf4) high = 0x8f;
    if (!n || n > length || s[1] < low || s[1] > high) return 0;
    for (size_t i = 2; i < n; i++)
        if ((s[i] & 0xc0) != 0x80) return 0;
    return n;
}

bool utf8_valid(const char *text, size_t length)
{
    const unsigned char *s = (const unsigned char *)text;
    for (size_t i = 0, n; i < length; i += n) {
        n = s[i] < 0x80 ? ascii_run(s + i, length - i) : sequence(s + i, length - i);
        if (!n) return false;
    }
    return true;
}

int utf8_encode(char *s, uint32_t code)
{
    if (code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) return 0;
    if (code < 0x80) {
        s[0] = (char)code;
        return 1;
    }
    int n = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    static const unsigned char lead[] = {0, 0, 0xc0, 0xe0, 0xf0};
    for (int i = n - 1; i > 0; i--, code >>= 6) s[i] = (char)(0x80 | (code & 0x3f));
    s[0] = (char)(lead[n] | code);
    return n;
}

size_t utf8_cut(const char *s, size_t length, size_t limit)
{
    if (length <= limit) return length;
    while (limit > 0 && ((unsigned char)s[limit] & 0xc0) == 0x80) limit--;
    return limit;
}

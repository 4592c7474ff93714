#include "link/word_stem.h"

#include <stdbool.h>
#include <string.h>

#include "link/name_form.h"
#include "text/unicode_text.h"

enum { LEAST_STEM = 3 };

static bool ends_with(const char *s, size_t n, const char *ending)
{
    size_t m = strlen(ending);
    return n >= m + LEAST_STEM && !memcmp(s + n - m, ending, m);
}

static size_t without_ending(const char *s, size_t n)
{
    static const char *const endings[] = {"ings", "ing", "edly", "ed", "ies", "es", "s", "ly", "ness", "ment"};
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
        if (ends_with(s, n, endings[i])) return n - strlen(endings[i]);
    return n;
}

size_t word_stem(char out[STEM_MOST], const char *s, size_t length)
{
    size_t n = name_fold(out, STEM_MOST, s, length);
    unsigned char first = (unsigned char)out[0];
    bool letter = first >= 0x80 || (first >= 'a' && first <= 'z') || (first >= '0' && first <= '9');
    if (!n || !letter) return 0;
    n = without_ending(out, n);
    if (n > LEAST_STEM && (out[n - 1] == 'e' || out[n - 1] == 'y')) n--;
    if (n > LEAST_STEM && out[n - 1] == out[n - 2] && (unsigned char)out[n - 1] < 0x80) n--;
    out[n] = 0;
    return n;
}

int word_stem_next(char out[STEM_MOST], size_t *stem, size_t *from, size_t *to, size_t *at, const char *text,
                   size_t length)
{
    while (text_next_word(from, to, at, text, length, NULL, 0)) {
        *stem = word_stem(out, text + *from, *to - *from);
        if (*stem) return 1;
    }
    return 0;
}

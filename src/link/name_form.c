#include "link/name_form.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#include "base/utf8.h"

/* Code points of one character, folded; at most 8. */
static int fold_code(int32_t code[8], int32_t c)
{
    const utf8proc_option_t how = UTF8PROC_CASEFOLD | UTF8PROC_STRIPMARK | UTF8PROC_COMPAT | UTF8PROC_DECOMPOSE;
    int last = 0;
    if (c == '_') c = ' ';
    utf8proc_ssize_t n = utf8proc_decompose_char(c, code, 8, how, &last);
    return n > 8 || n < 0 ? 0 : (int)n;
}

size_t name_fold(char *out, size_t capacity, const char *s, size_t length)
{
    size_t used = 0;
    bool blank = false;
    for (size_t at = 0; at < length;) {
        int32_t c, code[8];
        utf8proc_ssize_t step = utf8proc_iterate((const utf8proc_uint8_t *)s + at, (utf8proc_ssize_t)(length - at), &c);
        if (step <= 0) break;
        at += (size_t)step;
        int n = fold_code(code, c);
        for (int i = 0; i < n; i++) {
            char bytes[4];
            if (code[i] <= ' ') {
                blank = used > 0;
                continue;
            }
            size_t m = (size_t)utf8_encode(bytes, (uint32_t)code[i]);
            if (used + m + 2 > capacity) {
                out[used] = 0;
                return used;
            }
            if (blank) out[used++] = ' ';
            blank = false;
            memcpy(out + used, bytes, m);
            used += m;
        }
    }
    out[used] = 0;
    return used;
}

static int ascending(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

static int32_t sort_unique(uint32_t *x, int32_t n)
{
    int32_t kept = 0;
    qsort(x, (size_t)n, sizeof *x, ascending);
    for (int32_t i = 0; i < n; i++)
        if (!kept || x[kept - 1] != x[i]) x[kept++] = x[i];
    return kept;
}

static uint32_t hash_of(const char *s, int32_t n)
{
    uint32_t hash = 2166136261u;
    for (int32_t i = 0; i < n; i++) hash = (hash ^ (uint8_t)s[i]) * 16777619u;
    return hash;
}

static void find_words(name_form *f)
{
    int32_t initials = 0;
    for (int32_t i = 0; i < f->length;) {
        int32_t n = (int32_t)strcspn(f->s + i, " ,.()-");
        if (n && f->words < NAME_WORDS) {
            f->initials[initials++] = f->s[i];
            f->word[f->words++] = hash_of(f->s + i, n);
        }
        i += n ? n : 1;
    }
    f->words = sort_unique(f->word, f->words);
}

void name_form_make(name_form *f, const char *name)
{
    memset(f, 0, sizeof *f);
    f->length = (int32_t)name_fold(f->s, NAME_MOST, name, strlen(name));
    const char *bracket = strstr(f->s, " ("), *comma = strchr(f->s, ',');
    f->bare = bracket ? (int32_t)(bracket - f->s) : f->length;
    f->comma = comma ? (int32_t)(comma - f->s) : f->length;
    for (int32_t i = 0; i + 3 <= f->length; i++) f->gram[f->grams++] = hash_of(f->s + i, 3);
    f->grams = sort_unique(f->gram, f->grams);
    find_words(f);
}

static float jaccard(const uint32_t *a, int32_t n, const uint32_t *b, int32_t m)
{
    int32_t both = 0;
    for (int32_t i = 0, j = 0; i < n && j < m;) {
        both += a[i] == b[j];
        if (a[i] <= b[j]) i++;
        else j++;
    }
    /* a[i] was passed over when equal, b[j] falls behind it in the next step. */
    return n + m - both > 0 ? (float)both / (float)(n + m - both) : 0;
}

/* "u.s." and "us" stand for the words of the title. */
static bool are_initials(const name_form *mention, const name_form *title)
{
    char letters[NAME_WORDS] = {0};
    size_t n = 0, m = strlen(title->initials);
    for (int32_t i = 0; i < mention->length && n < NAME_WORDS - 1; i++)
        if (mention->s[i] != '.' && mention->s[i] != ' ') letters[n++] = mention->s[i];
    return n > 1 && m >= n && !strncmp(letters, title->initials, n);
}

static bool is_start(const name_form *mention, const name_form *title, int32_t length)
{
    return length == mention->length && !strncmp(mention->s, title->s, (size_t)length);
}

void name_likeness(float *f, const name_form *a, const name_form *t)
{
    int32_t n = a->length, m = t->length;
    f[0] = is_start(a, t, m);
    f[1] = is_start(a, t, t->bare);
    f[2] = is_start(a, t, t->comma);
    f[3] = m >= n && !strncmp(a->s, t->s, (size_t)n);
    f[4] = m >= n && !strcmp(a->s, t->s + (m - n));
    f[5] = strstr(t->s, a->s) != NULL;
    f[6] = m > 0 && strstr(a->s, t->s) != NULL;
    f[7] = jaccard(a->gram, a->grams, t->gram, t->grams);
    f[8] = jaccard(a->word, a->words, t->word, t->words);
    f[9] = are_initials(a, t);
}

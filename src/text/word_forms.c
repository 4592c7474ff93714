#include "text/word_forms.h"

#define XXH_INLINE_ALL
#include <string.h>
#include <xxhash.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/utf8.h"
#include "text/unicode_text.h"

enum { SHORTEST_PREFIX = 3, SHORTEST_SUFFIX = 2, SHORTEST_STEM = 3 };

uint64_t word_hash(const char *s, size_t length)
{
    uint64_t h = XXH3_64bits(s, length);
    return h ? h : 1;
}

void word_forms_clear(word_forms *forms)
{
    gat_free(forms->data);
    *forms = (word_forms){0};
}

/* Bytes of the word without a common English ending: other languages keep their words. */
static size_t stem_length(const char *s, size_t n)
{
    static const char *const endings[] = {"ations", "ation", "ings", "ing", "ies", "ied", "ers",
                                          "ed",     "es",    "er",   "ly",  "s",   "e",   "y"};
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        size_t m = strlen(endings[i]);
        if (n < m + SHORTEST_STEM || memcmp(s + n - m, endings[i], m)) continue;
        if (!strcmp(endings[i], "s") && (s[n - 2] == 's' || s[n - 2] == 'u')) continue;
        n -= m;
        break;
    }
    if (n > SHORTEST_STEM && s[n - 1] == s[n - 2]) n--;
    return n;
}

static uint64_t shape_of(const char *s, const char *normal, size_t n)
{
    char shape[8];
    size_t tail = n > 3 ? 3 : n;
    shape[0] = *s >= 'A' && *s <= 'Z' ? 'A' : 'a';
    shape[1] = memchr(normal, '0', n) ? '0' : 'a';
    shape[2] = memchr(normal, '-', n) ? '-' : 'a';
    memcpy(shape + 3, normal + n - tail, tail);
    return word_hash(shape, 3 + tail);
}

static void make_form(word_form *f, const char *s, const word_vectors *vectors)
{
    char normal[FORM_LONGEST];
    size_t n = text_normal_form(normal, sizeof normal, s);
    *f = (word_form){.word = word_hash(normal, n), .stem = word_hash(normal, stem_length(normal, n)), .vector = -1};
    for (size_t i = 0; i < FORM_PREFIXES; i++) {
        size_t length = utf8_cut(normal, n, SHORTEST_PREFIX + i);
        if (n > SHORTEST_PREFIX + i) f->prefix[i] = word_hash(normal, length);
    }
    for (size_t i = 0; i < FORM_SUFFIXES; i++)
        if (n > SHORTEST_SUFFIX + i) f->suffix[i] = word_hash(normal + n - SHORTEST_SUFFIX - i, SHORTEST_SUFFIX + i);
    f->shape = shape_of(s, normal, n);
    if (vectors) f->vector = word_vectors_find(vectors, normal);
}

gat_status word_forms_make(word_forms *forms, const sentence_list *list, const word_vectors *vectors, gat_error *err)
{
    int64_t count = intern_count(list->strings);
    if (count > forms->count) {
        word_form *grown = gat_regrow(forms->data, forms->count, count, sizeof *grown);
        if (!grown) return error_nomem(err);
        memset(grown + forms->count, 0, (size_t)(count - forms->count) * sizeof *grown);
        forms->data = grown;
        forms->count = count;
    }
    for (int64_t i = 0; i < list->num_tokens; i++) {
        word_form *f = &forms->data[list->token[i]];
        if (!f->word) make_form(f, list_string(list, list->token[i]), vectors);
    }
    return GAT_OK;
}

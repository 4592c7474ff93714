#include "link/name_lookup.h"

#include <string.h>

#include "base/error.h"
#include "base/utf8.h"
#include "link/name_form.h"
#include "text/unicode_text.h"

enum { FOLDED = 400 };

static void add(int32_t *name, int *count, const lexicon *x, const char *s, size_t length)
{
    int32_t own = length ? intern_find(x->names, s, length) : -1;
    if (own < 0 || *count == LOOKUP_MOST) return;
    for (int i = 0; i < *count; i++)
        if (name[i] == own) return;
    name[(*count)++] = own;
}

/* What to take off, and what to put in its place. */
typedef struct ending {
    const char *off, *on;
    bool doubled; /* the letter before may be there twice: "running" */
} ending;

static const ending ENDINGS[] = {
    {"'s", "", false}, {"\xe2\x80\x99s", "", false}, {"s", "", false},    {"es", "", false}, {"ies", "y", false},
    {"ed", "", true},  {"ed", "e", false},           {"ied", "y", false}, {"ing", "", true}, {"ing", "e", false}};

static void add_inflected(int32_t *name, int *count, const lexicon *x, const char *folded, size_t n)
{
    char s[FOLDED + 4];
    for (size_t i = 0; i < sizeof ENDINGS / sizeof *ENDINGS; i++) {
        const ending *e = &ENDINGS[i];
        size_t off = strlen(e->off), on = strlen(e->on), bare = n - off;
        if (n < off + 2 || memcmp(folded + n - off, e->off, off) != 0) continue;
        memcpy(s, folded, bare);
        memcpy(s + bare, e->on, on);
        add(name, count, x, s, bare + on);
        if (e->doubled && bare > 2 && s[bare - 1] == s[bare - 2]) add(name, count, x, s, bare - 1);
    }
}

name_way lookup_name(int32_t name[LOOKUP_MOST], int *count, const lexicon *x, const char *s, size_t length)
{
    char folded[FOLDED];
    size_t n = name_fold(folded, sizeof folded, s, length);
    *count = 0;
    add(name, count, x, folded, n);
    if (*count) return intern_find(x->exact, s, length) >= 0 ? NAME_EXACT : NAME_FOLDED;
    add_inflected(name, count, x, folded, n);
    return *count ? NAME_INFLECTED : NAME_NONE;
}

/* How a piece of text is written. */
typedef struct writing {
    char lower[FOLDED];
    size_t length;
    bool capital, small; /* it has such letters */
    bool word;           /* it is one */
    bool two, three;     /* it has as many characters */
} writing;

static writing writing_of(const char *s, size_t length)
{
    char copy[FOLDED];
    writing w = {.two = text_offset(s, length, 2) >= 0, .three = text_offset(s, length, 3) >= 0, .word = true};
    if (length >= sizeof copy) length = utf8_cut(s, length, sizeof copy - 1);
    memcpy(copy, s, length);
    copy[length] = 0;
    w.length = text_normal_form(w.lower, sizeof w.lower, copy);
    for (size_t i = 0; i < length && i < w.length; i++) {
        bool digit = copy[i] >= '0' && copy[i] <= '9';
        w.capital = w.capital || (w.lower[i] != copy[i] && !digit);
        w.small = w.small || (w.lower[i] == copy[i] && copy[i] >= 'a' && copy[i] <= 'z');
        w.word = w.word && copy[i] != ' ';
    }
    w.capital = w.capital || w.length != length;
    return w;
}

static bool is_written(const lexicon *x, const char *s, size_t length) { return intern_find(x->exact, s, length) >= 0; }

/* Whether one of the names, which are folded, is written so. */
static bool any_is_written(const lexicon *x, const int32_t *name, int count)
{
    for (int i = 0; i < count; i++) {
        const char *s = intern_string(x->names, name[i]);
        if (is_written(x, s, strlen(s))) return true;
    }
    return false;
}

bool lookup_is_mention(name_way way, const int32_t *name, int count, const lexicon *x, const char *s, size_t length)
{
    const writing w = writing_of(s, length);
    if (way == NAME_NONE || !w.two) return false;
    if (!w.capital) {
        if (!w.three || (x->proper && w.word)) return false;
        return way == NAME_EXACT || (way == NAME_INFLECTED && any_is_written(x, name, count));
    }
    if (way != NAME_FOLDED) return true;
    return (w.three && (!w.small || is_written(x, w.lower, w.length))) || !w.word;
}

gat_status lookup_similar(name_way *way, int32_t name[LOOKUP_MOST], int *count, const lexicon *x, const char *s,
                          size_t length, gat_error *err)
{
    char folded[FOLDED];
    *way = lookup_name(name, count, x, s, length);
    if (*way != NAME_NONE) return GAT_OK;
    size_t n = name_fold(folded, sizeof folded, s, length);
    gat_status st = name_index_find(name, count, &x->similar, x->names, folded, n, err);
    if (!st && *count) *way = NAME_SIMILAR;
    return st;
}

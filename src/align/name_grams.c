#include "align/name_grams.h"

#define XXH_INLINE_ALL
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>
#include <xxhash.h>

#include "base/error.h"
#include "base/memory.h"

enum { SHORTEST_GRAM = 2, LONGEST_GRAM = 4, WORD_SEED = 9 };

static gat_status reserve(int32_t **array, int64_t *capacity, int64_t need, gat_error *err)
{
    if (need <= *capacity) return GAT_OK;
    int32_t *grown = gat_regrow(*array, *capacity, 2 * need, sizeof *grown);
    if (!grown) return error_nomem(err);
    *array = grown;
    *capacity = 2 * need;
    return GAT_OK;
}

/* code <- ^name$; *length of it. A name that cannot be normalised is empty. */
static gat_status normalise(name_grams *g, int64_t *length, const char *text, gat_error *err)
{
    const utf8proc_option_t options = UTF8PROC_COMPAT | UTF8PROC_COMPOSE | UTF8PROC_CASEFOLD | UTF8PROC_STABLE;
    const utf8proc_uint8_t *bytes = (const utf8proc_uint8_t *)text;
    utf8proc_ssize_t size = (utf8proc_ssize_t)strlen(text);
    utf8proc_ssize_t count = utf8proc_decompose(bytes, size, NULL, 0, options);
    *length = 0;
    if (count <= 0) return GAT_OK;
    gat_status st = reserve(&g->code, &g->code_capacity, count + 3, err);
    if (st) return st;
    count = utf8proc_decompose(bytes, size, g->code + 1, count + 1, options);
    if (count > 0) count = utf8proc_normalize_utf32(g->code + 1, count, options);
    if (count <= 0) return GAT_OK;
    for (int64_t i = 1; i <= count; i++)
        if (g->code[i] == '_') g->code[i] = ' ';
    g->code[0] = '^';
    g->code[count + 1] = '$';
    *length = count + 2;
    return GAT_OK;
}

static void add_feature(name_grams *g, const int32_t *code, int64_t length, uint64_t seed)
{
    uint64_t hash = XXH3_64bits_withSeed(code, (size_t)length * sizeof *code, seed);
    g->feature[g->count++] = (int32_t)(hash & (NAME_FEATURES - 1));
}

static void add_words(name_grams *g, int64_t length)
{
    int64_t first = 1;
    for (int64_t i = 1; i < length; i++) {
        if (i < length - 1 && g->code[i] != ' ') continue;
        if (i > first) add_feature(g, g->code + first, i - first, WORD_SEED);
        first = i + 1;
    }
}

static int ascending(const void *p, const void *q)
{
    const int32_t *a = p, *b = q;
    return (*a > *b) - (*a < *b);
}

gat_status name_grams_of(name_grams *g, const char *text, gat_error *err)
{
    int64_t length;
    g->count = 0;
    gat_status st = normalise(g, &length, text, err);
    if (!st) st = reserve(&g->feature, &g->feature_capacity, (LONGEST_GRAM + 1) * length, err);
    if (st || !length) return st;
    for (int n = SHORTEST_GRAM; n <= LONGEST_GRAM; n++)
        for (int64_t i = 0; i + n <= length; i++) add_feature(g, g->code + i, n, (uint64_t)n);
    add_words(g, length);
    qsort(g->feature, (size_t)g->count, sizeof *g->feature, ascending);
    return GAT_OK;
}

gat_status name_text_of(name_grams *g, const char *name, gat_error *err)
{
    enum { MOST_BYTES = 4 };
    int64_t length, at = 0;
    gat_status st = normalise(g, &length, name, err);
    if (!st && MOST_BYTES * length + 1 > g->text_capacity) {
        char *text = gat_regrow(g->text, g->text_capacity, 2 * (MOST_BYTES * length + 1), 1);
        if (!text) return error_nomem(err);
        g->text = text;
        g->text_capacity = 2 * (MOST_BYTES * length + 1);
    }
    if (st) return st;
    for (int64_t i = 1; i < length - 1; i++) at += utf8proc_encode_char(g->code[i], (utf8proc_uint8_t *)g->text + at);
    g->text[at] = 0;
    return GAT_OK;
}

void name_grams_clear(name_grams *g)
{
    gat_free(g->text);
    gat_free(g->code);
    gat_free(g->feature);
    *g = (name_grams){0};
}

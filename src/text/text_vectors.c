#include "text/text_vectors.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"
#include "io/lines.h"

enum { LONGEST_WORD = 200, LONGEST_NUMBER = 40 };

/* A table in the making. */
typedef struct table {
    word_vectors *out;
    int64_t capacity;
} table;

void word_vectors_clear(word_vectors *v)
{
    intern_free(v->words);
    gat_free(v->value);
    gat_free(v->cluster);
    *v = (word_vectors){0};
}

static gat_status grow(table *t, int64_t count, gat_error *err)
{
    if (count < t->capacity) return GAT_OK;
    int64_t more = t->capacity ? 2 * t->capacity : 4096, dim = t->out->dim;
    float *grown = gat_regrow(t->out->value, count * dim, more * dim, sizeof *grown);
    if (!grown) return error_nomem(err);
    t->out->value = grown;
    t->capacity = more;
    return GAT_OK;
}

/* The next number of the line; false: there is none. */
static bool next_number(float *x, const char **at, const char *end)
{
    char copy[LONGEST_NUMBER], *stop;
    while (*at < end && (**at == ' ' || **at == '\t')) ++*at;
    size_t n = 0;
    while (*at + n < end && (*at)[n] != ' ' && (*at)[n] != '\t') n++;
    if (!n || n >= sizeof copy) return false;
    memcpy(copy, *at, n);
    copy[n] = 0;
    *x = strtof(copy, &stop);
    if (*stop || !isfinite(*x)) return false;
    *at += n;
    return true;
}

static int32_t read_numbers(float *x, const char *at, const char *end)
{
    int32_t n = 0;
    float ignored;
    while (next_number(n < VECTOR_MOST_DIM ? &x[n] : &ignored, &at, end)) n++;
    while (at < end && (*at == ' ' || *at == '\t')) at++;
    return at < end ? -1 : n;
}

static void unit_row(float *x, int32_t dim)
{
    double sum = 0;
    for (int32_t i = 0; i < dim; i++) sum += (double)x[i] * x[i];
    float scale = sum > 0 ? (float)(1 / sqrt(sum)) : 0;
    for (int32_t i = 0; i < dim; i++) x[i] *= scale;
}

static gat_status add_line(table *t, const gat_lines *lines, const char *s, size_t length, gat_error *err)
{
    float x[VECTOR_MOST_DIM];
    word_vectors *v = t->out;
    size_t word = 0;
    while (word < length && s[word] != '\t' && s[word] != ' ') word++;
    int32_t n = read_numbers(x, s + word, s + length);
    if (lines_number(lines) == 1 && n == 1) return GAT_OK;
    if (n < 1 || n > VECTOR_MOST_DIM || !word)
        return lines_error(lines, err, "no word with up to %d numbers", VECTOR_MOST_DIM);
    if (v->dim && n != v->dim) return lines_error(lines, err, "%d numbers, not %d as before", n, v->dim);
    v->dim = n;
    int32_t count = intern_count(v->words);
    gat_status st = grow(t, count, err);
    if (st) return st;
    int32_t id = intern_add(v->words, s, word);
    if (id < 0) return error_nomem(err);
    if (id < count) return GAT_OK;
    unit_row(x, n);
    memcpy(v->value + (int64_t)id * n, x, (size_t)n * sizeof *x);
    return GAT_OK;
}

static gat_status read_lines(table *t, gat_lines *lines, gat_error *err)
{
    gat_status st = GAT_OK;
    while (!st) {
        const char *s;
        size_t length;
        st = lines_next(lines, &s, &length, err);
        if (st || !s) break;
        if (length) st = add_line(t, lines, s, length, err);
    }
    if (!st && !t->out->dim) st = lines_error(lines, err, "no vectors");
    return st;
}

static gat_status cluster_words(word_vectors *v, uint64_t seed, gat_error *err)
{
    static const int64_t sizes[VECTOR_CLUSTERINGS] = {50, 200, 800};
    int64_t n = intern_count(v->words);
    gat_status st = GAT_OK;
    v->cluster = gat_calloc(n * VECTOR_CLUSTERINGS, sizeof *v->cluster);
    if (!v->cluster) return error_nomem(err);
    for (int c = 0; !st && c < VECTOR_CLUSTERINGS; c++)
        st = cluster_rows(v->cluster + c, VECTOR_CLUSTERINGS, v->value, n, v->dim, sizes[c] < n ? sizes[c] : n,
                          seed + (uint64_t)c, err);
    return st;
}

gat_status word_vectors_load(word_vectors *v, const char *path, uint64_t seed, gat_error *err)
{
    gat_reader *reader = NULL;
    gat_lines *lines = NULL;
    *v = (word_vectors){.words = intern_new()};
    table t = {.out = v};
    gat_status st = v->words ? GAT_OK : error_nomem(err);
    if (!st && !file_exists(path)) st = error_set(err, GAT_EDATA, "%.500s: no such file", path);
    if (!st) st = reader_open(&reader, path, err);
    if (!st) st = lines_open(&lines, reader, err);
    if (!st) st = read_lines(&t, lines, err);
    lines_close(lines);
    if (reader) reader_close(reader);
    if (!st) st = cluster_words(v, seed, err);
    if (st) word_vectors_clear(v);
    return st;
}

/* ---- finding --------------------------------------------------------------------------------------------- */

static int32_t find_part(const word_vectors *v, const char *stem, size_t length, const char *ending)
{
    char word[LONGEST_WORD + 8];
    size_t more = strlen(ending);
    if (length < 2 || length + more >= sizeof word) return -1;
    memcpy(word, stem, length);
    memcpy(word + length, ending, more);
    return intern_find(v->words, word, length + more);
}

int32_t word_vectors_find(const word_vectors *v, const char *word)
{
    static const char *const endings[][2] = {{"s", ""},  {"es", ""},   {"ed", ""},   {"ing", ""},
                                             {"ly", ""}, {"ies", "y"}, {"ing", "e"}, {"d", ""}};
    size_t n = strlen(word);
    if (!v->words || !n || n > LONGEST_WORD) return -1;
    int32_t id = intern_find(v->words, word, n);
    for (size_t i = 0; id < 0 && i < sizeof endings / sizeof *endings; i++) {
        size_t cut = strlen(endings[i][0]);
        if (n > cut && !strcmp(word + n - cut, endings[i][0])) id = find_part(v, word, n - cut, endings[i][1]);
    }
    const char *hyphen = strrchr(word, '-');
    return id < 0 && hyphen && hyphen[1] && hyphen > word ? word_vectors_find(v, hyphen + 1) : id;
}

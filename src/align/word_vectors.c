#include "align/word_vectors.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "align/name_grams.h"
#include "base/error.h"
#include "base/file.h"
#include "base/intern.h"
#include "base/memory.h"
#include "base/say.h"
#include "io/lines.h"

enum { MOST_WIDTH = 10000 };

/* Squares of larger numbers may not be finite in a sum. */
static const float MOST_NUMBER = 1e12f;

/* Words of all names; only their vectors are kept. */
typedef struct word_table {
    gat_intern *words;
    int32_t *names; /* (words) how many names have it */
    int64_t capacity;
    float *vector; /* (words, width), zero where the file has none; NULL before the first line */
    bool *found;   /* (words) */
    int64_t width, known;
    name_grams grams;
} word_table;

static void word_table_clear(word_table *t)
{
    intern_free(t->words);
    gat_free(t->names);
    gat_free(t->vector);
    gat_free(t->found);
    name_grams_clear(&t->grams);
}

/* The next word of a normalised name, NULL at its end; punctuation at its ends is no part of it. */
static const char *next_word(const char **at, size_t *length)
{
    static const char marks[] = ".,;:!?()[]{}\"'";
    for (;;) {
        const char *start = *at + strspn(*at, " ");
        size_t n = strcspn(start, " ");
        *at = start + n;
        if (!n) return NULL;
        while (n && strchr(marks, start[n - 1])) n--;
        while (n && strchr(marks, *start)) start++, n--;
        *length = n;
        if (n) return start;
    }
}

/* ---- words of the names ---------------------------------------------------------------------------------- */

static gat_status count_word(word_table *t, const char *word, size_t length, gat_error *err)
{
    int32_t id = intern_add(t->words, word, length);
    if (id < 0) return error_nomem(err);
    if (id >= t->capacity) {
        int64_t capacity = 2 * (int64_t)id + 1024;
        int32_t *names = gat_regrow(t->names, t->capacity, capacity, sizeof *names);
        if (!names) return error_nomem(err);
        memset(names + t->capacity, 0, (size_t)(capacity - t->capacity) * sizeof *names);
        t->names = names;
        t->capacity = capacity;
    }
    t->names[id]++;
    return GAT_OK;
}

static gat_status count_words(word_table *t, char *const *texts, int32_t count, gat_error *err)
{
    gat_status st = GAT_OK;
    for (int32_t i = 0; !st && i < count; i++) {
        if (!texts[i]) continue;
        st = name_text_of(&t->grams, texts[i], err);
        const char *at = st ? "" : t->grams.text, *word;
        size_t length;
        while (!st && (word = next_word(&at, &length))) st = count_word(t, word, length, err);
    }
    return st;
}

/* ---- the file -------------------------------------------------------------------------------------------- */

static bool is_gap(char c) { return c == ' ' || c == '\t'; }

/* Numbers of a line from `at` on; returns how many, -1: something else stands there. out NULL: only counts. */
static int64_t read_numbers(float *out, const char *at, const char *end)
{
    int64_t count = 0;
    for (;;) {
        while (at < end && is_gap(*at)) at++;
        if (at == end) return count;
        char number[64], *stop;
        size_t n = 0;
        while (at + n < end && !is_gap(at[n])) n++;
        if (n >= sizeof number) return -1;
        memcpy(number, at, n);
        number[n] = 0;
        float value = strtof(number, &stop);
        if (*stop || !(fabsf(value) <= MOST_NUMBER)) return -1;
        if (out) out[count] = value;
        count++;
        at += n;
    }
}

static gat_status begin_vectors(word_table *t, int64_t width, gat_error *err)
{
    int64_t words = intern_count(t->words);
    t->width = width;
    t->vector = gat_calloc(words * width, sizeof *t->vector);
    t->found = gat_calloc(words, sizeof *t->found);
    return t->vector && t->found ? GAT_OK : error_nomem(err);
}

static gat_status find_word(int32_t *id, word_table *t, const char *word, size_t length, gat_error *err)
{
    char *copy = gat_strndup(word, length);
    if (!copy) return error_nomem(err);
    gat_status st = name_text_of(&t->grams, copy, err);
    gat_free(copy);
    *id = st ? -1 : intern_find(t->words, t->grams.text, strlen(t->grams.text));
    return st;
}

static gat_status take_line(word_table *t, const gat_lines *lines, const char *text, size_t length, gat_error *err)
{
    const char *end = text + length, *gap = text;
    int32_t id = -1;
    while (gap < end && !is_gap(*gap)) gap++;
    int64_t numbers = read_numbers(NULL, gap, end);
    bool heading = lines_number(lines) == 1 && numbers == 1;
    if (!length || heading) return GAT_OK;
    if (numbers < 1 || numbers > MOST_WIDTH)
        return lines_error(lines, err, "expected a word and its numbers, all finite");
    gat_status st = t->vector ? GAT_OK : begin_vectors(t, numbers, err);
    if (st) return st;
    if (numbers != t->width)
        return lines_error(lines, err, "expected %lld numbers behind the word as in the lines before, found %lld",
                           (long long)t->width, (long long)numbers);
    st = find_word(&id, t, text, (size_t)(gap - text), err);
    if (st || id < 0 || t->found[id]) return st;
    t->found[id] = true;
    t->known++;
    read_numbers(t->vector + id * t->width, gap, end);
    return GAT_OK;
}

static gat_status read_file(word_table *t, const char *path, gat_error *err)
{
    gat_reader *reader = NULL;
    gat_lines *lines = NULL;
    const char *text;
    size_t length;
    gat_status st = reader_open(&reader, path, err);
    if (!st) st = lines_open(&lines, reader, err);
    while (!st && !(st = lines_next(lines, &text, &length, err)) && text) st = take_line(t, lines, text, length, err);
    lines_close(lines);
    reader_close(reader);
    if (!st && !t->known) st = error_set(err, GAT_EDATA, "%.300s: no vector for any word of the names", path);
    return st;
}

/* ---- vectors of names ------------------------------------------------------------------------------------ */

static void scale_to_unit(float *x, int64_t n)
{
    float square = 0;
    for (int64_t i = 0; i < n; i++) square += x[i] * x[i];
    float scale = square > 0 ? 1 / sqrtf(square) : 0;
    for (int64_t i = 0; i < n; i++) x[i] *= scale;
}

/* row <- unit sum of the words, weighted by ln(names / names with the word); 1: a word was known. */
static gat_status sum_words(float *row, bool *known, word_table *t, const char *name, double names, gat_error *err)
{
    gat_status st = name_text_of(&t->grams, name, err);
    const char *at = st ? "" : t->grams.text, *word;
    size_t length;
    *known = false;
    while ((word = next_word(&at, &length))) {
        int32_t id = intern_find(t->words, word, length);
        if (id < 0 || !t->found[id]) continue;
        float weight = (float)log1p(names / t->names[id]);
        for (int64_t i = 0; i < t->width; i++) row[i] += weight * t->vector[id * t->width + i];
        *known = true;
    }
    scale_to_unit(row, t->width);
    return st;
}

/* Takes the mean of all known rows away. */
static void centre(float *out[2], const bool *known, const int32_t counts[2], double *mean, int64_t width)
{
    int64_t rows = 0;
    for (int k = 0; k < 2; k++)
        for (int64_t x = 0; x < counts[k]; x++) {
            rows += known[k * (int64_t)counts[0] + x];
            for (int64_t i = 0; i < width; i++) mean[i] += (double)out[k][x * width + i];
        }
    for (int k = 0; k < 2; k++)
        for (int64_t x = 0; x < counts[k]; x++) {
            if (!known[k * (int64_t)counts[0] + x]) continue;
            for (int64_t i = 0; i < width; i++) out[k][x * width + i] -= (float)(mean[i] / (double)rows);
            scale_to_unit(out[k] + x * width, width);
        }
}

static gat_status fill(float *out[2], word_table *t, char *const *const texts[2], const int32_t counts[2],
                       gat_error *err)
{
    double names = (double)counts[0] + counts[1], *mean = gat_calloc(t->width, sizeof *mean);
    bool *known = gat_calloc((int64_t)counts[0] + counts[1], sizeof *known);
    gat_status st = mean && known ? GAT_OK : error_nomem(err);
    for (int k = 0; !st && k < 2; k++) {
        out[k] = gat_calloc(counts[k] * t->width, sizeof *out[k]);
        if (!out[k]) st = error_nomem(err);
        for (int32_t x = 0; !st && x < counts[k]; x++)
            if (texts[k][x])
                st = sum_words(out[k] + x * t->width, &known[k * (int64_t)counts[0] + x], t, texts[k][x], names, err);
    }
    if (!st) centre(out, known, counts, mean, t->width);
    gat_free(mean);
    gat_free(known);
    return st;
}

gat_status word_vectors_new(float *out[2], int64_t *width, const char *path, char *const *const texts[2],
                            const int32_t counts[2], const gat_log *log, gat_error *err)
{
    word_table t = {.words = intern_new()};
    out[0] = out[1] = NULL;
    gat_status st = t.words ? count_words(&t, texts[0], counts[0], err) : error_nomem(err);
    if (!st) st = count_words(&t, texts[1], counts[1], err);
    if (!st) st = read_file(&t, path, err);
    if (!st) st = fill(out, &t, texts, counts, err);
    if (!st)
        log_say(log, GAT_LOG_INFO, "%.300s: vectors of %lld words out of %d in the names", path, (long long)t.known,
                intern_count(t.words));
    *width = t.width;
    if (st) {
        gat_free(out[0]);
        gat_free(out[1]);
        out[0] = out[1] = NULL;
    }
    word_table_clear(&t);
    return st;
}

#include "text/words_corpus.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"
#include "io/lines.h"
#include "text/unicode_text.h"

enum { LONGEST = 200, MOST_PLACES = 2000000000 };

void words_corpus_clear(words_corpus *c)
{
    intern_free(c->words);
    gat_free(c->start);
    gat_free(c->word);
    *c = (words_corpus){.lines = 0};
}

/* ---- reading --------------------------------------------------------------------------------------------- */

static gat_status add_place(words_corpus *c, int64_t *at, int32_t word, gat_error *err)
{
    if (*at == c->room) {
        int64_t more = 2 * c->room + 4096;
        int32_t *grown = more < MOST_PLACES ? gat_regrow(c->word, c->room, more, sizeof *grown) : NULL;
        if (!grown) return error_nomem(err);
        c->word = grown;
        c->room = more;
    }
    c->word[(*at)++] = word;
    return GAT_OK;
}

/* Marks of punctuation are no words, those beyond ASCII neither. */
static bool is_word(const char *s, size_t length) { return *s != '_' && text_is_run(s, length); }

static gat_status add_text(words_corpus *c, int64_t *at, const char *s, size_t length, gat_error *err)
{
    char copy[LONGEST + 1], form[4 * LONGEST];
    size_t from, to, place = 0;
    gat_status st = GAT_OK;
    while (!st && text_next_word(&from, &to, &place, s, length, NULL, 0)) {
        if (to - from > LONGEST || !is_word(s + from, to - from)) continue;
        memcpy(copy, s + from, to - from);
        copy[to - from] = 0;
        int32_t word = intern_add(c->words, form, text_normal_form(form, sizeof form, copy));
        st = word < 0 ? error_nomem(err) : add_place(c, at, word, err);
    }
    return st;
}

static gat_status add_object(words_corpus *c, int64_t *at, const char *s, size_t length, const gat_lines *lines,
                             gat_error *err)
{
    json_error_t fault;
    json_t *object = json_loadb(s, length, JSON_REJECT_DUPLICATES, &fault);
    const json_t *tokens = json_object_get(object, "tokens"), *text = json_object_get(object, "text");
    gat_status st = GAT_OK;
    if (!object) return lines_error(lines, err, "no JSON: %s", fault.text);
    if (!json_is_array(tokens) && !json_is_string(text))
        st = lines_error(lines, err, "neither \"tokens\" nor \"text\"");
    for (size_t i = 0; !st && i < json_array_size(tokens); i++) {
        const json_t *token = json_array_get(tokens, i);
        if (!json_is_string(token)) st = lines_error(lines, err, "a token is no string");
        else st = add_text(c, at, json_string_value(token), json_string_length(token), err);
    }
    if (!st && !json_is_array(tokens)) st = add_text(c, at, json_string_value(text), json_string_length(text), err);
    json_decref(object);
    return st;
}

static gat_status add_line(words_corpus *c, const char *s, size_t length, const gat_lines *lines, gat_error *err)
{
    if (c->lines + 1 >= c->line_room) {
        int64_t more = 2 * c->line_room + 1024;
        int64_t *grown = gat_regrow(c->start, c->line_room, more, sizeof *grown);
        if (!grown) return error_nomem(err);
        if (!c->line_room) grown[0] = 0;
        c->start = grown;
        c->line_room = more;
    }
    int64_t at = c->start[c->lines];
    gat_status st = *s == '{' ? add_object(c, &at, s, length, lines, err) : add_text(c, &at, s, length, err);
    if (!st) c->start[++c->lines] = at;
    return st;
}

static gat_status read_lines(words_corpus *c, const char *path, gat_error *err)
{
    gat_reader *reader = NULL;
    gat_lines *lines = NULL;
    const char *s;
    size_t length;
    gat_status st = reader_open(&reader, path, err);
    if (!st) st = lines_open(&lines, reader, err);
    while (!st && !(st = lines_next(lines, &s, &length, err)) && s)
        if (length) st = add_line(c, s, length, lines, err);
    if (lines) lines_close(lines);
    if (reader) reader_close(reader);
    if (!st && !c->lines) st = error_set(err, GAT_EDATA, "%.500s: no text", path);
    return st;
}

/* ---- the words that count -------------------------------------------------------------------------------- */

typedef struct seen {
    int32_t word;
    int64_t count;
} seen;

static int commonest_first(const void *p, const void *q)
{
    const seen *a = p, *b = q;
    if (a->count != b->count) return a->count > b->count ? -1 : 1;
    return (a->word > b->word) - (a->word < b->word);
}

/* Renumbers the words; `list` and `number` (words) are scratch. */
static gat_status renumber(words_corpus *c, seen *list, int32_t *number, int64_t min_count, gat_error *err)
{
    int32_t words = intern_count(c->words);
    gat_intern *kept = intern_new();
    if (!kept) return error_nomem(err);
    for (int32_t w = 0; w < words; w++) list[w] = (seen){w, 0};
    for (int64_t i = 0; i < c->start[c->lines]; i++) list[c->word[i]].count++;
    qsort(list, (size_t)words, sizeof *list, commonest_first);
    for (int32_t i = 0; i < words; i++) {
        const char *s = intern_string(c->words, list[i].word);
        bool counts = list[i].count >= min_count;
        number[list[i].word] = counts ? intern_add(kept, s, strlen(s)) : -1;
        if (counts && number[list[i].word] < 0) {
            intern_free(kept);
            return error_nomem(err);
        }
    }
    for (int64_t i = 0; i < c->start[c->lines]; i++) c->word[i] = number[c->word[i]];
    intern_free(c->words);
    c->words = kept;
    return GAT_OK;
}

gat_status words_corpus_read(words_corpus *c, const char *path, int64_t min_count, gat_error *err)
{
    *c = (words_corpus){.words = intern_new()};
    gat_status st = c->words ? read_lines(c, path, err) : error_nomem(err);
    int64_t words = c->words ? intern_count(c->words) : 0;
    seen *list = gat_alloc(words, sizeof *list);
    int32_t *number = gat_alloc(words, sizeof *number);
    if (!st) st = list && number ? renumber(c, list, number, min_count, err) : error_nomem(err);
    if (!st && !intern_count(c->words))
        st = error_set(err, GAT_EDATA, "%.500s: no word is there %lld times", path, (long long)min_count);
    gat_free(list);
    gat_free(number);
    if (st) words_corpus_clear(c);
    return st;
}

#include "link/entity_words.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"
#include "io/lines.h"
#include "link/word_stem.h"
#include "text/text_vectors.h"
#include "text/unicode_text.h"
#include "text/word_embed.h"

enum { LEAST_SEEN = 3, ROUNDS = 4, MOST_NEIGHBOURS = 20 };

void entity_words_clear(entity_words *x)
{
    intern_free(x->words);
    intern_free(x->types);
    gat_free(x->type);
    gat_free(x->start);
    gat_free(x->word);
    gat_free(x->named);
    gat_free(x->vector);
    gat_free(x->weight);
    gat_free(x->own);
    gat_free(x->near);
    *x = (entity_words){.dim = 0};
}

/* ---- reading --------------------------------------------------------------------------------------------- */

typedef struct reading {
    entity_words *out;
    const kg_context *kg;
    char **text; /* (entities) owned; NULL: none */
    int64_t found;
    const word_vectors *vectors;
    int64_t room;   /* of word and named */
    float *sum;     /* (room of words, dim) of the vectors of the forms of a stem */
    int64_t summed; /* words that sum has room for */
} reading;

static gat_status take_description(reading *r, const gat_lines *lines, const char *s, size_t length, gat_error *err)
{
    const char *tab = memchr(s, '\t', length), *end = s + length;
    if (!tab || tab == s || tab + 1 == end) return lines_error(lines, err, "expected an id, a tab and a description");
    int32_t entity = intern_find(r->kg->entities, s, (size_t)(tab - s));
    const char *text = tab + 1, *type = memchr(text, '\t', (size_t)(end - text));
    if (type && memchr(type + 1, '\t', (size_t)(end - type - 1)))
        return lines_error(lines, err, "expected an id, a description and perhaps a type");
    if (entity < 0) return GAT_OK;
    if (r->text[entity])
        return lines_error(lines, err, "\"%.100s\" has a description already", intern_string(r->kg->entities, entity));
    r->text[entity] = gat_strndup(text, (size_t)((type ? type : end) - text));
    if (!r->text[entity]) return error_nomem(err);
    r->found++;
    if (!type || type + 1 == end) return GAT_OK;
    r->out->type[entity] = intern_add(r->out->types, type + 1, (size_t)(end - type - 1));
    return r->out->type[entity] < 0 ? error_nomem(err) : GAT_OK;
}

static gat_status read_descriptions(reading *r, const char *path, gat_error *err)
{
    gat_reader *reader = NULL;
    gat_lines *lines = NULL;
    const char *s;
    size_t length;
    gat_status st = reader_open(&reader, path, err);
    if (!st) st = lines_open(&lines, reader, err);
    while (!st && !(st = lines_next(lines, &s, &length, err)) && s)
        if (length) st = take_description(r, lines, s, length, err);
    if (!st && !r->found) st = error_set(err, GAT_EDATA, "%.500s: no description of an entity of the graph", path);
    if (lines) lines_close(lines);
    if (reader) reader_close(reader);
    return st;
}

/* ---- words ----------------------------------------------------------------------------------------------- */

/* The vector of this form of the word joins those of its other forms. */
static gat_status add_form(reading *r, int32_t word, const char *s, size_t length, gat_error *err)
{
    char form[4 * STEM_MOST], copy[STEM_MOST];
    int64_t dim = r->out->dim;
    if (!r->vectors) return GAT_OK;
    if (word >= r->summed) {
        int64_t more = 2 * r->summed + 1024;
        float *grown = gat_regrow(r->sum, r->summed * dim, more * dim, sizeof *grown);
        if (!grown) return error_nomem(err);
        memset(grown + r->summed * dim, 0, (size_t)((more - r->summed) * dim) * sizeof *grown);
        r->sum = grown;
        r->summed = more;
    }
    if (length >= sizeof copy) return GAT_OK;
    memcpy(copy, s, length);
    copy[length] = 0;
    text_normal_form(form, sizeof form, copy);
    int32_t row = word_vectors_find(r->vectors, form);
    for (int64_t i = 0; row >= 0 && i < dim; i++) r->sum[word * dim + i] += r->vectors->value[row * dim + i];
    return GAT_OK;
}

/* A word of an entity in the making. */
typedef struct own_word {
    int32_t word;
    uint8_t named;
} own_word;

static int by_word(const void *p, const void *q)
{
    const own_word *a = p, *b = q;
    if (a->word != b->word) return a->word < b->word ? -1 : 1;
    return b->named - a->named;
}

static gat_status collect(own_word *list, int *count, reading *r, const char *text, size_t length, bool named,
                          gat_error *err)
{
    char stem[STEM_MOST];
    size_t n, from, to, at = 0;
    gat_status st = GAT_OK;
    while (!st && *count < WORDS_MOST && word_stem_next(stem, &n, &from, &to, &at, text, length)) {
        int32_t word = intern_add(r->out->words, stem, n);
        if (word < 0) return error_nomem(err);
        list[(*count)++] = (own_word){word, named};
        st = add_form(r, word, text + from, to - from, err);
    }
    return st;
}

/* What stands for names: the label up to its ": ", or the id. */
static gat_status add_words(reading *r, int32_t entity, const char *label, gat_error *err)
{
    own_word list[WORDS_MOST];
    entity_words *x = r->out;
    int count = 0;
    int64_t at = x->start[entity];
    const char *names = label ? label : intern_string(r->kg->entities, entity), *colon = strstr(names, ": "),
               *text = r->text[entity];
    gat_status st = collect(list, &count, r, names, colon ? (size_t)(colon - names) : strlen(names), true, err);
    if (!st && text) st = collect(list, &count, r, text, strlen(text), false, err);
    if (st) return st;
    if (at + count > r->room) {
        int64_t more = 2 * r->room + WORDS_MOST;
        int32_t *word = gat_regrow(x->word, at, more, sizeof *word);
        if (word) x->word = word;
        uint8_t *named = gat_regrow(x->named, at, more, sizeof *named);
        if (named) x->named = named;
        if (!word || !named) return error_nomem(err);
        r->room = more;
    }
    qsort(list, (size_t)count, sizeof *list, by_word);
    for (int i = 0; i < count; i++) {
        if (i && list[i].word == list[i - 1].word) continue;
        x->word[at] = list[i].word;
        x->named[at++] = list[i].named;
    }
    x->start[entity + 1] = at;
    return GAT_OK;
}

/* ---- vectors --------------------------------------------------------------------------------------------- */

static void unit(float *x, int64_t dim)
{
    double sum = 0;
    for (int64_t i = 0; i < dim; i++) sum += (double)x[i] * (double)x[i];
    float scale = sum > 0 ? (float)(1 / sqrt(sum)) : 0;
    for (int64_t i = 0; i < dim; i++) x[i] *= scale;
}

/* Entities that have the word. */
static gat_status count_words(int32_t **out, const entity_words *x, int32_t entities, gat_error *err)
{
    int32_t *seen = *out = gat_calloc((int64_t)intern_count(x->words) + 1, sizeof *seen);
    if (!seen) return error_nomem(err);
    for (int64_t i = 0; i < x->start[entities]; i++) seen[x->word[i]]++;
    return GAT_OK;
}

static gat_status make_vectors(entity_words *x, int32_t entities, uint64_t seed, gat_error *err)
{
    int64_t places = x->start[entities], words = intern_count(x->words);
    int32_t *seen = NULL, *word = gat_alloc(places, sizeof *word);
    word_company company = {.rows = 0};
    gat_status st = word ? count_words(&seen, x, entities, err) : error_nomem(err);
    x->vector = gat_alloc(words * x->dim, sizeof *x->vector);
    if (!st && !x->vector) st = error_nomem(err);
    for (int64_t i = 0; !st && i < places; i++) {
        bool counts = seen[x->word[i]] >= LEAST_SEEN && x->weight[x->word[i]] > 0;
        word[i] = counts ? x->word[i] : -1;
    }
    const word_texts texts = {entities, x->start, word, (int32_t)words};
    if (!st) st = word_company_make(&company, &texts, 0, err);
    const word_embed_plan plan = {.dim = x->dim, .rounds = ROUNDS, .seed = seed};
    if (!st) st = word_embed(x->vector, &company, &plan, err);
    for (int64_t w = 0; !st && w < words; w++) unit(x->vector + w * x->dim, x->dim);
    word_company_clear(&company);
    gat_free(seen);
    gat_free(word);
    return st;
}

static gat_status take_vectors(reading *r, gat_error *err)
{
    entity_words *x = r->out;
    int64_t size = (int64_t)intern_count(x->words) * x->dim;
    x->vector = gat_calloc(size, sizeof *x->vector);
    if (!x->vector) return error_nomem(err);
    if (r->sum) memcpy(x->vector, r->sum, (size_t)size * sizeof *x->vector);
    for (int32_t w = 0; w < intern_count(x->words); w++) unit(x->vector + w * x->dim, x->dim);
    return GAT_OK;
}

/* ---- index ----------------------------------------------------------------------------------------------- */

/* Words that stand with more than a fiftieth of all entities tell nothing. */
static gat_status weigh(entity_words *x, int32_t entities, gat_error *err)
{
    int32_t *seen, words = intern_count(x->words);
    gat_status st = count_words(&seen, x, entities, err);
    if (st) return st;
    x->weight = gat_calloc((int64_t)words + 1, sizeof *x->weight);
    for (int32_t w = 0; x->weight && w < words; w++)
        if (seen[w] <= entities / 50 + 5) x->weight[w] = (float)log(1 + (double)entities / (1 + seen[w]));
    gat_free(seen);
    return x->weight ? GAT_OK : error_nomem(err);
}

static void add_up(float *sum, const entity_words *x, int32_t entity)
{
    for (int64_t i = x->start[entity]; i < x->start[entity + 1]; i++) {
        const float *v = x->vector + x->word[i] * x->dim, weight = x->weight[x->word[i]];
        for (int64_t j = 0; j < x->dim; j++) sum[j] += weight * v[j];
    }
}

static gat_status describe(entity_words *x, const kg_context *kg, gat_error *err)
{
    int32_t n = intern_count(kg->entities);
    x->own = gat_calloc(n * x->dim, sizeof *x->own);
    x->near = gat_calloc(n * x->dim, sizeof *x->near);
    if (!x->own || !x->near) return error_nomem(err);
    for (int32_t e = 0; e < n; e++) add_up(x->own + e * x->dim, x, e);
    for (int32_t e = 0; e < n; e++) {
        int64_t end =
            kg->start[e + 1] < kg->start[e] + MOST_NEIGHBOURS ? kg->start[e + 1] : kg->start[e] + MOST_NEIGHBOURS;
        for (int64_t i = kg->start[e]; i < end; i++)
            for (int64_t j = 0; j < x->dim; j++) x->near[e * x->dim + j] += x->own[kg->edge[i].other * x->dim + j];
        unit(x->near + e * x->dim, x->dim);
    }
    for (int32_t e = 0; e < n; e++) unit(x->own + e * x->dim, x->dim);
    return GAT_OK;
}

static gat_status check(const entity_words *x, int32_t entities, gat_error *err)
{
    bool good = x->dim > 0 && x->dim <= VECTOR_MOST_DIM && !x->start[0];
    for (int32_t e = 0; good && e < entities; e++)
        good = x->start[e + 1] >= x->start[e] && x->type[e] >= -1 && x->type[e] < intern_count(x->types);
    for (int64_t i = 0; good && i < x->start[entities]; i++)
        good = x->word[i] >= 0 && x->word[i] < intern_count(x->words);
    for (int64_t i = 0; good && x->vector && i < intern_count(x->words) * x->dim; i++) good = isfinite(x->vector[i]);
    return good ? GAT_OK : error_set(err, GAT_EMODEL, "bad words of entities");
}

gat_status entity_words_index(entity_words *x, const kg_context *kg, gat_error *err)
{
    int32_t entities = intern_count(kg->entities);
    gat_status st = check(x, entities, err);
    if (!st && !x->weight) st = weigh(x, entities, err);
    return st ? st : describe(x, kg, err);
}

static gat_status read_words(reading *r, char *const *label, const char *descriptions, gat_error *err)
{
    entity_words *x = r->out;
    int32_t n = intern_count(r->kg->entities);
    x->words = intern_new();
    x->types = intern_new();
    x->type = gat_alloc(n, sizeof *x->type);
    x->start = gat_calloc((int64_t)n + 1, sizeof *x->start);
    r->text = gat_calloc(n, sizeof *r->text);
    if (!x->words || !x->types || !x->type || !x->start || !r->text) return error_nomem(err);
    for (int32_t e = 0; e < n; e++) x->type[e] = -1;
    gat_status st = read_descriptions(r, descriptions, err);
    for (int32_t e = 0; !st && e < n; e++) st = add_words(r, e, label ? label[e] : NULL, err);
    return st;
}

gat_status entity_words_load(entity_words *x, const kg_context *kg, char *const *label, const char *descriptions,
                             const char *vectors, uint64_t seed, gat_error *err)
{
    int32_t n = intern_count(kg->entities);
    word_vectors given = {0};
    *x = (entity_words){.dim = WORDS_DIM};
    reading r = {.out = x, .kg = kg};
    gat_status st = vectors ? word_vectors_load(&given, vectors, seed, err) : GAT_OK;
    if (!st && vectors) {
        r.vectors = &given;
        x->dim = given.dim;
    }
    if (!st) st = read_words(&r, label, descriptions, err);
    if (!st) st = weigh(x, n, err);
    if (!st) st = vectors ? take_vectors(&r, err) : make_vectors(x, n, seed, err);
    if (!st) st = entity_words_index(x, kg, err);
    for (int32_t e = 0; r.text && e < n; e++) gat_free(r.text[e]);
    gat_free(r.text);
    gat_free(r.sum);
    word_vectors_clear(&given);
    return st;
}

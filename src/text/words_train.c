#define XXH_INLINE_ALL
#include "text/words_train.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <xxhash.h>

#include "base/error.h"
#include "base/file.h"
#include "base/gzip_text.h"
#include "base/memory.h"
#include "base/say.h"
#include "text/word_embed.h"
#include "text/words_corpus.h"

static gat_words_options with_defaults(const gat_words_options *o)
{
    gat_words_options x = *o;
    if (!x.dim) x.dim = 100;
    if (!x.window) x.window = 5;
    if (x.window < 0) x.window = 0;
    if (!x.min_count) x.min_count = 5;
    if (!x.epochs) x.epochs = 6;
    return x;
}

/* Vectors, and the two sides of the subspace they are found in. */
static gat_status check_memory(const gat_words_options *o, const word_company *c, gat_error *err)
{
    int64_t need = c->rows * (3 * o->dim + 40) * (int64_t)sizeof(float) + c->start[c->rows] * 8;
    if (!o->max_memory || need <= o->max_memory) return GAT_OK;
    return error_set(err, GAT_ENOSPC, "%lld MB are needed, more than --max-memory allows", (long long)(need >> 20));
}

static void digest_of(char text[33], const gat_intern *words, const float *x, int64_t dim)
{
    uint64_t hash[2] = {0, 1};
    for (int32_t w = 0; w < intern_count(words); w++) {
        const char *s = intern_string(words, w);
        for (int k = 0; k < 2; k++) {
            hash[k] = XXH3_64bits_withSeed(s, strlen(s), hash[k]);
            hash[k] = XXH3_64bits_withSeed(x + w * dim, (size_t)dim * sizeof *x, hash[k]);
        }
    }
    snprintf(text, 33, "%016llx%016llx", (unsigned long long)hash[0], (unsigned long long)hash[1]);
}

/* The file as a text: a line of two numbers, then a word and its numbers a line. *text NULL on failure. */
static size_t file_text(char **text, const gat_intern *words, const float *x, int64_t dim)
{
    int64_t size = 64, count = intern_count(words);
    for (int32_t w = 0; w < count; w++) size += (int64_t)strlen(intern_string(words, w)) + 2 + dim * 14;
    char *s = *text = gat_alloc(size, 1);
    if (!s) return 0;
    size_t used = (size_t)sprintf(s, "%lld %lld\n", (long long)count, (long long)dim);
    for (int32_t w = 0; w < count; w++) {
        used += (size_t)sprintf(s + used, "%s", intern_string(words, w));
        for (int64_t j = 0; j < dim; j++) used += (size_t)sprintf(s + used, " %.6g", (double)x[w * dim + j]);
        s[used++] = '\n';
    }
    return used;
}

static gat_status write_vectors(const char *path, const gat_intern *words, const float *x, int64_t dim, gat_error *err)
{
    char *text;
    size_t length = file_text(&text, words, x, dim);
    gat_status st = text ? text_write(path, text, length, err) : error_nomem(err);
    gat_free(text);
    return st;
}

static gat_status embed(float **out, gat_words_info *info, const gat_words_options *o, const words_corpus *c,
                        gat_error *err)
{
    const word_texts texts = {c->lines, c->start, c->word, intern_count(c->words)};
    word_company company;
    gat_status st = word_company_make(&company, &texts, o->window, err);
    if (st) return st;
    info->pairs = company.start[company.rows];
    log_say(&o->log, GAT_LOG_INFO, "%lld words, %lld pairs", (long long)company.rows, (long long)info->pairs);
    st = check_memory(o, &company, err);
    if (!st && !(*out = gat_alloc(company.rows * o->dim, sizeof **out))) st = error_nomem(err);
    const word_embed_plan plan = {o->dim, o->epochs, o->seed, o->should_stop, o->context};
    if (!st) st = word_embed(*out, &company, &plan, err);
    word_company_clear(&company);
    return st;
}

gat_status words_train(gat_words_info *info, const gat_words_options *options, const char *output, gat_error *err)
{
    const gat_words_options o = with_defaults(options);
    words_corpus c = {.words = NULL};
    float *x = NULL;
    *info = (gat_words_info){.dim = o.dim};
    if (o.dim < 1 || o.dim > WORDS_MOST_DIM)
        return error_set(err, GAT_EUSAGE, "--dim %lld: expected 1 to %d", (long long)o.dim, WORDS_MOST_DIM);
    gat_status st = words_corpus_read(&c, o.text, o.min_count, err);
    if (!st) {
        info->lines = c.lines;
        info->tokens = c.start[c.lines];
        info->words = intern_count(c.words);
        st = embed(&x, info, &o, &c, err);
    }
    if (!st) digest_of(info->digest, c.words, x, o.dim);
    if (!st) st = write_vectors(output, c.words, x, o.dim, err);
    gat_free(x);
    words_corpus_clear(&c);
    return st;
}

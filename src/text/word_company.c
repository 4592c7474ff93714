/* Every word walks over its own places twice, to count its row and to write it; nothing is shared between rows. */
#include "text/word_company.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/parallel.h"

static const double SMOOTHING = .85;
enum { ROWS_AT_ONCE = 64 };

typedef struct desk {
    const word_texts *texts;
    int64_t window;
    int64_t *first, *place; /* (words + 1), (places): where each word stands */
    int64_t *from, *to;     /* (places) of the text that a place lies in */
    double *share;          /* (words) smoothed */
    int64_t *total;         /* (words) pairs with the word on the left */
    double pairs;
} desk;

/* Of one thread. */
typedef struct counter {
    int64_t *count;   /* (words), zero between rows; a long line without a window has more pairs than 32 bits hold */
    int32_t *touched; /* (words) */
    int64_t num_touched;
} counter;

static void desk_clear(desk *k)
{
    gat_free(k->first);
    gat_free(k->place);
    gat_free(k->from);
    gat_free(k->to);
    gat_free(k->share);
    gat_free(k->total);
}

static gat_status find_places(desk *k, gat_error *err)
{
    const word_texts *t = k->texts;
    int64_t places = t->start[t->count], words = t->words;
    k->first = gat_calloc(words + 2, sizeof *k->first);
    k->place = gat_alloc(places, sizeof *k->place);
    k->from = gat_alloc(places, sizeof *k->from);
    k->to = gat_alloc(places, sizeof *k->to);
    k->share = gat_calloc(words, sizeof *k->share);
    k->total = gat_calloc(words, sizeof *k->total);
    if (!k->first || !k->place || !k->from || !k->to || !k->share || !k->total) return error_nomem(err);
    for (int64_t p = 0; p < places; p++)
        if (t->word[p] >= 0) k->first[t->word[p] + 2]++;
    for (int64_t w = 0; w < words; w++) k->first[w + 2] += k->first[w + 1];
    for (int64_t i = 0; i < t->count; i++)
        for (int64_t p = t->start[i]; p < t->start[i + 1]; p++) {
            k->from[p] = t->start[i];
            k->to[p] = t->start[i + 1];
            if (t->word[p] >= 0) k->place[k->first[t->word[p] + 1]++] = p;
        }
    return GAT_OK;
}

static void count_row(counter *c, const desk *k, int64_t row)
{
    c->num_touched = 0;
    for (int64_t i = k->first[row]; i < k->first[row + 1]; i++) {
        int64_t p = k->place[i], from = k->from[p], to = k->to[p];
        if (k->window && p - k->window > from) from = p - k->window;
        if (k->window && p + k->window + 1 < to) to = p + k->window + 1;
        for (int64_t q = from; q < to; q++) {
            int32_t other = k->texts->word[q];
            if (other < 0 || other == row) continue;
            if (!c->count[other]++) c->touched[c->num_touched++] = other;
        }
    }
}

static int ascending(const void *p, const void *q)
{
    int32_t a = *(const int32_t *)p, b = *(const int32_t *)q;
    return (a > b) - (a < b);
}

/* What a pair that is seen so often is worth; 0: nothing. */
static double worth(const desk *k, int64_t a, int32_t b, int64_t seen)
{
    double count = (double)seen, information = log(count / k->pairs / (k->share[a] * k->share[b]));
    return information > 0 ? information * count / (count + 1) : 0;
}

typedef void with_row(desk *k, counter *c, word_company *out, int64_t row);

static void add_total(desk *k, counter *c, word_company *out, int64_t row)
{
    (void)out;
    for (int64_t i = 0; i < c->num_touched; i++) k->total[row] += c->count[c->touched[i]];
}

static void measure(desk *k, counter *c, word_company *out, int64_t row)
{
    for (int64_t i = 0; i < c->num_touched; i++)
        out->start[row + 1] += worth(k, row, c->touched[i], c->count[c->touched[i]]) > 0;
}

static void write_row(desk *k, counter *c, word_company *out, int64_t row)
{
    int64_t at = out->start[row];
    qsort(c->touched, (size_t)c->num_touched, sizeof *c->touched, ascending);
    for (int64_t i = 0; i < c->num_touched; i++) {
        double value = worth(k, row, c->touched[i], c->count[c->touched[i]]);
        if (!(value > 0)) continue;
        out->column[at] = c->touched[i];
        out->value[at++] = (float)value;
    }
}

static void walk(desk *k, counter *counters, word_company *out, with_row *use)
{
    int64_t rows = k->texts->words;
#pragma omp parallel for schedule(dynamic)
    for (int64_t chunk = 0; chunk < chunk_count(rows, ROWS_AT_ONCE); chunk++) {
        counter *c = &counters[parallel_thread()];
        int64_t end = (chunk + 1) * ROWS_AT_ONCE < rows ? (chunk + 1) * ROWS_AT_ONCE : rows;
        for (int64_t row = chunk * ROWS_AT_ONCE; row < end; row++) {
            count_row(c, k, row);
            use(k, c, out, row);
            for (int64_t i = 0; i < c->num_touched; i++) c->count[c->touched[i]] = 0;
        }
    }
}

static void share_out(desk *k)
{
    double sum = 0;
    for (int64_t w = 0; w < k->texts->words; w++) {
        k->pairs += (double)k->total[w];
        k->share[w] = pow((double)k->total[w], SMOOTHING);
        sum += k->share[w];
    }
    for (int64_t w = 0; w < k->texts->words; w++) k->share[w] /= sum > 0 ? sum : 1;
}

static gat_status make_counters(counter *c, int threads, int64_t words, gat_error *err)
{
    for (int i = 0; i < threads; i++) {
        c[i].count = gat_calloc(words, sizeof *c[i].count);
        c[i].touched = gat_alloc(words, sizeof *c[i].touched);
        if (!c[i].count || !c[i].touched) return error_nomem(err);
    }
    return GAT_OK;
}

static gat_status fill(word_company *out, desk *k, counter *counters, gat_error *err)
{
    int64_t rows = out->rows;
    walk(k, counters, out, add_total);
    share_out(k);
    walk(k, counters, out, measure);
    for (int64_t r = 0; r < rows; r++) out->start[r + 1] += out->start[r];
    out->column = gat_alloc(out->start[rows], sizeof *out->column);
    out->value = gat_alloc(out->start[rows], sizeof *out->value);
    if (!out->column || !out->value) return error_nomem(err);
    walk(k, counters, out, write_row);
    return GAT_OK;
}

gat_status word_company_make(word_company *out, const word_texts *texts, int64_t window, gat_error *err)
{
    desk k = {.texts = texts, .window = window};
    int threads = parallel_threads();
    counter *counters = gat_calloc(threads, sizeof *counters);
    *out = (word_company){.rows = texts->words, .start = gat_calloc(texts->words + 1, sizeof *out->start)};
    gat_status st = counters && out->start ? find_places(&k, err) : error_nomem(err);
    if (!st) st = make_counters(counters, threads, texts->words, err);
    if (!st) st = fill(out, &k, counters, err);
    for (int i = 0; counters && i < threads; i++) {
        gat_free(counters[i].count);
        gat_free(counters[i].touched);
    }
    gat_free(counters);
    desk_clear(&k);
    if (st) word_company_clear(out);
    return st;
}

void word_company_clear(word_company *c)
{
    gat_free(c->start);
    gat_free(c->column);
    gat_free(c->value);
    *c = (word_company){.rows = 0};
}

void word_company_times(float *y, const word_company *c, const float *x, int64_t d)
{
#pragma omp parallel for schedule(dynamic, ROWS_AT_ONCE)
    for (int64_t row = 0; row < c->rows; row++) {
        float *out = y + row * d;
        memset(out, 0, (size_t)d * sizeof *out);
        for (int64_t i = c->start[row]; i < c->start[row + 1]; i++) {
            const float *in = x + c->column[i] * d, w = c->value[i];
            for (int64_t j = 0; j < d; j++) out[j] += w * in[j];
        }
    }
}

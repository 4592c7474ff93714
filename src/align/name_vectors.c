#include "align/name_vectors.h"

#include <math.h>
#include <string.h>

#include "align/row_top.h"
#include "base/error.h"
#include "base/memory.h"
#include "base/parallel.h"

/* ---- vectors --------------------------------------------------------------------------------------------- */

static gat_status reserve(name_vectors *v, int64_t *capacity, int64_t need, gat_error *err)
{
    if (need <= *capacity) return GAT_OK;
    int64_t wanted = 2 * need;
    int32_t *feature = gat_regrow(v->feature, *capacity, wanted, sizeof *feature);
    if (feature) v->feature = feature;
    float *value = feature ? gat_regrow(v->value, *capacity, wanted, sizeof *value) : NULL;
    if (!value) return error_nomem(err);
    v->value = value;
    *capacity = wanted;
    return GAT_OK;
}

/* Features of the name at the end, values their counts; df counts the names that have a feature. */
static void append(name_vectors *v, int64_t *at, const name_grams *g, int32_t *df)
{
    for (int64_t i = 0; i < g->count; i++) {
        if (i && g->feature[i] == g->feature[i - 1]) {
            v->value[*at - 1] += 1;
            continue;
        }
        v->feature[*at] = g->feature[i];
        v->value[(*at)++] = 1;
        df[g->feature[i]]++;
    }
}

static gat_status count_features(name_vectors *v, char *const *texts, int32_t *df, int64_t *named, gat_error *err)
{
    name_grams grams = {0};
    int64_t capacity = 0, at = 0;
    gat_status st = GAT_OK;
    for (int32_t i = 0; !st && i < v->count; i++) {
        if (texts[i]) {
            st = name_grams_of(&grams, texts[i], err);
            if (!st) st = reserve(v, &capacity, at + grams.count, err);
            if (!st) append(v, &at, &grams, df);
            ++*named;
        }
        v->start[i + 1] = at;
    }
    name_grams_clear(&grams);
    return st;
}

static void weight(name_vectors *v, const int32_t *df, int64_t named)
{
#pragma omp parallel for schedule(static)
    for (int32_t i = 0; i < v->count; i++) {
        float square = 0;
        for (int64_t e = v->start[i]; e < v->start[i + 1]; e++) {
            v->value[e] = (1 + logf(v->value[e])) * logf((float)named / (float)df[v->feature[e]]);
            square += v->value[e] * v->value[e];
        }
        float scale = square > 0 ? 1 / sqrtf(square) : 0;
        for (int64_t e = v->start[i]; e < v->start[i + 1]; e++) v->value[e] *= scale;
    }
}

gat_status name_vectors_new(name_vectors out[2], char *const *const texts[2], const int32_t counts[2], gat_error *err)
{
    int32_t *df = gat_calloc(NAME_FEATURES, sizeof *df);
    int64_t named = 0;
    gat_status st = df ? GAT_OK : error_nomem(err);
    out[0] = out[1] = (name_vectors){0};
    for (int k = 0; !st && k < 2; k++) {
        out[k].count = counts[k];
        out[k].start = gat_calloc((int64_t)counts[k] + 1, sizeof *out[k].start);
        st = out[k].start ? count_features(&out[k], texts[k], df, &named, err) : error_nomem(err);
    }
    for (int k = 0; k < 2; k++) {
        if (st) name_vectors_clear(&out[k]);
        else weight(&out[k], df, named);
    }
    gat_free(df);
    return st;
}

void name_vectors_clear(name_vectors *v)
{
    gat_free(v->start);
    gat_free(v->feature);
    gat_free(v->value);
    *v = (name_vectors){0};
}

float name_vectors_dot(const name_vectors *a, int32_t x, const name_vectors *b, int32_t y)
{
    int64_t i = a->start[x], j = b->start[y];
    float sum = 0;
    while (i < a->start[x + 1] && j < b->start[y + 1]) {
        if (a->feature[i] < b->feature[j]) i++;
        else if (a->feature[i] > b->feature[j]) j++;
        else sum += a->value[i++] * b->value[j++];
    }
    return sum;
}

/* ---- the most similar ------------------------------------------------------------------------------------ */

/* Names by feature. */
typedef struct postings {
    int64_t *start; /* NAME_FEATURES + 2 */
    int32_t *name;
    float *value;
} postings;

static gat_status postings_init(postings *p, const name_vectors *v, const int8_t *block, gat_error *err)
{
    p->start = gat_calloc(NAME_FEATURES + 2, sizeof *p->start);
    p->name = gat_alloc(v->start[v->count], sizeof *p->name);
    p->value = gat_alloc(v->start[v->count], sizeof *p->value);
    if (!p->start || !p->name || !p->value) return error_nomem(err);
    int64_t *next = p->start + 1;
    for (int32_t y = 0; y < v->count; y++)
        for (int64_t e = v->start[y]; block[y] >= 0 && e < v->start[y + 1]; e++) next[v->feature[e] + 1]++;
    for (int64_t f = 0; f < NAME_FEATURES; f++) next[f + 1] += next[f];
    for (int32_t y = 0; y < v->count; y++)
        for (int64_t e = v->start[y]; block[y] >= 0 && e < v->start[y + 1]; e++) {
            int64_t at = next[v->feature[e]]++;
            p->name[at] = y;
            p->value[at] = v->value[e];
        }
    return GAT_OK;
}

static void postings_clear(postings *p)
{
    gat_free(p->start);
    gat_free(p->name);
    gat_free(p->value);
}

/* What a thread works with. */
typedef struct workspace {
    float *sum;       /* (N2), zero between rows */
    int32_t *touched; /* (N2) */
    row_item *items;  /* (top) */
} workspace;

static int32_t add_products(workspace *w, const postings *p, const name_vectors *a, int32_t x)
{
    int32_t count = 0;
    for (int64_t e = a->start[x]; e < a->start[x + 1]; e++)
        for (int64_t i = p->start[a->feature[e]]; i < p->start[a->feature[e] + 1]; i++) {
            float part = a->value[e] * p->value[i];
            if (part <= 0) continue;
            if (w->sum[p->name[i]] <= 0) w->touched[count++] = p->name[i];
            w->sum[p->name[i]] += part;
        }
    return count;
}

static void find_best(pair_rows *rows, workspace *w, const postings *p, const name_vectors *a, int32_t x, int8_t block,
                      const int8_t *block_b)
{
    row_top top = {.items = w->items, .capacity = (int32_t)rows->width};
    int32_t count = add_products(w, p, a, x);
    for (int32_t i = 0; i < count; i++) {
        int32_t y = w->touched[i];
        if (block_b[y] == block) row_top_add(&top, w->sum[y], y);
        w->sum[y] = 0;
    }
    row_top_sort_columns(&top);
    rows->count[x] = top.count;
    for (int32_t i = 0; i < top.count; i++) {
        rows->column[x * rows->width + i] = top.items[i].column;
        rows->value[x * rows->width + i] = top.items[i].value;
    }
}

static gat_status workspaces_new(workspace **out, int count, int32_t n, int top, gat_error *err)
{
    workspace *w = *out = gat_calloc(count, sizeof *w);
    for (int i = 0; w && i < count; i++) {
        w[i].sum = gat_calloc(n, sizeof *w->sum);
        w[i].touched = gat_alloc(n, sizeof *w->touched);
        w[i].items = gat_alloc(top, sizeof *w->items);
        if (!w[i].sum || !w[i].touched || !w[i].items) return error_nomem(err);
    }
    return w ? GAT_OK : error_nomem(err);
}

static void workspaces_free(workspace *w, int count)
{
    for (int i = 0; w && i < count; i++) {
        gat_free(w[i].sum);
        gat_free(w[i].touched);
        gat_free(w[i].items);
    }
    gat_free(w);
}

gat_status name_vectors_best(pair_matrix **out, const name_vectors *a, const name_vectors *b, const int8_t *block_a,
                             const int8_t *block_b, int top, gat_error *err)
{
    pair_rows rows = {0};
    postings p = {0};
    workspace *work = NULL;
    int threads = parallel_threads();
    *out = NULL;
    gat_status st = pair_rows_init(&rows, a->count, b->count, top, err);
    if (!st) st = postings_init(&p, b, block_b, err);
    if (!st) st = workspaces_new(&work, threads, b->count, top, err);
    if (!st) {
#pragma omp parallel for schedule(dynamic, 32)
        for (int32_t x = 0; x < a->count; x++)
            if (block_a[x] >= 0) find_best(&rows, &work[parallel_thread()], &p, a, x, block_a[x], block_b);
        st = pair_rows_pack(out, &rows, err);
    }
    workspaces_free(work, threads);
    postings_clear(&p);
    pair_rows_clear(&rows);
    return st;
}

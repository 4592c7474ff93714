#include "recommend/item_pairs.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/parallel.h"

void item_pairs_add(float *scores, const item_pairs *p, const rec_history *h, float scale)
{
    for (int64_t k = 0; k < h->count; k++) {
        int64_t j = h->item[k];
        if (p->dense) {
            const float *row = p->dense + j * p->items;
            for (int32_t i = 0; i < p->items; i++) scores[i] += scale * row[i];
        } else
            for (int64_t e = p->start[j]; e < p->start[j + 1]; e++) scores[p->index[e]] += scale * p->weight[e];
    }
}

void item_pairs_spread(float *dense, const item_pairs *p, float scale)
{
    for (int64_t j = 0; j < p->items; j++)
        for (int64_t e = p->start[j]; e < p->start[j + 1]; e++)
            dense[j * p->items + p->index[e]] += scale * p->weight[e];
}

void item_pairs_clear(item_pairs *p)
{
    gat_free(p->dense);
    gat_free(p->start);
    gat_free(p->index);
    gat_free(p->weight);
    memset(p, 0, sizeof *p);
}

static void count_row(float *row, const histories *h, int32_t i)
{
    for (int64_t e = h->item_start[i]; e < h->item_start[i + 1]; e++)
        for (int64_t k = h->start[h->user[e]]; k < h->start[h->user[e] + 1]; k++) row[h->item[k]]++;
}

void item_gram(float *gram, const histories *h)
{
#pragma omp parallel for schedule(dynamic, 16)
    for (int32_t i = 0; i < h->items; i++) {
        float *row = gram + (int64_t)i * h->items;
        memset(row, 0, (size_t)h->items * sizeof *row);
        count_row(row, h, i);
    }
}

/* ---- neighbours ------------------------------------------------------------------------------------------ */

typedef struct neighbor {
    float weight;
    int32_t item;
} neighbor;

static int compare(const void *a, const void *b)
{
    const neighbor *x = a, *y = b;
    if (x->weight != y->weight) return x->weight > y->weight ? -1 : 1;
    return (x->item > y->item) - (x->item < y->item);
}

/* The `most` strongest of item i; row (I) and list (I) are scratch, row is left zeroed. */
static int64_t row_of(neighbor *to, float *row, neighbor *list, const histories *h, int32_t i, int most, double shrink)
{
    int64_t n = 0;
    double own = (double)(h->item_start[i + 1] - h->item_start[i]);
    count_row(row, h, i);
    for (int32_t j = 0; j < h->items; j++) {
        double other = (double)(h->item_start[j + 1] - h->item_start[j]), both = (double)row[j];
        row[j] = 0;
        if (j != i && both > 0) list[n++] = (neighbor){(float)(both / (sqrt(own * other) + shrink)), j};
    }
    qsort(list, (size_t)n, sizeof *list, compare);
    if (n > most) n = most;
    if (n) memcpy(to, list, (size_t)n * sizeof *to);
    return n;
}

/* From (I, most) neighbours to rows by neighbour, ascending in each. */
static gat_status turn(item_pairs *out, const neighbor *all, const int64_t *count, int most, gat_error *err)
{
    int64_t sum = 0;
    for (int32_t i = 0; i < out->items; i++) sum += count[i];
    out->start = gat_calloc((int64_t)out->items + 2, sizeof *out->start);
    out->index = gat_alloc(sum, sizeof *out->index);
    out->weight = gat_alloc(sum, sizeof *out->weight);
    if (!out->start || !out->index || !out->weight) return error_nomem(err);
    for (int32_t i = 0; i < out->items; i++)
        for (int64_t k = 0; k < count[i]; k++) out->start[all[(int64_t)i * most + k].item + 2]++;
    for (int32_t i = 0; i < out->items; i++) out->start[i + 2] += out->start[i + 1];
    for (int32_t i = 0; i < out->items; i++)
        for (int64_t k = 0; k < count[i]; k++) {
            const neighbor *x = &all[(int64_t)i * most + k];
            int64_t at = out->start[x->item + 1]++;
            out->index[at] = i;
            out->weight[at] = x->weight;
        }
    return GAT_OK;
}

gat_status item_neighbors_make(item_pairs *out, const histories *h, int most, double shrink, gat_error *err)
{
    int64_t threads = parallel_threads();
    neighbor *all = gat_alloc((int64_t)h->items * most, sizeof *all);
    neighbor *list = gat_alloc(threads * h->items, sizeof *list);
    int64_t *count = gat_alloc(h->items, sizeof *count);
    float *row = gat_calloc(threads * h->items, sizeof *row);
    *out = (item_pairs){.items = h->items};
    gat_status st = all && list && count && row ? GAT_OK : error_nomem(err);
    if (!st) {
#pragma omp parallel for schedule(dynamic, 16)
        for (int32_t i = 0; i < h->items; i++) {
            int64_t t = (int64_t)parallel_thread() * h->items;
            count[i] = row_of(all + (int64_t)i * most, row + t, list + t, h, i, most, shrink);
        }
        st = turn(out, all, count, most, err);
    }
    gat_free(all);
    gat_free(list);
    gat_free(count);
    gat_free(row);
    if (st) item_pairs_clear(out);
    return st;
}

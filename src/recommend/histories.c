#include "recommend/histories.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"

/* ---- rows ------------------------------------------------------------------------------------------------ */

static gat_status rows_of(int64_t **start, int32_t **item, const interactions *d, rec_part part, gat_error *err)
{
    int32_t users = intern_count(d->users);
    *start = gat_calloc((int64_t)users + 1, sizeof **start);
    *item = gat_alloc(d->count, sizeof **item);
    if (!*start || !*item) return error_nomem(err);
    int64_t n = 0;
    for (int64_t i = 0; i < d->count; i++) {
        if (d->event[i].part != part) continue;
        (*item)[n++] = d->event[i].item;
        (*start)[d->event[i].user + 1]++;
    }
    for (int32_t u = 0; u < users; u++) (*start)[u + 1] += (*start)[u];
    return GAT_OK;
}

gat_status wanted_make(wanted_items *out, const interactions *d, rec_part part, gat_error *err)
{
    gat_status st = rows_of(&out->start, &out->item, d, part, err);
    if (st) wanted_clear(out);
    return st;
}

void wanted_clear(wanted_items *w)
{
    gat_free(w->start);
    gat_free(w->item);
    *w = (wanted_items){NULL, NULL};
}

/* ---- levels ---------------------------------------------------------------------------------------------- */

typedef struct rated {
    double value;
    int64_t at;
} rated;

static int compare_rated(const void *a, const void *b)
{
    const rated *x = a, *y = b;
    if (x->value != y->value) return x->value < y->value ? -1 : 1;
    return (x->at > y->at) - (x->at < y->at);
}

/* level[at] += step * quarter of the value among n; equal values have the quarter of the first of them. */
static void add_quarters(uint8_t *level, rated *list, int64_t n, int step)
{
    qsort(list, (size_t)n, sizeof *list, compare_rated);
    for (int64_t i = 0, first = 0; i < n; i++) {
        if (list[i].value > list[first].value) first = i;
        level[list[i].at] = (uint8_t)(level[list[i].at] + step * (int)(first * HISTORY_QUARTERS / n));
    }
}

/* The different ratings of train, ascending; more than HISTORY_RATINGS: returns 0. */
static int rating_values(float value[HISTORY_RATINGS], const interactions *d)
{
    int n = 0;
    for (int64_t i = 0; i < d->count; i++) {
        int k = 0;
        if (d->event[i].part != REC_TRAIN) continue;
        while (k < n && value[k] < d->event[i].rating) k++;
        if (k < n && value[k] <= d->event[i].rating) continue;
        if (n == HISTORY_RATINGS) return 0;
        memmove(value + k + 1, value + k, (size_t)(n - k) * sizeof *value);
        value[k] = d->event[i].rating;
        n++;
    }
    return n;
}

/* Calls add_quarters for every user, by rating or by time. */
static gat_status quarters(histories *h, const interactions *d, bool by_time, int step, gat_error *err)
{
    rated *list = gat_alloc(d->count, sizeof *list);
    int64_t at = 0;
    if (!list) return error_nomem(err);
    for (int64_t i = 0; i < d->count;) {
        int64_t n = 0;
        int32_t user = d->event[i].user;
        for (; i < d->count && d->event[i].user == user; i++)
            if (d->event[i].part == REC_TRAIN)
                list[n++] = (rated){by_time ? d->event[i].time : (double)d->event[i].rating, at++};
        add_quarters(h->level, list, n, step);
    }
    gat_free(list);
    return GAT_OK;
}

static void whole_ratings(histories *h, const interactions *d, const float *value, int n)
{
    int64_t at = 0;
    for (int64_t i = 0; i < d->count; i++) {
        int k = 0;
        if (d->event[i].part != REC_TRAIN) continue;
        while (k + 1 < n && value[k] < d->event[i].rating) k++;
        h->level[at++] = (uint8_t)k;
    }
}

static gat_status set_levels(histories *h, const interactions *d, gat_error *err)
{
    float value[HISTORY_RATINGS];
    int ratings = d->has_rating ? rating_values(value, d) : 1;
    gat_status st = GAT_OK;
    h->levels = ratings ? ratings : HISTORY_QUARTERS;
    if (ratings > 1) whole_ratings(h, d, value, ratings);
    else if (!ratings) st = quarters(h, d, false, 1, err);
    if (!st && d->has_time) {
        st = quarters(h, d, true, h->levels, err);
        h->levels *= HISTORY_QUARTERS;
    }
    int64_t count[HISTORY_RATINGS * HISTORY_QUARTERS] = {0};
    for (int64_t i = 0; i < h->count; i++) count[h->level[i]]++;
    for (int32_t l = 1; l < h->levels; l++)
        if (count[l] > count[h->common_level]) h->common_level = l;
    return st;
}

gat_status histories_turn(histories *h, gat_error *err)
{
    h->item_start = gat_calloc((int64_t)h->items + 2, sizeof *h->item_start);
    h->user = gat_alloc(h->count, sizeof *h->user);
    if (!h->item_start || !h->user) return error_nomem(err);
    for (int64_t i = 0; i < h->count; i++) h->item_start[h->item[i] + 2]++;
    for (int32_t i = 0; i < h->items; i++) h->item_start[i + 2] += h->item_start[i + 1];
    for (int32_t u = 0; u < h->users; u++)
        for (int64_t e = h->start[u]; e < h->start[u + 1]; e++) h->user[h->item_start[h->item[e] + 1]++] = u;
    return GAT_OK;
}

gat_status histories_make(histories *h, const interactions *d, gat_error *err)
{
    *h = (histories){.users = intern_count(d->users), .items = intern_count(d->items), .levels = 1};
    gat_status st = rows_of(&h->start, &h->item, d, REC_TRAIN, err);
    if (!st) {
        h->count = h->start[h->users];
        h->level = gat_calloc(h->count, sizeof *h->level);
        st = h->level ? set_levels(h, d, err) : error_nomem(err);
    }
    if (!st) st = histories_turn(h, err);
    if (st) histories_clear(h);
    return st;
}

void histories_clear(histories *h)
{
    gat_free(h->start);
    gat_free(h->item);
    gat_free(h->level);
    gat_free(h->item_start);
    gat_free(h->user);
    memset(h, 0, sizeof *h);
}

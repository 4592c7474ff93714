/* A list for one reader: all items are scored, what the reader has is left out. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "recommend/item_reasons.h"
#include "recommend/new_items.h"
#include "recommend/recommender.h"

enum { TOP = 10 };

/* The history that a question is answered from. */
typedef struct reading {
    rec_history history;
    int32_t *item; /* of its own, or NULL */
    uint8_t *level;
    int32_t user; /* -1: none that the model knows, or another history is given */
    int64_t unknown;
} reading;

static int compare(const void *a, const void *b)
{
    const int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;
    return (x > y) - (x < y);
}

static gat_status read_given(reading *out, const gat_recommender *r, const gat_recommend_question *q, gat_error *err)
{
    int64_t n = 0, kept = 0;
    out->item = gat_alloc(q->num_history, sizeof *out->item);
    out->level = gat_alloc(q->num_history, sizeof *out->level);
    if (!out->item || !out->level) return error_nomem(err);
    for (int64_t i = 0; i < q->num_history; i++) {
        int32_t item = intern_find(r->items, q->history[i], strlen(q->history[i]));
        if (item < 0) out->unknown++;
        else out->item[n++] = item;
    }
    qsort(out->item, (size_t)n, sizeof *out->item, compare);
    for (int64_t i = 0; i < n; i++)
        if (!kept || out->item[kept - 1] != out->item[i]) out->item[kept++] = out->item[i];
    memset(out->level, r->known.common_level, (size_t)kept);
    out->history = (rec_history){out->item, out->level, kept};
    return GAT_OK;
}

static gat_status read_question(reading *out, const gat_recommender *r, const gat_recommend_question *q, gat_error *err)
{
    *out = (reading){.user = -1};
    if (q->history) return read_given(out, r, q, err);
    if (!q->user) return error_set(err, GAT_EUSAGE, "a user or a history is needed");
    out->user = intern_find(r->users, q->user, strlen(q->user));
    if (out->user >= 0) out->history = history_of(&r->known, out->user);
    return GAT_OK;
}

static gat_status score(float *scores, const gat_recommender *r, const reading *x, gat_error *err)
{
    rec_readers readers;
    gat_status st = readers_make(&readers, r, &x->history, x->user < 0 ? NULL : &x->user, 1, err);
    if (!st) readers_score(scores, &readers, 0);
    readers_clear(&readers);
    for (int64_t i = 0; !st && i < x->history.count; i++) scores[x->history.item[i]] = -INFINITY;
    return st;
}

static void name_items(gat_recommendation *a, const gat_recommender *r, const new_items *fresh, const int32_t *list,
                       const float *scores)
{
    int32_t items = r->known.items;
    for (int64_t k = 0; k < a->count; k++) {
        int32_t i = list[k];
        gat_recommended *x = &a->list[k];
        x->item = i < items ? intern_string(r->items, i) : fresh->name[i - items];
        x->title = i < items && r->title ? r->title[i] : NULL;
        x->score = (double)scores[i];
    }
}

/* The names of new items are the answer's own. */
typedef struct owned_recommendation {
    gat_recommendation answer;
    new_items fresh;
} owned_recommendation;

static gat_status fill(owned_recommendation *o, const gat_recommender *r, const gat_recommend_question *q,
                       const reading *x, gat_error *err)
{
    gat_recommendation *a = &o->answer;
    int32_t items = r->known.items, *list = NULL;
    int64_t top = q->top > 0 ? q->top : TOP;
    float *scores = NULL;
    gat_status st = q->facts ? new_items_read(&o->fresh, r, q->facts, err) : GAT_OK;
    int64_t all = items + o->fresh.count;
    if (!st) {
        if (top > all) top = all;
        scores = gat_alloc(all, sizeof *scores);
        list = gat_alloc(top, sizeof *list);
        a->list = gat_calloc(top, sizeof *a->list);
        if (!scores || !list || !a->list) st = error_nomem(err);
    }
    if (!st) st = score(scores, r, x, err);
    if (!st && o->fresh.count && x->history.count) st = new_items_score(scores + items, &o->fresh, r, scores, err);
    for (int64_t i = items; !st && i < all && !x->history.count; i++) scores[i] = 0;
    if (!st) {
        a->count = list_best(list, (int)top, scores, (int32_t)all);
        a->history = x->history.count;
        a->unknown = x->unknown;
        a->popular = !x->history.count;
        name_items(a, r, &o->fresh, list, scores);
        if (q->explain && x->history.count) st = item_reasons_add(a, r, &x->history, list, err);
    }
    gat_free(scores);
    gat_free(list);
    return st;
}

gat_status recommender_answer(gat_recommendation **out, const gat_recommender *r, const gat_recommend_question *q,
                              gat_error *err)
{
    reading x = {.user = -1};
    owned_recommendation *o = gat_calloc(1, sizeof *o);
    *out = NULL;
    if (!o) return error_nomem(err);
    gat_status st = read_question(&x, r, q, err);
    if (!st) st = fill(o, r, q, &x, err);
    gat_free(x.item);
    gat_free(x.level);
    if (st) recommendation_free(&o->answer);
    else *out = &o->answer;
    return st;
}

void recommendation_free(gat_recommendation *answer)
{
    owned_recommendation *o = (owned_recommendation *)answer; /* its first member */
    if (!o) return;
    gat_free(o->answer.list);
    new_items_clear(&o->fresh);
    gat_free(o);
}

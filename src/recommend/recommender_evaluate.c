/* Measuring on a part of the data, which is read and split as for training; names of both are matched, so that the data may have
 * users and items that the model has not seen. */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "recommend/recommender.h"

/* wanted of the data in the model's numbers. An item unknown to the model is wanted all the same, and never found: it gets a number
 * behind all items, which no list holds. */
static gat_status translate(wanted_items *out, int64_t *strangers, const gat_recommender *r, const interactions *d,
                            rec_part part, gat_error *err)
{
    int32_t users = r->known.users, items = r->known.items;
    int32_t *user = gat_alloc(intern_count(d->users), sizeof *user);
    *out = (wanted_items){gat_calloc((int64_t)users + 2, sizeof *out->start), gat_alloc(d->count, sizeof *out->item)};
    gat_status st = user && out->start && out->item ? GAT_OK : error_nomem(err);
    for (int32_t u = 0; !st && u < intern_count(d->users); u++) {
        const char *name = intern_string(d->users, u);
        user[u] = intern_find(r->users, name, strlen(name));
    }
    *strangers = 0;
    for (int64_t i = 0, last = -1; !st && i < d->count; i++) {
        int32_t u = d->event[i].user;
        if (d->event[i].part != part) continue;
        if (user[u] >= 0) out->start[user[u] + 2]++;
        else *strangers += u != last, last = u;
    }
    for (int32_t u = 0; !st && u < users; u++) out->start[u + 2] += out->start[u + 1];
    for (int64_t i = 0; !st && i < d->count; i++) {
        int32_t u = user[d->event[i].user];
        if (d->event[i].part != part || u < 0) continue;
        const char *name = intern_string(d->items, d->event[i].item);
        int32_t item = intern_find(r->items, name, strlen(name));
        out->item[out->start[u + 1]++] = item < 0 ? items : item;
    }
    gat_free(user);
    return st;
}

static int compare(const void *a, const void *b)
{
    const int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;
    return (x > y) - (x < y);
}

static void sort_rows(wanted_items *w, int32_t users)
{
    for (int32_t u = 0; u < users; u++)
        qsort(w->item + w->start[u], (size_t)(w->start[u + 1] - w->start[u]), sizeof *w->item, compare);
}

static void score(const void *self, float *scores, int32_t user)
{
    const rec_readers *x = self;
    readers_score(scores, x, user);
}

static gat_status measure(list_measure *m, const gat_recommender *r, const list_plan *plan, gat_error *err)
{
    int32_t users = r->known.users;
    rec_history *list = gat_alloc(users, sizeof *list);
    int32_t *user = gat_alloc(users, sizeof *user);
    rec_readers readers = {.model = r};
    gat_status st = list && user ? GAT_OK : error_nomem(err);
    for (int32_t u = 0; !st && u < users; u++) list[u] = history_of(&r->known, u), user[u] = u;
    if (!st) st = readers_make(&readers, r, list, user, users, err);
    const rec_scorer scorer = {score, &readers};
    if (!st) st = list_measure_make(m, &scorer, plan, err);
    readers_clear(&readers);
    gat_free(list);
    gat_free(user);
    return st;
}

static void count_users(gat_recommend_evaluation *e, const gat_recommender *r, const wanted_items *w)
{
    for (int32_t u = 0; u < r->known.users; u++)
        if (w->start[u + 1] > w->start[u] && r->known.start[u + 1] == r->known.start[u]) e->without_history++;
}

gat_status recommender_evaluate(gat_recommend_evaluation *out, const gat_recommender *r, const char *path,
                                gat_split split, gat_error *err)
{
    interactions d;
    wanted_items wanted = {NULL, NULL}, also = {NULL, NULL};
    list_measure m = {.users = 0};
    int64_t ignored;
    bool valid = split == GAT_SPLIT_VALID;
    *out = (gat_recommend_evaluation){.split = split, .candidates = r->known.items};
    if (!valid && split != GAT_SPLIT_TEST)
        return error_set(err, GAT_EUSAGE, "such a model is measured on valid or test");
    gat_status st = interactions_load(&d, path, &r->config, !valid, err);
    if (st) return st;
    st = translate(&wanted, &out->unknown_users, r, &d, valid ? REC_VALID : REC_TEST, err);
    if (!st) st = translate(&also, &ignored, r, &d, valid ? REC_TEST : REC_VALID, err);
    if (!st) {
        sort_rows(&wanted, r->known.users);
        sort_rows(&also, r->known.users);
        const list_plan plan = {
            .known = &r->known, .wanted = &wanted, .also = &also, .auc = true, .seed = (uint64_t)r->config.seed};
        st = measure(&m, r, &plan, err);
    }
    if (!st) count_users(out, r, &wanted);
    if (!st && !m.users)
        st = error_set(err, GAT_EDATA, "%.300s: no user of the model has anything in %s", path, gat_split_name(split));
    out->users = m.users, out->wanted = m.wanted, out->recall = m.recall, out->ndcg = m.ndcg;
    out->auc_uniform = m.auc_uniform, out->auc_popular = m.auc_popular;
    wanted_clear(&wanted);
    wanted_clear(&also);
    interactions_clear(&d);
    return st;
}

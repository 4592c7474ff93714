#include "recommend/list_measure.h"

#include <math.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "base/random.h"

enum { STREAM_USERS = 0x7e20, STREAM_NEGATIVE = 0x7e21, DRAWS = 100 };

static bool before(const float *scores, int32_t a, int32_t b)
{
    if (scores[a] > scores[b]) return true;
    if (scores[a] < scores[b]) return false;
    uint32_t x = random_hash32(0x5eed, (uint32_t)a), y = random_hash32(0x5eed, (uint32_t)b);
    return x != y ? x < y : a < b;
}

int list_best(int32_t *list, int n, const float *scores, int32_t items)
{
    int count = 0;
    for (int32_t i = 0; i < items; i++) {
        if (scores[i] == -INFINITY || (count == n && !before(scores, i, list[n - 1]))) continue;
        int at = count < n ? count++ : n - 1;
        for (; at > 0 && before(scores, i, list[at - 1]); at--) list[at] = list[at - 1];
        list[at] = i;
    }
    return count;
}

/* ---- users ----------------------------------------------------------------------------------------------- */

gat_status list_users(int32_t **users, int64_t *count, const list_plan *p, gat_error *err)
{
    int32_t all = p->known->users;
    int64_t *order = gat_alloc(all, sizeof *order), n = 0;
    *users = gat_alloc(all, sizeof **users);
    gat_status st = order && *users ? GAT_OK : error_nomem(err);
    for (int32_t u = 0; !st && u < all; u++)
        if (p->known->start[u + 1] > p->known->start[u] && p->wanted->start[u + 1] > p->wanted->start[u])
            order[n++] = u;
    if (!st && p->most_users && n > p->most_users) {
        random_shuffle(order, n, p->seed, random_stream(STREAM_USERS, 0, 0));
        n = p->most_users;
    }
    for (int64_t i = 0; !st && i < n; i++) (*users)[i] = (int32_t)order[i];
    *count = n;
    gat_free(order);
    if (st) gat_free(*users), *users = NULL;
    return st;
}

/* ---- one user -------------------------------------------------------------------------------------------- */

static bool among(const int32_t *item, int64_t n, int32_t i)
{
    int64_t low = 0, high = n;
    while (low < high) {
        int64_t middle = low + (high - low) / 2;
        if (item[middle] < i) low = middle + 1;
        else high = middle;
    }
    return low < n && item[low] == i;
}

static bool in_wanted(const wanted_items *w, int32_t user, int32_t i)
{
    return w && among(w->item + w->start[user], w->start[user + 1] - w->start[user], i);
}

static bool nothing_known(const list_plan *p, int32_t user, int32_t i)
{
    rec_history h = history_of(p->known, user);
    return !among(h.item, h.count, i) && !in_wanted(p->wanted, user, i) && !in_wanted(p->also, user, i);
}

/* A negative of the pair number `pair`, or -1: none found. */
static int32_t draw_negative(const list_plan *p, int32_t user, int64_t pair, bool popular)
{
    const histories *h = p->known;
    for (int draw = 0; draw < DRAWS; draw++) {
        uint64_t stream = random_stream(STREAM_NEGATIVE, popular, (uint64_t)draw);
        int32_t i = popular ? h->item[random_below(p->seed, stream, (uint64_t)pair, h->count)]
                            : (int32_t)random_below(p->seed, stream, (uint64_t)pair, h->items);
        if (nothing_known(p, user, i)) return i;
    }
    return -1;
}

/* Scores of wanted items and of their negatives, by place in wanted; NAN: no negative. */
typedef struct pair_scores {
    float *positive, *uniform, *popular;
} pair_scores;

static void note_pairs(pair_scores *s, const list_plan *p, const float *scores, int32_t user)
{
    for (int64_t e = p->wanted->start[user]; e < p->wanted->start[user + 1]; e++) {
        int32_t a = draw_negative(p, user, e, false), b = draw_negative(p, user, e, true);
        s->positive[e] = scores[p->wanted->item[e]];
        s->uniform[e] = a < 0 ? NAN : scores[a];
        s->popular[e] = b < 0 ? NAN : scores[b];
    }
}

static void rank_user(double result[2], const list_plan *p, float *scores, int32_t user)
{
    int32_t list[LIST_LENGTH];
    rec_history h = history_of(p->known, user);
    int64_t wanted = p->wanted->start[user + 1] - p->wanted->start[user];
    double gain = 0, ideal = 0, hits = 0;
    for (int64_t i = 0; i < h.count; i++) scores[h.item[i]] = -INFINITY;
    int n = list_best(list, LIST_LENGTH, scores, p->known->items);
    for (int k = 0; k < n; k++)
        if (in_wanted(p->wanted, user, list[k])) gain += 1 / log2(k + 2.0), hits++;
    for (int k = 0; k < LIST_LENGTH && k < wanted; k++) ideal += 1 / log2(k + 2.0);
    result[0] = hits / (double)wanted;
    result[1] = gain / ideal;
}

/* ---- all ------------------------------------------------------------------------------------------------- */

static int compare_floats(const void *a, const void *b)
{
    const float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

static int64_t keep_numbers(float *x, int64_t n)
{
    int64_t kept = 0;
    for (int64_t i = 0; i < n; i++)
        if (!isnan(x[i])) x[kept++] = x[i];
    qsort(x, (size_t)kept, sizeof *x, compare_floats);
    return kept;
}

/* Both are sorted. Equal scores count one half. */
static double area(const float *positive, int64_t n, const float *negative, int64_t m)
{
    double sum = 0;
    int64_t below = 0, not_above = 0;
    for (int64_t i = 0; i < n; i++) {
        while (below < m && negative[below] < positive[i]) below++;
        while (not_above < m && negative[not_above] <= positive[i]) not_above++;
        sum += (double)(below + not_above) / 2;
    }
    return n && m ? sum / (double)n / (double)m : NAN;
}

static gat_status pairs_init(pair_scores *s, int64_t n, gat_error *err)
{
    s->positive = gat_alloc(n, sizeof(float));
    s->uniform = gat_alloc(n, sizeof(float));
    s->popular = gat_alloc(n, sizeof(float));
    if (!s->positive || !s->uniform || !s->popular) return error_nomem(err);
    for (int64_t i = 0; i < n; i++) s->positive[i] = s->uniform[i] = s->popular[i] = NAN;
    return GAT_OK;
}

static void sum_up(list_measure *out, const double *result, const int32_t *user, int64_t n, const list_plan *p)
{
    *out = (list_measure){.users = n, .auc_uniform = NAN, .auc_popular = NAN};
    for (int64_t i = 0; i < n; i++) {
        out->recall += result[2 * i];
        out->ndcg += result[2 * i + 1];
        out->wanted += p->wanted->start[user[i] + 1] - p->wanted->start[user[i]];
    }
    if (n) out->recall /= (double)n, out->ndcg /= (double)n;
}

gat_status list_measure_make(list_measure *out, const rec_scorer *scorer, const list_plan *p, gat_error *err)
{
    int32_t *user = NULL, items = p->known->items;
    int64_t n = 0, pairs = p->wanted->start[p->known->users];
    pair_scores s = {NULL, NULL, NULL};
    gat_status st = list_users(&user, &n, p, err);
    double *result = gat_alloc(2 * n, sizeof *result);
    float *scores = gat_alloc((int64_t)parallel_threads() * (items + 1), sizeof *scores);
    if (!st && (!result || !scores)) st = error_nomem(err);
    if (!st && p->auc) st = pairs_init(&s, pairs, err);
    if (st) goto done;
#pragma omp parallel for schedule(dynamic, 8)
    for (int64_t i = 0; i < n; i++) {
        float *row = scores + (int64_t)parallel_thread() * (items + 1);
        row[items] = NAN; /* a wanted item that nobody knows has no score */
        scorer->score(scorer->self, row, user[i]);
        if (p->auc) note_pairs(&s, p, row, user[i]);
        rank_user(result + 2 * i, p, row, user[i]);
    }
    sum_up(out, result, user, n, p);
    if (p->auc) {
        int64_t a = keep_numbers(s.positive, pairs), b = keep_numbers(s.uniform, pairs),
                c = keep_numbers(s.popular, pairs);
        out->auc_uniform = area(s.positive, a, s.uniform, b);
        out->auc_popular = area(s.positive, a, s.popular, c);
    }
done:
    gat_free(user);
    gat_free(result);
    gat_free(scores);
    gat_free(s.positive);
    gat_free(s.uniform);
    gat_free(s.popular);
    return st;
}

#include "recommend/term_weights.h"

#include <math.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/say.h"

enum { ROUNDS = 3 };

typedef struct scale {
    const float *scores; /* (count, users, I) */
    const int32_t *row;  /* (U): place of a user */
    double weight[WEIGHED_MOST];
    int count;
    int64_t users, items;
} scale;

static void score(const void *self, float *scores, int32_t user)
{
    const scale *s = self;
    memset(scores, 0, (size_t)s->items * sizeof *scores);
    for (int t = 0; t < s->count; t++) {
        const float *from = s->scores + (t * s->users + s->row[user]) * s->items;
        float w = (float)s->weight[t];
        for (int64_t i = 0; w > 0 && i < s->items; i++) scores[i] += w * from[i];
    }
}

/* Mean over users of the standard deviation over items. */
static double spread_of(const float *scores, int64_t users, int64_t items)
{
    double sum = 0;
    for (int64_t u = 0; u < users; u++) {
        const float *row = scores + u * items;
        double mean = 0, square = 0;
        for (int64_t i = 0; i < items; i++) mean += (double)row[i], square += (double)row[i] * (double)row[i];
        mean /= (double)items;
        sum += sqrt(fmax(0, square / (double)items - mean * mean));
    }
    return users ? sum / (double)users : 0;
}

static gat_status quality_of(double *out, list_measure *m, const scale *s, const list_plan *plan, gat_error *err)
{
    const rec_scorer scorer = {score, s};
    gat_status st = list_measure_make(m, &scorer, plan, err);
    *out = st ? -1 : list_quality(m);
    return st;
}

/* One round over all terms and factors of their present place. */
static gat_status search_round(scale *s, double *best, const double *unit, const list_plan *plan, gat_error *err)
{
    static const double tries[] = {0, .1, .2, .35, .5, .7, 1, 1.4, 2, 3, 5};
    list_measure m;
    gat_status st = GAT_OK;
    for (int t = 0; !st && t < s->count; t++) {
        double kept = s->weight[t], now;
        for (int i = 0; !st && i < 11 && unit[t] > 0; i++) {
            s->weight[t] = tries[i] * unit[t];
            st = quality_of(&now, &m, s, plan, err);
            if (!st && now > *best) *best = now, kept = s->weight[t];
        }
        s->weight[t] = kept;
    }
    return st;
}

static gat_status search(scale *s, list_measure *reached, const double *unit, const list_plan *plan, gat_error *err)
{
    double best;
    gat_status st = quality_of(&best, reached, s, plan, err);
    for (int round = 0; !st && reached->users && round < ROUNDS; round++) {
        double before = best;
        st = search_round(s, &best, unit, plan, err);
        if (best <= before) break;
    }
    return st ? st : quality_of(&best, reached, s, plan, err);
}

gat_status term_weights_fit(double *weight, list_measure *reached, const weighed_term *terms, int count,
                            const int32_t *user, int64_t users, const list_plan *plan, const gat_log *log,
                            gat_error *err)
{
    int64_t items = plan->known->items, block = users * items;
    double unit[WEIGHED_MOST];
    float *scores = gat_calloc(count * block, sizeof *scores);
    int32_t *row = gat_calloc(plan->known->users, sizeof *row);
    scale s = {.scores = scores, .row = row, .count = count, .users = users, .items = items};
    gat_status st = scores && row ? GAT_OK : error_nomem(err);
    for (int64_t i = 0; !st && i < users; i++) row[user[i]] = (int32_t)i;
    for (int t = 0; !st && t < count; t++) {
#pragma omp parallel for schedule(dynamic, 8)
        for (int64_t i = 0; i < users; i++) terms[t].score(terms[t].self, scores + t * block + i * items, i);
        double spread = spread_of(scores + t * block, users, items);
        s.weight[t] = unit[t] = spread > 0 ? 1 / spread : 0;
    }
    if (!st) st = search(&s, reached, unit, plan, err);
    for (int t = 0; !st && t < count; t++) {
        weight[t] = s.weight[t];
        log_say(log, GAT_LOG_INFO, "weight of term %d: %.3f of its spread", t, unit[t] > 0 ? s.weight[t] / unit[t] : 0);
    }
    gat_free(scores);
    gat_free(row);
    return st;
}

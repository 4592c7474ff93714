#include "recommend/pair_fit.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/say.h"
#include "recommend/spd_inverse.h"

/* ---- what items share in the graph ------------------------------------------------------------------------ */

typedef struct feature {
    int32_t node, relation, item; /* relation: 2 r, or 2 r + 1 backward */
} feature;

static int compare(const void *a, const void *b)
{
    const feature *x = a, *y = b;
    if (x->node != y->node) return x->node < y->node ? -1 : 1;
    if (x->relation != y->relation) return x->relation < y->relation ? -1 : 1;
    return (x->item > y->item) - (x->item < y->item);
}

static void add_group(float *side, int32_t items, const feature *f, int64_t n)
{
    for (int64_t i = 0; n > 1 && i < n; i++)
        for (int64_t j = 0; j < n; j++) side[(int64_t)f[i].item * items + f[j].item] += 1 / (float)n;
}

gat_status pair_fit_shared(float *side, const gat_triples *facts, int32_t items, gat_error *err)
{
    int64_t n = 0;
    feature *f = gat_alloc(2 * facts->count, sizeof *f);
    if (!f) return error_nomem(err);
    for (int64_t i = 0; i < facts->count; i++) {
        gat_triple t = facts->data[i];
        if (t.head < items) f[n++] = (feature){t.tail, 2 * t.relation, t.head};
        if (t.tail < items) f[n++] = (feature){t.head, 2 * t.relation + 1, t.tail};
    }
    qsort(f, (size_t)n, sizeof *f, compare);
    for (int64_t i = 0, end; i < n; i = end) {
        for (end = i; end < n && f[end].node == f[i].node && f[end].relation == f[i].relation; end++) continue;
        add_group(side, items, f + i, end - i);
    }
    gat_free(f);
    return GAT_OK;
}

/* ---- measuring ------------------------------------------------------------------------------------------- */

typedef struct pairs_alone {
    const item_pairs *pairs;
    const histories *h;
} pairs_alone;

static void score_pairs(const void *self, float *scores, int32_t user)
{
    const pairs_alone *p = self;
    rec_history h = history_of(p->h, user);
    memset(scores, 0, (size_t)p->h->items * sizeof *scores);
    item_pairs_add(scores, p->pairs, &h, 1);
}

static gat_status quality_of(double *out, const item_pairs *pairs, const pair_fit *fit, gat_error *err)
{
    const pairs_alone alone = {pairs, fit->plan->known};
    const rec_scorer scorer = {score_pairs, &alone};
    list_measure m;
    gat_status st = list_measure_make(&m, &scorer, fit->plan, err);
    *out = st ? -1 : list_quality(&m);
    return st;
}

static bool may_choose(const pair_fit *fit) { return fit->plan->wanted->start[fit->plan->known->users] > 0; }

static gat_status stopped(const pair_fit *fit, gat_error *err)
{
    const gat_recommend_inputs *in = fit->inputs;
    return in->should_stop && in->should_stop(in->context) ? error_set(err, GAT_EINTERRUPTED, "interrupted") : GAT_OK;
}

/* ---- all pairs ------------------------------------------------------------------------------------------- */

typedef struct ease_plan {
    const float *gram, *side; /* side NULL: no graph */
    float penalty, share;
} ease_plan;

/* b (I,I): the row of the history's item. */
static gat_status ease(float *b, const ease_plan *p, int64_t n, gat_error *err)
{
    for (int64_t i = 0; i < n * n; i++) b[i] = p->gram[i] + (p->side ? p->share * p->side[i] : 0);
    for (int64_t i = 0; i < n; i++) b[i * n + i] += p->penalty;
    gat_status st = spd_inverse(b, n, err);
    if (st == GAT_EFAILED) error_set(err, st, "the weights of pairs of items could not be solved for");
    if (st) return st;
    float *diagonal = gat_alloc(n, sizeof *diagonal);
    if (!diagonal) return error_nomem(err);
    for (int64_t i = 0; i < n; i++) diagonal[i] = -b[i * n + i];
    for (int64_t j = 0; j < n; j++)
        for (int64_t v = 0; v < n; v++) b[j * n + v] = j == v ? 0 : b[j * n + v] / diagonal[v];
    gat_free(diagonal);
    return GAT_OK;
}

/* Keeps b in best, by exchange, when it is better. */
static gat_status try_ease(float **best, double *quality, ease_plan *chosen, float **b, const ease_plan *p,
                           const pair_fit *fit, gat_error *err)
{
    int32_t items = fit->plan->known->items;
    double now = 0;
    gat_status st = stopped(fit, err);
    if (!st) st = ease(*b, p, items, err);
    const item_pairs pairs = {.items = items, .dense = *b};
    if (!st && may_choose(fit)) st = quality_of(&now, &pairs, fit, err);
    if (st || now <= *quality) return st;
    float *swap = *best;
    *best = *b, *b = swap;
    *quality = now;
    *chosen = *p;
    return GAT_OK;
}

static gat_status search(float **best, float **b, const float *gram, const float *side, const pair_fit *fit,
                         gat_error *err)
{
    static const float penalties[] = {50, 100, 200, 400, 800}, shares[] = {.3f, 3, 0};
    double quality = -1;
    ease_plan chosen = {gram, side, 200, 1};
    gat_status st = GAT_OK;
    if (!may_choose(fit)) return try_ease(best, &quality, &chosen, b, &chosen, fit, err);
    for (int i = 0; !st && i < 5; i++) {
        const ease_plan p = {gram, side, penalties[i], 1};
        st = try_ease(best, &quality, &chosen, b, &p, fit, err);
    }
    for (int i = 0; !st && side && i < 3; i++) {
        const ease_plan p = {gram, side, chosen.penalty, shares[i]};
        st = try_ease(best, &quality, &chosen, b, &p, fit, err);
    }
    log_say(&fit->inputs->log, GAT_LOG_INFO, "pairs of items: penalty %g, share of the graph %g, quality on valid %.4f",
            (double)chosen.penalty, side ? (double)chosen.share : 0, quality);
    return st;
}

gat_status pair_fit_all(item_pairs *out, const pair_fit *fit, gat_error *err)
{
    int64_t n = fit->plan->known->items;
    float *gram = gat_alloc(n * n, sizeof *gram), *side = fit->facts->count ? gat_calloc(n * n, sizeof *side) : NULL;
    float *best = gat_alloc(n * n, sizeof *best), *b = gat_alloc(n * n, sizeof *b);
    *out = (item_pairs){.items = (int32_t)n};
    gat_status st = gram && best && b && (side || !fit->facts->count) ? GAT_OK : error_nomem(err);
    if (!st) item_gram(gram, fit->plan->known);
    if (!st && side) st = pair_fit_shared(side, fit->facts, (int32_t)n, err);
    if (!st) st = search(&best, &b, gram, side, fit, err);
    if (!st) out->dense = best, best = NULL;
    gat_free(gram);
    gat_free(side);
    gat_free(best);
    gat_free(b);
    return st;
}

/* ---- neighbours ------------------------------------------------------------------------------------------ */

static gat_status try_neighbors(item_pairs *best, double *quality, int most, double shrink, const pair_fit *fit,
                                gat_error *err)
{
    item_pairs now;
    double found = 0;
    gat_status st = stopped(fit, err);
    if (!st) st = item_neighbors_make(&now, fit->plan->known, most, shrink, err);
    if (st) return st;
    if (may_choose(fit)) st = quality_of(&found, &now, fit, err);
    if (!st && found > *quality) {
        item_pairs swap = *best;
        *best = now, now = swap;
        *quality = found;
        log_say(&fit->inputs->log, GAT_LOG_INFO, "neighbours: %d, shrink %g, quality on valid %.4f", most, shrink,
                found);
    }
    item_pairs_clear(&now);
    return st;
}

gat_status pair_fit_neighbors(item_pairs *out, const pair_fit *fit, gat_error *err)
{
    static const int numbers[] = {300, 100, 50, 20};
    static const double shrinks[] = {20, 50, 5, 0};
    double quality = -1;
    gat_status st = GAT_OK;
    memset(out, 0, sizeof *out);
    for (int i = 0; !st && i < 4; i++)
        for (int j = 0; !st && j < 4 && (may_choose(fit) || i + j == 0); j++)
            st = try_neighbors(out, &quality, numbers[i], shrinks[j], fit, err);
    if (st) item_pairs_clear(out);
    return st;
}

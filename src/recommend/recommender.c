#include "recommend/recommender.h"

#include <math.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "recommend/history_training.h"
#include "recommend/row_dot.h"

void recommender_free(gat_recommender *r)
{
    if (!r) return;
    gat_free(r->config_lines);
    intern_free(r->users);
    intern_free(r->items);
    intern_free(r->entities);
    intern_free(r->relations);
    gat_free(r->title);
    histories_clear(&r->known);
    triples_clear(&r->facts);
    item_pairs_clear(&r->pairs);
    gat_free(r->from);
    gat_free(r->to);
    gat_free(r->reader);
    gat_free(r->factors);
    light_result_clear(&r->light);
    history_net_clear(&r->net);
    gat_free(r->gram);
    gat_free(r->encoded);
    gat_free(r->targets);
    gat_free(r);
}

gat_status recommender_prepare(gat_recommender *r, gat_error *err)
{
    int64_t d = r->config.dim;
    if (r->factors) {
        gat_free(r->gram);
        r->gram = gat_alloc(d * d, sizeof *r->gram);
        if (!r->gram) return error_nomem(err);
        matrix_factors_gram(r->gram, r->factors, r->known.items, d, recommender_penalty(&r->config));
    }
    if (!r->net.nodes) return GAT_OK;
    gat_free(r->encoded);
    gat_free(r->targets);
    r->encoded = gat_alloc(r->net.nodes * r->net.dim, sizeof *r->encoded);
    r->targets = gat_alloc(r->net.items * (r->net.dim + 1), sizeof *r->targets);
    if (!r->encoded || !r->targets) return error_nomem(err);
    return history_net_evaluate(r->encoded, r->targets, &r->net, err);
}

/* ---- readers --------------------------------------------------------------------------------------------- */

static gat_status factor_states(rec_readers *x, gat_error *err)
{
    const gat_recommender *r = x->model;
    int64_t d = r->config.dim;
    const factor_plan plan = {.dim = d, .confidence = r->config.confidence, .l2 = recommender_penalty(&r->config)};
    double *scratch = gat_alloc(d * d + d, sizeof *scratch);
    x->solved = gat_calloc(x->count * d, sizeof *x->solved);
    gat_status st = scratch && x->solved ? GAT_OK : error_nomem(err);
    for (int64_t i = 0; !st && i < x->count; i++)
        matrix_factors_user(x->solved + i * d, r->factors, r->gram, &x->list[i], &plan, scratch);
    gat_free(scratch);
    return st;
}

gat_status readers_make(rec_readers *out, const gat_recommender *r, const rec_history *list, const int32_t *user,
                        int64_t count, gat_error *err)
{
    *out = (rec_readers){r, list, user, count, NULL, NULL};
    gat_status st = r->factors ? factor_states(out, err) : GAT_OK;
    if (!st && r->net.nodes) out->state = gat_alloc(count * (r->net.dim + 1), sizeof *out->state);
    if (!st && r->net.nodes && !out->state) st = error_nomem(err);
    if (!st && r->net.nodes) st = history_states(out->state, &r->net, r->encoded, list, count, err);
    if (st) readers_clear(out);
    return st;
}

void readers_clear(rec_readers *x)
{
    gat_free(x->state);
    gat_free(x->solved);
    x->state = x->solved = NULL;
}

/* Vectors of items to compare with, and what an item of a history brings. */
typedef struct item_vectors {
    const float *from, *to; /* (items,dim) */
    int64_t items, dim;
} item_vectors;

static item_vectors spectral_of(const gat_recommender *r)
{
    return (item_vectors){r->from, r->to, r->known.items, r->factor_dim};
}

/* scores += weight * <to, vector>. */
static void compare(float *scores, const item_vectors *v, const float *vector, float weight)
{
    for (int64_t i = 0; i < v->items; i++) scores[i] += weight * row_dot(vector, v->to + i * v->dim, v->dim);
}

enum { WIDEST = 1024 };

/* The sum of a history's from, times scale. */
static void compare_sum(float *scores, const item_vectors *v, const rec_history *h, float weight)
{
    float sum[WIDEST] = {0};
    for (int64_t k = 0; k < h->count; k++)
        for (int64_t c = 0; c < v->dim; c++) sum[c] += v->from[h->item[k] * v->dim + c];
    compare(scores, v, sum, weight);
}

/* reader (U,dim): for users that the model knows; others are made of their history. */
static void compare_light(float *scores, const item_vectors *v, const float *reader, const rec_readers *x, int64_t i,
                          float weight)
{
    int32_t user = x->user ? x->user[i] : -1;
    if (user >= 0) compare(scores, v, reader + user * v->dim, weight);
    else compare_sum(scores, v, &x->list[i], weight / sqrtf((float)x->list[i].count));
}

void readers_term(float *scores, const rec_readers *x, int64_t i, rec_term term, float weight)
{
    const gat_recommender *r = x->model;
    const item_vectors spectral = spectral_of(r),
                       light = {r->light.carry, r->light.items, r->known.items, r->config.dim};
    int64_t width = r->net.dim + 1;
    if (term == REC_TERM_PAIRS && (r->pairs.dense || r->pairs.start))
        item_pairs_add(scores, &r->pairs, &x->list[i], weight);
    if (term == REC_TERM_SPECTRAL && r->from) compare_sum(scores, &spectral, &x->list[i], weight);
    if (term == REC_TERM_LIGHT && r->light.items) compare_light(scores, &light, r->light.users, x, i, weight);
    if (term == REC_TERM_FACTORS && r->factors)
        for (int32_t v = 0; v < r->known.items; v++)
            scores[v] += weight * row_dot(x->solved + i * r->config.dim, r->factors + v * r->config.dim, r->config.dim);
    if (term != REC_TERM_ATTENTION || !r->net.nodes) return;
    for (int64_t v = 0; v < r->known.items; v++)
        scores[v] += weight * row_dot(x->state + i * width, r->targets + v * width, width);
}

static void count_choices(float *scores, const histories *h)
{
    for (int32_t i = 0; i < h->items; i++) scores[i] = (float)(h->item_start[i + 1] - h->item_start[i]);
}

void readers_score(float *scores, const rec_readers *x, int64_t i)
{
    const gat_recommender *r = x->model;
    const item_vectors own = spectral_of(r);
    memset(scores, 0, (size_t)r->known.items * sizeof *scores);
    if (!x->list[i].count || r->config.recommender == REC_POP) {
        count_choices(scores, &r->known);
        return;
    }
    switch ((rec_kind)r->config.recommender) {
    case REC_POP: break;
    case REC_ITEMKNN: item_pairs_add(scores, &r->pairs, &x->list[i], 1); break;
    case REC_MF: readers_term(scores, x, i, REC_TERM_FACTORS, 1); break;
    case REC_LIGHTGCN: compare_light(scores, &own, r->reader, x, i, 1); break;
    case REC_ATTENTION:
        for (int t = 0; t < REC_TERMS; t++)
            if (r->weight[t] > 0) readers_term(scores, x, i, (rec_term)t, r->weight[t]);
    }
}

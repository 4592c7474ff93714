/* Training: what the file says becomes histories; then each kind learns what it needs, and is measured on valid. */
#define XXH_INLINE_ALL
#include <math.h>
#include <string.h>
#include <xxhash.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/say.h"
#include "recommend/history_training.h"
#include "recommend/light_training.h"
#include "recommend/pair_fit.h"
#include "recommend/recommender.h"
#include "recommend/spectral.h"
#include "recommend/term_weights.h"

enum { CHOICE_USERS = 2000, CHOICE_SCORES = 24000000 };

/* What the steps of a training share. */
typedef struct training {
    gat_recommender *r;
    const gat_recommend_inputs *inputs;
    wanted_items valid;
    uint64_t identity[2];
} training;

static list_plan plan_of(const training *t)
{
    int64_t most = CHOICE_SCORES / (t->r->known.items + 1);
    return (list_plan){.known = &t->r->known,
                       .wanted = &t->valid,
                       .most_users = most < 1              ? 1
                                     : most < CHOICE_USERS ? most
                                                           : CHOICE_USERS,
                       .seed = (uint64_t)t->r->config.seed};
}

/* ---- attention ------------------------------------------------------------------------------------------- */

/* Item vectors begin as the singular vectors, at the size of the others. */
static void warm_start(gat_recommender *r, const float *v, int64_t k)
{
    float *table = param_value(&r->net.params, r->net.table), scale = .1f * sqrtf((float)r->known.items);
    int64_t d = r->net.dim, least = k < d ? k : d;
    for (int64_t i = 0; i < r->known.items; i++)
        for (int64_t c = 0; c < least; c++) table[i * d + c] = scale * v[i * k + c];
}

static gat_status make_spectral(training *t, gat_error *err)
{
    gat_recommender *r = t->r;
    float *v;
    r->factor_dim = r->config.spectral;
    gat_status st = spectral_make(&v, &r->factor_dim, &r->known, (uint64_t)r->config.seed, err);
    if (st) return st;
    r->from = gat_alloc(r->known.items * r->factor_dim, sizeof *r->from);
    r->to = gat_alloc(r->known.items * r->factor_dim, sizeof *r->to);
    if (r->from && r->to) spectral_factors(r->from, r->to, v, &r->known, r->factor_dim);
    else st = error_nomem(err);
    if (!st && r->config.warm_start == 0) warm_start(r, v, r->factor_dim);
    gat_free(v);
    return st;
}

static gat_status make_net(training *t, gat_error *err)
{
    gat_recommender *r = t->r;
    training_end end;
    const history_lessons lessons = {&r->known, &t->valid, &r->config, t->inputs, {t->identity[0], t->identity[1]}};
    gat_status st = history_net_init(&r->net, &r->config, r->known.items, intern_count(r->entities),
                                     intern_count(r->relations), r->known.levels, &r->facts, true, err);
    if (!st) history_net_draw(&r->net, (uint64_t)r->config.seed);
    if (!st) st = make_spectral(t, err);
    if (!st) st = history_training(&end, &r->net, &lessons, err);
    if (st) return st;
    r->epochs = end.epochs;
    r->best_epoch = end.best_epoch;
    return GAT_OK;
}

static gat_status train_factors(training *t, gat_error *err)
{
    gat_recommender *r = t->r;
    const factor_plan plan = {r->config.dim, r->config.confidence, recommender_penalty(&r->config),
                              (uint64_t)r->config.seed};
    r->factors = gat_alloc(r->known.items * r->config.dim, sizeof *r->factors);
    if (!r->factors) return error_nomem(err);
    return matrix_factors_make(r->factors, &r->known, &plan, t->inputs->should_stop, t->inputs->context, err);
}

/* A LightGCN with its own defaults. It keeps no checkpoint, which is the attention's: a resumed run trains it anew. */
static gat_status train_light_beside(training *t, gat_error *err)
{
    training_end end;
    gat_recommend_config config = t->r->config;
    gat_recommend_inputs inputs = *t->inputs;
    config.batch = config.layers = 0;
    config.lr = config.l2 = 0;
    inputs.checkpoint = NULL;
    inputs.resume = false;
    inputs.on_progress = NULL;
    const history_lessons lessons = {&t->r->known, &t->valid, &config, &inputs, {0, 0}};
    return light_training(&t->r->light, &end, &lessons, err);
}

/* The weight goes into the vectors; without any the part is dropped. */
static void keep_light(gat_recommender *r, double weight)
{
    int64_t n = r->light.items ? r->known.items * r->config.dim : 0;
    for (int64_t i = 0; i < n; i++) r->light.items[i] *= (float)weight;
    if (weight <= 0) light_result_clear(&r->light);
    r->weight[REC_TERM_LIGHT] = 1;
}

/* One way to score, for the weights. */
typedef struct way {
    const rec_readers *readers;
    const item_pairs *pairs; /* NULL: the model's term */
    rec_term term;
} way;

static void score_way(const void *self, float *scores, int64_t place)
{
    const way *w = self;
    if (w->pairs) item_pairs_add(scores, w->pairs, &w->readers->list[place], 1);
    else readers_term(scores, w->readers, place, w->term, 1);
}

/* Users to weigh by: those of valid, or the first that have a history. */
static gat_status weighing_users(int32_t **user, int64_t *count, const training *t, const list_plan *plan,
                                 gat_error *err)
{
    const histories *h = &t->r->known;
    gat_status st = list_users(user, count, plan, err);
    for (int32_t u = 0; !st && t->valid.start[h->users] == 0 && u < h->users && *count < plan->most_users; u++)
        if (h->start[u + 1] > h->start[u]) (*user)[(*count)++] = u;
    return st;
}

/* All pairs and neighbours become one table where there is a dense one. */
static gat_status keep_pairs(gat_recommender *r, item_pairs *all, item_pairs *neighbors, const double *weight)
{
    if (!all->dense) {
        r->pairs = *neighbors;
        memset(neighbors, 0, sizeof *neighbors);
        r->weight[REC_TERM_PAIRS] = (float)weight[0];
        return GAT_OK;
    }
    for (int64_t i = 0; i < (int64_t)all->items * all->items; i++) all->dense[i] *= (float)weight[1];
    item_pairs_spread(all->dense, neighbors, (float)weight[0]);
    r->pairs = *all;
    memset(all, 0, sizeof *all);
    r->weight[REC_TERM_PAIRS] = 1;
    return GAT_OK;
}

static gat_status weigh(training *t, item_pairs *all, item_pairs *neighbors, gat_error *err)
{
    gat_recommender *r = t->r;
    const list_plan plan = plan_of(t);
    list_measure reached;
    rec_readers readers = {.model = r};
    rec_history *list = NULL;
    int32_t *user = NULL;
    int64_t users = 0;
    double weight[WEIGHED_MOST] = {0};
    gat_status st = weighing_users(&user, &users, t, &plan, err);
    if (!st) list = gat_alloc(users, sizeof *list);
    if (!st && !list) st = error_nomem(err);
    for (int64_t i = 0; !st && i < users; i++) list[i] = history_of(&r->known, user[i]);
    if (!st) st = readers_make(&readers, r, list, user, users, err);
    const way ways[] = {{&readers, neighbors, REC_TERM_PAIRS}, {&readers, all->dense ? all : NULL, REC_TERM_PAIRS},
                        {&readers, NULL, REC_TERM_SPECTRAL},   {&readers, NULL, REC_TERM_ATTENTION},
                        {&readers, NULL, REC_TERM_FACTORS},    {&readers, NULL, REC_TERM_LIGHT}};
    const weighed_term terms[] = {{score_way, &ways[0]}, {score_way, &ways[1]}, {score_way, &ways[2]},
                                  {score_way, &ways[3]}, {score_way, &ways[4]}, {score_way, &ways[5]}};
    if (!st) st = term_weights_fit(weight, &reached, terms, WEIGHED_MOST, user, users, &plan, &t->inputs->log, err);
    if (!st) st = keep_pairs(r, all, neighbors, weight);
    r->weight[REC_TERM_SPECTRAL] = (float)weight[2];
    r->weight[REC_TERM_ATTENTION] = (float)weight[3];
    r->weight[REC_TERM_FACTORS] = (float)weight[4];
    keep_light(r, weight[5]);
    readers_clear(&readers);
    gat_free(list);
    gat_free(user);
    return st;
}

static gat_status train_attention(training *t, gat_error *err)
{
    const list_plan plan = plan_of(t);
    const pair_fit fit = {&plan, &t->r->facts, t->inputs};
    item_pairs all = {.items = 0}, neighbors = {.items = 0};
    gat_status st = make_net(t, err);
    if (!st && t->r->config.factors == 0) st = train_factors(t, err);
    if (!st && t->r->config.light == 0) st = train_light_beside(t, err);
    if (!st) st = recommender_prepare(t->r, err);
    if (!st) st = pair_fit_neighbors(&neighbors, &fit, err);
    if (!st && t->r->known.items <= t->r->config.dense_items) st = pair_fit_all(&all, &fit, err);
    if (!st) st = weigh(t, &all, &neighbors, err);
    item_pairs_clear(&all);
    item_pairs_clear(&neighbors);
    return st;
}

/* ---- the others ------------------------------------------------------------------------------------------ */

static gat_status train_neighbors(training *t, gat_error *err)
{
    const list_plan plan = plan_of(t);
    const pair_fit fit = {&plan, &t->r->facts, t->inputs};
    return pair_fit_neighbors(&t->r->pairs, &fit, err);
}

static gat_status train_light(training *t, gat_error *err)
{
    gat_recommender *r = t->r;
    training_end end;
    light_result result = {NULL, NULL, NULL};
    const history_lessons lessons = {&r->known, &t->valid, &r->config, t->inputs, {t->identity[0], t->identity[1]}};
    gat_status st = light_training(&result, &end, &lessons, err);
    r->factor_dim = r->config.dim;
    r->reader = result.users;
    r->to = result.items;
    r->from = result.carry;
    r->epochs = end.epochs;
    r->best_epoch = end.best_epoch;
    return st;
}

static gat_status learn(training *t, gat_error *err)
{
    switch ((rec_kind)t->r->config.recommender) {
    case REC_POP: return GAT_OK;
    case REC_ITEMKNN: return train_neighbors(t, err);
    case REC_MF: return train_factors(t, err);
    case REC_LIGHTGCN: return train_light(t, err);
    case REC_ATTENTION: break;
    }
    return train_attention(t, err);
}

/* ---- data ------------------------------------------------------------------------------------------------ */

static void tell_data(const training *t, const interactions *d)
{
    const gat_log *log = &t->inputs->log;
    if (d->duplicates)
        log_say(log, GAT_LOG_WARNING, "%lld interactions were there before; the last of each counts",
                (long long)d->duplicates);
    if (d->outside)
        log_say(log, GAT_LOG_WARNING, "%lld interactions with items outside the graph left out", (long long)d->outside);
    if (d->low_rated)
        log_say(log, GAT_LOG_INFO, "%lld interactions rated below --min-rating left out", (long long)d->low_rated);
    if (d->lone_users)
        log_say(log, GAT_LOG_WARNING, "%lld users have no history to learn from", (long long)d->lone_users);
    if (d->has_graph)
        log_say(log, GAT_LOG_INFO, "%lld of %d items are in the graph; %lld facts, %lld more touch nothing else",
                (long long)d->linked_items, intern_count(d->items), (long long)d->facts.count,
                (long long)d->idle_facts);
}

static void identify(training *t)
{
    const gat_recommender *r = t->r;
    XXH64_hash_t h = XXH3_64bits(r->config_lines, strlen(r->config_lines));
    t->identity[0] = h;
    h = XXH3_64bits_withSeed(r->known.item, (size_t)r->known.count * sizeof *r->known.item, h);
    h = XXH3_64bits_withSeed(r->known.level, (size_t)r->known.count, h);
    h = XXH3_64bits_withSeed(r->facts.data, (size_t)r->facts.count * sizeof *r->facts.data, h);
    t->identity[1] = h;
}

/* The tables go over from the data to the model. */
static gat_status take_data(training *t, interactions *d, gat_error *err)
{
    gat_recommender *r = t->r;
    gat_status st = histories_make(&r->known, d, err);
    if (!st) st = wanted_make(&t->valid, d, REC_VALID, err);
    if (st) return st;
    tell_data(t, d);
    r->duplicates = d->duplicates;
    r->linked_items = d->linked_items;
    r->users = d->users, r->items = d->items, r->entities = d->entities, r->relations = d->relations;
    d->users = d->items = d->entities = d->relations = NULL;
    r->facts = d->facts;
    d->facts = (gat_triples){NULL, 0, 0};
    r->title = d->title;
    d->title = NULL;
    if (!r->known.count) return error_set(err, GAT_EDATA, "%.400s: no interactions to learn from", t->inputs->data);
    identify(t);
    return GAT_OK;
}

static gat_status measure_valid(training *t, gat_error *err)
{
    gat_status st = recommender_prepare(t->r, err);
    if (st || !t->valid.start[t->r->known.users]) return st;
    st = recommender_evaluate(&t->r->valid, t->r, t->inputs->data, GAT_SPLIT_VALID, err);
    t->r->valid.seconds = 0;
    return st;
}

gat_status recommender_train(gat_recommender **out, const gat_recommend_inputs *inputs,
                             const gat_recommend_config *config, gat_error *err)
{
    interactions data = {.count = 0};
    training t = {.r = gat_calloc(1, sizeof *t.r), .inputs = inputs};
    *out = NULL;
    if (!t.r) return error_nomem(err);
    t.r->config = *config;
    t.r->config_lines = recommend_config_text(config);
    gat_status st = t.r->config_lines ? recommend_config_check(config, err) : error_nomem(err);
    if (!st && !inputs->data) st = error_set(err, GAT_EUSAGE, "--task recommend needs DATA");
    if (!st) st = interactions_load(&data, inputs->data, config, false, err);
    if (!st) st = take_data(&t, &data, err);
    if (!st) st = learn(&t, err);
    if (!st) st = measure_valid(&t, err);
    interactions_clear(&data);
    wanted_clear(&t.valid);
    if (st) recommender_free(t.r);
    else *out = t.r;
    return st;
}

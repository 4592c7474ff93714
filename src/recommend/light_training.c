#include "recommend/light_training.h"

#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/say.h"
#include "recommend/row_dot.h"
#include "recommend/training_checkpoint.h"

enum { LAYERS = 3, BATCH = 8192, VALID_USERS = 2000, EVERY = 5 };
static const double FIRST_RATE = .005, SQUARES = 1e-4;

typedef struct run {
    const history_lessons *lessons;
    light_graph g;
    light_plan plan;
    training_checkpoint at;
} run;

static void score(const void *self, float *scores, int32_t user)
{
    const light_graph *g = self;
    const float *u = g->final + user * g->dim, *x = g->final + g->h->users * g->dim;
    for (int64_t i = 0; i < g->h->items; i++) scores[i] = row_dot(u, x + i * g->dim, g->dim);
}

static gat_status run_init(run *r, gat_error *err)
{
    const gat_recommend_config *c = r->lessons->config;
    uint64_t seed = (uint64_t)c->seed;
    r->plan =
        (light_plan){c->batch ? c->batch : BATCH, c->lr > 0 ? c->lr : FIRST_RATE, c->l2 > 0 ? c->l2 : SQUARES, seed};
    gat_status st = light_graph_init(&r->g, r->lessons->h, c->dim, c->layers ? c->layers : LAYERS, seed, err);
    if (st) return st;
    int64_t size = ((int64_t)r->g.h->users + r->g.h->items) * c->dim;
    r->at = (training_checkpoint){.path = r->lessons->inputs->checkpoint,
                                  .identity = {r->lessons->identity[0], r->lessons->identity[1]},
                                  .place = {.best = -1},
                                  .value = r->g.value,
                                  .state = r->g.state,
                                  .kept = gat_calloc(size, sizeof(float)),
                                  .size = size,
                                  .slots = 2};
    return r->at.kept ? GAT_OK : error_nomem(err);
}

/* Valid is measured every few epochs, which are short. */
static gat_status judge(run *r, double loss, gat_error *err)
{
    const rec_scorer scorer = {score, &r->g};
    const gat_recommend_inputs *in = r->lessons->inputs;
    const list_plan plan = {
        .known = r->g.h, .wanted = r->lessons->valid, .most_users = VALID_USERS, .seed = r->plan.seed};
    training_place *p = &r->at.place;
    list_measure m;
    light_graph_spread(&r->g);
    gat_status st = list_measure_make(&m, &scorer, &plan, err);
    if (st) return st;
    if (!m.users || list_quality(&m) > p->best) {
        p->best = list_quality(&m);
        p->best_epoch = p->epoch;
        memcpy(r->at.kept, r->at.value, (size_t)r->at.size * sizeof(float));
    }
    p->steps = r->g.steps;
    log_say(&in->log, GAT_LOG_INFO, "epoch %lld: loss %.4f, valid: recall@20 %.4f, NDCG@20 %.4f", (long long)p->epoch,
            loss, m.recall, m.ndcg);
    return training_checkpoint_write(&r->at, err);
}

static gat_status run_all(run *r, gat_error *err)
{
    const gat_recommend_inputs *in = r->lessons->inputs;
    const gat_recommend_config *c = r->lessons->config;
    training_place *p = &r->at.place;
    bool found = false, chooses = r->lessons->valid->start[r->g.h->users] > 0;
    double loss;
    gat_status st = in->resume ? training_checkpoint_read(&found, &r->at, err) : GAT_OK;
    r->g.steps = p->steps;
    while (!st && p->epoch < c->epochs &&
           !(chooses && c->patience && p->epoch - p->best_epoch >= EVERY * c->patience)) {
        st = light_graph_epoch(&r->g, &r->plan, p->epoch, &loss, in->should_stop, in->context, err);
        if (st) break;
        p->epoch++;
        if (p->epoch % EVERY == 0 || p->epoch == c->epochs) st = judge(r, loss, err);
        const gat_progress progress = {.epoch = p->epoch, .epochs = c->epochs, .loss = loss};
        if (!st && in->on_progress) in->on_progress(in->context, &progress);
    }
    return st;
}

static gat_status take(light_result *out, run *r, gat_error *err)
{
    int64_t users = r->g.h->users * r->g.dim, items = r->g.h->items * r->g.dim;
    memcpy(r->g.value, r->at.kept, (size_t)r->at.size * sizeof(float));
    light_graph_spread(&r->g);
    out->users = gat_alloc(users, sizeof(float));
    out->items = gat_alloc(items, sizeof(float));
    out->carry = gat_alloc(items, sizeof(float));
    if (!out->users || !out->items || !out->carry) return error_nomem(err);
    memcpy(out->users, r->g.final, (size_t)users * sizeof(float));
    memcpy(out->items, r->g.final + users, (size_t)items * sizeof(float));
    light_graph_carry(out->carry, &r->g);
    return GAT_OK;
}

void light_result_clear(light_result *x)
{
    gat_free(x->users);
    gat_free(x->items);
    gat_free(x->carry);
    *x = (light_result){NULL, NULL, NULL};
}

gat_status light_training(light_result *out, training_end *end, const history_lessons *lessons, gat_error *err)
{
    run r = {.lessons = lessons};
    *out = (light_result){NULL, NULL, NULL};
    gat_status st = run_init(&r, err);
    if (!st) st = run_all(&r, err);
    if (!st) st = take(out, &r, err);
    *end = (training_end){r.at.place.epoch, r.at.place.best_epoch};
    gat_free(r.at.kept);
    light_graph_clear(&r.g);
    return st;
}

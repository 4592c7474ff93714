#include "recommend/history_training.h"

#include <math.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/random.h"
#include "base/say.h"
#include "recommend/training_checkpoint.h"

enum {
    STREAM_USERS = 0x7e70,
    STREAM_HIDE = 0x7e71,
    STREAM_STEP = 0x7e72,
    WARM_STEPS = 50,
    VALID_USERS = 2000,
    STATES = 256
};
static const double FIRST_RATE = .01;
static const float MOST_NORM = 2;

int64_t history_hide(int64_t *order, int64_t n, double share, uint64_t seed, int64_t epoch, int32_t user)
{
    int64_t hidden = (int64_t)((double)n * share + 0.5);
    for (int64_t i = 0; i < n; i++) order[i] = i;
    random_shuffle(order, n, seed, random_stream(STREAM_HIDE, (uint64_t)epoch, (uint64_t)user));
    if (hidden > n - 1) hidden = n - 1;
    return n - (hidden < 1 ? 1 : hidden);
}

/* ---- what the net says ------------------------------------------------------------------------------------ */

gat_status history_net_evaluate(float *encoded, float *targets, const history_net *net, gat_error *err)
{
    gat_tape *t = tape_new(false);
    if (!t) return error_nomem(err);
    gat_mat *x = history_net_encode(t, net, net->graph, 0, NULL), *y = history_net_items(t, net, x, net->items);
    gat_status st = tape_status(t, err);
    if (!st) {
        memcpy(encoded, x->data, (size_t)(x->rows * x->cols) * sizeof *encoded);
        memcpy(targets, y->data, (size_t)(y->rows * y->cols) * sizeof *targets);
    }
    tape_free(t);
    return st;
}

static gat_status states_of(float *out, gat_tape *t, const history_net *net, gat_mat *x, const rec_history *list,
                            int32_t n, gat_error *err)
{
    reading_graph g;
    gat_status st = reading_graph_make(&g, list, n, net->levels, net->nodes - 1, err);
    if (st) return st;
    tape_restart(t, false);
    gat_mat *state = history_net_read(t, net, x, &g, 0, NULL);
    st = tape_status(t, err);
    if (!st) memcpy(out, state->data, (size_t)(n * (net->dim + 1)) * sizeof *out);
    reading_graph_clear(&g);
    return st;
}

gat_status history_states(float *out, const history_net *net, const float *encoded, const rec_history *list, int64_t n,
                          gat_error *err)
{
    float *borrowed;
    memcpy(&borrowed, &encoded, sizeof borrowed); /* the tape does not write where it does not record */
    gat_mat x = {borrowed, NULL, net->nodes, net->dim};
    gat_tape *t = tape_new(false);
    gat_status st = t ? GAT_OK : error_nomem(err);
    for (int64_t i = 0; !st && i < n; i += STATES) {
        int32_t count = (int32_t)(n - i < STATES ? n - i : STATES);
        st = states_of(out + i * (net->dim + 1), t, net, &x, list + i, count, err);
    }
    tape_free(t);
    return st;
}

void history_scores(float *scores, const float *state, const float *targets, int64_t items, int64_t width)
{
    kernels()->score_tile(scores, items, state, targets, 1, items, width);
}

/* ---- one run ---------------------------------------------------------------------------------------------- */

typedef struct run {
    const history_lessons *lessons;
    history_net *net;
    gat_tape *tape;
    training_checkpoint at;
    int32_t *pupil; /* users with at least two items */
    int64_t pupils;
    int64_t *order;
    /* of valid */
    int32_t *asked, *row_of; /* row_of (U): place among the asked */
    int64_t num_asked;
    float *encoded, *targets, *states;
    rec_history *list;
} run;

/* The running mean of the parameters: what is measured and kept. */
static float *mean_of(const run *r) { return r->at.state + 2 * r->at.size; }

static void run_clear(run *r)
{
    tape_free(r->tape);
    gat_free(r->at.state);
    gat_free(r->at.kept);
    gat_free(r->pupil);
    gat_free(r->order);
    gat_free(r->asked);
    gat_free(r->row_of);
    gat_free(r->encoded);
    gat_free(r->targets);
    gat_free(r->states);
    gat_free(r->list);
}

static list_plan plan_of(const run *r)
{
    return (list_plan){.known = r->lessons->h,
                       .wanted = r->lessons->valid,
                       .most_users = VALID_USERS,
                       .seed = (uint64_t)r->lessons->config->seed};
}

static gat_status run_init(run *r, gat_error *err)
{
    const histories *h = r->lessons->h;
    int64_t size = r->net->params.size, width = r->net->dim + 1;
    const list_plan plan = plan_of(r);
    r->at = (training_checkpoint){.path = r->lessons->inputs->checkpoint,
                                  .identity = {r->lessons->identity[0], r->lessons->identity[1]},
                                  .place = {.best = -1},
                                  .value = r->net->params.value,
                                  .size = size,
                                  .slots = 3};
    r->tape = tape_new(true);
    r->at.state = gat_calloc(3 * size, sizeof(float));
    r->at.kept = gat_calloc(size, sizeof(float));
    r->pupil = gat_alloc(h->users, sizeof *r->pupil);
    r->order = gat_alloc(h->users, sizeof *r->order);
    r->row_of = gat_alloc(h->users, sizeof *r->row_of);
    r->encoded = gat_alloc(r->net->nodes * r->net->dim, sizeof(float));
    r->targets = gat_alloc(r->net->items * width, sizeof(float));
    if (!r->tape || !r->at.state || !r->at.kept || !r->pupil || !r->order || !r->row_of || !r->encoded || !r->targets)
        return error_nomem(err);
    gat_status st = list_users(&r->asked, &r->num_asked, &plan, err);
    if (st) return st;
    memcpy(mean_of(r), r->at.value, (size_t)size * sizeof(float));
    r->states = gat_alloc(r->num_asked * width, sizeof(float));
    r->list = gat_alloc(r->num_asked, sizeof *r->list);
    if (!r->states || !r->list) return error_nomem(err);
    for (int64_t i = 0; i < r->num_asked; i++) {
        r->row_of[r->asked[i]] = (int32_t)i;
        r->list[i] = history_of(h, r->asked[i]);
    }
    for (int32_t u = 0; u < h->users; u++)
        if (h->start[u + 1] - h->start[u] > 1) r->pupil[r->pupils++] = u;
    return GAT_OK;
}

static void score_asked(const void *self, float *scores, int32_t user)
{
    const run *r = self;
    int64_t width = r->net->dim + 1;
    history_scores(scores, r->states + r->row_of[user] * width, r->targets, r->net->items, width);
}

static gat_status validate(list_measure *out, run *r, gat_error *err)
{
    const rec_scorer scorer = {score_asked, r};
    const list_plan plan = plan_of(r);
    *out = (list_measure){.users = 0};
    if (!r->num_asked) return GAT_OK;
    r->net->params.value = mean_of(r);
    gat_status st = history_net_evaluate(r->encoded, r->targets, r->net, err);
    if (!st) st = history_states(r->states, r->net, r->encoded, r->list, r->num_asked, err);
    r->net->params.value = r->at.value;
    return st ? st : list_measure_make(out, &scorer, &plan, err);
}

/* ---- steps ------------------------------------------------------------------------------------------------ */

/* What a step reads and what it asks for. */
typedef struct lesson {
    rec_history *seen;
    int64_t *first, *order;
    int32_t *item, *answer;
    uint8_t *level;
} lesson;

static gat_status lesson_init(lesson *l, const run *r, const int32_t *user, int64_t n, gat_error *err)
{
    const histories *h = r->lessons->h;
    int64_t sum = 0;
    for (int64_t i = 0; i < n; i++) sum += h->start[user[i] + 1] - h->start[user[i]];
    l->seen = gat_alloc(n, sizeof *l->seen);
    l->first = gat_alloc(n + 1, sizeof *l->first);
    l->order = gat_alloc(sum, sizeof *l->order);
    l->item = gat_alloc(sum, sizeof *l->item);
    l->answer = gat_alloc(sum, sizeof *l->answer);
    l->level = gat_alloc(sum, sizeof *l->level);
    return l->seen && l->first && l->order && l->item && l->answer && l->level ? GAT_OK : error_nomem(err);
}

static void lesson_clear(lesson *l)
{
    gat_free(l->seen);
    gat_free(l->first);
    gat_free(l->order);
    gat_free(l->item);
    gat_free(l->answer);
    gat_free(l->level);
}

static void lesson_fill(lesson *l, const run *r, const int32_t *user, int64_t n, int64_t epoch)
{
    const gat_recommend_config *c = r->lessons->config;
    int64_t at = 0, asked = 0;
    for (int64_t i = 0; i < n; i++) {
        rec_history h = history_of(r->lessons->h, user[i]);
        int64_t visible = history_hide(l->order, h.count, c->hide, (uint64_t)c->seed, epoch, user[i]);
        l->seen[i] = (rec_history){l->item + at, l->level + at, visible};
        l->first[i] = asked;
        for (int64_t k = 0; k < visible; k++, at++) {
            l->item[at] = h.item[l->order[k]];
            l->level[at] = h.level[l->order[k]];
        }
        for (int64_t k = visible; k < h.count; k++) l->answer[asked++] = h.item[l->order[k]];
    }
    l->first[n] = asked;
}

static void clip(float *grad, int64_t n)
{
    double square = 0;
    for (int64_t i = 0; i < n; i++) square += (double)grad[i] * (double)grad[i];
    if (square <= (double)(MOST_NORM * MOST_NORM)) return;
    float scale = (float)((double)MOST_NORM / sqrt(square));
    for (int64_t i = 0; i < n; i++) grad[i] *= scale;
}

static void optimise(run *r)
{
    gat_params *p = &r->net->params;
    const gat_recommend_config *c = r->lessons->config;
    double rate = c->lr > 0 ? c->lr : FIRST_RATE, warm = (double)(r->at.place.steps + 1) / WARM_STEPS;
    clip(p->grad, p->size);
    kernels()->adam(p->value, r->at.state, r->at.state + p->size, p->grad, p->size,
                    (float)(warm < 1 ? warm * rate : rate), .9f, .999f, 1e-8f, (float)c->weight_decay,
                    ++r->at.place.steps);
    /* Early on the mean follows faster, so that it does not remember the beginning. */
    float *mean = mean_of(r), most = (float)r->at.place.steps / (float)(r->at.place.steps + 9);
    float keep = (float)c->average < most ? (float)c->average : most;
    for (int64_t i = 0; i < p->size; i++) mean[i] = keep * mean[i] + (1 - keep) * p->value[i];
    memset(p->grad, 0, (size_t)p->size * sizeof *p->grad);
}

static gat_status learn(run *r, const lesson *l, int32_t n, double *loss, gat_error *err)
{
    reading_graph g;
    const history_net *net = r->net;
    const gat_rows rows = {n, l->first, l->answer};
    const gat_recommend_config *c = r->lessons->config;
    uint64_t stream = random_stream(STREAM_STEP, (uint64_t)r->at.place.steps, 0);
    gat_loss_options how = {.kind = GAT_LOSS_CE,
                            .compare = GAT_COMPARE_DOT,
                            .samples = c->samples,
                            .key = (uint32_t)stream,
                            .total = (double)l->first[n]};
    gat_status st = reading_graph_make(&g, l->seen, n, net->levels, net->nodes - 1, err);
    if (st) return st;
    tape_restart(r->tape, true);
    gat_mat *x = history_net_encode(r->tape, net, net->graph, stream + 1, NULL);
    gat_mat *u = history_net_read(r->tape, net, x, &g, stream + 2, NULL);
    *loss += ad_loss_one_vs_all(r->tape, u, history_net_items(r->tape, net, x, net->items), &rows, &how) *
             (double)l->first[n];
    st = tape_backward(r->tape, err);
    reading_graph_clear(&g);
    if (!st) optimise(r);
    return st;
}

static gat_status step(run *r, const int32_t *user, int64_t n, double *loss, double *asked, gat_error *err)
{
    lesson l = {.seen = NULL};
    gat_status st = lesson_init(&l, r, user, n, err);
    if (!st) {
        lesson_fill(&l, r, user, n, r->at.place.epoch);
        *asked += (double)l.first[n];
        st = learn(r, &l, (int32_t)n, loss, err);
    }
    lesson_clear(&l);
    return st;
}

static gat_status one_epoch(run *r, double *loss, gat_error *err)
{
    const gat_recommend_inputs *in = r->lessons->inputs;
    int64_t batch = r->lessons->config->batch ? r->lessons->config->batch : 64;
    int32_t *user = gat_alloc(batch, sizeof *user);
    double asked = 0;
    gat_status st = user ? GAT_OK : error_nomem(err);
    for (int64_t i = 0; i < r->pupils; i++) r->order[i] = r->pupil[i];
    random_shuffle(r->order, r->pupils, (uint64_t)r->lessons->config->seed,
                   random_stream(STREAM_USERS, (uint64_t)r->at.place.epoch, 0));
    *loss = 0;
    for (int64_t i = 0; !st && i < r->pupils; i += batch) {
        int64_t n = r->pupils - i < batch ? r->pupils - i : batch;
        if (in->should_stop && in->should_stop(in->context)) st = error_set(err, GAT_EINTERRUPTED, "interrupted");
        for (int64_t k = 0; k < n; k++) user[k] = (int32_t)r->order[i + k];
        if (!st) st = step(r, user, n, loss, &asked, err);
    }
    gat_free(user);
    if (asked > 0) *loss /= asked;
    return st;
}

/* Keeps the parameters of the best epoch, or of the last where nothing is there to choose by. */
static void judge(run *r, const list_measure *m)
{
    training_place *p = &r->at.place;
    if (r->num_asked && list_quality(m) <= p->best) return;
    p->best = list_quality(m);
    p->best_epoch = p->epoch;
    memcpy(r->at.kept, mean_of(r), (size_t)r->at.size * sizeof *r->at.kept);
}

static gat_status tell(run *r, const list_measure *m, double loss, gat_error *err)
{
    const gat_recommend_inputs *in = r->lessons->inputs;
    const training_place *p = &r->at.place;
    const gat_progress progress = {
        .epoch = p->epoch, .epochs = r->lessons->config->epochs, .loss = loss, .improved = p->best_epoch == p->epoch};
    log_say(&in->log, GAT_LOG_INFO, "epoch %lld: loss %.4f, attention alone on valid: recall@20 %.4f, NDCG@20 %.4f",
            (long long)p->epoch, loss, m->recall, m->ndcg);
    if (in->on_progress) in->on_progress(in->context, &progress);
    return training_checkpoint_write(&r->at, err);
}

static bool is_over(const run *r)
{
    const gat_recommend_config *c = r->lessons->config;
    const training_place *p = &r->at.place;
    return p->epoch >= c->epochs || (r->num_asked && c->patience && p->epoch - p->best_epoch >= c->patience);
}

static gat_status run_all(run *r, gat_error *err)
{
    list_measure m;
    double loss;
    bool found = false;
    gat_status st = r->lessons->inputs->resume ? training_checkpoint_read(&found, &r->at, err) : GAT_OK;
    while (!st && !is_over(r)) {
        st = one_epoch(r, &loss, err);
        if (st) break;
        r->at.place.epoch++;
        st = validate(&m, r, err);
        if (st) break;
        judge(r, &m);
        st = tell(r, &m, loss, err);
    }
    return st;
}

gat_status history_training(training_end *end, history_net *net, const history_lessons *lessons, gat_error *err)
{
    run r = {.lessons = lessons, .net = net};
    gat_status st = run_init(&r, err);
    if (!st && !r.pupils)
        st = error_set(err, GAT_EDATA, "%.400s: no user has two interactions to learn from", lessons->inputs->data);
    if (!st) st = run_all(&r, err);
    if (!st) memcpy(net->params.value, r.at.kept, (size_t)r.at.size * sizeof(float));
    *end = (training_end){r.at.place.epoch, r.at.place.best_epoch};
    run_clear(&r);
    return st;
}

/* Training: steps of `batch` graphs, their triples in a new order every epoch, cross-entropy of the next name, Adam with a
 * warm-up and a cosine. After an epoch valid is measured, always in the same orders, and the best net is kept. All random
 * numbers are functions of seed, epoch and graph, so that a run goes on from any step. */
#include <math.h>
#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/random.h"
#include "base/say.h"
#include "generate/generator_data.h"
#include "generate/generator_run.h"
#include "kernels/kernels.h"
#include "train/train_run.h"

enum { STREAM_EPOCH = 0x7f91, STREAM_ORDER = 0x7f92, STREAM_DROP = 0x7f94, WARM_STEPS = 200 };
static const double MOST_NORM = 1, LEAST_RATE = .01, PI = 3.14159265358979, CHECKPOINT_SECONDS = 2;

typedef struct teacher {
    const gat_generator_inputs *inputs;
    const generator_data *data;
    generator_run run;
    gat_tape *tape;
    sequence_batch batch;
    int64_t *lesson; /* (train graphs) this epoch's order */
    int64_t epoch_steps, all_steps;
    double deadline; /* of the monotonic clock; 0: none */
    double written;  /* when the checkpoint was; 0: not yet */
    bool late;       /* the deadline has passed */
} teacher;

static gat_generator_config *config_of(const teacher *t) { return &t->run.model->config; }
static int64_t epoch_of(const teacher *t) { return t->run.at.steps / t->epoch_steps; }

static double rate_of(const teacher *t)
{
    double share = (double)t->run.at.steps / (double)t->all_steps;
    double warm_steps = (double)t->all_steps / 10 < WARM_STEPS ? (double)t->all_steps / 10 : WARM_STEPS;
    double warm = (double)(t->run.at.steps + 1) / (warm_steps + 1);
    double rate = config_of(t)->lr * (LEAST_RATE + (1 - LEAST_RATE) * (0.5 + 0.5 * cos(share * PI)));
    return warm < 1 ? rate * warm : rate;
}

static void clip(float *grad, int64_t n)
{
    double square = 0;
    for (int64_t i = 0; i < n; i++) square += (double)grad[i] * (double)grad[i];
    double norm = sqrt(square);
    if (norm <= MOST_NORM) return;
    float scale = (float)(MOST_NORM / norm);
    for (int64_t i = 0; i < n; i++) grad[i] *= scale;
}

static void optimise(teacher *t)
{
    gat_params *p = &t->run.model->net.params;
    float rate = (float)rate_of(t);
    clip(p->grad, p->size);
    t->run.at.steps++;
    kernels()->adam(p->value, t->run.adam, t->run.adam + p->size, p->grad, p->size, rate, 0.9f, 0.98f, 1e-8f,
                    (float)config_of(t)->weight_decay, t->run.at.steps);
    memset(p->grad, 0, (size_t)p->size * sizeof *p->grad);
}

static gat_status step(teacher *t, gat_error *err)
{
    const gat_generator_config *c = config_of(t);
    const graph_set *train = &t->data->train;
    int64_t first = t->run.at.steps % t->epoch_steps * c->batch;
    int64_t n = train->count - first < c->batch ? train->count - first : c->batch;
    uint64_t order = STREAM_ORDER | (uint64_t)epoch_of(t) << 32;
    gat_status st = sequence_batch_fill(&t->batch, &t->run.model->net.shape, train, t->lesson + first, n,
                                        (uint64_t)c->seed, order, err);
    if (st) return st;
    tape_restart(t->tape, true);
    const float *loss =
        sequence_net_loss(t->tape, &t->run.model->net, &t->batch, 1 / (float)t->batch.rows,
                          (uint32_t)random_stream(STREAM_DROP, (uint64_t)c->seed, (uint64_t)t->run.at.steps));
    st = tape_backward(t->tape, err);
    if (st) return st;
    double sum = 0;
    for (int64_t i = 0; i < t->batch.rows; i++) sum += (double)loss[i];
    if (!isfinite(sum)) return error_set(err, GAT_EFAILED, "the loss is no number any more; a smaller --lr may help");
    t->run.at.epoch_bits += sum / M_LN2;
    optimise(t);
    return GAT_OK;
}

static void tell(const teacher *t, int64_t epoch, double train_bits, double valid_bits, bool improved)
{
    const gat_generator_inputs *in = t->inputs;
    const gat_generator_progress progress = {epoch, config_of(t)->epochs, train_bits, valid_bits, rate_of(t), improved};
    if (valid_bits < 0)
        log_say(&in->log, GAT_LOG_INFO, "epoch %lld of %lld: %.3f bits a graph", (long long)progress.epoch,
                (long long)progress.epochs, train_bits);
    else
        log_say(&in->log, GAT_LOG_INFO, "epoch %lld of %lld: %.3f bits a graph, valid %.3f%s",
                (long long)progress.epoch, (long long)progress.epochs, train_bits, valid_bits,
                improved ? ", best" : "");
    if (in->on_progress) in->on_progress(in->context, &progress);
}

/* Without valid the last net is the best. */
static gat_status end_epoch(teacher *t, int64_t graphs, gat_error *err)
{
    gat_generator *m = t->run.model;
    run_state *at = &t->run.at;
    double bits = -1, train_bits = graphs ? at->epoch_bits / (double)graphs : 0;
    if (t->data->num_valid) {
        gat_status st = generator_bits(&bits, NULL, m, &t->data->valid, t->data->valid_fits, t->data->num_valid,
                                       (uint64_t)m->config.seed, err);
        if (st) return st;
    }
    bool improved = bits < 0 || !at->best_epoch || bits < at->best_bits;
    int64_t epoch = (at->steps + t->epoch_steps - 1) / t->epoch_steps;
    if (improved) {
        memcpy(t->run.best, m->net.params.value, (size_t)m->net.params.size * sizeof *t->run.best);
        at->best_bits = bits;
        at->best_epoch = epoch;
        at->stale = 0;
    } else at->stale++;
    at->epoch_bits = 0;
    tell(t, epoch, train_bits, bits, improved);
    return GAT_OK;
}

static bool should_stop(const teacher *t)
{
    const gat_generator_inputs *in = t->inputs;
    return in->should_stop && in->should_stop(in->context);
}

static void order_lessons(teacher *t)
{
    int64_t n = t->data->train.count;
    for (int64_t i = 0; i < n; i++) t->lesson[i] = i;
    random_shuffle(t->lesson, n, (uint64_t)config_of(t)->seed, random_stream(STREAM_EPOCH, (uint64_t)epoch_of(t), 0));
}

static gat_status keep_checkpoint(teacher *t, gat_error *err)
{
    t->written = clock_seconds();
    return t->inputs->checkpoint ? generator_run_write(&t->run, t->inputs->checkpoint, err) : GAT_OK;
}

static gat_status interrupt(teacher *t, gat_error *err)
{
    gat_status st = keep_checkpoint(t, err);
    return st ? st : error_set(err, GAT_EINTERRUPTED, "interrupted");
}

/* From where the run stands to the end of the epoch, or to the deadline. */
static gat_status one_epoch(teacher *t, gat_error *err)
{
    gat_status st = GAT_OK;
    order_lessons(t);
    do {
        if (should_stop(t)) return interrupt(t, err);
        st = step(t, err);
        t->late = t->deadline > 0 && clock_seconds() > t->deadline;
    } while (!st && !t->late && t->run.at.steps % t->epoch_steps);
    int64_t done = t->run.at.steps % t->epoch_steps * config_of(t)->batch;
    if (!st) st = end_epoch(t, done ? done : t->data->train.count, err);
    return st || clock_seconds() - t->written < CHECKPOINT_SECONDS ? st : keep_checkpoint(t, err);
}

static bool has_ended(const teacher *t)
{
    int64_t patience = config_of(t)->patience;
    return t->late || t->run.at.steps >= t->all_steps || (patience && t->run.at.stale >= patience);
}

static gat_status learn(teacher *t, gat_error *err)
{
    gat_status st = GAT_OK;
    while (!st && !has_ended(t)) {
        st = one_epoch(t, err);
        if (!st && t->inputs->stop_after && epoch_of(t) >= t->inputs->stop_after && !has_ended(t))
            st = interrupt(t, err);
    }
    return st;
}

static gat_status teacher_init(teacher *t, gat_error *err)
{
    gat_generator *m = t->run.model;
    const sequence_shape shape = generator_shape(m);
    gat_status st = sequence_net_init(&m->net, &shape, true, err);
    if (st) return st;
    int64_t size = m->net.params.size, batch = m->config.batch;
    sequence_net_draw(&m->net, (uint64_t)m->config.seed);
    t->epoch_steps = (t->data->train.count + batch - 1) / batch;
    t->all_steps = m->config.epochs * t->epoch_steps;
    t->tape = tape_new(true);
    t->run.adam = gat_calloc(2 * size, sizeof *t->run.adam);
    t->run.best = gat_calloc(size, sizeof *t->run.best);
    t->lesson = gat_alloc(t->data->train.count, sizeof *t->lesson);
    return t->tape && t->run.adam && t->run.best && t->lesson ? GAT_OK : error_nomem(err);
}

static void teacher_clear(teacher *t)
{
    tape_free(t->tape);
    sequence_batch_clear(&t->batch);
    gat_free(t->run.adam);
    gat_free(t->run.best);
    gat_free(t->lesson);
}

static gat_status teach(gat_generator *m, const generator_data *data, const gat_generator_inputs *inputs,
                        double started, gat_error *err)
{
    teacher t = {.inputs = inputs, .data = data, .run = {.model = m}};
    bool resumes = inputs->resume && inputs->checkpoint && file_exists(inputs->checkpoint);
    if (inputs->time_limit > 0) t.deadline = started + inputs->time_limit - inputs->spent;
    gat_status st = teacher_init(&t, err);
    if (!st && inputs->resume && !resumes) log_say(&inputs->log, GAT_LOG_INFO, "no checkpoint: starting afresh");
    if (!st && resumes) st = generator_run_read(&t.run, inputs->checkpoint, err);
    if (!st) st = learn(&t, err);
    if (!st) {
        memcpy(m->net.params.value, t.run.best, (size_t)m->net.params.size * sizeof *t.run.best);
        m->epochs = (t.run.at.steps + t.epoch_steps - 1) / t.epoch_steps;
        m->best_epoch = t.run.at.best_epoch;
        m->valid_bits = t.run.at.best_bits;
    }
    teacher_clear(&t);
    return st;
}

/* A run that finished is known by its model. */
static gat_generator *find_finished(const gat_generator *m, const gat_generator_inputs *inputs)
{
    gat_generator *found = NULL;
    uint64_t wanted[2], own[2];
    if (!inputs->resume || !inputs->finished || (inputs->checkpoint && file_exists(inputs->checkpoint)) ||
        !file_exists(inputs->finished) || generator_load(&found, inputs->finished, NULL))
        return NULL;
    generator_run_identity(wanted, m);
    generator_run_identity(own, found);
    if (!memcmp(wanted, own, sizeof own)) return found;
    generator_free(found);
    return NULL;
}

gat_status generator_train(gat_generator **out, const gat_generator_inputs *inputs, const gat_generator_config *config,
                           gat_error *err)
{
    double started = clock_seconds();
    generator_data data = {.num_valid = 0};
    gat_generator *m = gat_calloc(1, sizeof *m), *finished = NULL;
    *out = NULL;
    if (!m) return error_nomem(err);
    m->config = *config;
    m->config_lines = generator_config_text(config);
    gat_status st = m->config_lines ? generator_config_check(config, err) : error_nomem(err);
    if (!st) st = generator_data_load(&data, m, inputs->data, err);
    if (!st && !(finished = find_finished(m, inputs))) st = teach(m, &data, inputs, started, err);
    generator_data_clear(&data);
    if (st || finished) generator_free(m);
    if (!st) *out = finished ? finished : m;
    return st;
}

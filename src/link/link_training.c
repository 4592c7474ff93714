/* Training of the net: steps of a few documents, each on its own tape with its own gradients, which are added in the order of
 * the documents: the same bits for any number of threads. A fixed number of epochs, and the mean of the weights at the end:
 * nothing is chosen on the way. A slice of the documents is held back for what makes beliefs probabilities. */
#include <math.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/random.h"
#include "base/say.h"
#include "kernels/kernels.h"
#include "link/link_calibrate.h"
#include "link/link_corpus.h"
#include "link/linker.h"
#include "link/removed_entities.h"

enum { STREAM_ORDER = 0x7f20, STREAM_DROP = 0x7f21, WARM_STEPS = 100, HOLD_EVERY = 16, HOLD_PLACE = 7, LEAST_NIL = 20 };
static const double MOST_NORM = 2, REMOVED = .15;

/* Where one document of a step is worked on. */
typedef struct slot {
    gat_tape *tape;
    gat_params params; /* the net's values, gradients of its own */
    double loss;
    gat_status status;
} slot;

typedef struct teacher {
    const gat_link_inputs *inputs;
    const gat_link_config *config;
    const link_corpus *corpus;
    link_net *net;
    slot *slots;
    float *state, *mean;     /* Adam's (2,size); (size) of the running mean */
    int64_t *lesson, *order; /* documents that teach */
    int64_t count, steps, all_steps;
    uint64_t seed;
} teacher;

static void teacher_clear(teacher *t)
{
    for (int64_t i = 0; t->slots && i < t->config->batch; i++) {
        tape_free(t->slots[i].tape);
        gat_free(t->slots[i].params.grad);
    }
    gat_free(t->slots);
    gat_free(t->state);
    gat_free(t->mean);
    gat_free(t->lesson);
    gat_free(t->order);
}

static gat_status teacher_init(teacher *t, gat_error *err)
{
    int64_t size = t->net->params.size, batch = t->config->batch;
    t->slots = gat_calloc(batch, sizeof *t->slots);
    t->state = gat_calloc(2 * size, sizeof *t->state);
    t->mean = gat_alloc(size, sizeof *t->mean);
    t->lesson = gat_alloc(t->corpus->count, sizeof *t->lesson);
    t->order = gat_alloc(t->corpus->count, sizeof *t->order);
    if (!t->slots || !t->state || !t->mean || !t->lesson || !t->order) return error_nomem(err);
    for (int64_t i = 0; i < batch; i++) {
        t->slots[i].tape = tape_new(true);
        t->slots[i].params = t->net->params;
        t->slots[i].params.grad = gat_calloc(size, sizeof(float));
        if (!t->slots[i].tape || !t->slots[i].params.grad) return error_nomem(err);
    }
    memcpy(t->mean, t->net->params.value, (size_t)size * sizeof *t->mean);
    return GAT_OK;
}

static bool is_held_back(const link_corpus *c, int64_t i)
{
    return c->count >= HOLD_EVERY && i % HOLD_EVERY == HOLD_PLACE;
}

/* Warm-up, then a cosine down to a hundredth. */
static double rate_of(const teacher *t)
{
    double share = (double)t->steps / (double)t->all_steps, warm = (double)(t->steps + 1) / WARM_STEPS;
    double rate = t->config->lr * (0.01 + 0.99 * (0.5 + 0.5 * cos(share * 3.14159265358979)));
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

static void optimise(teacher *t, int64_t used)
{
    gat_params *p = &t->net->params;
    float keep = (float)t->config->average, rate = (float)rate_of(t);
    for (int64_t s = 0; s < used; s++) {
        float *own = t->slots[s].params.grad;
        kernels()->axpy(p->grad, own, 1, p->size);
        memset(own, 0, (size_t)p->size * sizeof *own);
    }
    clip(p->grad, p->size);
    t->steps++;
    kernels()->adam(p->value, t->state, t->state + p->size, p->grad, p->size, rate, 0.9f, 0.999f, 1e-8f,
                    (float)t->config->weight_decay, t->steps);
    memset(p->grad, 0, (size_t)p->size * sizeof *p->grad);
    /* Early on the mean follows faster, so that it does not remember the beginning. */
    float most = (float)t->steps / (float)(t->steps + 9);
    keep = keep < most ? keep : most;
    for (int64_t i = 0; i < p->size; i++) t->mean[i] = keep * t->mean[i] + (1 - keep) * p->value[i];
}

static void study(slot *s, const teacher *t, const candidate_graph *g, uint32_t key, float scale)
{
    link_result result;
    tape_restart(s->tape, true);
    link_net_forward(&result, s->tape, t->net, &s->params, g, key);
    s->loss = link_net_loss(s->tape, &result, t->net, g, scale);
    s->status = tape_backward(s->tape, NULL);
}

static gat_status step(teacher *t, const int64_t *which, int64_t n, double *loss, gat_error *err)
{
    float wanted = 0;
    for (int64_t i = 0; i < n; i++) wanted += t->corpus->graph[which[i]].num_wanted;
#pragma omp parallel for schedule(dynamic)
    for (int64_t i = 0; i < n; i++) {
        uint64_t place = (uint64_t)(t->steps * t->config->batch + i);
        study(&t->slots[i], t, &t->corpus->graph[which[i]], (uint32_t)random_stream(STREAM_DROP, t->seed, place),
              1 / wanted);
    }
    for (int64_t i = 0; i < n; i++) {
        if (t->slots[i].status) return error_set(err, t->slots[i].status, "%s", status_text(t->slots[i].status));
        *loss += t->slots[i].loss * (double)wanted;
    }
    optimise(t, n);
    return GAT_OK;
}

static gat_status one_epoch(teacher *t, int64_t epoch, gat_error *err)
{
    double loss = 0, mentions = 0;
    gat_status st = GAT_OK;
    memcpy(t->order, t->lesson, (size_t)t->count * sizeof *t->order);
    random_shuffle(t->order, t->count, t->seed, random_stream(STREAM_ORDER, (uint64_t)epoch, 0));
    for (int64_t i = 0; !st && i < t->count; i += t->config->batch) {
        if (t->inputs->should_stop && t->inputs->should_stop(t->inputs->context))
            return error_set(err, GAT_EINTERRUPTED, "interrupted");
        int64_t n = t->count - i < t->config->batch ? t->count - i : t->config->batch;
        st = step(t, t->order + i, n, &loss, err);
    }
    for (int64_t i = 0; i < t->count; i++) mentions += (double)t->corpus->graph[t->lesson[i]].num_wanted;
    log_say(&t->inputs->log, GAT_LOG_INFO, "epoch %lld of %lld: loss %.4f", (long long)epoch + 1,
            (long long)t->config->epochs, loss / mentions);
    if (!st && t->inputs->on_progress) {
        const gat_progress progress = {
            .epoch = epoch + 1, .epochs = t->config->epochs, .loss = loss / mentions, .learning_rate = rate_of(t)};
        t->inputs->on_progress(t->inputs->context, &progress);
    }
    return st;
}

/* Documents where nothing is wanted teach nothing. */
static void choose_lessons(teacher *t)
{
    t->count = 0;
    for (int64_t i = 0; i < t->corpus->count; i++)
        if (t->corpus->graph[i].num_wanted > 0 && !is_held_back(t->corpus, i)) t->lesson[t->count++] = i;
    t->all_steps = t->config->epochs * ((t->count + t->config->batch - 1) / t->config->batch);
}

static gat_status teach(gat_linker *l, const gat_link_inputs *inputs, const link_corpus *corpus, gat_error *err)
{
    teacher t = {.inputs = inputs, .config = &l->config, .corpus = corpus, .net = &l->net};
    const link_shape shape = linker_shape(l);
    t.seed = (uint64_t)l->config.seed;
    gat_status st = link_net_init(&l->net, &shape, true, err);
    if (!st) link_net_draw(&l->net, t.seed);
    if (!st) st = teacher_init(&t, err);
    if (!st) {
        choose_lessons(&t);
        if (!t.count)
            st = error_set(err, GAT_EDATA, "%.400s: no annotated entity is among the candidates",
                           inputs->documents ? inputs->documents : inputs->kg);
    }
    for (int64_t epoch = 0; !st && epoch < l->config.epochs; epoch++) st = one_epoch(&t, epoch, err);
    if (!st) memcpy(l->net.params.value, t.mean, (size_t)l->net.params.size * sizeof *t.mean);
    teacher_clear(&t);
    return st;
}

/* Adds document i, without `remove` of the annotated entities. */
static gat_status try_document(link_calibration *c, const gat_linker *l, gat_tape *tape, const link_corpus *corpus,
                               int64_t i, double remove, gat_error *err)
{
    candidate_graph graph;
    link_document *d;
    if (remove <= 0) return link_calibration_add(c, l, tape, corpus->document[i], &corpus->graph[i], err);
    gat_status st = remove_entities(&d, corpus->document[i], remove, (uint64_t)l->config.seed, corpus->arena, err);
    if (!st) st = candidate_graph_make(&graph, d, &l->names, l->types, corpus->arena, err);
    return st ? st : link_calibration_add(c, l, tape, d, &graph, err);
}

/* Which documents are tried, and how. */
typedef struct trial_plan {
    bool all; /* not the held-back ones alone */
    double remove;
} trial_plan;

/* What the net says of the held-back documents, or of all where there are few. */
static gat_status try_documents(link_calibration *c, gat_linker *l, const link_corpus *corpus, trial_plan plan,
                                gat_error *err)
{
    gat_tape *tape = tape_new(false);
    gat_status st = tape ? GAT_OK : error_nomem(err);
    bool all = plan.all || corpus->count < HOLD_EVERY;
    c->count = c->lost = 0;
    for (int64_t i = 0; !st && i < corpus->count; i++)
        if (all || is_held_back(corpus, i)) st = try_document(c, l, tape, corpus, i, plan.remove, err);
    tape_free(tape);
    return st;
}

static int64_t count_nil(const link_calibration *c)
{
    int64_t n = 0;
    for (int64_t i = 0; i < c->count; i++) n += c->trial[i].nil;
    return n;
}

/* NIL is learned from all documents (training has made nothing of its mentions), its threshold from those held back. Where
 * hardly anything is annotated with NIL, some entities are taken out to see what it looks like. */
static gat_status calibrate_nil(gat_linker *l, link_calibration *held_back, const link_corpus *corpus, gat_error *err)
{
    link_calibration all;
    gat_status st = link_calibration_init(&all, corpus->mentions, err);
    bool annotated = count_nil(held_back) >= LEAST_NIL;
    if (!st && annotated) {
        st = try_documents(&all, l, corpus, (trial_plan){.all = true}, err);
        if (!st) link_calibration_nil(&all, l);
    } else if (!st) {
        st = try_documents(held_back, l, corpus, (trial_plan){.remove = REMOVED}, err);
        if (!st) link_calibration_nil(held_back, l);
    }
    if (!st) link_calibration_threshold(held_back, l, annotated);
    link_calibration_clear(&all);
    return st;
}

static gat_status calibrate(gat_linker *l, const link_corpus *corpus, gat_error *err)
{
    link_calibration c;
    gat_status st = link_calibration_init(&c, corpus->mentions, err);
    if (!st) st = try_documents(&c, l, corpus, (trial_plan){.all = false}, err);
    for (int64_t i = 0; i < corpus->count; i++) l->held_back += is_held_back(corpus, i);
    if (!st) link_calibration_right(&c, l);
    if (!st) st = calibrate_nil(l, &c, corpus, err);
    link_calibration_clear(&c);
    return st;
}

static gat_status load_names(gat_linker *l, const gat_link_inputs *inputs, gat_error *err)
{
    const lexicon_sources sources = {.kg = inputs->kg,
                                     .names = inputs->lexicon,
                                     .descriptions = inputs->descriptions,
                                     .vectors = inputs->word_vectors,
                                     .seed = (uint64_t)l->config.seed};
    return lexicon_load(&l->names, &sources, err);
}

/* Made documents are no text, so that nothing could be learned about words. */
static gat_status check_inputs(const gat_link_inputs *inputs, const gat_link_config *config, gat_error *err)
{
    if (!inputs->documents && !inputs->kg)
        return error_set(err, GAT_EUSAGE, "without documents a graph is needed: --kg");
    if (!inputs->documents && inputs->descriptions)
        return error_set(err, GAT_EUSAGE, "descriptions are compared with texts: they need documents");
    return link_config_check(config, err);
}

gat_status linker_train(gat_linker **out, const gat_link_inputs *inputs, const gat_link_config *config, gat_error *err)
{
    link_corpus corpus = {.count = 0};
    gat_linker *l = gat_calloc(1, sizeof *l);
    *out = NULL;
    if (!l) return error_nomem(err);
    l->config = *config;
    l->config_lines = link_config_text(config);
    gat_status st = l->config_lines ? check_inputs(inputs, config, err) : error_nomem(err);
    if (!st && inputs->kg) st = load_names(l, inputs, err);
    if (!st)
        st = link_corpus_load(&corpus, inputs->documents, &l->names, config->documents, (uint64_t)config->seed, err);
    if (!st) {
        l->documents = corpus.count;
        l->mentions = corpus.mentions;
        l->types = corpus.types;
        corpus.types = NULL;
        st = teach(l, inputs, &corpus, err);
    }
    if (!st) st = calibrate(l, &corpus, err);
    link_corpus_clear(&corpus);
    if (st) linker_free(l);
    else *out = l;
    return st;
}

#include "text/net_student.h"

#include <math.h>
#include <string.h>

#include "autodiff/text_ops.h"
#include "base/error.h"
#include "base/memory.h"
#include "base/random.h"
#include "kernels/kernels.h"

enum { STREAM_ORDER = 0x7e40, STREAM_DROP = 0x7e41, WARM_STEPS = 100, AVERAGE_EVERY = 5 };

/* Gradients longer than this are cut. */
static const double LONGEST = 5;

typedef struct student {
    const net_lesson *lesson;
    const gat_relation_config *config;
    wide_trainer wide;
    text_net *net;
    gat_tape *tape;
    net_batch batch;
    float *state, *mean; /* Adam's (2,size); (size) of the running mean */
    uint8_t *truth;      /* (batch, labels) */
    int64_t *order, steps, all_steps;
    double loss;
} student;

static void student_clear(student *s)
{
    net_batch_clear(&s->batch);
    wide_trainer_clear(&s->wide);
    tape_free(s->tape);
    gat_free(s->state);
    gat_free(s->mean);
    gat_free(s->truth);
    gat_free(s->order);
}

/* Features of the batch of the longest rows. */
static int64_t largest_batch(const sparse_rows *x, int64_t batch)
{
    int64_t most = 0;
    for (int64_t i = 0; i < x->rows; i++)
        if (x->start[i + 1] - x->start[i] > most) most = x->start[i + 1] - x->start[i];
    return most * batch;
}

static gat_status student_init(student *s, gat_error *err)
{
    const gat_relation_config *c = s->config;
    int64_t size = s->net->params.size, n = s->lesson->count;
    s->tape = tape_new(true);
    s->state = gat_calloc(2 * size, sizeof *s->state);
    s->mean = gat_alloc(size, sizeof *s->mean);
    s->truth = gat_alloc(c->batch * s->net->shape.labels, 1);
    s->order = gat_alloc(n, sizeof *s->order);
    if (!s->tape || !s->state || !s->mean || !s->truth || !s->order) return error_nomem(err);
    s->all_steps = c->epochs * ((n + c->batch - 1) / c->batch);
    memcpy(s->mean, s->net->params.value, (size_t)size * sizeof *s->mean);
    return wide_trainer_init(&s->wide, &s->net->wide, largest_batch(s->lesson->from->wide, c->batch), err);
}

/* Warm-up, then a cosine down to a twentieth. */
static double rate_of(const student *s)
{
    double share = (double)s->steps / (double)s->all_steps, warm = (double)(s->steps + 1) / WARM_STEPS;
    double rate = s->config->lr * (0.05 + 0.95 * (0.5 + 0.5 * cos(share * 3.14159265358979)));
    return warm < 1 ? rate * warm : rate;
}

static wide_step wide_now(const student *s, int64_t step)
{
    return (wide_step){step, (float)(s->config->wide_lr * rate_of(s)), (float)s->config->weight_decay};
}

static void clip_gradient(const gat_params *p)
{
    double squares = 0;
    for (int64_t i = 0; i < p->size; i++) squares += (double)p->grad[i] * (double)p->grad[i];
    if (squares <= LONGEST * LONGEST) return;
    float scale = (float)(LONGEST / sqrt(squares));
    for (int64_t i = 0; i < p->size; i++) p->grad[i] *= scale;
}

static void optimise(student *s)
{
    gat_params *p = &s->net->params;
    float rate = (float)rate_of(s), keep = (float)s->config->average;
    s->steps++;
    clip_gradient(p);
    kernels()->adam(p->value, s->state, s->state + p->size, p->grad, p->size, rate, 0.9f, 0.999f, 1e-8f,
                    (float)s->config->weight_decay, s->steps);
    memset(p->grad, 0, (size_t)p->size * sizeof *p->grad);
    if (s->steps % AVERAGE_EVERY) return;
    /* Early on the mean follows faster, so that it does not remember the beginning. */
    float most = (float)(s->steps / AVERAGE_EVERY) / (float)(s->steps / AVERAGE_EVERY + 9);
    keep = keep < most ? keep : most;
    for (int64_t i = 0; i < p->size; i++) s->mean[i] = keep * s->mean[i] + (1 - keep) * p->value[i];
}

static gat_status step(student *s, const int64_t *which, int64_t n, gat_error *err)
{
    const net_lesson *l = s->lesson;
    int64_t labels = s->net->shape.labels;
    uint32_t key = (uint32_t)random_stream(STREAM_DROP, l->seed, (uint64_t)s->steps);
    wide_step now = wide_now(s, s->steps + 1);
    gat_status st = net_batch_take(&s->batch, l->from, which, n, key, err);
    if (st) return st;
    wide_begin(&s->wide, &s->batch.wide.bag, &now);
    for (int64_t i = 0; i < n; i++) memcpy(s->truth + i * labels, l->truth + which[i] * labels, (size_t)labels);
    tape_restart(s->tape, true);
    gat_mat *wide, *logit = text_net_forward(s->tape, s->net, &s->batch, key, NULL, &wide);
    s->loss +=
        ad_label_loss(s->tape, logit, s->truth, l->model->several, (float)s->config->label_smoothing) * (double)n;
    st = tape_backward(s->tape, err);
    if (st) return st;
    wide_end(&s->wide, &s->batch.wide.bag, wide->grad, &now);
    optimise(s);
    return GAT_OK;
}

static void draw_order(student *s, int64_t epoch)
{
    const net_lesson *l = s->lesson;
    memcpy(s->order, l->use, (size_t)l->count * sizeof *s->order);
    random_shuffle(s->order, l->count, l->seed, random_stream(STREAM_ORDER, (uint64_t)epoch, 0));
}

static gat_status teach(student *s, gat_error *err)
{
    const net_lesson *l = s->lesson;
    int64_t batch = s->config->batch;
    gat_status st = GAT_OK;
    for (int64_t epoch = 0; !st && epoch < s->config->epochs; epoch++) {
        draw_order(s, epoch);
        s->loss = 0;
        for (int64_t i = 0; !st && i < l->count; i += batch) {
            if (relation_interrupted(l->clock) || relation_late(l->clock))
                return error_set(err, GAT_EINTERRUPTED, "interrupted");
            st = step(s, s->order + i, l->count - i < batch ? l->count - i : batch, err);
        }
    }
    wide_step last = wide_now(s, s->steps);
    if (!st) wide_finish(&s->wide, &last);
    if (!st && s->steps) memcpy(s->net->params.value, s->mean, (size_t)s->net->params.size * sizeof *s->mean);
    return st;
}

gat_status net_teach(text_net *net, const net_shape *shape, const net_lesson *lesson, double *loss, gat_error *err)
{
    student s = {.lesson = lesson, .config = &lesson->model->config, .net = net};
    gat_status st = text_net_init(net, shape, true, err);
    if (!st) text_net_draw(net, lesson->seed);
    if (!st) st = student_init(&s, err);
    if (!st) st = teach(&s, err);
    *loss = lesson->count ? s.loss / (double)lesson->count : 0;
    student_clear(&s);
    return st;
}

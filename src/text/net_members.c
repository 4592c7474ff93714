#include "text/net_members.h"

#include <math.h>
#include <string.h>

#include "autodiff/text_ops.h"
#include "base/error.h"
#include "base/memory.h"
#include "base/random.h"
#include "base/say.h"
#include "kernels/kernels.h"

enum { STREAM_ORDER = 0x7e40, STREAM_DROP = 0x7e41, WARM_STEPS = 100, AVERAGE_EVERY = 5, LEAST_ROWS = 2 };

void net_members_clear(net_members *m)
{
    for (int i = 0; i < m->count; i++) text_net_clear(&m->net[i]);
    intern_free(m->deprels);
    feature_table_clear(&m->atoms);
    gat_free(m->net);
    *m = (net_members){0};
}

net_shape net_members_shape(const gat_relations *model, const net_members *m)
{
    const gat_relation_config *c = &model->config;
    return (net_shape){.score = (gat_score)c->attention,
                       .heads = (int32_t)c->attn_heads,
                       .layers = (int32_t)c->layers,
                       .dim = (int32_t)c->dim,
                       .labels = relations_labels(model),
                       .vector_dim = model->vectors.dim,
                       .relations = EDGE_FIRST_LABEL + intern_count(m->deprels),
                       .atoms = m->atoms.count,
                       .dropout = (float)c->dropout,
                       .attn_dropout = (float)c->attn_dropout};
}

/* ---- training of one ------------------------------------------------------------------------------------- */

typedef struct student {
    const gat_relations *model;
    const net_lesson *lesson;
    const net_corpus *corpus;
    text_net *net;
    gat_tape *tape;
    net_batch batch;
    float *state, *mean; /* Adam's (2,size); (size) of the running mean */
    uint8_t *truth;      /* (batch, labels) */
    int64_t *order, steps, all_steps;
    uint64_t seed;
    double loss;
} student;

static void student_clear(student *s)
{
    net_batch_clear(&s->batch);
    tape_free(s->tape);
    gat_free(s->state);
    gat_free(s->mean);
    gat_free(s->truth);
    gat_free(s->order);
}

static gat_status student_init(student *s, gat_error *err)
{
    const gat_relation_config *c = &s->model->config;
    int64_t labels = relations_labels(s->model), size = s->net->params.size, n = s->corpus->sentences;
    s->tape = tape_new(true);
    s->state = gat_calloc(2 * size, sizeof *s->state);
    s->mean = gat_alloc(size, sizeof *s->mean);
    s->truth = gat_alloc(c->batch * labels, 1);
    s->order = gat_alloc(n, sizeof *s->order);
    if (!s->tape || !s->state || !s->mean || !s->truth || !s->order) return error_nomem(err);
    s->all_steps = c->epochs * ((n + c->batch - 1) / c->batch);
    memcpy(s->mean, s->net->params.value, (size_t)size * sizeof *s->mean);
    return GAT_OK;
}

/* Warm-up, then a cosine down to a twentieth. */
static double rate_of(const student *s)
{
    double share = (double)s->steps / (double)s->all_steps, warm = (double)(s->steps + 1) / WARM_STEPS;
    double rate = s->model->config.lr * (0.05 + 0.95 * (0.5 + 0.5 * cos(share * 3.14159265358979)));
    return warm < 1 ? rate * warm : rate;
}

static void optimise(student *s)
{
    gat_params *p = &s->net->params;
    float rate = (float)rate_of(s), keep = (float)s->model->config.average;
    s->steps++;
    kernels()->adam(p->value, s->state, s->state + p->size, p->grad, p->size, rate, 0.9f, 0.999f, 1e-8f,
                    (float)s->model->config.weight_decay, s->steps);
    memset(p->grad, 0, (size_t)p->size * sizeof *p->grad);
    if (s->steps % AVERAGE_EVERY) return;
    /* Early on the mean follows faster, so that it does not remember the beginning. */
    float most = (float)(s->steps / AVERAGE_EVERY) / (float)(s->steps / AVERAGE_EVERY + 9);
    keep = keep < most ? keep : most;
    for (int64_t i = 0; i < p->size; i++) s->mean[i] = keep * s->mean[i] + (1 - keep) * p->value[i];
}

static gat_status step(student *s, const int64_t *which, int64_t n, gat_error *err)
{
    const gat_relation_config *c = &s->model->config;
    int64_t labels = relations_labels(s->model);
    uint32_t key = (uint32_t)random_stream(STREAM_DROP, s->seed, (uint64_t)s->steps);
    gat_status st = net_batch_take(&s->batch, s->corpus, &s->model->vectors, s->net->shape.relations, which, n,
                                   (float)c->word_dropout, key, err);
    if (st) return st;
    for (int64_t i = 0; i < n; i++) memcpy(s->truth + i * labels, s->lesson->truth + which[i] * labels, (size_t)labels);
    tape_restart(s->tape, true);
    gat_mat *logit = text_net_forward(s->tape, s->net, &s->batch, key, NULL);
    s->loss += ad_label_loss(s->tape, logit, s->truth, s->model->several, (float)c->label_smoothing) * (double)n;
    st = tape_backward(s->tape, err);
    if (!st) optimise(s);
    return st;
}

static gat_status teach(student *s, gat_error *err)
{
    const gat_relation_config *c = &s->model->config;
    int64_t all = s->corpus->sentences;
    gat_status st = GAT_OK;
    for (int64_t epoch = 0; !st && epoch < c->epochs; epoch++) {
        for (int64_t i = 0; i < all; i++) s->order[i] = i;
        random_shuffle(s->order, all, s->seed, random_stream(STREAM_ORDER, (uint64_t)epoch, 0));
        s->loss = 0;
        for (int64_t i = 0; !st && i < all; i += c->batch) {
            if (s->lesson->should_stop && s->lesson->should_stop(s->lesson->context))
                return error_set(err, GAT_EINTERRUPTED, "interrupted");
            st = step(s, s->order + i, all - i < c->batch ? all - i : c->batch, err);
        }
    }
    if (!st && s->steps) memcpy(s->net->params.value, s->mean, (size_t)s->net->params.size * sizeof *s->mean);
    return st;
}

static gat_status teach_member(net_members *m, int index, const gat_relations *model, const net_lesson *lesson,
                               const net_corpus *corpus, double *loss)
{
    net_shape shape = net_members_shape(model, m);
    student s = {.model = model,
                 .lesson = lesson,
                 .corpus = corpus,
                 .net = &m->net[index],
                 .seed = (uint64_t)model->config.seed * 1000 + (uint64_t)index};
    gat_status st = text_net_init(s.net, &shape, true, NULL);
    if (!st) text_net_draw(s.net, s.seed);
    if (!st) st = student_init(&s, NULL);
    if (!st) st = teach(&s, NULL);
    *loss = s.loss / (double)corpus->sentences;
    student_clear(&s);
    return st;
}

/* ---- training of all ------------------------------------------------------------------------------------- */

static gat_status collect_deprels(gat_intern *out, const sentence_list *list, gat_error *err)
{
    for (int64_t i = 0; i < list->num_tokens; i++) {
        if (list->deprel[i] < 0) continue;
        const char *label = list_string(list, list->deprel[i]);
        if (intern_add(out, label, strlen(label)) < 0) return error_nomem(err);
    }
    return GAT_OK;
}

static gat_status teach_all(net_members *m, const gat_relations *model, const net_lesson *lesson,
                            const net_corpus *corpus, int count, gat_error *err)
{
    gat_status st = GAT_OK;
#pragma omp parallel for schedule(dynamic)
    for (int i = 0; i < count; i++) {
        double loss = 0;
        gat_status own = teach_member(m, i, model, lesson, corpus, &loss);
#pragma omp critical
        {
            if (own) st = own;
            else log_say(&lesson->log, GAT_LOG_INFO, "net %d of %d: loss %.4f", i + 1, count, loss);
        }
    }
    if (st) return st == GAT_ENOMEM ? error_nomem(err) : error_set(err, st, "interrupted");
    return GAT_OK;
}

gat_status net_members_train(net_members *m, const gat_relations *model, const net_lesson *lesson, gat_error *err)
{
    net_corpus corpus = {0};
    int count = (int)model->config.members;
    *m = (net_members){.deprels = intern_new(), .net = gat_calloc(count, sizeof *m->net)};
    gat_status st = m->deprels && m->net ? GAT_OK : error_nomem(err);
    if (!st) st = collect_deprels(m->deprels, lesson->source->list, err);
    if (!st) st = net_corpus_make(&corpus, model, m->deprels, lesson->source, 0, lesson->source->list->count, err);
    if (!st) st = sparse_rows_name(&m->atoms, &corpus.atoms, LEAST_ROWS, err);
    if (!st) {
        m->count = count;
        st = teach_all(m, model, lesson, &corpus, count, err);
    }
    net_corpus_clear(&corpus);
    return st;
}

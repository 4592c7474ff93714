#include "text/bag_answers.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "text/bag_corpus.h"
#include "text/relation_answers.h"

const char *gat_bag_way_name(gat_bag_way way)
{
    static const char *const names[] = {"attention", "best sentence", "mean of sentences"};
    return names[way];
}

/* Room for one bag at a time. */
typedef struct desk {
    double *alpha, *logit; /* (sentences of the largest bag, labels); (labels) */
    float *p;              /* (labels) */
} desk;

static gat_status desk_init(desk *d, const bag_corpus *c, gat_error *err)
{
    int64_t most = 1;
    for (int64_t i = 0; i < c->bags; i++)
        if (c->bag[i].n > most) most = c->bag[i].n;
    *d = (desk){.alpha = gat_alloc(most * c->labels, sizeof *d->alpha),
                .logit = gat_alloc(c->labels, sizeof *d->logit),
                .p = gat_alloc(c->labels, sizeof *d->p)};
    return d->alpha && d->logit && d->p ? GAT_OK : error_nomem(err);
}

static void desk_clear(desk *d)
{
    gat_free(d->alpha);
    gat_free(d->logit);
    gat_free(d->p);
}

static gat_status check_model(const gat_relations *m, gat_error *err)
{
    return m->bags ? GAT_OK : error_set(err, GAT_EUSAGE, "the model answers sentence by sentence: train with --bags");
}

/* Probabilities of one bag. */
static void answer_bag(desk *d, const bag_corpus *c, const bag_view *b)
{
    bag_pool_forward(d->logit, d->alpha, c->model->bags, b);
    for (int32_t l = 0; l < c->labels; l++) d->p[l] = b->none[l] ? 0 : (float)(1 / (1 + exp(-d->logit[l])));
}

/* ---- evaluation ------------------------------------------------------------------------------------------ */

/* An answer among all: (pair, relation). Equal ones keep the order of the file. */
typedef struct ranked {
    float score, by_way[GAT_NUM_BAG_WAYS];
    uint8_t holds, seen;
    int64_t place;
} ranked;

static int by_score(const void *p, const void *q)
{
    const ranked *a = p, *b = q;
    if (a->score != b->score) return a->score < b->score ? 1 : -1;
    return (a->place > b->place) - (a->place < b->place);
}

/* unseen: of pairs that training does not have. */
static void summarise(gat_bag_ranking *out, const ranked *list, int64_t n, int64_t facts, bool unseen)
{
    static const int64_t first[3] = {100, 200, 300};
    static const double recall[2] = {0.1, 0.3};
    int64_t right = 0, place = 0;
    *out = (gat_bag_ranking){.average_precision = 0};
    for (int64_t i = 0; i < n; i++) {
        if (unseen && list[i].seen) continue;
        right += list[i].holds;
        double precision = (double)right / (double)++place;
        if (list[i].holds) out->average_precision += precision / (double)facts;
        for (int k = 0; k < 3; k++)
            if (place == first[k]) out->at[k] = precision;
        for (int k = 0; list[i].holds && k < 2; k++)
            if (out->at_recall[k] <= 0 && (double)right >= recall[k] * (double)facts) out->at_recall[k] = precision;
    }
}

/* The largest and the mean probability of a relation among the sentences. */
static void score_plainly(ranked *r, const bag_view *b, int32_t label)
{
    double most = 0, sum = 0;
    for (int64_t i = 0; i < b->n; i++) {
        double p = 1 / (1 + exp(-(double)b->z[i][label]));
        sum += p;
        if (p > most) most = p;
    }
    r->by_way[GAT_BAG_BEST] = (float)most;
    r->by_way[GAT_BAG_MEAN] = (float)(sum / (double)b->n);
}

static void count_bag(gat_bag_evaluation *e, const bag_corpus *c, int64_t i, const float *p)
{
    const uint8_t *truth = c->truth + i * c->labels;
    e->pairs++;
    e->seen += c->seen[i];
    e->several += c->bag[i].n > 1;
    for (int32_t l = 0; l < c->labels; l++) {
        bool said = !c->none[l] && (double)p[l] >= c->model->bags->threshold;
        e->facts += truth[l];
        e->unseen_facts += !c->seen[i] && truth[l];
        e->micro.said += said;
        e->micro.right += said && truth[l];
    }
}

static gat_status rank(gat_bag_evaluation *e, const bag_corpus *c, desk *d, gat_error *err)
{
    ranked *list = gat_alloc(c->bags * c->labels, sizeof *list);
    int64_t n = 0;
    if (!list) return error_nomem(err);
    for (int64_t i = 0; i < c->bags; i++) {
        answer_bag(d, c, &c->bag[i]);
        count_bag(e, c, i, d->p);
        for (int32_t l = 0; l < c->labels; l++) {
            if (c->none[l]) continue;
            list[n] =
                (ranked){.by_way = {d->p[l]}, .holds = c->truth[i * c->labels + l], .seen = c->seen[i], .place = n};
            score_plainly(&list[n++], &c->bag[i], l);
        }
    }
    e->micro = score_of(e->facts, e->micro.said, e->micro.right);
    for (int way = 0; way < GAT_NUM_BAG_WAYS; way++) {
        for (int64_t i = 0; i < n; i++) list[i].score = list[i].by_way[way];
        qsort(list, (size_t)n, sizeof *list, by_score);
        summarise(&e->ranking[way], list, n, e->facts, false);
        if (way == GAT_BAG_ATTENTION) summarise(&e->unseen, list, n, e->unseen_facts, true);
    }
    gat_free(list);
    return GAT_OK;
}

gat_status bags_evaluate(gat_bag_evaluation *e, const gat_relations *m, const char *path, gat_error *err)
{
    bag_corpus c = {0};
    desk d = {0};
    *e = (gat_bag_evaluation){.pairs = 0};
    gat_status st = check_model(m, err);
    if (!st) st = bag_corpus_read(&c, m, path, true, err);
    if (!st) st = desk_init(&d, &c, err);
    if (!st) st = rank(e, &c, &d, err);
    desk_clear(&d);
    bag_corpus_clear(&c);
    return st;
}

/* ---- answers --------------------------------------------------------------------------------------------- */

/* What one pair's telling needs. */
typedef struct telling {
    const bag_corpus *corpus;
    const gat_extract_options *options;
    desk desk;
    uint8_t *allowed;            /* (labels) */
    gat_relation_answer *answer; /* (labels + 1) */
    const char **sentence;       /* of the largest bag */
    double *attention;
} telling;

static gat_status telling_init(telling *t, const bag_corpus *c, const gat_extract_options *options, gat_error *err)
{
    int64_t most = 1;
    for (int64_t i = 0; i < c->bags; i++)
        if (c->bag[i].n > most) most = c->bag[i].n;
    *t = (telling){.corpus = c,
                   .options = options,
                   .allowed = gat_alloc(c->labels, 1),
                   .answer = gat_alloc(c->labels + 1, sizeof *t->answer),
                   .sentence = gat_alloc(most, sizeof *t->sentence),
                   .attention = gat_alloc(most, sizeof *t->attention)};
    if (!t->allowed || !t->answer || !t->sentence || !t->attention) return error_nomem(err);
    gat_status st = labels_allowed(t->allowed, c->model->labels, options->relations, err);
    return st ? st : desk_init(&t->desk, c, err);
}

static void telling_clear(telling *t)
{
    desk_clear(&t->desk);
    gat_free(t->allowed);
    gat_free(t->answer);
    gat_free(t->sentence);
    gat_free(t->attention);
}

/* The relations from the threshold on, by falling probability; *best: the likeliest of all, for its attention. */
static int32_t order_answers(telling *t, int32_t *best)
{
    const bag_corpus *c = t->corpus;
    const float *p = t->desk.p;
    int32_t n = 0;
    *best = 0;
    for (int32_t l = 0; l < c->labels; l++) {
        if (!t->allowed[l] || c->none[l]) continue;
        if (c->none[*best] || !t->allowed[*best] || p[l] > p[*best]) *best = l;
        if ((double)p[l] < c->model->bags->threshold) continue;
        int32_t at = n++;
        for (; at > 0 && t->answer[at - 1].probability < (double)p[l]; at--) t->answer[at] = t->answer[at - 1];
        t->answer[at] = (gat_relation_answer){intern_string(c->model->labels, l), (double)p[l], false};
    }
    if (!n) t->answer[n++] = (gat_relation_answer){"NA", 1 - (double)p[*best], true};
    return n;
}

static int tell(telling *t, int64_t i)
{
    const bag_corpus *c = t->corpus;
    const bag_view *b = &c->bag[i];
    int32_t best;
    answer_bag(&t->desk, c, b);
    gat_bag_extraction x = {.answer = t->answer,
                            .num_answers = order_answers(t, &best),
                            .num_sentences = b->n,
                            .sentence = t->sentence,
                            .attention = t->attention};
    for (int k = 0; k < 2; k++) x.entity[k] = intern_string(c->names, c->end[i][k]);
    for (int64_t s = 0; s < b->n; s++) {
        t->sentence[s] = intern_string(c->names, c->id[c->member[c->start[i] + s]]);
        t->attention[s] = t->desk.alpha[s * c->labels + best];
    }
    return t->options->on_pair(t->options->context, &x);
}

gat_status bags_extract(const gat_relations *m, const char *path, const gat_extract_options *options, gat_error *err)
{
    bag_corpus c = {0};
    telling t = {0};
    gat_status st = check_model(m, err), read = GAT_OK;
    if (!st) st = read = bag_corpus_read(&c, m, path, false, err);
    if (st == GAT_EDATA && c.member) st = GAT_OK;
    if (!st) st = telling_init(&t, &c, options, read ? NULL : err);
    for (int64_t i = 0; !st && i < c.bags; i++)
        if (tell(&t, i)) st = error_set(err, GAT_EFAILED, "the answers could not be written");
    telling_clear(&t);
    bag_corpus_clear(&c);
    return st ? st : read;
}

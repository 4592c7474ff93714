#include "text/bag_pool.h"

#include <math.h>

#include "base/error.h"
#include "base/memory.h"
#include "text/relation_answers.h"

enum { STEPS = 150, NUMBERS = sizeof(bag_pool) / sizeof(double) };

static const double rate = 0.05, first = 0.9, second = 0.99, pull = 1;

void bag_pool_init(bag_pool *pool) { *pool = (bag_pool){.sharp = 1, .scale = 1, .threshold = 0.5}; }

static double sigmoid(double x) { return 1 / (1 + exp(-x)); }

/* How much the sentence agrees with the graph, whatever the relation asked for. */
static double agreement(const bag_pool *pool, const bag_view *b, int64_t i)
{
    double sum = 0;
    for (int32_t k = 0; b->view && k < b->labels; k++)
        sum += pool->agree[k] * (double)b->z[i][k] * sigmoid((double)b->view[k]);
    return sum;
}

/* alpha[., r] from what the sentences score; returns the weighted log-odds. */
static double attend(double *alpha, const bag_pool *pool, const bag_view *b, int32_t r)
{
    double most = -INFINITY, sum = 0, heard = 0;
    for (int64_t i = 0; i < b->n; i++) {
        double *a = &alpha[i * b->labels + r];
        *a += pool->sharp * (double)b->z[i][r];
        if (*a > most) most = *a;
    }
    for (int64_t i = 0; i < b->n; i++) sum += alpha[i * b->labels + r] = exp(alpha[i * b->labels + r] - most);
    for (int64_t i = 0; i < b->n; i++) {
        alpha[i * b->labels + r] /= sum;
        heard += alpha[i * b->labels + r] * (double)b->z[i][r];
    }
    return heard;
}

void bag_pool_forward(double *logit, double *alpha, const bag_pool *pool, const bag_view *b)
{
    for (int64_t i = 0; i < b->n; i++) {
        double agrees = agreement(pool, b, i);
        for (int32_t r = 0; r < b->labels; r++) alpha[i * b->labels + r] = agrees;
    }
    for (int32_t r = 0; r < b->labels; r++) {
        double heard = attend(alpha, pool, b, r), known = b->view ? (double)b->view[r] : 0;
        logit[r] = b->none[r] ? 0
                              : pool->scale * heard + pool->graph * known + pool->several * log((double)b->n) +
                                    pool->offset[r];
    }
}

/* The part of one relation; agreed (n): what goes back to the agreement of each sentence. */
static void backward_relation(bag_pool *d, double *agreed, const bag_pool *pool, const bag_view *b, const double *alpha,
                              double dlogit, int32_t r)
{
    double heard = 0;
    for (int64_t i = 0; i < b->n; i++) heard += alpha[i * b->labels + r] * (double)b->z[i][r];
    d->scale += dlogit * heard;
    d->graph += b->view ? dlogit * (double)b->view[r] : 0;
    d->several += dlogit * log((double)b->n);
    d->offset[r] += dlogit;
    for (int64_t i = 0; i < b->n; i++) {
        double z = (double)b->z[i][r], de = dlogit * pool->scale * alpha[i * b->labels + r] * (z - heard);
        d->sharp += de * z;
        agreed[i] += de;
    }
}

void bag_pool_backward(bag_pool *d, double *agreed, const bag_pool *pool, const bag_view *b, const double *alpha,
                       const double *dlogit)
{
    for (int64_t i = 0; i < b->n; i++) agreed[i] = 0;
    for (int32_t r = 0; r < b->labels; r++)
        if (!b->none[r]) backward_relation(d, agreed, pool, b, alpha, dlogit[r], r);
    for (int32_t k = 0; b->view && k < b->labels; k++)
        for (int64_t i = 0; i < b->n; i++) d->agree[k] += agreed[i] * (double)b->z[i][k] * sigmoid((double)b->view[k]);
}

/* ---- fitting --------------------------------------------------------------------------------------------- */

/* A fit under way. The pools are read as rows of numbers, too. */
typedef struct fit {
    const bag_lesson *lesson;
    bag_pool start, slope, mean, square;
    double *alpha, *agreed, *logit;
    float *p; /* (bags, labels) */
} fit;

static gat_status fit_init(fit *f, const bag_lesson *lesson, gat_error *err)
{
    int64_t most = 1, labels = lesson->bag[0].labels;
    for (int64_t i = 0; i < lesson->bags; i++)
        if (lesson->bag[i].n > most) most = lesson->bag[i].n;
    *f = (fit){.lesson = lesson,
               .alpha = gat_alloc(most * labels, sizeof *f->alpha),
               .agreed = gat_alloc(most, sizeof *f->agreed),
               .logit = gat_alloc(labels, sizeof *f->logit),
               .p = gat_alloc(lesson->bags * labels, sizeof *f->p)};
    bag_pool_init(&f->start);
    return f->alpha && f->agreed && f->logit && f->p ? GAT_OK : error_nomem(err);
}

static void fit_clear(fit *f)
{
    gat_free(f->alpha);
    gat_free(f->agreed);
    gat_free(f->logit);
    gat_free(f->p);
}

/* Probabilities of one bag; logit <- their errors. */
static void judge_bag(fit *f, const bag_pool *pool, int64_t i)
{
    const bag_view *b = &f->lesson->bag[i];
    bag_pool_forward(f->logit, f->alpha, pool, b);
    for (int32_t r = 0; r < b->labels; r++) {
        double p = b->none[r] ? 0 : sigmoid(f->logit[r]);
        f->p[i * b->labels + r] = (float)p;
        f->logit[r] = p - f->lesson->truth[i * b->labels + r];
    }
}

/* One step of Adam over all bags. */
static void step(fit *f, bag_pool *pool, int t)
{
    double *x = (double *)pool, *g = (double *)&f->slope, *m = (double *)&f->mean, *s = (double *)&f->square;
    const double *start = (const double *)&f->start;
    f->slope = (bag_pool){.sharp = 0};
    for (int64_t i = 0; i < f->lesson->bags; i++) {
        judge_bag(f, pool, i);
        bag_pool_backward(&f->slope, f->agreed, pool, &f->lesson->bag[i], f->alpha, f->logit);
    }
    for (int k = 0; k < NUMBERS; k++) {
        double slope = g[k] + pull * (x[k] - start[k]);
        m[k] = first * m[k] + (1 - first) * slope;
        s[k] = second * s[k] + (1 - second) * slope * slope;
        x[k] -= rate * (m[k] / (1 - pow(first, t))) / (sqrt(s[k] / (1 - pow(second, t))) + 1e-9);
    }
}

gat_status bag_pool_fit(bag_pool *pool, const bag_lesson *lesson, gat_error *err)
{
    fit f;
    gat_status st = fit_init(&f, lesson, err);
    bag_pool_init(pool);
    for (int t = 1; !st && t <= STEPS; t++) step(&f, pool, t);
    for (int64_t i = 0; !st && i < lesson->bags; i++) judge_bag(&f, pool, i);
    if (!st) pool->threshold = best_threshold(f.p, lesson->truth, lesson->bags, lesson->bag[0].labels);
    fit_clear(&f);
    return st;
}

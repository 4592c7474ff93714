#include "link/link_trials.h"

#include <math.h>
#include <string.h>

#include "link/candidate_words.h"

int64_t link_best(const float *belief, const candidate_graph *g, int64_t group)
{
    int64_t best = g->first[group];
    for (int64_t n = best + 1; n < g->first[group + 1]; n++)
        if (belief[n] > belief[best]) best = n;
    return best;
}

/* Belief of the second best node; 0: there is none. */
static double second(const float *belief, const candidate_graph *g, int64_t group, int64_t best)
{
    double most = 0;
    for (int64_t n = g->first[group]; n < g->first[group + 1]; n++)
        if (n != best) most = fmax(most, (double)belief[n]);
    return most;
}

/* Whether the mention is called like the node: as a whole, without a bracket, without what follows a comma. */
static bool is_called(const float *x) { return x[0] > 0 || x[1] > 0 || x[2] > 0; }

static const float *likeness(const candidate_graph *g, int64_t node)
{
    return g->x + node * g->inputs + NODE_PLAIN + NODE_TYPES;
}

static bool any_is_called(const candidate_graph *g, int64_t group)
{
    for (int64_t n = g->first[group]; n < g->first[group + 1]; n++)
        if (is_called(likeness(g, n))) return true;
    return false;
}

void link_terms(double term[LINK_TERMS], const candidate_graph *g, const link_document *d, const float *belief,
                const float *total, int heads, int64_t group)
{
    int64_t best = link_best(belief, g, group);
    double p = fmin(fmax((double)belief[best], 1e-4), 1 - 1e-4), support = 0;
    double behind = fmin(log(p / fmax(second(belief, g, group, best), 1e-4)), 8);
    double count = (double)(g->first[group + 1] - g->first[group]);
    const float *like = likeness(g, best);
    const link_mention *m = &d->mention[g->leader[group]];
    for (int h = 0; h < heads; h++) support += (double)total[best * 2 * heads + heads + h];
    bool any = any_is_called(g, group), several = strchr(m->context, ' ') != NULL;
    const double values[LINK_TERMS] = {1,
                                       log(p / (1 - p)),
                                       log1p(support / heads),
                                       support > 1e-3,
                                       behind / 4,
                                       count < 2,
                                       log(count) / 2,
                                       is_called(like),
                                       (double)like[7],
                                       (double)like[8],
                                       is_called(like + NAME_LIKENESS),
                                       any,
                                       log1p((double)d->entity[g->entity[best]].in_links) / 5,
                                       several,
                                       log((double)g->size[group]),
                                       m->way == NAME_SIMILAR,
                                       (double)like[NAME_LIKENESS + 7],
                                       several && !any,
                                       !any && support <= 1e-3,
                                       count < 2 && !is_called(like)};
    memcpy(term, values, sizeof values);
}

double link_logistic(const double weight[LINK_TERMS], const double term[LINK_TERMS])
{
    double x = 0;
    for (int i = 0; i < LINK_TERMS; i++) x += weight[i] * term[i];
    return 1 / (1 + exp(-x));
}

/* ---- fit ------------------------------------------------------------------------------------------------- */

typedef struct fit {
    double *weight;
    const double *prior;
    const link_trial *trial;
    int64_t count;
    bool nil;
} fit;

static bool outcome(const fit *f, int64_t t) { return f->nil ? f->trial[t].nil : f->trial[t].right; }

/* x <- a^-1 x for a positive definite a, by elimination. */
static void solve(double a[LINK_TERMS][LINK_TERMS], double *x)
{
    enum { N = LINK_TERMS };
    for (int i = 0; i < N; i++)
        for (int j = i + 1; j < N; j++) {
            double f = a[j][i] / a[i][i];
            for (int k = i; k < N; k++) a[j][k] -= f * a[i][k];
            x[j] -= f * x[i];
        }
    for (int i = N - 1; i >= 0; i--) {
        for (int k = i + 1; k < N; k++) x[i] -= a[i][k] * x[k];
        x[i] /= a[i][i];
    }
}

/* - log likelihood of the trials and the prior. */
static double cost(const fit *f)
{
    double sum = 0;
    for (int i = 0; i < LINK_TERMS; i++) sum += 0.5 * (f->weight[i] - f->prior[i]) * (f->weight[i] - f->prior[i]);
    for (int64_t t = 0; t < f->count; t++) {
        double p = link_logistic(f->weight, f->trial[t].term);
        sum -= log(fmax(outcome(f, t) ? p : 1 - p, 1e-300));
    }
    return sum;
}

static void direction(double *g, const fit *f)
{
    enum { N = LINK_TERMS };
    double a[N][N];
    memset(a, 0, sizeof a);
    for (int i = 0; i < N; i++) {
        g[i] = f->prior[i] - f->weight[i];
        a[i][i] = 1;
    }
    for (int64_t t = 0; t < f->count; t++) {
        const double *x = f->trial[t].term, p = link_logistic(f->weight, x);
        for (int i = 0; i < N; i++) {
            g[i] += ((double)outcome(f, t) - p) * x[i];
            for (int j = 0; j < N; j++) a[i][j] += p * (1 - p) * x[i] * x[j];
        }
    }
    solve(a, g);
}

/* A step of Newton's method, halved until it helps. */
static void newton(const fit *f)
{
    enum { HALVINGS = 30 };
    double g[LINK_TERMS], old[LINK_TERMS], before = cost(f), share = 1;
    direction(g, f);
    memcpy(old, f->weight, sizeof old);
    for (int k = 0; k < HALVINGS; k++, share /= 2) {
        for (int i = 0; i < LINK_TERMS; i++) f->weight[i] = old[i] + share * g[i];
        if (cost(f) <= before) return;
    }
    memcpy(f->weight, old, sizeof old);
}

void link_logistic_fit(double weight[LINK_TERMS], const double prior[LINK_TERMS], const link_trial *trial,
                       int64_t count, bool nil)
{
    enum { STEPS = 20 };
    const fit f = {weight, prior, trial, count, nil};
    memcpy(weight, prior, LINK_TERMS * sizeof *weight);
    for (int step = 0; step < STEPS; step++) newton(&f);
}

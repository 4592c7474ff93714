#include "link/link_calibrate.h"

#include <math.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"

gat_status link_calibration_init(link_calibration *c, int64_t capacity, gat_error *err)
{
    *c = (link_calibration){gat_alloc(capacity, sizeof(link_trial)), 0, capacity};
    return c->trial ? GAT_OK : error_nomem(err);
}

void link_calibration_clear(link_calibration *c) { gat_free(c->trial); }

int64_t link_best(const float *belief, const candidate_graph *g, int64_t group)
{
    int64_t best = g->first[group];
    for (int64_t n = best + 1; n < g->first[group + 1]; n++)
        if (belief[n] > belief[best]) best = n;
    return best;
}

void link_terms(double term[CALIBRATION_TERMS], const float *belief, const float *total, int heads, int64_t best)
{
    double p = fmin(fmax((double)belief[best], 1e-4), 1 - 1e-4), support = 0;
    for (int h = 0; h < heads; h++) support += (double)total[best * 2 * heads + heads + h];
    term[0] = 1;
    term[1] = log(p / (1 - p));
    term[2] = log1p(support / heads);
    term[3] = support > 1e-3;
}

double link_probability(const gat_linker *l, const double term[CALIBRATION_TERMS])
{
    double x = 0;
    for (int i = 0; i < CALIBRATION_TERMS; i++) x += l->calibration[i] * term[i];
    return 1 / (1 + exp(-x));
}

gat_status link_calibration_add(link_calibration *c, const gat_linker *l, gat_tape *tape, const link_document *d,
                                const candidate_graph *g, gat_error *err)
{
    link_result r;
    tape_restart(tape, false);
    link_net_forward(&r, tape, &l->net, &l->net.params, g, 0);
    gat_mat *s = r.score[l->net.shape.rounds];
    float *belief = tape_floats(tape, g->nodes);
    gat_status st = tape_status(tape, err);
    if (st) return st;
    belief_forward(belief, s->data, &g->groups);
    for (int64_t i = 0; i < d->num_mentions && c->count < c->capacity; i++) {
        const link_mention *m = &d->mention[i];
        if (m->gold == GOLD_OPEN || g->group_of[i] < 0) continue;
        int64_t best = link_best(belief, g, g->group_of[i]);
        link_trial *t = &c->trial[c->count++];
        link_terms(t->term, belief, r.total, l->net.shape.heads, best);
        t->right = g->entity[best] == m->gold;
        t->nil = m->gold == GOLD_NIL;
    }
    return GAT_OK;
}

/* ---- fit ------------------------------------------------------------------------------------------------- */

/* x <- a^-1 x for a positive definite a, by elimination. */
static void solve(double a[CALIBRATION_TERMS][CALIBRATION_TERMS], double *x)
{
    enum { N = CALIBRATION_TERMS };
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

/* Terms at which a weak prior holds the fit, which few trials do not leave. */
static const double PRIOR[CALIBRATION_TERMS] = {0, 1, 0, 0};

/* - log likelihood of the trials and the prior. */
static double cost(const link_calibration *c, const gat_linker *l)
{
    double sum = 0;
    for (int i = 0; i < CALIBRATION_TERMS; i++)
        sum += 0.5 * (l->calibration[i] - PRIOR[i]) * (l->calibration[i] - PRIOR[i]);
    for (int64_t t = 0; t < c->count; t++) {
        double p = link_probability(l, c->trial[t].term);
        sum -= log(fmax(c->trial[t].right ? p : 1 - p, 1e-300));
    }
    return sum;
}

static void direction(double *g, const link_calibration *c, const gat_linker *l)
{
    enum { N = CALIBRATION_TERMS };
    double a[N][N];
    memset(a, 0, sizeof a);
    for (int i = 0; i < N; i++) {
        g[i] = PRIOR[i] - l->calibration[i];
        a[i][i] = 1;
    }
    for (int64_t t = 0; t < c->count; t++) {
        const double *x = c->trial[t].term, p = link_probability(l, x);
        for (int i = 0; i < N; i++) {
            g[i] += ((double)c->trial[t].right - p) * x[i];
            for (int j = 0; j < N; j++) a[i][j] += p * (1 - p) * x[i] * x[j];
        }
    }
    solve(a, g);
}

/* A step of Newton's method, halved until it helps. */
static void newton(const link_calibration *c, gat_linker *l)
{
    enum { HALVINGS = 30 };
    double g[CALIBRATION_TERMS], old[CALIBRATION_TERMS], before = cost(c, l), share = 1;
    direction(g, c, l);
    memcpy(old, l->calibration, sizeof old);
    for (int k = 0; k < HALVINGS; k++, share /= 2) {
        for (int i = 0; i < CALIBRATION_TERMS; i++) l->calibration[i] = old[i] + share * g[i];
        if (cost(c, l) <= before) return;
    }
    memcpy(l->calibration, old, sizeof old);
}

/* Mentions answered right when answers below the threshold are NIL. */
static int64_t right_with(const link_calibration *c, const gat_linker *l, double threshold)
{
    int64_t right = 0;
    for (int64_t t = 0; t < c->count; t++) {
        bool answered = link_probability(l, c->trial[t].term) >= threshold;
        right += answered ? c->trial[t].right : c->trial[t].nil;
    }
    return right;
}

void link_calibration_fit(const link_calibration *c, gat_linker *l)
{
    enum { STEPS = 20, PLACES = 100 };
    int64_t most = -1, linked = 0, right = 0;
    memset(l->calibration, 0, sizeof l->calibration);
    l->calibration[1] = 1;
    for (int step = 0; step < STEPS; step++) newton(c, l);
    for (int i = 0; i < PLACES; i++) {
        double threshold = (double)i / PLACES;
        int64_t n = right_with(c, l, threshold);
        if (n > most) l->threshold = threshold;
        if (n > most) most = n;
    }
    for (int64_t t = 0; t < c->count; t++) {
        linked += !c->trial[t].nil;
        right += c->trial[t].right;
    }
    l->held_back_correct = linked ? (double)right / (double)linked : 0;
}

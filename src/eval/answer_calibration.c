#include "eval/answer_calibration.h"

#include <math.h>
#include <stddef.h>

enum { BINS = 10, MOST_STEPS = 60, LEAST_RIGHT = 20, BOTH = -1 };

/* Odds beyond e^27 are as good as certain; nothing is infinite. */
static const double LEAST_SHARE = 1e-12, DAMPING = 1e-9, STEP_DONE = 1e-10, MOST_TERM = 1e12;

answer_mass answer_mass_of(const float *scores, int64_t n, const int32_t *known, int64_t num_known)
{
    answer_mass m = {-INFINITY, 0};
    float top = -INFINITY;
    for (int64_t i = 0, k = 0; i < n; i++) {
        if (k < num_known && known[k] == i) k++;
        else if (scores[i] > top) top = scores[i];
    }
    m.top = (double)top;
    for (int64_t i = 0, k = 0; i < n; i++) {
        if (k < num_known && known[k] == i) k++;
        else m.sum += exp((double)scores[i] - m.top);
    }
    return m;
}

double answer_odds(answer_mass m, float score, bool in_sum)
{
    double mine = exp((double)score - m.top), others = in_sum ? m.sum - mine : m.sum;
    if (!(m.sum > 0)) return -log(LEAST_SHARE);
    others = fmax(others, LEAST_SHARE * fmax(mine, m.sum));
    return log(fmax(mine, LEAST_SHARE * others) / others);
}

static double logistic(double x) { return x >= 0 ? 1 / (1 + exp(-x)) : exp(x) / (1 + exp(x)); }

double answer_probability(const answer_calibration *c, double odds, int64_t place, bool heads)
{
    return logistic(c->shift[heads] + c->slope[heads] * odds - c->fall[heads] * log1p((double)place));
}

bool answer_calibration_sane(const answer_calibration *c)
{
    bool sane = true;
    for (int heads = 0; heads < 2; heads++)
        sane = sane && fabs(c->shift[heads]) <= MOST_TERM && c->slope[heads] >= 0 && c->slope[heads] <= MOST_TERM &&
               c->fall[heads] >= 0 && c->fall[heads] <= MOST_TERM;
    return sane;
}

/* ---- the fit --------------------------------------------------------------------------------------------- */

/* Which answers, their targets (a little inside 0 and 1, as Platt proposes), and how many of the terms are free. */
typedef struct fit_case {
    const judged_answer *answers;
    int64_t count;
    int heads;
    double target[2];
    int terms;
} fit_case;

enum { SHIFT, SLOPE, FALL, TERMS };

/* A sum over answers with its slopes and curvatures. */
typedef struct fit_sums {
    double loss, slope[TERMS], curve[TERMS][TERMS];
} fit_sums;

static bool counts(const judged_answer *a, int heads) { return heads == BOTH || a->heads == heads; }

/* -log likelihood of the targets. */
static fit_sums sums_at(const double w[TERMS], const fit_case *c)
{
    fit_sums s = {0};
    for (int64_t i = 0; i < c->count; i++) {
        const judged_answer *a = &c->answers[i];
        if (!counts(a, c->heads)) continue;
        const double term[TERMS] = {1, a->odds, -log1p((double)a->place)};
        double x = w[SHIFT] + w[SLOPE] * term[SLOPE] + w[FALL] * term[FALL], t = c->target[a->right];
        double p = logistic(x);
        s.loss += fmax(x, 0) + log1p(exp(-fabs(x))) - t * x;
        for (int j = 0; j < c->terms; j++) {
            s.slope[j] += (p - t) * term[j];
            for (int k = 0; k < c->terms; k++) s.curve[j][k] += p * (1 - p) * term[j] * term[k];
        }
    }
    return s;
}

/* step (terms) <- curve^-1 slope, by elimination: the matrix is positive. */
static void newton_step(double step[TERMS], fit_sums s, int terms)
{
    double trace = 1;
    for (int j = 0; j < terms; j++) trace += s.curve[j][j];
    for (int j = 0; j < terms; j++) s.curve[j][j] += DAMPING * trace;
    for (int j = 0; j < terms; j++)
        for (int i = j + 1; i < terms; i++) {
            double factor = s.curve[i][j] / s.curve[j][j];
            for (int k = j; k < terms; k++) s.curve[i][k] -= factor * s.curve[j][k];
            s.slope[i] -= factor * s.slope[j];
        }
    for (int j = terms - 1; j >= 0; j--) {
        step[j] = s.slope[j];
        for (int k = j + 1; k < terms; k++) step[j] -= s.curve[j][k] * step[k];
        step[j] /= s.curve[j][j];
    }
}

/* Newton's steps, halved where the loss would rise. */
static void fit_line(double w[TERMS], const fit_case *c)
{
    for (int j = 0; j < TERMS; j++) w[j] = j == SLOPE && c->terms > SLOPE;
    fit_sums now = sums_at(w, c);
    for (int round = 0; round < MOST_STEPS; round++) {
        double step[TERMS] = {0}, to[TERMS], part = 1;
        fit_sums next = now;
        newton_step(step, now, c->terms);
        for (; part > STEP_DONE; part /= 2) {
            for (int j = 0; j < TERMS; j++) to[j] = w[j] - part * step[j];
            next = sums_at(to, c);
            if (next.loss <= now.loss) break;
        }
        if (part <= STEP_DONE) return;
        for (int j = 0; j < TERMS; j++) w[j] = to[j];
        if (now.loss - next.loss <= STEP_DONE * now.loss) return;
        now = next;
    }
}

/* A term of the wrong sign is left out: first the place, then the odds. Returns how many right answers there are, -1
 * where all are wrong or none is. */
static int64_t fit_direction(double w[TERMS], const judged_answer *answers, int64_t count, int heads)
{
    int64_t all = 0, right = 0;
    for (int64_t i = 0; i < count; i++)
        if (counts(&answers[i], heads)) all++, right += answers[i].right;
    if (!right || right == all) return -1;
    fit_case c = {
        answers, count, heads, {1 / ((double)(all - right) + 2), ((double)right + 1) / ((double)right + 2)}, TERMS};
    for (bool good = false; !good && c.terms > 0; c.terms--) {
        fit_line(w, &c);
        good = w[SLOPE] >= 0 && w[FALL] >= 0 && isfinite(w[SHIFT]) && isfinite(w[SLOPE]) && isfinite(w[FALL]);
    }
    return right;
}

bool answer_calibration_fit(answer_calibration *out, const judged_answer *answers, int64_t count)
{
    answer_calibration found;
    double both[TERMS], own[TERMS];
    if (fit_direction(both, answers, count, BOTH) < 0) return false;
    for (int heads = 0; heads < 2; heads++) {
        const double *w = fit_direction(own, answers, count, heads) < LEAST_RIGHT ? both : own;
        found.shift[heads] = w[SHIFT], found.slope[heads] = w[SLOPE], found.fall[heads] = w[FALL];
    }
    if (!answer_calibration_sane(&found)) return false;
    *out = found;
    return true;
}

double answer_calibration_error(const answer_calibration *c, const judged_answer *answers, int64_t count, bool best)
{
    double gap[BINS] = {0}, sum = 0;
    int64_t counted = 0;
    for (int64_t i = 0; i < count; i++) {
        const judged_answer *a = &answers[i];
        if (best && a->place) continue;
        double p = answer_probability(c, a->odds, a->place, a->heads);
        int bin = (int)(p * BINS);
        gap[bin < BINS ? bin : BINS - 1] += p - a->right;
        counted++;
    }
    for (int b = 0; b < BINS; b++) sum += fabs(gap[b]);
    return counted ? sum / (double)counted : 0;
}

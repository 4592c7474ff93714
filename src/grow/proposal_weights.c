#include "grow/proposal_weights.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/parallel.h"

enum { TERMS = NUM_FEATURES + 1, CHUNK = 4096, STEPS = 25, LEAST = 20 };
static const double SHRINK = 1, LEAST_SPREAD = 1e-6, DONE = 1e-9;

/* The mean of what was fitted on both, rounded. */
const proposal_weights proposal_weights_usual = {
    .shift = -4,
    .weight =
        {
            [FEATURE_TAIL] = .43,
            [FEATURE_HEAD] = .56,
            [FEATURE_RULE] = .39,
            [FEATURE_RULES] = -.2,
            [FEATURE_MORE_TAILS] = .54,
            [FEATURE_HEAD_FIT] = .33,
            [FEATURE_TAIL_FIT] = .17,
            [FEATURE_TAILS] = .31,
            [FEATURE_HEADS] = .74,
            [FEATURE_FACTS] = .17,
        },
};

static const char *const names[NUM_FEATURES] = {"tail",       "head",     "tail-place", "head-place", "rule",  "rules",
                                                "more-tails", "head-fit", "tail-fit",   "tails",      "heads", "facts"};

void proposal_weights_describe(char *text, size_t size, const proposal_weights *w)
{
    int used = snprintf(text, size, "shift %.3f", w->shift);
    for (int k = 0; k < NUM_FEATURES && used >= 0 && (size_t)used < size; k++)
        used += snprintf(text + used, size - (size_t)used, " %s %.3f", names[k], w->weight[k]);
}

static double logistic(double x) { return x >= 0 ? 1 / (1 + exp(-x)) : exp(x) / (1 + exp(x)); }

double proposal_probability(const proposal_weights *w, const float *f)
{
    double x = w->shift;
    for (int k = 0; k < NUM_FEATURES; k++) x += w->weight[k] * (double)f[k];
    return logistic(x);
}

typedef struct fit_rows {
    const float *features;
    int64_t stride, n;
    const uint8_t *right;
    double mean[NUM_FEATURES], scale[NUM_FEATURES]; /* of the features */
} fit_rows;

/* Sums over rows: of the loss, its slopes and curvatures (lower triangle). */
typedef struct fit_part {
    double loss, slope[TERMS], curve[TERMS][TERMS];
} fit_part;

/* Mean and one over the deviation of each feature. */
static void standardise(fit_rows *rows)
{
    for (int k = 0; k < NUM_FEATURES; k++) {
        double sum = 0, squares = 0;
        for (int64_t i = 0; i < rows->n; i++) sum += (double)rows->features[i * rows->stride + k];
        rows->mean[k] = sum / (double)rows->n;
        for (int64_t i = 0; i < rows->n; i++) {
            double d = (double)rows->features[i * rows->stride + k] - rows->mean[k];
            squares += d * d;
        }
        double spread = sqrt(squares / (double)rows->n);
        rows->scale[k] = spread > LEAST_SPREAD ? 1 / spread : 0;
    }
}

static void add_row(fit_part *p, const fit_rows *rows, int64_t i, const double *w)
{
    const float *f = rows->features + i * rows->stride;
    double term[TERMS] = {1}, x = w[0], t = rows->right[i];
    for (int k = 0; k < NUM_FEATURES; k++) {
        term[k + 1] = ((double)f[k] - rows->mean[k]) * rows->scale[k];
        x += w[k + 1] * term[k + 1];
    }
    double q = logistic(x), c = q * (1 - q);
    p->loss += fmax(x, 0) + log1p(exp(-fabs(x))) - t * x;
    for (int j = 0; j < TERMS; j++) {
        p->slope[j] += (q - t) * term[j];
        double scaled = c * term[j];
        for (int k = 0; k <= j; k++) p->curve[j][k] += scaled * term[k];
    }
}

/* sum <- over all rows, chunk by chunk in order, with the penalty. parts: one for each chunk. */
static void add_up(fit_part *sum, fit_part *parts, const fit_rows *rows, const double *w)
{
    int64_t chunks = chunk_count(rows->n, CHUNK);
    memset(parts, 0, (size_t)chunks * sizeof *parts);
#pragma omp parallel for schedule(static)
    for (int64_t c = 0; c < chunks; c++) {
        int64_t end = (c + 1) * CHUNK < rows->n ? (c + 1) * CHUNK : rows->n;
        for (int64_t i = c * CHUNK; i < end; i++) add_row(&parts[c], rows, i, w);
    }
    memset(sum, 0, sizeof *sum);
    for (int64_t c = 0; c < chunks; c++) {
        sum->loss += parts[c].loss;
        for (int j = 0; j < TERMS; j++) {
            sum->slope[j] += parts[c].slope[j];
            for (int k = 0; k <= j; k++) sum->curve[j][k] += parts[c].curve[j][k];
        }
    }
    for (int j = 1; j < TERMS; j++) {
        sum->loss += .5 * SHRINK * w[j] * w[j];
        sum->slope[j] += SHRINK * w[j];
        sum->curve[j][j] += SHRINK;
    }
    sum->curve[0][0] += LEAST_SPREAD;
}

/* step <- curve^-1 slope by Cholesky's factors, written over curve. */
static void solve(double *step, fit_part *s)
{
    for (int j = 0; j < TERMS; j++)
        for (int k = 0; k <= j; k++) {
            double x = s->curve[j][k];
            for (int i = 0; i < k; i++) x -= s->curve[j][i] * s->curve[k][i];
            s->curve[j][k] = j == k ? sqrt(x) : x / s->curve[k][k];
        }
    for (int j = 0; j < TERMS; j++) {
        step[j] = s->slope[j];
        for (int k = 0; k < j; k++) step[j] -= s->curve[j][k] * step[k];
        step[j] /= s->curve[j][j];
    }
    for (int j = TERMS - 1; j >= 0; j--) {
        for (int k = j + 1; k < TERMS; k++) step[j] -= s->curve[k][j] * step[k];
        step[j] /= s->curve[j][j];
    }
}

/* Newton's steps, halved where the loss would rise. */
static void descend(double *w, fit_part *parts, const fit_rows *rows)
{
    fit_part now, next;
    add_up(&now, parts, rows, w);
    for (int round = 0; round < STEPS; round++) {
        double step[TERMS], to[TERMS], share = 1;
        double before = now.loss;
        solve(step, &now);
        for (; share > DONE; share /= 2) {
            for (int j = 0; j < TERMS; j++) to[j] = w[j] - share * step[j];
            add_up(&next, parts, rows, to);
            if (next.loss <= before) break;
        }
        if (share <= DONE) return;
        memcpy(w, to, sizeof to);
        now = next;
        if (before - now.loss <= DONE * before) return;
    }
}

gat_status proposal_weights_fit(proposal_weights *out, bool *found, const float *features, int64_t stride,
                                const uint8_t *right, int64_t n, gat_error *err)
{
    fit_rows rows = {.features = features, .stride = stride, .n = n, .right = right};
    int64_t good = 0;
    double w[TERMS] = {0};
    *found = false;
    for (int64_t i = 0; i < n; i++) good += right[i];
    if (good < LEAST || n - good < LEAST) return GAT_OK;
    fit_part *parts = gat_alloc(chunk_count(n, CHUNK), sizeof *parts);
    if (!parts) return error_nomem(err);
    standardise(&rows);
    w[0] = log((double)good / (double)(n - good));
    descend(w, parts, &rows);
    gat_free(parts);
    proposal_weights made = {.shift = w[0]};
    bool finite = isfinite(w[0]);
    for (int k = 0; k < NUM_FEATURES; k++) {
        made.weight[k] = w[k + 1] * rows.scale[k];
        made.shift -= made.weight[k] * rows.mean[k];
        finite = finite && isfinite(made.weight[k]);
    }
    *found = finite;
    if (finite) *out = made;
    return GAT_OK;
}

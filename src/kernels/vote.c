#include "kernels/vote.h"

#include <math.h>
#include <string.h>

static const float MOST = 8;

static float dot(const float *a, const float *b, int64_t n)
{
    float sum = 0;
#pragma omp simd reduction(+ : sum)
    for (int64_t i = 0; i < n; i++) sum += a[i] * b[i];
    return sum;
}

static void axpy(float *restrict y, const float *restrict x, float a, int64_t n)
{
    for (int64_t i = 0; i < n; i++) y[i] += a * x[i];
}

static float sigmoid(float x) { return 1 / (1 + expf(-x)); }

/* ---- votes ----------------------------------------------------------------------------------------------- */

/* Edge e into node i, all heads; m is a sum still. */
static void add_vote(float *m, float *total, float *part, const vote_edges *g, int64_t e, const float *q,
                     const float *k, const float *v, const float *bias, const float *message, float belief)
{
    int64_t f = g->dim / g->heads;
    float scale = 1 / sqrtf((float)f);
    for (int h = 0; h < g->heads; h++) {
        float x = dot(q + h * f, k + h * f, f) * scale + bias[h];
        float weight = expf(fminf(fmaxf(x, -MOST), MOST)), support = sigmoid(x + bias[g->heads + h]);
        part[e * 2 * g->heads + h] = weight;
        part[e * 2 * g->heads + g->heads + h] = support;
        weight *= belief;
        total[h] += weight;
        total[g->heads + h] += support * belief;
        axpy(m + h * f, v + h * f, weight, f);
        axpy(m + h * f, message + h * f, weight, f);
    }
}

void vote_forward(float *m, float *total, float *part, const vote_edges *g, const float *q, const float *k,
                  const float *v, const float *bias, const float *message, const float *belief)
{
    int64_t d = g->dim, f = d / g->heads, wide = 2 * (int64_t)g->heads;
    memset(m, 0, (size_t)(g->nodes * d) * sizeof *m);
    memset(total, 0, (size_t)(g->nodes * wide) * sizeof *total);
    for (int64_t i = 0; i < g->nodes; i++) {
        for (int64_t e = g->indptr[i]; e < g->indptr[i + 1]; e++) {
            int64_t j = g->source[e];
            add_vote(m + i * d, total + i * wide, part, g, e, q + i * d, k + j * d, v + j * d, bias + e * wide,
                     message + g->kind[e] * d, belief[j]);
        }
        for (int64_t c = 0; c < d; c++) m[i * d + c] /= VOTE_SILENCE + total[i * wide + c / f];
    }
}

/* Head h of edge e = j -> i. */
static void give_back(const vote_gradients *to, const float *dm, const float *dtotal, const vote_edges *g,
                      const vote_inputs *in, int64_t i, int64_t e, int h)
{
    int64_t d = g->dim, f = d / g->heads, wide = 2 * (int64_t)g->heads, j = g->source[e];
    int64_t at_i = i * d + h * f, at_j = j * d + h * f, at_kind = g->kind[e] * d + h * f;
    float scale = 1 / sqrtf((float)f), sum = VOTE_SILENCE + in->total[i * wide + h];
    float weight = in->part[e * wide + h], support = in->part[e * wide + g->heads + h], belief = in->belief[j];
    const float *dmi = dm + at_i;
    float dweight = (dot(dmi, in->v + at_j, f) + dot(dmi, in->message + at_kind, f) - dot(dmi, in->m + at_i, f)) / sum +
                    dtotal[i * wide + h];
    float dsupport = dtotal[i * wide + g->heads + h], slope = dsupport * belief * support * (1 - support);
    axpy(to->v + at_j, dmi, weight * belief / sum, f);
    axpy(to->message + at_kind, dmi, weight * belief / sum, f);
    to->belief[j] += dweight * weight + dsupport * support;
    float dx = slope;
    if (weight < expf(MOST) && weight > expf(-MOST)) dx += dweight * belief * weight;
    to->bias[e * wide + h] += dx;
    to->bias[e * wide + g->heads + h] += slope;
    axpy(to->q + at_i, in->k + at_j, dx * scale, f);
    axpy(to->k + at_j, in->q + at_i, dx * scale, f);
}

void vote_backward(const vote_gradients *to, const float *dm, const float *dtotal, const vote_edges *g,
                   const vote_inputs *in)
{
    for (int64_t i = 0; i < g->nodes; i++)
        for (int64_t e = g->indptr[i]; e < g->indptr[i + 1]; e++)
            for (int h = 0; h < g->heads; h++) give_back(to, dm, dtotal, g, in, i, e, h);
}

/* ---- summary --------------------------------------------------------------------------------------------- */

/* The node of a group with the largest number in column `column` of x (N,wide), the first of equals. */
static int64_t largest(const float *x, const vote_groups *groups, int64_t group, int64_t wide, int64_t column)
{
    int64_t best = groups->first[group];
    for (int64_t n = best + 1; n < groups->first[group + 1]; n++)
        if (x[n * wide + column] > x[best * wide + column]) best = n;
    return best;
}

void vote_summary_forward(float *z, const float *total, const vote_groups *groups, int heads)
{
    int64_t wide = 2 * (int64_t)heads;
    for (int64_t g = 0; g < groups->count; g++)
        for (int h = 0; h < heads; h++) {
            float most = total[largest(total, groups, g, wide, heads + h) * wide + heads + h];
            for (int64_t n = groups->first[g]; n < groups->first[g + 1]; n++) {
                const float *from = total + n * wide;
                float *to = z + n * 3 * heads;
                to[h] = log1pf(from[heads + h]);
                to[heads + h] = log1pf(from[h]);
                to[2 * heads + h] = from[heads + h] - most;
            }
        }
}

void vote_summary_backward(float *dtotal, const float *dz, const float *total, const vote_groups *groups, int heads)
{
    int64_t wide = 2 * (int64_t)heads;
    for (int64_t g = 0; g < groups->count; g++)
        for (int h = 0; h < heads; h++) {
            int64_t best = largest(total, groups, g, wide, heads + h);
            for (int64_t n = groups->first[g]; n < groups->first[g + 1]; n++) {
                const float *from = total + n * wide, *d = dz + n * 3 * heads;
                dtotal[n * wide + heads + h] += d[h] / (1 + from[heads + h]) + d[2 * heads + h];
                dtotal[n * wide + h] += d[heads + h] / (1 + from[h]);
                dtotal[best * wide + heads + h] -= d[2 * heads + h];
            }
        }
}

/* ---- belief ---------------------------------------------------------------------------------------------- */

/* log of the sum of exponentials of s[from .. to). */
static float log_sum(const float *s, int64_t from, int64_t to)
{
    float most = s[from], sum = 0;
    for (int64_t n = from + 1; n < to; n++) most = s[n] > most ? s[n] : most;
    for (int64_t n = from; n < to; n++) sum += expf(s[n] - most);
    return most + logf(sum);
}

void belief_forward(float *belief, const float *score, const vote_groups *groups)
{
    for (int64_t g = 0; g < groups->count; g++) {
        float lse = log_sum(score, groups->first[g], groups->first[g + 1]);
        for (int64_t n = groups->first[g]; n < groups->first[g + 1]; n++) belief[n] = expf(score[n] - lse);
    }
}

void belief_backward(float *dscore, const float *dbelief, const float *belief, const vote_groups *groups)
{
    for (int64_t g = 0; g < groups->count; g++) {
        int64_t from = groups->first[g], n = groups->first[g + 1] - from;
        float mean = dot(dbelief + from, belief + from, n);
        for (int64_t i = from; i < from + n; i++) dscore[i] += belief[i] * (dbelief[i] - mean);
    }
}

static float mentions_of(const vote_groups *groups)
{
    float sum = 0;
    for (int64_t g = 0; g < groups->count; g++) sum += groups->size[g];
    return sum;
}

static float others(float all, float own) { return all - own > 1 ? all - own : 1; }

void belief_context_forward(float *context, float *scratch, const float *h, const float *belief,
                            const vote_groups *groups, int64_t d)
{
    float all = mentions_of(groups), *sum = scratch + groups->count * d;
    memset(scratch, 0, (size_t)((groups->count + 1) * d) * sizeof *scratch);
    for (int64_t g = 0; g < groups->count; g++) {
        for (int64_t n = groups->first[g]; n < groups->first[g + 1]; n++)
            axpy(scratch + g * d, h + n * d, belief[n], d);
        axpy(sum, scratch + g * d, groups->size[g], d);
    }
    for (int64_t g = 0; g < groups->count; g++) {
        float own = groups->size[g], share = 1 / others(all, own);
        for (int64_t n = groups->first[g]; n < groups->first[g + 1]; n++)
            for (int64_t c = 0; c < d; c++) context[n * d + c] = share * (sum[c] - own * scratch[g * d + c]);
    }
}

void belief_context_backward(float *dh, float *dbelief, float *scratch, const float *dcontext, const float *h,
                             const float *belief, const vote_groups *groups, int64_t d)
{
    float all = mentions_of(groups), *sum = scratch + groups->count * d;
    memset(scratch, 0, (size_t)((groups->count + 1) * d) * sizeof *scratch);
    for (int64_t g = 0; g < groups->count; g++) {
        float share = 1 / others(all, groups->size[g]);
        for (int64_t n = groups->first[g]; n < groups->first[g + 1]; n++)
            axpy(scratch + g * d, dcontext + n * d, share, d);
        axpy(sum, scratch + g * d, 1, d);
    }
    for (int64_t g = 0; g < groups->count; g++) {
        float *own = scratch + g * d;
        for (int64_t c = 0; c < d; c++) own[c] = groups->size[g] * (sum[c] - own[c]);
        for (int64_t n = groups->first[g]; n < groups->first[g + 1]; n++) {
            axpy(dh + n * d, own, belief[n], d);
            dbelief[n] += dot(h + n * d, own, d);
        }
    }
}

double belief_loss(float *dscore, const float *score, const float *wanted, const vote_groups *groups, float scale)
{
    double loss = 0;
    for (int64_t g = 0; g < groups->count; g++) {
        int64_t from = groups->first[g], to = groups->first[g + 1];
        float all = 0;
        for (int64_t n = from; n < to; n++) all += wanted[n];
        if (all <= 0) continue;
        float lse = log_sum(score, from, to);
        for (int64_t n = from; n < to; n++) {
            loss -= (double)(scale * wanted[n] * (score[n] - lse));
            dscore[n] += scale * (all * expf(score[n] - lse) - wanted[n]);
        }
    }
    return loss;
}

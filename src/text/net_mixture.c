#include "text/net_mixture.h"

#include <math.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "text/probability.h"

enum { WEIGHTS = 20, POWERS = 25 };

/* No logarithm is asked for less. */
static const float LEAST = 1e-6f;

static float safe(float p) { return p < LEAST ? LEAST : p > 1 - LEAST ? 1 - LEAST : p; }

/* to <- p to a power, normalised; several: the odds to it. */
static void sharpen(float *to, const float *p, const mixture_view *v, float power)
{
    float z[CALIBRATION_MOST];
    for (int64_t i = 0; i < v->n * v->labels; i += v->labels) {
        for (int32_t l = 0; l < v->labels; l++) {
            float x = safe(p[i + l]);
            z[l] = power * (v->several ? logf(x / (1 - x)) : logf(x));
        }
        probabilities(to + i, z, v->labels, v->several);
    }
}

static void mix(float *to, const float *a, const float *b, const mixture_view *v, float weight)
{
    for (int64_t i = 0; i < v->n * v->labels; i++) to[i] = a[i] + weight * (b[i] - a[i]);
}

void net_mixture_apply(float *p, const float *nets, const mixture_view *v, const net_mixture *m)
{
    float sharp[CALIBRATION_MOST];
    const mixture_view one = {1, v->labels, v->several};
    for (int64_t i = 0; i < v->n * v->labels; i += v->labels) {
        sharpen(sharp, nets + i, &one, m->sharpness);
        mix(p + i, p + i, sharp, &one, m->weight);
        sharpen(p + i, p + i, &one, m->scale);
    }
}

static double loss_of(const float *p, const uint8_t *truth, const mixture_view *v)
{
    double loss = 0;
    for (int64_t i = 0; i < v->n * v->labels; i++)
        if (truth[i]) loss -= (double)logf(safe(p[i]));
        else if (v->several) loss -= (double)logf(1 - safe(p[i]));
    return loss;
}

/* The best of .4, .5 ... 2.8; work: room for p. */
static float best_power(float *work, const float *p, const uint8_t *truth, const mixture_view *v)
{
    double best = INFINITY;
    float power = 1;
    for (int k = 0; k < POWERS; k++) {
        float now = 0.4f + 0.1f * (float)k;
        sharpen(work, p, v, now);
        double loss = loss_of(work, truth, v);
        if (loss < best) power = now;
        best = fmin(best, loss);
    }
    return power;
}

static float best_weight(float *work, const float *a, const float *b, const uint8_t *truth, const mixture_view *v)
{
    double best = INFINITY;
    float weight = 0;
    for (int w = 0; w <= WEIGHTS; w++) {
        mix(work, a, b, v, (float)w / WEIGHTS);
        double loss = loss_of(work, truth, v);
        if (loss < best) weight = (float)w / WEIGHTS;
        best = fmin(best, loss);
    }
    return weight;
}

gat_status net_mixture_fit(net_mixture *m, const float *linear, const float *nets, const uint8_t *truth,
                           const mixture_view *v, double weight, gat_error *err)
{
    int64_t size = v->n * v->labels;
    float *sharp = gat_alloc(size, sizeof *sharp), *work = gat_alloc(size, sizeof *work);
    gat_status st = sharp && work ? GAT_OK : error_nomem(err);
    *m = (net_mixture){1, weight < 0 ? 0.5f : (float)weight, 1};
    if (!st && v->n) {
        m->sharpness = best_power(work, nets, truth, v);
        sharpen(sharp, nets, v, m->sharpness);
        if (weight < 0) m->weight = best_weight(work, linear, sharp, truth, v);
        mix(sharp, linear, sharp, v, m->weight);
        m->scale = best_power(work, sharp, truth, v);
    }
    gat_free(sharp);
    gat_free(work);
    return st;
}

#include "text/net_mixture.h"

#include <math.h>

#include "base/error.h"
#include "base/memory.h"

enum { WEIGHTS = 20 };

/* No logarithm is asked for less. */
static const float LEAST = 1e-6f;

void net_mix(float *p, const float *a, const float *b, int64_t n, int32_t labels, float weight)
{
    for (int64_t i = 0; i < n * labels; i++) p[i] = a[i] + weight * (b[i] - a[i]);
}

static float safe(float p) { return p < LEAST ? LEAST : p > 1 - LEAST ? 1 - LEAST : p; }

/* What stands for a margin: the logarithm, or that of the odds. */
static void logs_of(float *z, const float *p, int32_t labels, bool several)
{
    for (int32_t l = 0; l < labels; l++) {
        float x = safe(p[l]);
        z[l] = several ? logf(x / (1 - x)) : logf(x);
    }
}

void net_mix_calibrate(float *p, int64_t n, int32_t labels, bool several, const label_calibration *c)
{
    float z[CALIBRATION_MOST];
    for (int64_t i = 0; i < n; i++, p += labels) {
        logs_of(z, p, labels, several);
        logits_apply(z, c, z, labels);
        probabilities(p, z, labels, several);
    }
}

double net_mix_loss(const float *p, const uint8_t *truth, int64_t n, int32_t labels, bool several)
{
    double loss = 0;
    for (int64_t i = 0; i < n * labels; i++)
        if (truth[i]) loss -= (double)logf(safe(p[i]));
        else if (several) loss -= (double)logf(1 - safe(p[i]));
    return loss / (double)n;
}

gat_status net_mix_fit(float *weight, label_calibration *c, const float *linear, const float *nets,
                       const uint8_t *truth, int64_t n, int32_t labels, bool several, double fixed, gat_error *err)
{
    float *p = gat_alloc(n * labels, sizeof *p);
    double best = INFINITY;
    if (!p) return error_nomem(err);
    *weight = (float)fixed;
    for (int w = 0; fixed < 0 && w <= WEIGHTS; w++) {
        float now = (float)w / WEIGHTS;
        net_mix(p, linear, nets, n, labels, now);
        double loss = net_mix_loss(p, truth, n, labels, several);
        if (loss >= best) continue;
        best = loss;
        *weight = now;
    }
    net_mix(p, linear, nets, n, labels, *weight);
    for (int64_t i = 0; i < n; i++) logs_of(p + i * labels, p + i * labels, labels, several);
    logits_fit(c, p, labels, truth, n, labels, several);
    gat_free(p);
    return GAT_OK;
}

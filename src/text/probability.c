#include "text/probability.h"

#include <math.h>
#include <string.h>

enum { STEPS = 60 };

void logits_apply(float *logit, const label_calibration *c, const float *margin, int32_t labels)
{
    for (int32_t l = 0; l < labels; l++) logit[l] = c->scale * margin[l] + c->offset[l];
}

void probabilities(float *p, const float *logit, int32_t labels, bool several)
{
    float most = logit[0], sum = 0;
    if (several) {
        for (int32_t l = 0; l < labels; l++) p[l] = 1 / (1 + expf(-logit[l]));
        return;
    }
    for (int32_t l = 1; l < labels; l++)
        if (logit[l] > most) most = logit[l];
    for (int32_t l = 0; l < labels; l++) sum += p[l] = expf(logit[l] - most);
    for (int32_t l = 0; l < labels; l++) p[l] /= sum;
}

/* Gradient and the diagonal of the second derivative, by scale (last place) and offsets. */
typedef struct slopes {
    double g[CALIBRATION_MOST + 1], h[CALIBRATION_MOST + 1];
} slopes;

static void add_row(slopes *s, const label_calibration *c, const float *margin, const uint8_t *truth, int32_t labels,
                    bool several)
{
    float logit[CALIBRATION_MOST], p[CALIBRATION_MOST];
    double mean = 0, square = 0;
    logits_apply(logit, c, margin, labels);
    probabilities(p, logit, labels, several);
    for (int32_t l = 0; l < labels; l++) {
        double error = (double)p[l] - truth[l], weight = (double)p[l] * (1 - (double)p[l]);
        s->g[l] += error;
        s->h[l] += weight;
        s->g[labels] += error * margin[l];
        mean += (double)p[l] * margin[l];
        square += (several ? weight : (double)p[l]) * margin[l] * margin[l];
    }
    s->h[labels] += several ? square : square - mean * mean;
}

/* Newton steps along the diagonal, half as long for safety: few and cheap, as there is one scale and a weak offset a label. */
void logits_fit(label_calibration *c, const float *margin, int32_t stride, const uint8_t *truth, int64_t rows,
                int32_t labels, bool several)
{
    *c = (label_calibration){.scale = 2};
    for (int step = 0; step < STEPS; step++) {
        slopes s;
        memset(&s, 0, sizeof s);
        for (int64_t i = 0; i < rows; i++) add_row(&s, c, margin + i * stride, truth + i * labels, labels, several);
        for (int32_t l = 0; l < labels; l++) c->offset[l] -= 0.5f * (float)((s.g[l] + c->offset[l]) / (s.h[l] + 2));
        c->scale -= 0.5f * (float)(s.g[labels] / (s.h[labels] + 1));
        if (c->scale < 0.01f) c->scale = 0.01f;
    }
}

#include "kernels/bag.h"

#include <math.h>
#include <string.h>

void bag_forward(float *y, const bag_rows *bag, const float *table, int64_t d)
{
#pragma omp parallel for schedule(static)
    for (int64_t i = 0; i < bag->rows; i++) {
        float *row = y + i * d;
        memset(row, 0, (size_t)d * sizeof *row);
        for (int64_t j = bag->first[i]; j < bag->first[i + 1]; j++) {
            const float *from = table + bag->column[j] * d;
            float value = bag->value[j];
            for (int64_t k = 0; k < d; k++) row[k] += value * from[k];
        }
    }
}

/* Entries share rows of the table, so they are added one after the other: there are few beside the products around them. */
void bag_backward(float *dtable, const bag_rows *bag, const float *dy, int64_t d)
{
    for (int64_t i = 0; i < bag->rows; i++)
        for (int64_t j = bag->first[i]; j < bag->first[i + 1]; j++) {
            float *restrict to = dtable + bag->column[j] * d, value = bag->value[j];
            for (int64_t k = 0; k < d; k++) to[k] += value * dy[i * d + k];
        }
}

void product_forward(float *y, const float *a, const float *b, int64_t n)
{
    for (int64_t i = 0; i < n; i++) y[i] = a[i] * b[i];
}

void product_backward(float *da, float *db, const float *dy, const float *a, const float *b, int64_t n)
{
    for (int64_t i = 0; i < n; i++) {
        da[i] += dy[i] * b[i];
        db[i] += dy[i] * a[i];
    }
}

void group_max_forward(float *y, int32_t *arg, const float *x, const int64_t *first, const int32_t *member,
                       int64_t groups, int64_t d)
{
    for (int64_t g = 0; g < groups; g++, y += d, arg += d) {
        memset(y, 0, (size_t)d * sizeof *y);
        for (int64_t k = 0; k < d; k++) arg[k] = -1;
        for (int64_t i = first[g]; i < first[g + 1]; i++) {
            const float *row = x + member[i] * d;
            for (int64_t k = 0; k < d; k++)
                if (arg[k] < 0 || row[k] > y[k]) {
                    y[k] = row[k];
                    arg[k] = member[i];
                }
        }
    }
}

void group_max_backward(float *dx, const float *dy, const int32_t *arg, int64_t groups, int64_t d)
{
    for (int64_t i = 0; i < groups * d; i++)
        if (arg[i] >= 0) dx[arg[i] * d + i % d] += dy[i];
}

/* One row by softmax; z: its logits. */
static double softmax_row(float *dlogit, const float *z, const uint8_t *truth, int64_t labels, float smoothing,
                          float scale)
{
    float most = z[0], sum = 0, spread = smoothing / (float)labels;
    double loss = 0;
    for (int64_t l = 1; l < labels; l++) most = z[l] > most ? z[l] : most;
    for (int64_t l = 0; l < labels; l++) sum += expf(z[l] - most);
    float lse = most + logf(sum);
    for (int64_t l = 0; l < labels; l++) {
        float target = (truth[l] ? 1 - smoothing : 0) + spread;
        loss -= (double)(target * (z[l] - lse));
        dlogit[l] += scale * (expf(z[l] - lse) - target);
    }
    return loss;
}

static double sigmoid_row(float *dlogit, const float *z, const uint8_t *truth, int64_t labels, float scale)
{
    double loss = 0;
    for (int64_t l = 0; l < labels; l++) {
        float p = 1 / (1 + expf(-z[l])), signed_logit = truth[l] ? z[l] : -z[l];
        loss += (double)(signed_logit > 0 ? log1pf(expf(-signed_logit)) : log1pf(expf(signed_logit)) - signed_logit);
        dlogit[l] += scale * (p - (float)truth[l]);
    }
    return loss;
}

double label_loss(float *dlogit, const float *logit, const uint8_t *truth, int64_t n, int64_t labels, bool several,
                  float smoothing)
{
    float scale = 1 / (float)n;
    double loss = 0;
    for (int64_t i = 0; i < n * labels; i += labels)
        loss += several ? sigmoid_row(dlogit + i, logit + i, truth + i, labels, scale)
                        : softmax_row(dlogit + i, logit + i, truth + i, labels, smoothing, scale);
    return loss / (double)n;
}

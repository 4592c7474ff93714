/* Each picture becomes a (9,P) matrix of what every tap sees, so that it meets the filters in one product. Pictures are
 * taken by fixed parts, each with its own scratch and its own sums of the filters' gradient. */
#include "kernels/conv.h"

#include <string.h>

#include "base/parallel.h"
#include "kernels/kernels.h"
#include "kernels/linear.h"

/* Scratch of one part: seen (9,P), its gradient (9,P), and the gradients of filters and biases (C,10). */
static int64_t part_size(const conv_shape *s) { return CONV_TAPS * 2 * conv_places(s) + (CONV_TAPS + 1) * s->channels; }

int64_t conv_scratch(const conv_shape *s) { return KERNEL_PARTS * part_size(s); }

/* Where tap t sees place (i, 0). */
static int64_t seen_at(const conv_shape *s, int64_t t, int64_t i)
{
    return (i + t / CONV_SIDE) * s->width + t % CONV_SIDE;
}

static void spread(float *seen, const float *x, const conv_shape *s)
{
    int64_t rows = s->height - CONV_SIDE + 1, cols = s->width - CONV_SIDE + 1;
    for (int64_t t = 0; t < CONV_TAPS; t++)
        for (int64_t i = 0; i < rows; i++)
            memcpy(seen + (t * rows + i) * cols, x + seen_at(s, t, i), (size_t)cols * sizeof *x);
}

static void gather(float *dx, const float *dseen, const conv_shape *s)
{
    int64_t rows = s->height - CONV_SIDE + 1, cols = s->width - CONV_SIDE + 1;
    for (int64_t t = 0; t < CONV_TAPS; t++)
        for (int64_t i = 0; i < rows; i++)
            for (int64_t j = 0; j < cols; j++) dx[seen_at(s, t, i) + j] += dseen[(t * rows + i) * cols + j];
}

void conv_forward(float *y, float *scratch, const float *x, const float *filter, const float *bias, const conv_shape *s)
{
    int64_t places = conv_places(s), channels = s->channels;
    linear_one_thread();
#pragma omp parallel for schedule(dynamic)
    for (int64_t p = 0; p < KERNEL_PARTS; p++) {
        float *seen = scratch + p * part_size(s);
        int64_t end = part_start(s->pictures, KERNEL_PARTS, p + 1);
        for (int64_t b = part_start(s->pictures, KERNEL_PARTS, p); b < end; b++) {
            float *out = y + b * channels * places;
            spread(seen, x + b * s->height * s->width, s);
            matmul(out, filter, seen, channels, places, CONV_TAPS, false, false, CONV_TAPS, places, places, 0);
            for (int64_t c = 0; c < channels; c++)
                for (int64_t j = 0; j < places; j++) out[c * places + j] += bias[c];
        }
    }
}

/* One picture: dx of it, and what it adds to the sums (C,9) and (C). */
static void picture_backward(float *dx, float *sum, float *bias_sum, float *seen, const float *dy, const float *x,
                             const float *filter, const conv_shape *s)
{
    int64_t places = conv_places(s), channels = s->channels;
    float *dseen = seen + CONV_TAPS * places;
    spread(seen, x, s);
    matmul(sum, dy, seen, channels, CONV_TAPS, places, false, true, places, places, CONV_TAPS, 1);
    matmul(dseen, filter, dy, CONV_TAPS, places, channels, true, false, CONV_TAPS, places, places, 0);
    gather(dx, dseen, s);
    for (int64_t c = 0; c < channels; c++)
        for (int64_t j = 0; j < places; j++) bias_sum[c] += dy[c * places + j];
}

void conv_backward(float *dx, float *dfilter, float *dbias, float *scratch, const float *dy, const float *x,
                   const float *filter, const conv_shape *s)
{
    int64_t places = conv_places(s), channels = s->channels, area = s->height * s->width, sums = CONV_TAPS * 2 * places;
    linear_one_thread();
#pragma omp parallel for schedule(dynamic)
    for (int64_t p = 0; p < KERNEL_PARTS; p++) {
        float *seen = scratch + p * part_size(s), *sum = seen + sums, *bias_sum = sum + CONV_TAPS * channels;
        memset(sum, 0, (size_t)((CONV_TAPS + 1) * channels) * sizeof *sum);
        int64_t end = part_start(s->pictures, KERNEL_PARTS, p + 1);
        for (int64_t b = part_start(s->pictures, KERNEL_PARTS, p); b < end; b++)
            picture_backward(dx + b * area, sum, bias_sum, seen, dy + b * channels * places, x + b * area, filter, s);
    }
    for (int64_t p = 0; p < KERNEL_PARTS; p++) {
        const float *sum = scratch + p * part_size(s) + sums;
        for (int64_t i = 0; i < CONV_TAPS * channels; i++) dfilter[i] += sum[i];
        for (int64_t c = 0; c < channels; c++) dbias[c] += sum[CONV_TAPS * channels + c];
    }
}

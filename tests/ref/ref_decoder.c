#include "ref/ref_decoder.h"

#include <string.h>

#include "ref/ref_layers.h"
#include "support/check.h"

enum { MOST = 4096 };

static void tucker(double *q, const gat_model *m, const double *params, const double *x, const double *r)
{
    const tucker_params *p = &m->decoder.tucker;
    const gat_param *list = m->params.list;
    int64_t d = m->config.dim, width = list[m->relation].cols;
    const double *core = params + list[p->core].offset;
    double e[MOST], sum[MOST];
    ref_norm(e, x, params + list[p->input_gain].offset, params + list[p->input_bias].offset, 1, d);
    for (int64_t k = 0; k < d; k++) {
        sum[k] = 0;
        for (int64_t i = 0; i < d; i++)
            for (int64_t a = 0; a < width; a++) sum[k] += core[(k * d + i) * width + a] * r[a] * e[i];
    }
    ref_norm(q, sum, params + list[p->query_gain].offset, params + list[p->query_bias].offset, 1, d);
}

void ref_conv(double *y, const double *x, const double *filter, const double *bias, int64_t height, int64_t width,
              int64_t channels)
{
    for (int64_t c = 0; c < channels; c++)
        for (int64_t i = 0; i < height - 2; i++)
            for (int64_t j = 0; j < width - 2; j++) {
                double sum = bias[c];
                for (int64_t t = 0; t < 9; t++) sum += filter[c * 9 + t] * x[(i + t / 3) * width + j + t % 3];
                *y++ = sum;
            }
}

static void relu(double *x, int64_t n)
{
    for (int64_t i = 0; i < n; i++) x[i] = ref_act(x[i], GAT_ACT_RELU);
}

/* The picture of a width of 8 is 4 x 4; of other widths the tests ask the model for it. */
static void conve(double *q, const gat_model *m, const double *params, const double *x, const double *r)
{
    const conve_params *p = &m->decoder.conve;
    const gat_param *list = m->params.list;
    int64_t d = m->config.dim, width = list[m->relation].cols, size = d + width, height, across;
    double picture[MOST], normed[MOST], map[MOST];
    assert_true(conve_picture(&height, &across, d, width));
    int64_t channels = m->config.conv_channels, places = (height - 2) * (across - 2);
    assert_true(size <= MOST && channels * places <= MOST);
    memcpy(picture, x, (size_t)d * sizeof *x);
    memcpy(picture + d, r, (size_t)width * sizeof *r);
    ref_norm(normed, picture, params + list[p->input_gain].offset, params + list[p->input_bias].offset, 1, size);
    ref_conv(map, normed, params + list[p->filter].offset, params + list[p->filter_bias].offset, height, across,
             channels);
    ref_norm(normed, map, params + list[p->map_gain].offset, params + list[p->map_bias].offset, 1, channels * places);
    relu(normed, channels * places);
    const double *weight = params + list[p->weight].offset, *bias = params + list[p->bias].offset;
    for (int64_t k = 0; k < d - 1; k++) {
        map[k] = bias[k];
        for (int64_t i = 0; i < channels * places; i++) map[k] += weight[k * channels * places + i] * normed[i];
    }
    ref_norm(q, map, params + list[p->query_gain].offset, params + list[p->query_bias].offset, 1, d - 1);
    relu(q, d - 1);
    q[d - 1] = 1;
}

void ref_query(double *q, const gat_model *m, const double *params, const double *x, const double *r)
{
    if (m->config.decoder == GAT_DECODER_TUCKER) tucker(q, m, params, x, r);
    else conve(q, m, params, x, r);
}

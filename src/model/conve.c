#include "model/conve.h"

#include <math.h>
#include <stdlib.h>

#include "autodiff/ops.h"
#include "autodiff/query_ops.h"
#include "base/random.h"
#include "model/decoder_keys.h"

bool conve_picture(int64_t *height, int64_t *width, int64_t dim, int64_t relation_width)
{
    int64_t size = dim + relation_width, best = 0;
    for (int64_t w = CONV_SIDE; w <= dim && CONV_SIDE * w <= size; w++) {
        if (dim % w || relation_width % w) continue;
        if (!best || llabs(w - size / w) < llabs(best - size / best)) best = w;
    }
    *width = best;
    *height = best ? size / best : 0;
    return best > 0;
}

gat_status conve_declare(conve_params *p, gat_params *params, const gat_config *c, int64_t relation_width,
                         gat_error *err)
{
    conv_shape s = {.channels = c->conv_channels};
    conve_picture(&s.height, &s.width, c->dim, relation_width);
    int64_t size = s.height * s.width, map = s.channels * conv_places(&s), out = c->dim - 1;
    gat_status st = params_declare(&p->input_gain, params, "conve.input_gain", 1, size, err);
    if (!st) st = params_declare(&p->input_bias, params, "conve.input_bias", 1, size, err);
    if (!st) st = params_declare(&p->filter, params, "conve.filter", s.channels, CONV_TAPS, err);
    if (!st) st = params_declare(&p->filter_bias, params, "conve.filter_bias", 1, s.channels, err);
    if (!st) st = params_declare(&p->map_gain, params, "conve.map_gain", 1, map, err);
    if (!st) st = params_declare(&p->map_bias, params, "conve.map_bias", 1, map, err);
    if (!st) st = params_declare(&p->weight, params, "conve.weight", out, map, err);
    if (!st) st = params_declare(&p->bias, params, "conve.bias", 1, out, err);
    if (!st) st = params_declare(&p->query_gain, params, "conve.query_gain", 1, out, err);
    if (!st) st = params_declare(&p->query_bias, params, "conve.query_bias", 1, out, err);
    return st;
}

/* Each row of a weight matrix with the variance that keeps that of its input. */
static void fill(gat_params *params, int index, uint64_t seed)
{
    random_fill_normal(param_value(params, index), param_size(params, index),
                       1 / sqrtf((float)params->list[index].cols), seed,
                       random_stream(STREAM_DECODER, 0, (uint64_t)index));
}

void conve_init(const conve_params *p, gat_params *params, uint64_t seed)
{
    fill(params, p->filter, seed);
    fill(params, p->weight, seed);
    param_fill(params, p->input_gain, 1);
    param_fill(params, p->map_gain, 1);
    param_fill(params, p->query_gain, 1);
}

gat_mat *conve_queries(gat_tape *t, const conve_params *p, const gat_params *params, const gat_config *c, gat_mat *e,
                       gat_mat *r, uint32_t key)
{
    if (tape_status(t, NULL)) return NULL;
    int64_t height, width;
    conve_picture(&height, &width, e->cols, r->cols);
    gat_mat *x = ad_join(t, e, r);
    x = ad_norm(t, x, ad_param(t, params, p->input_gain), ad_param(t, params, p->input_bias));
    x = ad_dropout(t, x, (float)c->input_dropout, key + DROP_INPUT);
    x = ad_conv(t, x, ad_param(t, params, p->filter), ad_param(t, params, p->filter_bias), height, width);
    x = ad_norm(t, x, ad_param(t, params, p->map_gain), ad_param(t, params, p->map_bias));
    x = ad_act(t, x, GAT_ACT_RELU);
    x = ad_dropout(t, x, (float)c->hidden_dropout, key + DROP_HIDDEN);
    x = ad_dense(t, x, ad_param(t, params, p->weight), ad_param(t, params, p->bias));
    x = ad_norm(t, x, ad_param(t, params, p->query_gain), ad_param(t, params, p->query_bias));
    x = ad_act(t, x, GAT_ACT_RELU);
    return ad_append_one(t, ad_dropout(t, x, (float)c->decoder_dropout, key + DROP_QUERY));
}

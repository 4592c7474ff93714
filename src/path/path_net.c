#include "path/path_net.h"

#include <math.h>
#include <stdio.h>

#include "base/random.h"
#include "kernels/path_layer.h"

/* Layers with parameters of their own, and the one whose parameters a layer has. */
static int64_t own_layers(const path_net *m) { return m->shape.shared ? 1 : m->shape.layers; }
static int64_t own_layer(const path_net *m, int64_t layer) { return m->shape.shared ? 0 : layer; }

static int64_t relations_size(const path_net *m) { return path_relations(m) * m->shape.width; }
int64_t made_relation(const path_net *m, int64_t layer) { return own_layer(m, layer) * relations_size(m); }
int64_t made_gate(const path_net *m, int64_t layer)
{
    return own_layers(m) * relations_size(m) + own_layer(m, layer) * PATH_GATE;
}
int64_t made_hidden(const path_net *m) { return own_layers(m) * (relations_size(m) + PATH_GATE); }
int64_t made_profile(const path_net *m) { return made_hidden(m) + path_hidden(m); }
int64_t made_number(const path_net *m, int which) { return made_profile(m) + m->shape.width + which; }
int64_t made_choice(const path_net *m, int64_t layer)
{
    return made_number(m, MADE_NUMBERS) + own_layer(m, layer) * path_net_sums(m);
}
int64_t made_size(const path_net *m)
{
    return path_chooses(&m->shape) ? made_choice(m, 0) + own_layers(m) * path_net_sums(m)
                                   : made_number(m, MADE_NUMBERS);
}

int64_t shared_from(const path_net *m) { return m->params->list[m->layer[0].by_relation].offset; }
int64_t shared_size(const path_net *m) { return m->end - shared_from(m); }

/* Declares piece `name` of layer l; -1: of none. */
static gat_status declare_piece(int *index, path_net *m, int l, const char *name, int64_t rows, int64_t cols,
                                gat_error *err)
{
    char full[PARAM_NAME];
    if (l < 0) snprintf(full, sizeof full, "net%lld.%s", (long long)m->member, name);
    else snprintf(full, sizeof full, "net%lld.layer%d.%s", (long long)m->member, l, name);
    return params_declare(index, m->params, full, rows, cols, err);
}

/* Layers with the same parameters have those of one that attends. */
static bool has_global(const path_net *m, int l)
{
    return m->shape.shared ? m->shape.global != PATH_GLOBAL_NO : path_attends_globally(&m->shape, l);
}

static gat_status declare_layer(path_net *m, int l, gat_error *err)
{
    path_layer_params *p = &m->layer[l];
    int64_t d = m->shape.width, scaled = path_scalings(m->shape.aggregation, d);
    gat_status st = declare_piece(&p->by_relation, m, l, "gate_relation", path_relations(m), PATH_GATE, err);
    if (!st) st = declare_piece(&p->a, m, l, "gate_a", 1, PATH_GATE, err);
    if (!st) st = declare_piece(&p->state, m, l, "gate_state", PATH_GATE, d, err);
    if (!st) st = declare_piece(&p->w_state, m, l, "w_state", d, d, err);
    if (!st) st = declare_piece(&p->w_sum, m, l, "w_sum", path_net_sums(m), scaled, err);
    if (!st) st = declare_piece(&p->bias, m, l, "bias", 1, d, err);
    if (!st) st = declare_piece(&p->gain, m, l, "gain", 1, d, err);
    if (!st) st = declare_piece(&p->shift, m, l, "shift", 1, d, err);
    if (st || !has_global(m, l)) return st;
    st = declare_piece(&p->global, m, l, "global", 3 * d, d, err);
    if (!st) st = declare_piece(&p->global_scale, m, l, "global_scale", 1, d, err);
    return st;
}

static gat_status declare_all(path_net *m, gat_error *err)
{
    int64_t d = m->shape.width;
    gat_status st = declare_piece(&m->query, m, -1, "query", path_relations(m), d, err);
    if (!st) st = declare_piece(&m->map, m, -1, "query_map", d, made_size(m), err);
    if (!st) st = declare_piece(&m->map_bias, m, -1, "query_bias", 1, made_size(m), err);
    if (!st) st = declare_piece(&m->profile, m, -1, "profile", path_relations(m), d, err);
    for (int l = 0; l < own_layers(m) && !st; l++) st = declare_layer(m, l, err);
    for (int64_t l = own_layers(m); l < m->shape.layers; l++) m->layer[l] = m->layer[0];
    if (!st) st = declare_piece(&m->hidden, m, -1, "score_hidden", d, path_hidden(m), err);
    if (!st) st = declare_piece(&m->score, m, -1, "score", 1, path_hidden(m), err);
    if (!st) st = declare_piece(&m->score_bias, m, -1, "score_bias", 1, 1, err);
    return st;
}

gat_status path_net_declare(path_net *m, gat_params *params, const path_shape *shape, int32_t num_relations,
                            int64_t member, gat_error *err)
{
    *m = (path_net){.shape = *shape, .num_relations = num_relations, .params = params, .member = member};
    gat_status st = declare_all(m, err);
    if (st) return st;
    m->from = params->list[m->query].offset;
    m->end = params->size;
    return GAT_OK;
}

enum { STREAM_DRAW = 0x9a70 };

static void draw_uniform(const path_net *m, int index, int64_t inputs, uint64_t seed)
{
    random_fill_uniform(param_value(m->params, index), param_size(m->params, index), (float)(1 / sqrt((double)inputs)),
                        seed, random_stream(STREAM_DRAW, (uint64_t)index, 0));
}

/* Attention to all begins as a whisper. */
static const float FIRST_GLOBAL_SCALE = .1f;

static void draw_layer(const path_net *m, int l, uint64_t seed)
{
    const path_layer_params *p = &m->layer[l];
    int64_t d = m->shape.width;
    draw_uniform(m, p->by_relation, d, seed);
    draw_uniform(m, p->a, PATH_GATE, seed);
    draw_uniform(m, p->state, d, seed);
    int64_t inputs = m->shape.aggregation == PATH_SUM ? 2 * d : (1 + PATH_NUM_STATISTICS * PATH_NUM_SCALINGS) * d;
    draw_uniform(m, p->w_state, inputs, seed);
    draw_uniform(m, p->w_sum, inputs, seed);
    draw_uniform(m, p->bias, inputs, seed);
    param_fill(m->params, p->gain, 1);
    if (!has_global(m, l)) return;
    draw_uniform(m, p->global, d, seed);
    param_fill(m->params, p->global_scale, FIRST_GLOBAL_SCALE);
}

/* Candidates start without a bias for count, degree and being reached. */
static void clear_numbers(const path_net *m)
{
    float *map = param_value(m->params, m->map), *bias = param_value(m->params, m->map_bias);
    int64_t made = made_size(m), first = made_number(m, 0), end = made_number(m, MADE_NUMBERS);
    for (int64_t k = 0; k < m->shape.width; k++)
        for (int64_t i = first; i < end; i++) map[k * made + i] = 0;
    for (int64_t i = first; i < end; i++) bias[i] = 0;
}

void path_net_draw(const path_net *m, uint64_t seed)
{
    int64_t d = m->shape.width;
    random_fill_normal(param_value(m->params, m->query), param_size(m->params, m->query), 1, seed,
                       random_stream(STREAM_DRAW, (uint64_t)m->query, 0));
    draw_uniform(m, m->map, d, seed);
    draw_uniform(m, m->map_bias, d, seed);
    clear_numbers(m);
    draw_uniform(m, m->profile, d, seed);
    for (int l = 0; l < own_layers(m); l++) draw_layer(m, l, seed);
    draw_uniform(m, m->hidden, 2 * d, seed);
    draw_uniform(m, m->score, path_hidden(m), seed);
}

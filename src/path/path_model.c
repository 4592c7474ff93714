#include "path/path_model.h"

#include <math.h>
#include <stdio.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/random.h"
#include "kernels/path_layer.h"

int64_t made_relation(const path_model *m, int64_t layer) { return layer * path_relations(m) * m->shape.width; }
int64_t made_gate(const path_model *m, int64_t layer) { return made_relation(m, m->shape.layers) + layer * PATH_GATE; }
int64_t made_hidden(const path_model *m) { return made_gate(m, m->shape.layers); }
int64_t made_profile(const path_model *m) { return made_hidden(m) + path_hidden(m); }
int64_t made_number(const path_model *m, int which) { return made_profile(m) + m->shape.width + which; }
int64_t made_size(const path_model *m) { return made_number(m, MADE_NUMBERS); }

int64_t shared_from(const path_model *m) { return m->params.list[m->layer[0].by_relation].offset; }
int64_t shared_size(const path_model *m) { return m->params.size - shared_from(m); }

/* Declares piece `name` of layer l. */
static gat_status declare_piece(int *index, path_model *m, int l, const char *name, int64_t rows, int64_t cols,
                                gat_error *err)
{
    char full[PARAM_NAME];
    snprintf(full, sizeof full, "layer%d.%s", l, name);
    return params_declare(index, &m->params, full, rows, cols, err);
}

static gat_status declare_layer(path_model *m, int l, gat_error *err)
{
    path_layer_params *p = &m->layer[l];
    int64_t d = m->shape.width;
    gat_status st = declare_piece(&p->by_relation, m, l, "gate_relation", path_relations(m), PATH_GATE, err);
    if (!st) st = declare_piece(&p->a, m, l, "gate_a", 1, PATH_GATE, err);
    if (!st) st = declare_piece(&p->state, m, l, "gate_state", PATH_GATE, d, err);
    if (!st) st = declare_piece(&p->w_state, m, l, "w_state", d, d, err);
    if (!st) st = declare_piece(&p->w_sum, m, l, "w_sum", d, d, err);
    if (!st) st = declare_piece(&p->bias, m, l, "bias", 1, d, err);
    if (!st) st = declare_piece(&p->gain, m, l, "gain", 1, d, err);
    if (!st) st = declare_piece(&p->shift, m, l, "shift", 1, d, err);
    return st;
}

static gat_status declare_all(path_model *m, gat_error *err)
{
    gat_params *p = &m->params;
    int64_t d = m->shape.width;
    gat_status st = params_declare(&m->query, p, "query", path_relations(m), d, err);
    if (!st) st = params_declare(&m->map, p, "query_map", d, made_size(m), err);
    if (!st) st = params_declare(&m->map_bias, p, "query_bias", 1, made_size(m), err);
    if (!st) st = params_declare(&m->profile, p, "profile", path_relations(m), d, err);
    for (int l = 0; l < m->shape.layers && !st; l++) st = declare_layer(m, l, err);
    if (!st) st = params_declare(&m->hidden, p, "score_hidden", d, path_hidden(m), err);
    if (!st) st = params_declare(&m->score, p, "score", 1, path_hidden(m), err);
    if (!st) st = params_declare(&m->score_bias, p, "score_bias", 1, 1, err);
    return st;
}

static gat_status check_shape(const path_shape *s, gat_error *err)
{
    if (s->width < PATH_WIDTH_STEP || s->width % PATH_WIDTH_STEP || s->width > PATH_MAX_WIDTH)
        return error_set(err, GAT_EUSAGE, "the width of a path model is a multiple of %d up to %d, not %lld",
                         PATH_WIDTH_STEP, PATH_MAX_WIDTH, (long long)s->width);
    if (s->layers < 1 || s->layers > PATH_MAX_LAYERS)
        return error_set(err, GAT_EUSAGE, "a path model has 1 to %d layers, not %lld", PATH_MAX_LAYERS,
                         (long long)s->layers);
    return GAT_OK;
}

gat_status path_model_new(path_model **out, const path_shape *shape, int32_t num_relations, bool trainable,
                          gat_error *err)
{
    *out = NULL;
    gat_status st = check_shape(shape, err);
    if (st) return st;
    path_model *m = gat_calloc(1, sizeof *m);
    if (!m) return error_nomem(err);
    m->shape = *shape;
    m->num_relations = num_relations;
    st = declare_all(m, err);
    if (!st) st = params_allocate(&m->params, trainable, err);
    if (st) path_model_free(m);
    else *out = m;
    return st;
}

void path_model_free(path_model *m)
{
    if (!m) return;
    params_clear(&m->params);
    gat_free(m);
}

enum { STREAM_DRAW = 0x9a70 };

static void draw_uniform(path_model *m, int index, int64_t inputs, uint64_t seed)
{
    random_fill_uniform(param_value(&m->params, index), param_size(&m->params, index),
                        (float)(1 / sqrt((double)inputs)), seed, random_stream(STREAM_DRAW, (uint64_t)index, 0));
}

static void draw_layer(path_model *m, const path_layer_params *p, uint64_t seed)
{
    int64_t d = m->shape.width;
    draw_uniform(m, p->by_relation, d, seed);
    draw_uniform(m, p->a, PATH_GATE, seed);
    draw_uniform(m, p->state, d, seed);
    draw_uniform(m, p->w_state, 2 * d, seed);
    draw_uniform(m, p->w_sum, 2 * d, seed);
    draw_uniform(m, p->bias, 2 * d, seed);
    param_fill(&m->params, p->gain, 1);
}

/* Candidates start without a bias for count, degree and being reached. */
static void clear_numbers(path_model *m)
{
    float *map = param_value(&m->params, m->map), *bias = param_value(&m->params, m->map_bias);
    int64_t made = made_size(m), first = made_number(m, 0);
    for (int64_t k = 0; k < m->shape.width; k++)
        for (int64_t i = first; i < made; i++) map[k * made + i] = 0;
    for (int64_t i = first; i < made; i++) bias[i] = 0;
}

void path_model_draw(path_model *m, uint64_t seed)
{
    int64_t d = m->shape.width;
    random_fill_normal(param_value(&m->params, m->query), param_size(&m->params, m->query), 1, seed,
                       random_stream(STREAM_DRAW, (uint64_t)m->query, 0));
    draw_uniform(m, m->map, d, seed);
    draw_uniform(m, m->map_bias, d, seed);
    clear_numbers(m);
    draw_uniform(m, m->profile, d, seed);
    for (int l = 0; l < m->shape.layers; l++) draw_layer(m, &m->layer[l], seed);
    draw_uniform(m, m->hidden, 2 * d, seed);
    draw_uniform(m, m->score, path_hidden(m), seed);
}

#include "generate/sequence_cache.h"

#include <math.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "kernels/dense.h"
#include "kernels/kernels.h"
#include "kernels/linear.h"
#include "kernels/path_layer.h"

gat_status sequence_cache_init(sequence_cache *c, const sequence_net *net, gat_error *err)
{
    int64_t d = net->shape.dim, n = CACHE_ROWS, length = sequence_length(net->shape.most_triples);
    *c = (sequence_cache){.net = net, .length = length};
    c->past = gat_alloc(net->shape.layers * length * n * 2 * d, sizeof *c->past);
    c->pointed = gat_alloc(length * n * d, sizeof *c->pointed);
    c->name = gat_alloc(length * n, sizeof *c->name);
    c->parts = gat_calloc(n, sizeof *c->parts);
    c->x = gat_alloc(n * d, sizeof *c->x);
    c->y = gat_alloc(n * d, sizeof *c->y);
    c->z = gat_alloc(n * d, sizeof *c->z);
    c->wide = gat_alloc(n * sequence_hidden(&net->shape), sizeof *c->wide);
    c->qkv = gat_alloc(n * 3 * d, sizeof *c->qkv);
    c->stats = gat_alloc(n * 2, sizeof *c->stats);
    c->weight = gat_alloc(length, sizeof *c->weight);
    c->logit = gat_alloc(n * sequence_columns(&net->shape), sizeof *c->logit);
    c->column = gat_alloc(n * SEQUENCE_BAG, sizeof *c->column);
    c->bag_first = gat_alloc(n + 1, sizeof *c->bag_first);
    c->ones = gat_alloc(n * SEQUENCE_BAG, sizeof *c->ones);
    if (!c->past || !c->x || !c->y || !c->z || !c->wide || !c->qkv || !c->stats || !c->weight || !c->logit ||
        !c->column || !c->bag_first || !c->ones || !c->pointed || !c->name || !c->parts) {
        sequence_cache_clear(c);
        return error_nomem(err);
    }
    for (int64_t i = 0; i <= n; i++) c->bag_first[i] = SEQUENCE_BAG * i;
    for (int64_t i = 0; i < n * SEQUENCE_BAG; i++) c->ones[i] = 1;
    return GAT_OK;
}

void sequence_cache_clear(sequence_cache *c)
{
    void *blocks[] = {c->past,  c->x,      c->y,         c->z,    c->wide,    c->qkv,  c->stats, c->weight,
                      c->logit, c->column, c->bag_first, c->ones, c->pointed, c->name, c->parts};
    for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++) gat_free(blocks[i]);
    *c = (sequence_cache){.net = NULL};
}

static const float *value(const sequence_cache *c, int index) { return param_value(&c->net->params, index); }

static void norm(float *to, const sequence_cache *c, int gain, int bias)
{
    kernels()->norm_forward(to, c->stats, c->x, value(c, gain), value(c, bias), CACHE_ROWS, c->net->shape.dim);
}

static void affine(float *to, const float *from, const sequence_cache *c, int w, int b)
{
    const gat_param *p = &c->net->params.list[w];
    linear_forward(to, from, value(c, w), value(c, b), CACHE_ROWS, p->rows, p->cols);
}

/* k | v of a place of a sequence. */
static float *past_of(const sequence_cache *c, int layer, int64_t place, int64_t row)
{
    return c->past + ((layer * c->length + place) * CACHE_ROWS + row) * 2 * c->net->shape.dim;
}

/* out (F) <- what a head of a row reads from the places so far. */
static void read_past(float *out, const float *q, const sequence_cache *c, int layer, int64_t place, int64_t row,
                      int64_t column)
{
    int64_t d = c->net->shape.dim, f = d / c->net->shape.heads;
    float scale = 1 / sqrtf((float)f), top = -INFINITY;
    for (int64_t p = 0; p <= place; p++) {
        const float *k = past_of(c, layer, p, row) + column;
        float sum = 0;
        for (int64_t j = 0; j < f; j++) sum += q[j] * k[j];
        c->weight[p] = sum * scale;
        top = fmaxf(top, c->weight[p]);
    }
    float inverse = 1 / path_kernels()->exp_sum(c->weight, c->weight, top, place + 1);
    memset(out, 0, (size_t)f * sizeof *out);
    for (int64_t p = 0; p <= place; p++) {
        const float *v = past_of(c, layer, p, row) + d + column;
        float alpha = c->weight[p] * inverse;
        for (int64_t j = 0; j < f; j++) out[j] += alpha * v[j];
    }
}

static void attend(sequence_cache *c, int layer, int64_t place)
{
    int64_t d = c->net->shape.dim, f = d / c->net->shape.heads;
    for (int64_t i = 0; i < CACHE_ROWS; i++) {
        memcpy(past_of(c, layer, place, i), c->qkv + i * 3 * d + d, 2 * (size_t)d * sizeof *c->qkv);
        for (int64_t column = 0; column < d; column += f)
            read_past(c->y + i * d + column, c->qkv + i * 3 * d + column, c, layer, place, i, column);
    }
}

static void one_layer(sequence_cache *c, int i, int64_t place)
{
    const sequence_layer *l = &c->net->layer[i];
    int64_t d = c->net->shape.dim, up = sequence_hidden(&c->net->shape);
    norm(c->y, c, l->gain1, l->bias1);
    affine(c->qkv, c->y, c, l->qkv, l->qkv_b);
    attend(c, i, place);
    affine(c->z, c->y, c, l->out, l->out_b);
    kernels()->axpy(c->x, c->z, 1, CACHE_ROWS * d);
    norm(c->y, c, l->gain2, l->bias2);
    affine(c->wide, c->y, c, l->up, l->up_b);
    kernels()->act_forward(c->wide, c->wide, CACHE_ROWS * up, GAT_ACT_RELU);
    affine(c->z, c->wide, c, l->down, l->down_b);
    kernels()->axpy(c->x, c->z, 1, CACHE_ROWS * d);
}

/* Adds to the logits of a row what it points at. */
static void point(const sequence_cache *c, int64_t place, int64_t row)
{
    int64_t d = c->net->shape.dim, columns = sequence_columns(&c->net->shape);
    const float *q = c->qkv + row * 2 * d;
    float scale = 1 / sqrtf((float)d);
    int32_t low, high;
    sequence_range(&low, &high, &c->net->shape, place);
    for (int64_t p = 0; p <= place; p++) {
        int32_t name = c->name[p * CACHE_ROWS + row];
        const float *k = c->pointed + (p * CACHE_ROWS + row) * d;
        float sum = 0;
        if (name < low || name >= high) continue;
        for (int64_t j = 0; j < d; j++) sum += q[j] * k[j];
        c->logit[row * columns + name] += scale * sum;
    }
}

static void point_all(sequence_cache *c, int64_t place)
{
    int64_t d = c->net->shape.dim;
    affine(c->qkv, c->y, c, c->net->pointer, c->net->pointer_b);
    for (int64_t i = 0; i < CACHE_ROWS; i++) {
        memcpy(c->pointed + (place * CACHE_ROWS + i) * d, c->qkv + i * 2 * d + d, (size_t)d * sizeof *c->qkv);
        point(c, place, i);
    }
}

/* Where the name of a row at `place` stood last; 0: nowhere. */
static int64_t place_before(const sequence_cache *c, int64_t place, int64_t row)
{
    for (int64_t p = place - 1; p > 0; p--)
        if (c->name[p * CACHE_ROWS + row] == c->name[place * CACHE_ROWS + row]) return p;
    return 0;
}

/* The columns of a row at `place`, whose name is there. */
static void put_row(sequence_cache *c, int64_t place, int64_t row)
{
    const int32_t *name = c->name + place * CACHE_ROWS + row;
    graph_parts *parts = &c->parts[row];
    if (!place) *parts = (graph_parts){.count = 0};
    if (slot_at(place) == SLOT_TAIL) graph_parts_add(parts, name[-2 * CACHE_ROWS], *name);
    const sequence_place at = {place, *name, place_before(c, place, row), parts->count};
    sequence_row(c->column + SEQUENCE_BAG * row, &c->net->shape, &at);
}

void sequence_cache_step(sequence_cache *c, int64_t place, const int32_t name[CACHE_ROWS])
{
    const sequence_net *n = c->net;
    const bag_rows bag = {CACHE_ROWS, c->bag_first, c->column, c->ones};
    memcpy(c->name + place * CACHE_ROWS, name, CACHE_ROWS * sizeof *name);
    for (int64_t i = 0; i < CACHE_ROWS; i++) put_row(c, place, i);
    bag_forward(c->x, &bag, value(c, n->table), n->shape.dim);
    for (int i = 0; i < n->shape.layers; i++) one_layer(c, i, place);
    norm(c->y, c, n->gain, n->bias);
    dense_forward(c->logit, c->y, value(c, n->table), value(c, n->logit_b), CACHE_ROWS, n->shape.dim,
                  sequence_columns(&n->shape));
    point_all(c, place);
}

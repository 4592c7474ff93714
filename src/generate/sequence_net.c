#include "generate/sequence_net.h"

#include <math.h>
#include <stdio.h>

#include "autodiff/ops.h"
#include "autodiff/query_ops.h"
#include "autodiff/text_ops.h"
#include "base/random.h"

enum { STREAM_INIT = 0x7f90 };

static int64_t table_rows(const sequence_shape *s)
{
    return sequence_columns(s) + NUM_SLOTS + s->most_triples + sequence_length(s->most_triples) + s->most_triples + 1;
}

typedef struct declaration {
    int *index;
    const char *name;
    int64_t rows, cols;
} declaration;

static gat_status declare_layer(sequence_net *n, int i, gat_error *err)
{
    sequence_layer *l = &n->layer[i];
    int64_t d = n->shape.dim, up = sequence_hidden(&n->shape);
    char name[PARAM_NAME];
    const declaration list[] = {
        {&l->gain1, "gain1", 1, d},     {&l->bias1, "bias1", 1, d}, {&l->qkv, "qkv", d, 3 * d},
        {&l->qkv_b, "qkv_b", 1, 3 * d}, {&l->out, "out", d, d},     {&l->out_b, "out_b", 1, d},
        {&l->gain2, "gain2", 1, d},     {&l->bias2, "bias2", 1, d}, {&l->up, "up", d, up},
        {&l->up_b, "up_b", 1, up},      {&l->down, "down", up, d},  {&l->down_b, "down_b", 1, d}};
    gat_status st = GAT_OK;
    for (size_t k = 0; !st && k < sizeof list / sizeof *list; k++) {
        snprintf(name, sizeof name, "layer%d_%s", i, list[k].name);
        st = params_declare(list[k].index, &n->params, name, list[k].rows, list[k].cols, err);
    }
    return st;
}

gat_status sequence_net_init(sequence_net *n, const sequence_shape *shape, bool with_gradients, gat_error *err)
{
    *n = (sequence_net){.shape = *shape};
    int64_t d = shape->dim;
    gat_status st = params_declare(&n->table, &n->params, "table", table_rows(shape), d, err);
    for (int i = 0; !st && i < shape->layers; i++) st = declare_layer(n, i, err);
    if (!st) st = params_declare(&n->gain, &n->params, "gain", 1, d, err);
    if (!st) st = params_declare(&n->bias, &n->params, "bias", 1, d, err);
    if (!st) st = params_declare(&n->logit_b, &n->params, "logit_b", 1, sequence_columns(shape), err);
    if (!st) st = params_declare(&n->pointer, &n->params, "pointer", d, 2 * d, err);
    if (!st) st = params_declare(&n->pointer_b, &n->params, "pointer_b", 1, 2 * d, err);
    if (!st) st = params_allocate(&n->params, with_gradients, err);
    if (st) sequence_net_clear(n);
    return st;
}

void sequence_net_clear(sequence_net *n) { params_clear(&n->params); }

/* Glorot and Bengio 2010 for matrices, those that add to x smaller the more of them there are; gains begin at 1, biases
 * at 0. */
void sequence_net_draw(sequence_net *n, uint64_t seed)
{
    const gat_params *p = &n->params;
    float deep = 1 / sqrtf(2 * (float)n->shape.layers);
    for (int i = 0; i < p->count; i++) {
        const gat_param *x = &p->list[i];
        float scale = i == n->table  ? sqrtf(3 / (float)x->cols)
                      : x->rows == 1 ? 0
                                     : sqrtf(6 / (float)(x->rows + x->cols));
        for (int l = 0; l < n->shape.layers; l++)
            if (i == n->layer[l].out || i == n->layer[l].down) scale *= deep;
        random_fill_uniform(param_value(p, i), x->rows * x->cols, scale, seed,
                            random_stream(STREAM_INIT, (uint64_t)i, 0));
    }
    for (int l = 0; l < n->shape.layers; l++) {
        param_fill(p, n->layer[l].gain1, 1);
        param_fill(p, n->layer[l].gain2, 1);
    }
    param_fill(p, n->gain, 1);
}

void sequence_row(int32_t row[SEQUENCE_BAG], const sequence_shape *s, const sequence_place *at)
{
    int32_t slots = s->entities + 1 + s->relations, triples = slots + NUM_SLOTS, places = triples + s->most_triples;
    row[0] = at->name;
    row[1] = slots + (int32_t)slot_at(at->place);
    row[2] = triples + (int32_t)(at->place ? (at->place - 1) / 3 : 0);
    row[3] = places + (int32_t)at->before;
    row[4] = places + (int32_t)sequence_length(s->most_triples) + at->parts;
}

void sequence_range(int32_t *low, int32_t *high, const sequence_shape *s, int64_t place)
{
    sequence_slot slot = slot_at(place);
    *low = slot == SLOT_HEAD ? s->entities + 1 : 0;
    *high = slot == SLOT_HEAD ? s->entities + 1 + s->relations : s->entities + (slot == SLOT_TAIL);
}

/* ---- forward --------------------------------------------------------------------------------------------- */

typedef struct pass {
    gat_tape *t;
    const sequence_net *n;
    uint32_t key;
} pass;

static gat_mat *param(const pass *p, int index) { return ad_param(p->t, &p->n->params, index); }

static gat_mat *drop(pass *p, gat_mat *x)
{
    return ad_dropout(p->t, x, p->n->shape.dropout, random_hash32(p->key++, 83));
}

static gat_mat *one_layer(pass *p, gat_mat *x, const sequence_layer *l, const causal_rows *rows)
{
    gat_tape *t = p->t;
    gat_mat *z = ad_norm(t, x, param(p, l->gain1), param(p, l->bias1));
    z = ad_causal(t, ad_linear(t, z, param(p, l->qkv), param(p, l->qkv_b)), rows, p->n->shape.heads);
    x = ad_add(t, x, drop(p, ad_linear(t, z, param(p, l->out), param(p, l->out_b))));
    z = ad_norm(t, x, param(p, l->gain2), param(p, l->bias2));
    z = ad_act(t, ad_linear(t, z, param(p, l->up), param(p, l->up_b)), GAT_ACT_RELU);
    return ad_add(t, x, drop(p, ad_linear(t, z, param(p, l->down), param(p, l->down_b))));
}

float *sequence_net_loss(gat_tape *t, const sequence_net *n, const sequence_batch *b, float scale, uint32_t key)
{
    pass p = {t, n, key};
    bag_rows *bag = arena_alloc(tape_arena(t), 1, sizeof *bag);
    causal_rows *rows = arena_alloc(tape_arena(t), 1, sizeof *rows);
    range_targets *targets = arena_alloc(tape_arena(t), 1, sizeof *targets);
    if (!bag || !rows || !targets) {
        tape_fail(t, GAT_ENOMEM);
        return NULL;
    }
    *bag = (bag_rows){b->rows, b->bag_first, b->column, b->value};
    *rows = (causal_rows){b->count, b->first, b->place};
    *targets = (range_targets){b->rows, b->low, b->high, b->target};
    gat_mat *table = param(&p, n->table), *x = drop(&p, ad_bag(t, table, bag));
    for (int i = 0; i < n->shape.layers; i++) x = one_layer(&p, x, &n->layer[i], rows);
    x = ad_norm(t, x, param(&p, n->gain), param(&p, n->bias));
    gat_mat *logit = ad_dense(t, x, ad_rows(t, table, sequence_columns(&n->shape)), param(&p, n->logit_b));
    gat_mat *qk = ad_linear(t, x, param(&p, n->pointer), param(&p, n->pointer_b));
    return ad_range_loss(t, ad_pointer(t, logit, qk, rows, targets, b->name), targets, scale);
}

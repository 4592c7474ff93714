#include "text/text_net.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "autodiff/query_ops.h"
#include "autodiff/text_ops.h"
#include "base/random.h"

enum { STREAM_INIT = 0x7e30, PARTS = 8, FFN = 2 };
static const float SLOPE = 0.2f, WIDE_START = 0.05f;

/* Width of each block of the input. */
static const int32_t BLOCK_WIDTH[NET_BLOCKS] = {50, 40, 15, 15, 15, 12};
static const char *const BLOCK_NAME[NET_BLOCKS] = {"words", "pieces", "from_e1", "from_e2", "labels", "roles"};

/* Of the blocks that are the word itself; of all. */
static int32_t word_width(const net_shape *s)
{
    return BLOCK_WIDTH[BLOCK_WORD] + BLOCK_WIDTH[BLOCK_PIECES] + (s->vector_dim ? s->vector_dim + 1 : 0);
}
static int32_t input_width(const net_shape *s)
{
    int32_t width = word_width(s);
    for (int b = BLOCK_FROM_E1; b < NET_BLOCKS; b++) width += BLOCK_WIDTH[b];
    return width;
}

static gat_status declare(int *index, text_net *n, const char *place, const char *name, int64_t rows, int64_t cols,
                          gat_error *err)
{
    char full[PARAM_NAME];
    snprintf(full, sizeof full, "%s.%s", place, name);
    return params_declare(index, &n->params, full, rows, cols, err);
}

/* Width of a head's score; the additive one is a single number. */
static int score_width(const net_shape *s) { return s->score == GAT_SCORE_ADDITIVE ? 1 : s->dim / s->heads; }

/* What both kinds of attention have. */
static gat_status declare_attention(net_layer *l, text_net *n, const char *place, int64_t relations, gat_error *err)
{
    const net_shape *s = &n->shape;
    int64_t d = s->dim, scores = (int64_t)s->heads * score_width(s);
    int vector = score_vector_width(s->score, score_width(s));
    l->vector = -1;
    gat_status st = declare(&l->query, n, place, "query", d, scores, err);
    if (!st) st = declare(&l->key, n, place, "key", d, scores, err);
    if (!st) st = declare(&l->value, n, place, "value", d, d, err);
    if (!st) st = declare(&l->edge, n, place, "edge", relations, scores, err);
    if (!st) st = declare(&l->message, n, place, "message", relations, d, err);
    if (!st && vector) st = declare(&l->vector, n, place, "vector", s->heads, vector, err);
    return st;
}

static gat_status declare_layer(net_layer *l, text_net *n, int index, gat_error *err)
{
    char place[24];
    int64_t d = n->shape.dim;
    snprintf(place, sizeof place, "layer%d", index);
    gat_status st = declare(&l->norm_gain, n, place, "norm_gain", 1, d, err);
    if (!st) st = declare(&l->norm_bias, n, place, "norm_bias", 1, d, err);
    if (!st) st = declare_attention(l, n, place, 2 * (int64_t)n->shape.relations + 1, err);
    if (!st) st = declare(&l->out, n, place, "out", d, d, err);
    if (!st) st = declare(&l->ffn_gain, n, place, "ffn_gain", 1, d, err);
    if (!st) st = declare(&l->ffn_bias, n, place, "ffn_bias", 1, d, err);
    if (!st) st = declare(&l->in_w, n, place, "in_w", d, FFN * d, err);
    if (!st) st = declare(&l->in_b, n, place, "in_b", 1, FFN * d, err);
    if (!st) st = declare(&l->out_w, n, place, "out_w", FFN * d, d, err);
    if (!st) st = declare(&l->out_b, n, place, "out_b", 1, d, err);
    return st;
}

static gat_status declare_top(text_net *n, gat_error *err)
{
    int64_t d = n->shape.dim;
    gat_status st = declare(&n->norm_gain, n, "top", "norm_gain", 1, d, err);
    if (!st) st = declare(&n->norm_bias, n, "top", "norm_bias", 1, d, err);
    if (!st) st = declare(&n->pair_w, n, "top", "pair_w", 2 * d, d, err);
    if (!st) st = declare(&n->pair_b, n, "top", "pair_b", 1, d, err);
    if (!st) st = declare_attention(&n->pool, n, "pool", 2 * NET_ROLES + 1, err);
    if (!st) st = declare(&n->lexical_a, n, "top", "lexical_a", word_width(&n->shape), d, err);
    if (!st) st = declare(&n->lexical_b, n, "top", "lexical_b", word_width(&n->shape), d, err);
    if (!st) st = declare(&n->hidden_w, n, "top", "hidden_w", PARTS * d + n->shape.wide_dim, d, err);
    if (!st) st = declare(&n->hidden_b, n, "top", "hidden_b", 1, d, err);
    if (!st) st = declare(&n->label_w, n, "top", "label_w", d, n->shape.labels, err);
    if (!st) st = declare(&n->label_b, n, "top", "label_b", 1, n->shape.labels, err);
    return st;
}

gat_status text_net_init(text_net *n, const net_shape *shape, bool with_gradients, gat_error *err)
{
    gat_status st = GAT_OK;
    *n = (text_net){.shape = *shape};
    for (int b = 0; !st && b < NET_BLOCKS; b++)
        st = declare(&n->table[b], n, "input", BLOCK_NAME[b], shape->atoms[b] > 0 ? shape->atoms[b] : 1, BLOCK_WIDTH[b],
                     err);
    if (!st) st = declare(&n->in_w, n, "input", "in_w", input_width(shape), shape->dim, err);
    if (!st) st = declare(&n->in_b, n, "input", "in_b", 1, shape->dim, err);
    for (int l = 0; !st && l < shape->layers; l++) st = declare_layer(&n->layer[l], n, l, err);
    if (!st) st = declare_top(n, err);
    if (!st) st = params_allocate(&n->params, with_gradients, err);
    if (!st) st = wide_table_init(&n->wide, shape->wide, shape->labels + shape->wide_dim, err);
    if (st) text_net_clear(n);
    return st;
}

void text_net_clear(text_net *n)
{
    params_clear(&n->params);
    wide_table_clear(&n->wide);
}

int64_t text_net_bytes(const net_shape *s, int64_t batch)
{
    int64_t d = s->dim, numbers = d * (input_width(s) + 2 * word_width(s) + (PARTS + 8) * d + 2 * s->labels);
    int64_t wide = s->wide * (s->labels + s->wide_dim), nodes = batch * NET_MOST_NODES;
    for (int b = 0; b < NET_BLOCKS; b++) numbers += (int64_t)s->atoms[b] * BLOCK_WIDTH[b];
    numbers += s->layers * d * ((4 + 2 * FFN) * d + 4 * s->relations);
    if (!batch) return (int64_t)sizeof(float) * (numbers + wide);
    /* Values, gradients, two moments and a mean; of the wide part values and moments; then every matrix twice. */
    return (int64_t)sizeof(float) *
           (5 * numbers + 3 * wide + 2 * nodes * (2 * input_width(s) + (12 + 12 * s->layers) * d));
}

static bool ends_with(const char *s, const char *tail)
{
    size_t n = strlen(s), m = strlen(tail);
    return n >= m && !strcmp(s + n - m, tail);
}

static bool is_table(const text_net *n, int index)
{
    for (int b = 0; b < NET_BLOCKS; b++)
        if (index == n->table[b]) return true;
    return false;
}

/* Labels begin at 0, where a linear model begins. */
static void draw_wide(text_net *n, uint64_t seed)
{
    int64_t width = n->wide.width;
    random_fill_uniform(n->wide.w, n->wide.columns * width, WIDE_START, seed, random_stream(STREAM_INIT, 1, 1));
    for (int64_t c = 0; c < n->wide.columns; c++)
        memset(n->wide.w + c * width, 0, (size_t)n->shape.labels * sizeof *n->wide.w);
}

/* Glorot and Bengio 2010 for matrices; gains and messages begin at 1, biases and edges at 0, atoms small, labels at 0. */
void text_net_draw(text_net *n, uint64_t seed)
{
    const gat_params *p = &n->params;
    for (int i = 0; i < p->count; i++) {
        const gat_param *x = &p->list[i];
        float scale = sqrtf(6 / (float)(x->rows + x->cols));
        if (is_table(n, i)) scale = i == n->table[BLOCK_WORD] || i == n->table[BLOCK_PIECES] ? 0.05f : 0.3f;
        if (i == n->label_w || x->rows == 1 || ends_with(x->name, ".edge")) scale = 0;
        random_fill_uniform(param_value(p, i), x->rows * x->cols, scale, seed,
                            random_stream(STREAM_INIT, (uint64_t)i, 0));
        if (ends_with(x->name, "gain") || ends_with(x->name, ".message")) param_fill(p, i, 1);
        if (ends_with(x->name, ".vector") && n->shape.score == GAT_SCORE_COSINE) param_fill(p, i, 1);
    }
    if (n->shape.wide_dim) draw_wide(n, seed);
}

/* ---- forward --------------------------------------------------------------------------------------------- */

/* One pass over a batch. */
typedef struct pass {
    gat_tape *t;
    const text_net *n;
    const net_batch *b;
    uint32_t key; /* of the next dropout */
} pass;

static gat_mat *param(const pass *p, int index) { return ad_param(p->t, &p->n->params, index); }
static gat_mat *drop(pass *p, gat_mat *x, float share)
{
    return ad_dropout(p->t, x, share, random_hash32(p->key++, 77));
}

/* What attention was made of, to tell its weights afterwards. */
typedef struct listening {
    gat_attention a;
    float *lse;
} listening;

static gat_mat *attend(pass *p, const net_layer *l, const gat_graph *graph, const uint8_t *hidden, gat_mat *y,
                       listening *heard)
{
    const net_shape *s = &p->n->shape;
    gat_attention a = {.graph = graph,
                       .score = s->score,
                       .num_heads = s->heads,
                       .value_width = s->dim / s->heads,
                       .score_width = score_width(s),
                       .slope = SLOPE,
                       .hidden = hidden,
                       .dropout = tape_recording(p->t) ? s->attn_dropout : 0,
                       .dropout_key = random_hash32(p->key++, 78)};
    gat_mat *q = ad_linear(p->t, y, param(p, l->query), NULL), *k = ad_linear(p->t, y, param(p, l->key), NULL);
    gat_mat *v = ad_linear(p->t, y, param(p, l->value), NULL), *e = param(p, l->edge), *m = param(p, l->message);
    gat_mat *vector = l->vector < 0 ? NULL : param(p, l->vector);
    float *lse = NULL;
    gat_mat *out = ad_attention(p->t, &a, q, k, e, vector, v, m, &lse);
    if (out && heard) {
        a.q = q->data;
        a.k = k->data;
        a.e = e->data;
        a.a = vector ? vector->data : NULL;
        a.value = v->data;
        a.m = m->data;
        *heard = (listening){a, lse};
    }
    return out;
}

static gat_mat *apply_layer(pass *p, const net_layer *l, gat_mat *h)
{
    float share = p->n->shape.dropout * 0.75f;
    gat_mat *y = ad_norm(p->t, h, param(p, l->norm_gain), param(p, l->norm_bias));
    gat_mat *heard = ad_linear(p->t, attend(p, l, p->b->graph, p->b->hidden, y, NULL), param(p, l->out), NULL);
    h = ad_add(p->t, h, drop(p, heard, share));
    y = ad_norm(p->t, h, param(p, l->ffn_gain), param(p, l->ffn_bias));
    y = ad_act(p->t, ad_linear(p->t, y, param(p, l->in_w), param(p, l->in_b)), GAT_ACT_RELU);
    y = ad_linear(p->t, y, param(p, l->out_w), param(p, l->out_b));
    return ad_add(p->t, h, drop(p, y, share));
}

static gat_mat *ends(const pass *p, gat_mat *x, int k) { return ad_gather(p->t, x, p->b->end[k], p->b->n); }

/* Mean over heads of what each sentence's node of the pool hears from its words, which are its edges of relations below
 * NET_ROLES. */
static void tell_weights(float *weight, const pass *p, const listening *heard)
{
    const gat_graph *g = p->b->pool;
    int heads = p->n->shape.heads;
    for (int64_t i = 0; i < p->b->n; i++) {
        int64_t node = p->b->asks[i], from = g->in_indptr[node], n = g->in_indptr[node + 1] - from;
        float *alpha = tape_floats(p->t, n * heads);
        if (!alpha) return;
        kernels()->attention_weights(alpha, heard->lse, &heard->a, (int32_t)node);
        for (int64_t e = 0; e < n; e++) {
            if (p->b->pool_hidden[from + e]) continue;
            float sum = 0;
            for (int h = 0; h < heads; h++) sum += alpha[e * heads + h];
            weight[g->in_indices[from + e]] = sum / (float)heads;
        }
    }
}

static gat_mat *pool(pass *p, gat_mat *h, gat_mat *a, gat_mat *b, float *weight)
{
    listening heard = {.lse = NULL};
    gat_mat *pair = ad_linear(p->t, ad_join(p->t, a, b), param(p, p->n->pair_w), param(p, p->n->pair_b));
    gat_mat *all = ad_stack(p->t, h, pair);
    gat_mat *out = attend(p, &p->n->pool, p->b->pool, p->b->pool_hidden, all, &heard);
    if (out && weight) tell_weights(weight, p, &heard);
    return ad_gather(p->t, out, p->b->asks, p->b->n);
}

static gat_mat *lexical(pass *p, gat_mat *word, int k, int index)
{
    return ad_act(p->t, ad_linear(p->t, ends(p, word, k), param(p, index), NULL), GAT_ACT_TANH);
}

static gat_mat *block(const pass *p, net_block b)
{
    return ad_bag(p->t, param(p, p->n->table[b]), &p->b->atoms[b].bag);
}

/* What a word is in itself. */
static gat_mat *word_input(const pass *p)
{
    gat_mat *word = ad_join(p->t, block(p, BLOCK_WORD), block(p, BLOCK_PIECES));
    int32_t dim = p->n->shape.vector_dim;
    if (!dim) return word;
    gat_mat *v = tape_mat(p->t, p->b->nodes, dim + 1);
    if (v) memcpy(v->data, p->b->vector, (size_t)(v->rows * v->cols) * sizeof *v->data);
    return ad_join(p->t, word, v);
}

/* sin and cos of the word's place at waves of geometric lengths (Vaswani et al. 2017). */
static gat_mat *places(const pass *p)
{
    int64_t d = p->n->shape.dim;
    gat_mat *y = tape_mat(p->t, p->b->nodes, d);
    for (int64_t i = 0; y && i < y->rows; i++)
        for (int64_t k = 0; k < d; k += 2) {
            float angle = (float)p->b->place[i] * powf(10000, -(float)k / (float)d);
            y->data[i * d + k] = sinf(angle);
            if (k + 1 < d) y->data[i * d + k + 1] = cosf(angle);
        }
    return y;
}

/* Sums of the wide part: labels, then what goes into z. */
static gat_mat *wide_sums(const pass *p)
{
    gat_mat *y = tape_mat(p->t, p->b->n, p->n->wide.width);
    if (!y) return NULL;
    bag_forward(y->data, &p->b->wide.bag, p->n->wide.w, y->cols);
    return y;
}

gat_mat *text_net_forward(gat_tape *t, const text_net *n, const net_batch *b, uint32_t key, float *weight,
                          gat_mat **wide)
{
    pass p = {t, n, b, key};
    gat_mat *word = drop(&p, word_input(&p), n->shape.dropout), *x = word;
    for (int k = BLOCK_FROM_E1; k < NET_BLOCKS; k++)
        x = ad_join(t, x, drop(&p, block(&p, (net_block)k), n->shape.dropout));
    gat_mat *h = ad_linear(t, x, param(&p, n->in_w), param(&p, n->in_b));
    if (n->shape.sinusoidal) h = ad_add(t, h, places(&p));
    for (int l = 0; l < n->shape.layers; l++) h = apply_layer(&p, &n->layer[l], h);
    h = ad_norm(t, h, param(&p, n->norm_gain), param(&p, n->norm_bias));
    gat_mat *a = ends(&p, h, 0), *other = ends(&p, h, 1);
    gat_mat *la = lexical(&p, word, 0, n->lexical_a), *lb = lexical(&p, word, 1, n->lexical_b);
    gat_mat *z = ad_join(t, pool(&p, h, a, other, weight), ad_group_max(t, h, b->way_first, b->way, b->n));
    z = ad_join(t, ad_join(t, ad_join(t, z, a), other), ends(&p, h, 2));
    z = ad_join(t, ad_join(t, ad_join(t, z, la), lb), ad_product(t, la, lb));
    gat_mat *sums = wide_sums(&p);
    if (n->shape.wide_dim) z = ad_join(t, z, ad_columns(t, sums, n->shape.labels, n->shape.wide_dim));
    if (wide) *wide = sums;
    z = drop(&p, z, n->shape.top_dropout);
    z = ad_act(t, ad_linear(t, z, param(&p, n->hidden_w), param(&p, n->hidden_b)), GAT_ACT_TANH);
    z = drop(&p, z, n->shape.top_dropout);
    return ad_add(t, ad_linear(t, z, param(&p, n->label_w), param(&p, n->label_b)),
                  ad_columns(t, sums, 0, n->shape.labels));
}

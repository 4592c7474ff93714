#include "ref/ref_text_net.h"

#include <math.h>
#include <string.h>

#include "base/arena.h"
#include "ref/ref_attention.h"
#include "ref/ref_encoder.h"
#include "ref/ref_layers.h"

/* A matrix of the arena. */
typedef struct matrix {
    double *x;
    int64_t rows, cols;
} matrix;

typedef struct walk {
    const ref_text_net *r;
    gat_arena *arena;
} walk;

static matrix zeros(const walk *w, int64_t rows, int64_t cols)
{
    matrix m = {ref_doubles(w->arena, rows * cols), rows, cols};
    memset(m.x, 0, (size_t)(rows * cols) * sizeof *m.x);
    return m;
}

static const double *value(const walk *w, int index) { return w->r->param[index]; }
static int64_t columns(const walk *w, int index) { return w->r->net->params.list[index].cols; }

static matrix linear(const walk *w, matrix x, int weight, int bias)
{
    matrix y = zeros(w, x.rows, columns(w, weight));
    ref_linear(y.x, x.x, value(w, weight), bias < 0 ? NULL : value(w, bias), x.rows, x.cols, y.cols);
    return y;
}

static matrix norm(const walk *w, matrix x, int gain, int bias)
{
    matrix y = zeros(w, x.rows, x.cols);
    ref_norm(y.x, x.x, value(w, gain), value(w, bias), x.rows, x.cols);
    return y;
}

static matrix act(matrix x, gat_activation kind)
{
    for (int64_t i = 0; i < x.rows * x.cols; i++) x.x[i] = ref_act(x.x[i], kind);
    return x;
}

static matrix join(const walk *w, matrix a, matrix b)
{
    matrix y = zeros(w, a.rows, a.cols + b.cols);
    for (int64_t i = 0; i < a.rows; i++) {
        memcpy(y.x + i * y.cols, a.x + i * a.cols, (size_t)a.cols * sizeof *y.x);
        memcpy(y.x + i * y.cols + a.cols, b.x + i * b.cols, (size_t)b.cols * sizeof *y.x);
    }
    return y;
}

static matrix gather(const walk *w, matrix x, const int32_t *index, int64_t n)
{
    matrix y = zeros(w, n, x.cols);
    for (int64_t i = 0; i < n; i++) memcpy(y.x + i * y.cols, x.x + index[i] * x.cols, (size_t)x.cols * sizeof *y.x);
    return y;
}

static matrix bag(const walk *w, const bag_rows *rows, const double *table, int64_t width)
{
    matrix y = zeros(w, rows->rows, width);
    for (int64_t i = 0; i < rows->rows; i++)
        for (int64_t j = rows->first[i]; j < rows->first[i + 1]; j++)
            for (int64_t k = 0; k < width; k++)
                y.x[i * width + k] += (double)rows->value[j] * table[rows->column[j] * width + k];
    return y;
}

static matrix block(const walk *w, int b)
{
    int index = w->r->net->table[b];
    return bag(w, &w->r->batch->atoms[b].bag, value(w, index), columns(w, index));
}

static matrix attend(const walk *w, const net_layer *l, const gat_graph *graph, const uint8_t *hidden, matrix y)
{
    const net_shape *s = &w->r->net->shape;
    const gat_attention shape = {.graph = graph,
                                 .score = s->score,
                                 .num_heads = s->heads,
                                 .value_width = s->dim / s->heads,
                                 .score_width = s->score == GAT_SCORE_ADDITIVE ? 1 : s->dim / s->heads,
                                 .slope = 0.2f,
                                 .hidden = hidden};
    const ref_attention a = {.shape = &shape,
                             .q = linear(w, y, l->query, -1).x,
                             .k = linear(w, y, l->key, -1).x,
                             .e = value(w, l->edge),
                             .a = l->vector < 0 ? NULL : value(w, l->vector),
                             .value = linear(w, y, l->value, -1).x,
                             .m = value(w, l->message)};
    matrix out = zeros(w, y.rows, s->dim);
    ref_attention_forward(out.x, NULL, &a);
    return out;
}

static void add(matrix h, matrix y)
{
    for (int64_t i = 0; i < h.rows * h.cols; i++) h.x[i] += y.x[i];
}

static void layer(const walk *w, matrix h, const net_layer *l)
{
    const net_batch *b = w->r->batch;
    matrix heard = attend(w, l, b->graph, b->hidden, norm(w, h, l->norm_gain, l->norm_bias));
    add(h, linear(w, heard, l->out, -1));
    matrix y = linear(w, norm(w, h, l->ffn_gain, l->ffn_bias), l->in_w, l->in_b);
    add(h, linear(w, act(y, GAT_ACT_RELU), l->out_w, l->out_b));
}

static void add_places(const walk *w, matrix h)
{
    for (int64_t i = 0; i < h.rows; i++)
        for (int64_t k = 0; k < h.cols; k++) {
            double angle = w->r->batch->place[i] * pow(10000, -(double)(k - k % 2) / (double)h.cols);
            h.x[i * h.cols + k] += k % 2 ? cos(angle) : sin(angle);
        }
}

static matrix word_input(const walk *w)
{
    const net_batch *b = w->r->batch;
    matrix word = join(w, block(w, BLOCK_WORD), block(w, BLOCK_PIECES));
    int64_t width = w->r->net->shape.vector_dim + 1;
    if (width == 1) return word;
    matrix v = zeros(w, b->nodes, width);
    for (int64_t i = 0; i < b->nodes * width; i++) v.x[i] = (double)b->vector[i];
    return join(w, word, v);
}

static matrix pool(const walk *w, matrix h, matrix a, matrix other)
{
    const text_net *n = w->r->net;
    const net_batch *b = w->r->batch;
    matrix pair = linear(w, join(w, a, other), n->pair_w, n->pair_b), all = zeros(w, h.rows + pair.rows, h.cols);
    memcpy(all.x, h.x, (size_t)(h.rows * h.cols) * sizeof *all.x);
    memcpy(all.x + h.rows * h.cols, pair.x, (size_t)(pair.rows * pair.cols) * sizeof *all.x);
    return gather(w, attend(w, &n->pool, b->pool, b->pool_hidden, all), b->asks, b->n);
}

static matrix largest(const walk *w, matrix h)
{
    const net_batch *b = w->r->batch;
    matrix y = zeros(w, b->n, h.cols);
    for (int64_t i = 0; i < b->n; i++)
        for (int64_t k = 0; k < h.cols; k++) {
            double most = -INFINITY;
            for (int64_t j = b->way_first[i]; j < b->way_first[i + 1]; j++)
                most = fmax(most, h.x[b->way[j] * h.cols + k]);
            y.x[i * h.cols + k] = most;
        }
    return y;
}

static matrix logits(const walk *w)
{
    const text_net *n = w->r->net;
    const net_batch *b = w->r->batch;
    matrix word = word_input(w), x = word;
    for (int k = BLOCK_FROM_E1; k < NET_BLOCKS; k++) x = join(w, x, block(w, k));
    matrix h = linear(w, x, n->in_w, n->in_b);
    if (n->shape.sinusoidal) add_places(w, h);
    for (int l = 0; l < n->shape.layers; l++) layer(w, h, &n->layer[l]);
    h = norm(w, h, n->norm_gain, n->norm_bias);
    matrix a = gather(w, h, b->end[0], b->n), other = gather(w, h, b->end[1], b->n);
    matrix la = act(linear(w, gather(w, word, b->end[0], b->n), n->lexical_a, -1), GAT_ACT_TANH);
    matrix lb = act(linear(w, gather(w, word, b->end[1], b->n), n->lexical_b, -1), GAT_ACT_TANH);
    matrix both = zeros(w, b->n, la.cols);
    for (int64_t i = 0; i < la.rows * la.cols; i++) both.x[i] = la.x[i] * lb.x[i];
    matrix z = join(w, join(w, join(w, pool(w, h, a, other), largest(w, h)), a), other);
    z = join(w, join(w, join(w, join(w, z, gather(w, h, b->end[2], b->n)), la), lb), both);
    matrix sums = bag(w, &b->wide.bag, w->r->wide, n->wide.width), out = zeros(w, b->n, n->shape.labels);
    matrix given = zeros(w, b->n, n->shape.wide_dim);
    for (int64_t i = 0; i < b->n; i++) {
        memcpy(out.x + i * out.cols, sums.x + i * sums.cols, (size_t)out.cols * sizeof *out.x);
        for (int64_t k = 0; k < given.cols; k++) given.x[i * given.cols + k] = sums.x[i * sums.cols + out.cols + k];
    }
    z = act(linear(w, join(w, z, given), n->hidden_w, n->hidden_b), GAT_ACT_TANH);
    add(out, linear(w, z, n->label_w, n->label_b));
    return out;
}

double ref_text_net_loss(const ref_text_net *r)
{
    const walk w = {r, arena_new()};
    matrix z = logits(&w);
    double loss = 0;
    for (int64_t i = 0; i < z.rows; i++) {
        const double *row = z.x + i * z.cols;
        double sum = 0;
        for (int64_t l = 0; l < z.cols; l++) sum += exp(row[l]);
        for (int64_t l = 0; l < z.cols; l++) {
            double target = (r->truth[i * z.cols + l] ? 1 - r->smoothing : 0) + r->smoothing / (double)z.cols;
            loss -= target * (row[l] - log(sum));
        }
    }
    arena_free(w.arena);
    return loss / (double)z.rows;
}

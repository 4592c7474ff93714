#include "layer.h"

#include <math.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "base/random.h"
#include "kernels/kernels.h"
#include "kernels/linear.h"

enum { STREAM_INPUT = 0x1a7e, ZERO_CHUNK = 1 << 16 };

static int64_t nodes(const layer *l) { return l->a.graph->num_nodes; }
static int64_t width(const layer *l) { return l->a.num_heads * (int64_t)l->a.value_width; }

/* Elements of an input; 0 where the score has none. */
static int64_t input_count(const layer *l, layer_input i)
{
    gat_score score = l->a.score;
    int64_t d = width(l), h = l->a.num_heads, f = l->a.value_width, s = l->a.score_width,
            relations = graph_edge_relations(l->a.graph);
    bool additive = score == GAT_SCORE_ADDITIVE, bilinear = score == GAT_SCORE_BILINEAR;
    switch (i) {
    case LAYER_X: return nodes(l) * d;
    case LAYER_VALUE: return d * d;
    case LAYER_QUERY: return additive || bilinear ? 0 : d * d;
    case LAYER_SOURCE:
    case LAYER_TARGET: return additive ? d : 0;
    case LAYER_FORM: return bilinear ? d * f : 0;
    case LAYER_VECTOR: return h * score_vector_width(score, (int)s);
    case LAYER_SCORE: return l->relational ? relations * h * s : 0;
    default: return l->relational ? relations * h * f : 0;
    }
}

/* Standard deviation that keeps values and logits at size one. */
static double input_scale(const layer *l, layer_input i)
{
    double d = (double)width(l), f = l->a.value_width;
    bool product = l->a.score == GAT_SCORE_DOT || l->a.score == GAT_SCORE_BILINEAR;
    switch (i) {
    case LAYER_VALUE: return 1 / sqrt(d);
    case LAYER_QUERY: return 1 / sqrt(product ? d * f : d);
    case LAYER_SOURCE:
    case LAYER_TARGET:
    case LAYER_VECTOR: return 1 / sqrt(f);
    case LAYER_FORM: return 1 / f;
    case LAYER_SCORE: return 0.3;
    default: return 1;
    }
}

static float *floats(int64_t n, bool *failed)
{
    float *p = gat_calloc(n, sizeof *p);
    if (!p) *failed = true;
    return p;
}

static bool allocate(layer *l)
{
    bool failed = false;
    int64_t n = nodes(l), h = l->a.num_heads, s = l->a.score_width, d = width(l);
    for (int i = 0; i < LAYER_INPUTS; i++) {
        l->in[i].count = input_count(l, (layer_input)i);
        l->in[i].x = floats(l->in[i].count, &failed);
        l->in[i].grad = floats(l->in[i].count, &failed);
    }
    l->value = floats(n * d, &failed);
    l->dvalue = floats(n * d, &failed);
    l->q = floats(n * h * s, &failed);
    l->dq = floats(n * h * s, &failed);
    bool additive = l->a.score == GAT_SCORE_ADDITIVE;
    l->k = additive ? floats(n * h * s, &failed) : l->value;
    l->dk = additive ? floats(n * h * s, &failed) : l->dvalue;
    l->out = floats(n * d, &failed);
    l->lse = floats(n * h, &failed);
    l->dout = floats(n * d, &failed);
    l->scratch = floats(h * linear_scratch(d, d), &failed);
    return !failed;
}

/* Gives the kernels their arrays, and scratch as large as those ask for. */
static bool connect(layer *l)
{
    const layer_tensor *in = l->in;
    l->a.q = l->q, l->a.k = l->k, l->a.value = l->value;
    l->d.dq = l->dq, l->d.dk = l->dk, l->d.dvalue = l->dvalue;
    if (in[LAYER_SCORE].count) l->a.e = in[LAYER_SCORE].x, l->d.de = in[LAYER_SCORE].grad;
    if (in[LAYER_MESSAGE].count) l->a.m = in[LAYER_MESSAGE].x, l->d.dm = in[LAYER_MESSAGE].grad;
    if (in[LAYER_VECTOR].count) l->a.a = in[LAYER_VECTOR].x, l->d.da = in[LAYER_VECTOR].grad;
    l->d.scratch = gat_calloc(attention_scratch(&l->a), sizeof *l->d.scratch);
    return l->d.scratch != NULL;
}

gat_status layer_init(layer *l, const gat_graph *graph, gat_score score, int num_heads, int value_width,
                      bool relational, gat_error *err)
{
    *l = (layer){.a = {.graph = graph,
                       .score = score,
                       .num_heads = num_heads,
                       .value_width = value_width,
                       .score_width = score == GAT_SCORE_ADDITIVE ? 1 : value_width,
                       .slope = 0.2f},
                 .relational = relational};
    if (!allocate(l) || !connect(l)) {
        layer_clear(l);
        return error_nomem(err);
    }
    for (int i = 0; i < LAYER_INPUTS; i++)
        random_fill_normal(l->in[i].x, l->in[i].count, (float)input_scale(l, (layer_input)i), 1,
                           STREAM_INPUT + (uint64_t)i);
    random_fill_normal(l->dout, nodes(l) * width(l), 1, 1, STREAM_INPUT + LAYER_INPUTS);
    return GAT_OK;
}

void layer_clear(layer *l)
{
    for (int i = 0; i < LAYER_INPUTS; i++) gat_free(l->in[i].x), gat_free(l->in[i].grad);
    if (l->k != l->value) gat_free(l->k), gat_free(l->dk);
    float *all[] = {l->value, l->dvalue, l->q, l->dq, l->out, l->lse, l->dout, l->scratch, l->d.scratch};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) gat_free(all[i]);
    *l = (layer){0};
}

static void zero(float *x, int64_t n)
{
#pragma omp parallel for schedule(static) if (n > ZERO_CHUNK)
    for (int64_t c = 0; c < chunk_count(n, ZERO_CHUNK); c++) {
        int64_t first = c * ZERO_CHUNK, count = n - first < ZERO_CHUNK ? n - first : ZERO_CHUNK;
        memset(x + first, 0, (size_t)count * sizeof *x);
    }
}

void layer_attention_forward(layer *l) { kernels()->attention_forward(l->out, l->lse, &l->a); }

void layer_attention_backward(layer *l) { kernels()->attention_backward(&l->d, l->dout, l->out, l->lse, &l->a); }

void bench_layer_forward(layer *l)
{
    const layer_tensor *in = l->in;
    int64_t n = nodes(l), d = width(l);
    int h = l->a.num_heads, f = l->a.value_width;
    linear_forward(l->value, in[LAYER_X].x, in[LAYER_VALUE].x, NULL, n, d, d);
    if (in[LAYER_QUERY].count) linear_forward(l->q, in[LAYER_X].x, in[LAYER_QUERY].x, NULL, n, d, d);
    if (in[LAYER_FORM].count) head_linear_forward(l->q, l->value, in[LAYER_FORM].x, n, h, f, f);
    if (in[LAYER_SOURCE].count) {
        kernels()->head_dot_forward(l->k, l->value, in[LAYER_SOURCE].x, n, h, f);
        kernels()->head_dot_forward(l->q, l->value, in[LAYER_TARGET].x, n, h, f);
    }
    layer_attention_forward(l);
}

static void zero_gradients(layer *l)
{
    int64_t n = nodes(l), hs = l->a.num_heads * (int64_t)l->a.score_width;
    for (int i = 0; i < LAYER_INPUTS; i++) zero(l->in[i].grad, l->in[i].count);
    zero(l->dvalue, n * width(l));
    zero(l->dq, n * hs);
    if (l->dk != l->dvalue) zero(l->dk, n * hs);
}

void bench_layer_backward(layer *l)
{
    const layer_tensor *in = l->in;
    int64_t n = nodes(l), d = width(l);
    int h = l->a.num_heads, f = l->a.value_width;
    zero_gradients(l);
    layer_attention_backward(l);
    if (in[LAYER_SOURCE].count) {
        kernels()->head_dot_backward(l->dvalue, in[LAYER_SOURCE].grad, l->scratch, l->dk, l->value, in[LAYER_SOURCE].x,
                                     n, h, f);
        kernels()->head_dot_backward(l->dvalue, in[LAYER_TARGET].grad, l->scratch, l->dq, l->value, in[LAYER_TARGET].x,
                                     n, h, f);
    }
    if (in[LAYER_FORM].count)
        head_linear_backward(l->dvalue, in[LAYER_FORM].grad, l->scratch, l->dq, l->value, in[LAYER_FORM].x, n, h, f, f);
    if (in[LAYER_QUERY].count)
        linear_backward(in[LAYER_X].grad, in[LAYER_QUERY].grad, NULL, l->scratch, l->dq, in[LAYER_X].x,
                        in[LAYER_QUERY].x, n, d, d);
    linear_backward(in[LAYER_X].grad, in[LAYER_VALUE].grad, NULL, l->scratch, l->dvalue, in[LAYER_X].x,
                    in[LAYER_VALUE].x, n, d, d);
}

double layer_flops(const layer *l)
{
    int64_t weights = l->in[LAYER_VALUE].count + l->in[LAYER_QUERY].count + l->in[LAYER_FORM].count;
    return 3 * 2 * (double)nodes(l) * (double)weights;
}

/* What the layer reads and keeps: the two lists of edges, and of the scratch all but the records of the nodes, four floats
 * for each head. The table from facts to edges serves the hiding of a batch's facts, not the layer. */
double layer_bytes_per_edge(const layer *l)
{
    const gat_graph *g = l->a.graph;
    double edges = (double)g->num_edges;
    double in = sizeof *g->in_indices + sizeof *g->in_relation;
    double out = sizeof *g->out_indices + sizeof *g->out_relation + sizeof *g->out_eid;
    double scratch = (double)(attention_scratch(&l->a) - 4 * nodes(l) * l->a.num_heads) * sizeof *l->d.scratch / edges;
    return in + out + scratch;
}

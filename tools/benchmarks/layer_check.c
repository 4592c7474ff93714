/* The layer against a plain one in double: the same inputs, output compared element by element, gradients with central
 * differences of a weighted sum of the output. The graph has a hub, an isolated node, loops and repeated facts. */
#include "bench.h"
#include "bench_data.h"
#include "layer.h"

#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "ref/differences.h"
#include "ref/ref_attention.h"
#include "ref/ref_layers.h"
#include "verify.h"

enum { CHECK_NODES = 40, CHECK_FACTS = 200, CHECK_RELATIONS = 3, CHECK_SLOPES = 4 };

/* The layer's inputs in both precisions, and what the reference computes from them. */
typedef struct check {
    layer l;
    tensor in[LAYER_INPUTS];
    double *value, *q, *k, *out, *dout;
    double *zeros, *ones; /* (R,D): a plain layer's relation terms, for the reference */
} check;

static void reference_forward(check *c)
{
    const gat_attention *a = &c->l.a;
    int64_t n = a->graph->num_nodes, h = a->num_heads, f = a->value_width, d = h * f;
    const tensor *in = c->in;
    ref_attention r = {.shape = a,
                       .q = c->q,
                       .k = c->value,
                       .e = c->l.relational ? in[LAYER_SCORE].ref : c->zeros,
                       .a = in[LAYER_VECTOR].ref,
                       .value = c->value,
                       .m = c->l.relational ? in[LAYER_MESSAGE].ref : c->ones};
    ref_linear(c->value, in[LAYER_X].ref, in[LAYER_VALUE].ref, NULL, n, d, d);
    if (in[LAYER_QUERY].count) ref_linear(c->q, in[LAYER_X].ref, in[LAYER_QUERY].ref, NULL, n, d, d);
    if (in[LAYER_FORM].count) ref_head_linear(c->q, c->value, in[LAYER_FORM].ref, n, h, f, f);
    if (in[LAYER_SOURCE].count) {
        ref_head_dot(c->k, c->value, in[LAYER_SOURCE].ref, n, h, f);
        ref_head_dot(c->q, c->value, in[LAYER_TARGET].ref, n, h, f);
        r.k = c->k;
    }
    ref_attention_forward(c->out, NULL, &r);
}

static double reference(void *context)
{
    check *c = context;
    int64_t count = c->in[LAYER_X].count;
    double sum = 0;
    reference_forward(c);
    for (int64_t i = 0; i < count; i++) sum += c->dout[i] * c->out[i];
    return sum;
}

static double *doubles(int64_t n, bool *failed)
{
    double *p = gat_calloc(n, sizeof *p);
    if (!p) *failed = true;
    return p;
}

static gat_status check_init(check *c, const gat_graph *graph, const bench_entry *entry, gat_error *err)
{
    bool failed = false;
    gat_status st = layer_init(&c->l, graph, entry->score, entry->num_heads, entry->width, entry->relational, err);
    if (st) return st;
    for (int i = 0; i < LAYER_INPUTS; i++) {
        int64_t count = c->l.in[i].count;
        c->in[i] = tensor_normal(count, 1, 1);
        memcpy(c->in[i].x, c->l.in[i].x, (size_t)count * sizeof(float));
        tensor_sync(&c->in[i]);
    }
    int64_t size = c->in[LAYER_X].count;
    c->value = doubles(size, &failed);
    c->q = doubles(size, &failed);
    c->k = doubles(size, &failed);
    c->out = doubles(size, &failed);
    c->dout = doubles(size, &failed);
    int64_t relations = graph_edge_relations(graph) * entry->num_heads * (int64_t)entry->width;
    c->zeros = doubles(relations, &failed);
    c->ones = doubles(relations, &failed);
    if (failed) return error_nomem(err);
    for (int64_t i = 0; i < relations; i++) c->ones[i] = 1;
    for (int64_t i = 0; i < size; i++) c->dout[i] = (double)c->l.dout[i];
    return GAT_OK;
}

static void check_clear(check *c)
{
    layer_clear(&c->l);
    for (int i = 0; i < LAYER_INPUTS; i++) tensor_free(&c->in[i]);
    double *all[] = {c->value, c->q, c->k, c->out, c->dout, c->zeros, c->ones};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) gat_free(all[i]);
}

static gat_status compare(check *c, const bench_entry *entry, gat_error *err)
{
    static const char *const names[LAYER_INPUTS] = {
        "x",    "value weights", "query weights",   "source weights",   "target weights",
        "form", "score vector",  "relation scores", "relation messages"};
    for (int i = 0; i < LAYER_INPUTS; i++)
        if (c->in[i].count) tensor_differentiate(&c->in[i], reference, c, CHECK_SLOPES);
    reference_forward(c);
    bench_layer_forward(&c->l);
    bench_layer_backward(&c->l);
    gat_status st =
        verify(largest_difference(c->l.out, c->out, c->in[LAYER_X].count), VERIFY_VALUES, entry, "output", err);
    for (int i = 0; !st && i < LAYER_INPUTS; i++) {
        if (!c->in[i].count) continue;
        for (int64_t j = 0; j < c->in[i].count; j++) c->in[i].grad[j] = c->l.in[i].grad[j] + GRADIENT_START;
        st = verify(tensor_error(&c->in[i]), VERIFY_GRADIENTS, entry, names[i], err);
    }
    return st;
}

/* Node 0 has a third of all ends, the last node none. */
static gat_status small_graph(gat_graph **out, gat_error *err)
{
    gat_triples facts = {0};
    gat_status st = power_law_facts(&facts, CHECK_FACTS, CHECK_NODES - 1, CHECK_RELATIONS, 0.5, 1, err);
    for (int64_t i = 0; !st && i < facts.count; i += 3) facts.data[i].tail = 0;
    if (!st) st = graph_build(out, &facts, CHECK_NODES, CHECK_RELATIONS, err);
    triples_clear(&facts);
    return st;
}

gat_status layer_check(const bench_entry *entry, gat_error *err)
{
    check c = {0};
    gat_graph *graph = NULL;
    gat_status st = small_graph(&graph, err);
    if (!st) st = check_init(&c, graph, entry, err);
    if (!st) st = compare(&c, entry, err);
    check_clear(&c);
    graph_free(graph);
    return st;
}

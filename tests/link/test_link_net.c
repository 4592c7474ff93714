/* The net over candidates, its wide part included, against a double-precision reference and its differences. */
#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "link/candidate_words.h"
#include "link/link_net.h"
#include "ref/differences.h"
#include "ref/ref_layers.h"
#include "support/check.h"

enum { NODES = 6, EDGES = 8, GROUPS = 3, HEADS = 2, DIM = 8, INPUTS = NODE_FEATURES + 2, ROUNDS = 2 };
enum { WIDTH = DIM / HEADS, BOTH = 2 * HEADS, ALL = 3 * HEADS, ENTRIES = 7 };

static const int64_t indptr[NODES + 1] = {0, 2, 3, 5, 5, 7, 8}; /* node 3 hears nobody */
static const int64_t first[GROUPS + 1] = {0, 2, 5, 6};
/* Two entries of node 0 meet in one row, and nodes share rows; nodes 2 and 5 have none. */
static const int64_t wide_first[NODES + 1] = {0, 3, 4, 4, 6, 7, 7};
static const int32_t wide_column[ENTRIES] = {5, 5, WIDE_ROWS - 1, 5, 0, 77, 77};
static const float wide_value[ENTRIES] = {.5f, .5f, .5f, -1, .5f, 2, .5f};

typedef struct net_case {
    candidate_graph g;
    link_net net;
    tensor x, edge_x;
    double *value; /* (params) */
} net_case;

static void case_init(net_case *c)
{
    static int32_t source[EDGES] = {3, 5, 2, 0, 4, 1, 3, 0};
    static uint8_t kind[EDGES] = {0, 1, 2, 0, 1, 4, 3, 0};
    static float size[GROUPS] = {2, 1, 3}, wanted[NODES] = {0, 2, 0, 1, 0, 0};
    const link_shape shape = {DIM, HEADS, ROUNDS, INPUTS, 0};
    *c = (net_case){.x = tensor_normal((int64_t)NODES * INPUTS, .5, 1),
                    .edge_x = tensor_normal((int64_t)EDGES * EDGE_FEATURES, .5, 2)};
    c->g = (candidate_graph){.nodes = NODES,
                             .edges = EDGES,
                             .num_groups = GROUPS,
                             .groups = {GROUPS, first, size},
                             .indptr = (int64_t *)(uintptr_t)indptr,
                             .source = source,
                             .kind = kind,
                             .inputs = INPUTS,
                             .wide = {NODES, wide_first, wide_column, wide_value},
                             .x = c->x.x,
                             .edge_x = c->edge_x.x,
                             .wanted = wanted,
                             .num_wanted = 3};
    assert_int_equal(link_net_init(&c->net, &shape, true, NULL), GAT_OK);
    gat_params *p = &c->net.params;
    tensor drawn = tensor_normal(p->size, .3, 3);
    memcpy(p->value, drawn.x, (size_t)p->size * sizeof *p->value);
    tensor_free(&drawn);
    c->value = gat_alloc(p->size, sizeof *c->value);
    assert_non_null(c->value);
    for (int64_t i = 0; i < p->size; i++) c->value[i] = (double)p->value[i];
    for (int64_t i = 0; i < p->size; i++) p->grad[i] = GRADIENT_START;
}

static void case_clear(net_case *c)
{
    link_net_clear(&c->net);
    tensor_free(&c->x);
    tensor_free(&c->edge_x);
    gat_free(c->value);
}

/* ---- reference ------------------------------------------------------------------------------------------- */

static const double *value(const net_case *c, int index) { return c->value + c->net.params.list[index].offset; }

static void apply(double *y, const net_case *c, const double *x, int w, int b, int64_t rows)
{
    const gat_param *p = &c->net.params.list[w];
    ref_linear(y, x, value(c, w), b < 0 ? NULL : value(c, b), rows, p->rows, p->cols);
}

static void ref_belief(double *belief, const double *score)
{
    for (int g = 0; g < GROUPS; g++) {
        double sum = 0;
        for (int64_t n = first[g]; n < first[g + 1]; n++) sum += exp(score[n]);
        for (int64_t n = first[g]; n < first[g + 1]; n++) belief[n] = exp(score[n]) / sum;
    }
}

static double ref_loss(const net_case *c, const double *score)
{
    double belief[NODES], loss = 0;
    ref_belief(belief, score);
    for (int n = 0; n < NODES; n++) loss -= (double)c->g.wanted[n] * log(belief[n]);
    return loss;
}

static void ref_local(double *h0, double *s0, const net_case *c)
{
    const link_net *n = &c->net;
    double a[NODES * DIM], b[NODES * DIM], from_x[NODES];
    apply(a, c, c->x.ref, n->in_w, n->in_b, NODES);
    for (int i = 0; i < NODES * DIM; i++) a[i] = tanh(a[i]);
    apply(b, c, a, n->local_w, n->local_b, NODES);
    for (int i = 0; i < NODES * DIM; i++) a[i] += fmax(b[i], 0);
    ref_norm(h0, a, value(c, n->gain0), value(c, n->bias0), NODES, DIM);
    apply(from_x, c, c->x.ref, n->score_x, -1, NODES);
    apply(s0, c, h0, n->score_h, -1, NODES);
    for (int i = 0; i < NODES; i++) {
        s0[i] += from_x[i];
        for (int64_t e = wide_first[i]; e < wide_first[i + 1]; e++)
            s0[i] += (double)wide_value[e] * value(c, n->wide)[wide_column[e]];
    }
}

/* What attention reads. */
typedef struct projections {
    double q[NODES * DIM], k[NODES * DIM], v[NODES * DIM], bias[EDGES * BOTH];
} projections;

static void project(projections *p, const net_case *c, const double *h)
{
    apply(p->q, c, h, c->net.query, -1, NODES);
    apply(p->k, c, h, c->net.key, -1, NODES);
    apply(p->v, c, h, c->net.value, -1, NODES);
    apply(p->bias, c, c->edge_x.ref, c->net.edge_w, -1, EDGES);
}

/* One node and head: its message, already divided, and both of its sums. */
static void ref_hear(double *m, double sum[2], const net_case *c, const projections *p, const double *belief, int i,
                     int head)
{
    sum[0] = sum[1] = 0;
    memset(m, 0, WIDTH * sizeof *m);
    for (int64_t e = indptr[i]; e < indptr[i + 1]; e++) {
        int j = c->g.source[e], from = head * WIDTH;
        double x = p->bias[e * BOTH + head];
        for (int f = from; f < from + WIDTH; f++) x += p->q[i * DIM + f] * p->k[j * DIM + f] / sqrt(WIDTH);
        double w = exp(fmin(fmax(x, -8), 8)) * belief[j];
        sum[0] += w;
        sum[1] += belief[j] / (1 + exp(-x - p->bias[e * BOTH + HEADS + head]));
        for (int f = 0; f < WIDTH; f++)
            m[f] += w * (p->v[j * DIM + from + f] + value(c, c->net.message)[c->g.kind[e] * DIM + from + f]);
    }
    for (int f = 0; f < WIDTH; f++) m[f] /= 0.1 + sum[0];
}

static void ref_votes(double *m, double *z, const net_case *c, const double *h, const double *belief)
{
    double sum[NODES][HEADS][2];
    projections p;
    project(&p, c, h);
    for (int i = 0; i < NODES; i++)
        for (int head = 0; head < HEADS; head++)
            ref_hear(m + i * DIM + head * WIDTH, sum[i][head], c, &p, belief, i, head);
    for (int g = 0; g < GROUPS; g++)
        for (int head = 0; head < HEADS; head++) {
            double most = 0;
            for (int64_t i = first[g]; i < first[g + 1]; i++) most = fmax(most, sum[i][head][1]);
            for (int64_t i = first[g]; i < first[g + 1]; i++) {
                z[i * ALL + head] = log1p(sum[i][head][1]);
                z[i * ALL + HEADS + head] = log1p(sum[i][head][0]);
                z[i * ALL + 2 * HEADS + head] = sum[i][head][1] - most;
            }
        }
}

/* What the other mentions are believed to be. */
static double ref_others(const net_case *c, const double *h0, const double *belief, int node, int d)
{
    double sum = 0, mentions = 0;
    for (int g = 0; g < GROUPS; g++) {
        if (node >= first[g] && node < first[g + 1]) continue;
        mentions += (double)c->g.groups.size[g];
        for (int64_t i = first[g]; i < first[g + 1]; i++)
            sum += (double)c->g.groups.size[g] * belief[i] * h0[i * DIM + d];
    }
    return sum / fmax(1, mentions);
}

static void ref_round(double *h, double *score, const net_case *c, const double *h0, const double *s0)
{
    const link_net *n = &c->net;
    double belief[NODES], m[NODES * DIM], z[NODES * ALL], bent[NODES * DIM], sum[NODES * DIM], part[NODES * DIM],
        from_z[NODES];
    ref_belief(belief, score);
    ref_votes(m, z, c, h, belief);
    apply(bent, c, h0, n->context, -1, NODES);
    apply(sum, c, h0, n->from_h, n->from_b, NODES);
    apply(part, c, m, n->from_m, -1, NODES);
    for (int i = 0; i < NODES * DIM; i++) sum[i] += part[i] + bent[i] * ref_others(c, h0, belief, i / DIM, i % DIM);
    apply(part, c, z, n->from_z, -1, NODES);
    for (int i = 0; i < NODES * DIM; i++) sum[i] = h0[i] + fmax(sum[i] + part[i], 0);
    ref_norm(h, sum, value(c, n->gain), value(c, n->bias), NODES, DIM);
    apply(score, c, h, n->vote_h, -1, NODES);
    apply(from_z, c, z, n->vote_z, -1, NODES);
    for (int i = 0; i < NODES; i++) score[i] += s0[i] + from_z[i];
}

static double reference(void *context)
{
    const net_case *c = context;
    double h0[NODES * DIM], h[NODES * DIM], s0[NODES], score[NODES], loss = 0;
    ref_local(h0, s0, c);
    memcpy(h, h0, sizeof h);
    memcpy(score, s0, sizeof score);
    for (int r = 0; r < ROUNDS; r++) {
        loss += 0.3 * ref_loss(c, score);
        ref_round(h, score, c, h0, s0);
    }
    return (loss + ref_loss(c, score)) / 3;
}

/* ---- comparison ------------------------------------------------------------------------------------------ */

/* Slopes of the rows that some node has, and of one that none has: it is zero. */
static void differentiate_wide(tensor *t, net_case *c)
{
    for (int e = 0; e < ENTRIES; e++) t->slope[wide_column[e]] = ref_derivative(reference, c, &t->ref[wide_column[e]]);
    t->slope[6] = 0;
}

static void compare_gradient(net_case *c, int index)
{
    enum { MOST = 12 };
    const double tolerance = 1e-5;
    const gat_params *p = &c->net.params;
    tensor t = {param_size(p, index), param_value(p, index), param_grad(p, index), c->value + p->list[index].offset,
                gat_alloc(param_size(p, index), sizeof *t.slope)};
    assert_non_null(t.slope);
    for (int64_t i = 0; i < t.count; i++) t.slope[i] = (double)NAN;
    if (index == c->net.wide) differentiate_wide(&t, c);
    else tensor_differentiate(&t, reference, c, MOST);
    double error = tensor_error(&t);
    if (error > tolerance) fail_msg("%s: error %g", p->list[index].name, error);
    if (index == c->net.wide) assert_sign_error_is_caught(&t, tolerance);
    gat_free(t.slope);
}

static void test_gradients(void **state)
{
    (void)state;
    net_case c;
    link_result result;
    gat_tape *tape = tape_new(true);
    assert_non_null(tape);
    case_init(&c);
    tape_restart(tape, true);
    link_net_forward(&result, tape, &c.net, &c.net.params, &c.g, 1);
    double last = link_net_loss(tape, &result, &c.net, &c.g, 1.f / 3);
    assert_int_equal(tape_backward(tape, NULL), GAT_OK);
    double score[NODES], h0[NODES * DIM], h[NODES * DIM], s0[NODES];
    ref_local(h0, s0, &c);
    memcpy(h, h0, sizeof h);
    memcpy(score, s0, sizeof score);
    assert_true(largest_difference(result.score[0]->data, s0, NODES) < 1e-5);
    for (int r = 0; r < ROUNDS; r++) {
        ref_round(h, score, &c, h0, s0);
        assert_true(largest_difference(result.score[r + 1]->data, score, NODES) < 1e-5);
    }
    assert_true(fabs(last - ref_loss(&c, score) / 3) < 1e-5);
    for (int i = 0; i < c.net.params.count; i++) compare_gradient(&c, i);
    tape_free(tape);
    case_clear(&c);
}

/* Without columns of words there is no wide part, and nothing is declared for it. */
static void test_without_wide(void **state)
{
    (void)state;
    link_net net;
    const link_shape shape = {DIM, HEADS, ROUNDS, NODE_FEATURES, 0};
    assert_int_equal(link_net_init(&net, &shape, false, NULL), GAT_OK);
    assert_true(net.params.size < WIDE_ROWS);
    link_net_clear(&net);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_gradients),
        cmocka_unit_test(test_without_wide),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

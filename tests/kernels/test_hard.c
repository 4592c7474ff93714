/* Hard attention against its reference in double; sampled attention also against what it estimates. */
#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "base/parallel.h"
#include "base/random.h"
#include "kernels/kernels.h"
#include "ref/ref_hard.h"
#include "support/attention_case.h"
#include "support/check.h"
#include "support/tiny_graphs.h"

#define FORWARD_TOLERANCE 4e-5
#define BACKWARD_TOLERANCE 1e-4

static const char *const selection_text[] = {"soft", "top-k", "sampled", "gumbel"};

/* A case of attention with a choice of edges. */
typedef struct hard_case {
    attention_case c;
    gat_hard hard;
    float *weight, *soft;          /* (E,H) */
    double *ref_weight, *ref_soft; /* (E,H); ref_weight of sampled is what the kernel drew */
    bool of_values;                /* which objective `objective` is */
} hard_case;

static void hard_init(hard_case *x, gat_graph *g, gat_score score, gat_selection selection, int k)
{
    int64_t n = g->num_edges * 2;
    memset(x, 0, sizeof *x);
    case_init(&x->c, g, score, 2, 5, 3);
    x->hard = (gat_hard){selection, k, 0.7f, true, 0x51ec7u};
    x->weight = gat_calloc(n, sizeof *x->weight);
    x->soft = gat_calloc(n, sizeof *x->soft);
    x->ref_weight = gat_calloc(n, sizeof *x->ref_weight);
    x->ref_soft = gat_calloc(n, sizeof *x->ref_soft);
    assert_true(x->weight && x->soft && x->ref_weight && x->ref_soft);
}

static void hard_clear(hard_case *x)
{
    case_clear(&x->c);
    gat_free(x->weight);
    gat_free(x->soft);
    gat_free(x->ref_weight);
    gat_free(x->ref_soft);
}

static void forward(hard_case *x)
{
    int64_t n = x->c.shape.graph->num_edges * 2;
    for (int64_t i = 0; i < x->c.weight.count; i++) x->c.out[i] = 99;
    for (int64_t i = 0; i < n; i++) x->weight[i] = x->soft[i] = 99;
    kernels()->hard_forward(x->c.out, x->weight, x->soft, &x->c.shape, &x->hard);
}

static void backward(hard_case *x)
{
    attention_case *c = &x->c;
    gat_hard_grad d = {
        .dq = c->q.grad,
        .dk = c->k.grad,
        .de = c->e.grad,
        .da = c->a.count ? c->a.grad : NULL,
        .dvalue = c->value.grad,
        .dm = c->m.grad,
        .ds = gat_alloc(c->shape.graph->num_edges * 2, sizeof(float)),
        .parts = gat_alloc(attention_parts(&c->shape) * attention_part_size(&c->shape), sizeof(float)),
    };
    assert_true(d.ds && d.parts);
    for (int i = 0; i < CASE_TENSORS; i++) tensor_restart(case_tensor(c, i));
    kernels()->hard_backward(&d, c->weight.x, x->weight, x->soft, &c->shape, &x->hard);
    gat_free(d.ds);
    gat_free(d.parts);
}

static ref_attention reference_of(const attention_case *c)
{
    return (ref_attention){&c->shape, c->q.ref, c->k.ref, c->e.ref, c->a.ref, c->value.ref, c->m.ref};
}

/* The reference's weights; of sampled, those that were drawn. */
static void choose(hard_case *x)
{
    ref_attention r = reference_of(&x->c);
    ref_attention_forward(x->c.ref_out, x->c.ref_alpha, &r);
    if (x->hard.selection != GAT_SELECT_SAMPLED) {
        ref_hard_weights(x->ref_weight, x->ref_soft, x->c.ref_alpha, &x->c.shape, &x->hard);
        return;
    }
    for (int64_t i = 0; i < x->c.shape.graph->num_edges * 2; i++)
        x->ref_weight[i] = x->ref_soft[i] = round((double)x->weight[i] * x->hard.k) / x->hard.k;
}

static double objective(void *context)
{
    hard_case *x = context;
    attention_case *c = &x->c;
    ref_attention r = reference_of(c);
    double sum = 0;
    choose(x);
    if (!x->of_values) return ref_hard_logit_objective(c->weight.ref, x->ref_soft, c->ref_alpha, &r, &x->hard);
    ref_hard_forward(c->ref_out, x->ref_weight, &r);
    for (int64_t i = 0; i < c->weight.count; i++) sum += c->weight.ref[i] * c->ref_out[i];
    return sum;
}

static void differentiate(hard_case *x, int64_t most)
{
    for (int i = 0; i < CASE_TENSORS; i++) {
        tensor *t = case_tensor(&x->c, i);
        x->of_values = t == &x->c.value || t == &x->c.m;
        tensor_differentiate(t, objective, x, most);
    }
    ref_attention r = reference_of(&x->c);
    choose(x);
    ref_hard_forward(x->c.ref_out, x->ref_weight, &r);
}

static void assert_agrees(hard_case *x)
{
    attention_case *c = &x->c;
    forward(x);
    assert_at_most(largest_difference(c->out, c->ref_out, c->weight.count), FORWARD_TOLERANCE);
    assert_at_most(largest_difference(x->weight, x->ref_weight, c->shape.graph->num_edges * 2), FORWARD_TOLERANCE);
    backward(x);
    for (int i = 0; i < CASE_TENSORS; i++)
        if (tensor_error(case_tensor(c, i)) > BACKWARD_TOLERANCE)
            fail_msg("%s %s tensor %d: %g", selection_text[x->hard.selection], score_name(c->shape.score), i,
                     tensor_error(case_tensor(c, i)));
}

static void check_variants(hard_case *x, int64_t most)
{
    forward(x);
    differentiate(x, most);
    for (FOR_VARIANTS(v)) assert_agrees(x);
    kernels_select("auto");
}

static void test_scores(void **state)
{
    (void)state;
    gat_graph *g = tiny_graph(TINY_MIXED);
    for (int selection = GAT_SELECT_TOP_K; selection < GAT_NUM_SELECTIONS; selection++) {
        for (int score = 0; score < GAT_NUM_SCORES; score++) {
            hard_case x;
            hard_init(&x, g, (gat_score)score, (gat_selection)selection, 3);
            check_variants(&x, 25);
            hard_clear(&x);
        }
    }
    graph_free(g);
}

static void test_graphs(void **state)
{
    (void)state;
    for (int shape = 0; shape < TINY_MANY; shape++) {
        gat_graph *g = tiny_graph((tiny_shape)shape);
        for (int selection = GAT_SELECT_TOP_K; selection < GAT_NUM_SELECTIONS; selection++) {
            for (int k = 2; k <= SELECT_MAX; k += 62) {
                hard_case x;
                hard_init(&x, g, GAT_SCORE_DYNAMIC, (gat_selection)selection, k);
                check_variants(&x, 8);
                hard_clear(&x);
            }
        }
        graph_free(g);
    }
}

/* Every edge into node 2 is hidden, and a third of the others; some weights fall to dropout. */
static void test_hidden_and_dropped_edges(void **state)
{
    (void)state;
    gat_graph *g = tiny_graph(TINY_MIXED);
    uint8_t hidden[100];
    for (int64_t e = 0; e < g->num_edges; e++) hidden[e] = e % 3 == 1 || (e >= g->in_indptr[2] && e < g->in_indptr[3]);
    for (int selection = GAT_SELECT_TOP_K; selection < GAT_NUM_SELECTIONS; selection++) {
        hard_case x;
        hard_init(&x, g, GAT_SCORE_MLP, (gat_selection)selection, 2);
        x.c.shape.hidden = hidden;
        x.c.shape.dropout = 0.3f;
        x.c.shape.dropout_key = 77;
        check_variants(&x, 25);
        for (int j = 0; j < 10; j++) assert_true(x.c.out[2 * 10 + j] == 0);
        hard_clear(&x);
    }
    graph_free(g);
}

/* One edge of each row and head, and never a hidden one. */
static void test_one_edge(void **state)
{
    (void)state;
    gat_graph *g = tiny_graph(TINY_MIXED);
    static const gat_selection one[] = {GAT_SELECT_TOP_K, GAT_SELECT_GUMBEL};
    for (int i = 0; i < 2; i++) {
        hard_case x;
        hard_init(&x, g, GAT_SCORE_DOT, one[i], 1);
        check_variants(&x, 25);
        for (int64_t e = 0; e < g->num_edges * 2; e++) assert_true(x.weight[e] == 0 || x.weight[e] == 1);
        hard_clear(&x);
    }
    graph_free(g);
}

/* When every edge is kept, top-k is soft attention. */
static void test_all_edges_are_soft(void **state)
{
    (void)state;
    gat_graph *g = tiny_graph(TINY_MIXED);
    hard_case x;
    hard_init(&x, g, GAT_SCORE_COSINE, GAT_SELECT_TOP_K, SELECT_MAX);
    case_reference(&x.c, 20);
    forward(&x);
    assert_at_most(largest_difference(x.c.out, x.c.ref_out, x.c.weight.count), FORWARD_TOLERANCE);
    backward(&x);
    for (int i = 0; i < CASE_TENSORS; i++) assert_at_most(tensor_error(case_tensor(&x.c, i)), BACKWARD_TOLERANCE);
    hard_clear(&x);
    graph_free(g);
}

/* Means over many keys of output and gradients are those of soft attention: the estimate has no bias. */
static void test_sampled_estimates_soft(void **state)
{
    (void)state;
    enum { KEYS = 20000 };
    gat_graph *g = tiny_graph(TINY_MIXED);
    hard_case x;
    hard_init(&x, g, GAT_SCORE_ADDITIVE, GAT_SELECT_SAMPLED, 2);
    case_reference(&x.c, INT64_MAX);
    parallel_set_threads(1); /* the graph is tiny and the runs are many */
    tensor *q = &x.c.q;
    double *out = gat_calloc(x.c.weight.count, sizeof *out), *dq = gat_calloc(q->count, sizeof *dq);
    assert_true(out && dq);
    for (uint32_t key = 0; key < KEYS; key++) {
        x.hard.key = key * 2654435761u;
        forward(&x);
        backward(&x);
        for (int64_t i = 0; i < x.c.weight.count; i++) out[i] += (double)x.c.out[i] / KEYS;
        for (int64_t i = 0; i < q->count; i++) dq[i] += (double)(q->grad[i] - GRADIENT_START) / KEYS;
    }
    for (int64_t i = 0; i < x.c.weight.count; i++) assert_at_most(fabs(out[i] - x.c.ref_out[i]), 0.04);
    double largest = 0;
    for (int64_t i = 0; i < q->count; i++) {
        assert_at_most(fabs(dq[i] - q->slope[i]), 0.06);
        largest = fmax(largest, fabs(q->slope[i]));
    }
    assert_true(largest > 0.5);
    parallel_set_threads(2);
    gat_free(out);
    gat_free(dq);
    hard_clear(&x);
    graph_free(g);
}

/* The noise of gumbel draws edges with the probabilities of the softmax. */
static void test_gumbel_draws_from_softmax(void **state)
{
    (void)state;
    enum { KEYS = 10000 };
    gat_graph *g = tiny_graph(TINY_MIXED);
    hard_case x;
    hard_init(&x, g, GAT_SCORE_ADDITIVE, GAT_SELECT_GUMBEL, 1);
    double *share = gat_calloc(g->num_edges * 2, sizeof *share);
    assert_non_null(share);
    case_reference(&x.c, 0);
    parallel_set_threads(1);
    for (uint32_t key = 0; key < KEYS; key++) {
        x.hard.key = key * 2654435761u;
        forward(&x);
        for (int64_t i = 0; i < g->num_edges * 2; i++) share[i] += (double)x.weight[i] / KEYS;
    }
    for (int64_t i = 0; i < g->num_edges * 2; i++) assert_at_most(fabs(share[i] - x.c.ref_alpha[i]), 0.02);
    parallel_set_threads(2);
    x.hard.noise = false;
    choose(&x);
    forward(&x);
    assert_at_most(largest_difference(x.weight, x.ref_weight, g->num_edges * 2), FORWARD_TOLERANCE);
    gat_free(share);
    hard_clear(&x);
    graph_free(g);
}

/* A key with which one of the first edges draws this number. */
static uint32_t key_of(uint32_t wanted)
{
    for (uint32_t key = 0;; key++)
        for (uint32_t edge = 0; edge < 16; edge++)
            if (random_hash32(key, edge) >> 8 == wanted) return key;
}

/* The highest and the lowest random number give finite noise, and so a finite output. */
static void test_extreme_noise(void **state)
{
    (void)state;
    gat_graph *g = tiny_graph(TINY_MIXED);
    hard_case x;
    hard_init(&x, g, GAT_SCORE_ADDITIVE, GAT_SELECT_GUMBEL, 2);
    for (int end = 0; end < 2; end++) {
        x.hard.key = key_of(end ? 0xffffff : 0);
        forward(&x);
        backward(&x);
        for (int64_t i = 0; i < x.c.weight.count; i++) assert_true(isfinite(x.c.out[i]));
        for (int64_t i = 0; i < x.c.q.count; i++) assert_true(isfinite(x.c.q.grad[i]));
    }
    hard_clear(&x);
    graph_free(g);
}

static void test_threads_give_equal_bits(void **state)
{
    (void)state;
    gat_graph *g = tiny_graph(TINY_MANY);
    for (int selection = GAT_SELECT_TOP_K; selection < GAT_NUM_SELECTIONS; selection++) {
        hard_case one, more;
        hard_init(&one, g, GAT_SCORE_DYNAMIC, (gat_selection)selection, 4);
        hard_init(&more, g, GAT_SCORE_DYNAMIC, (gat_selection)selection, 4);
        parallel_set_threads(1);
        forward(&one);
        backward(&one);
        for (FOR_THREADS(t)) {
            parallel_set_threads(thread_counts[t]);
            forward(&more);
            backward(&more);
            assert_memory_equal(one.c.out, more.c.out, (size_t)one.c.weight.count * sizeof(float));
            for (int i = 0; i < CASE_TENSORS; i++) {
                const tensor *a = case_tensor(&one.c, i), *b = case_tensor(&more.c, i);
                assert_memory_equal(a->grad, b->grad, (size_t)a->count * sizeof(float));
            }
        }
        hard_clear(&one);
        hard_clear(&more);
    }
    parallel_set_threads(2);
    graph_free(g);
}

static void test_sign_errors_are_caught(void **state)
{
    (void)state;
    gat_graph *g = tiny_graph(TINY_MIXED);
    for (int selection = GAT_SELECT_TOP_K; selection < GAT_NUM_SELECTIONS; selection++) {
        hard_case x;
        hard_init(&x, g, GAT_SCORE_MLP, (gat_selection)selection, 3);
        forward(&x);
        differentiate(&x, INT64_MAX);
        backward(&x);
        for (int i = 0; i < CASE_TENSORS; i++) assert_sign_error_is_caught(case_tensor(&x.c, i), BACKWARD_TOLERANCE);
        hard_clear(&x);
    }
    graph_free(g);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_scores),
        cmocka_unit_test(test_graphs),
        cmocka_unit_test(test_hidden_and_dropped_edges),
        cmocka_unit_test(test_one_edge),
        cmocka_unit_test(test_all_edges_are_soft),
        cmocka_unit_test(test_sampled_estimates_soft),
        cmocka_unit_test(test_gumbel_draws_from_softmax),
        cmocka_unit_test(test_extreme_noise),
        cmocka_unit_test(test_threads_give_equal_bits),
        cmocka_unit_test(test_sign_errors_are_caught),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

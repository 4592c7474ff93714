/* Attention against its reference in double: all score functions, widths, heads, shapes of graphs, instruction sets and
 * numbers of threads. */
#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "base/parallel.h"
#include "kernels/kernels.h"
#include "support/attention_case.h"
#include "support/check.h"
#include "support/tiny_graphs.h"

#define FORWARD_TOLERANCE 2e-5
#define BACKWARD_TOLERANCE 1e-4

/* Compares what the chosen kernels make with the reference. */
static void assert_agrees(attention_case *c)
{
    case_forward(c);
    assert_at_most(largest_difference(c->out, c->ref_out, c->weight.count), FORWARD_TOLERANCE);
    case_backward(c);
    for (int i = 0; i < CASE_TENSORS; i++) assert_at_most(tensor_error(case_tensor(c, i)), BACKWARD_TOLERANCE);
}

static void check_variants(attention_case *c, int64_t most)
{
    case_reference(c, most);
    for (FOR_VARIANTS(v)) assert_agrees(c);
    kernels_select("auto");
}

static void test_widths_and_heads(void **state)
{
    (void)state;
    static const struct {
        int h, f, s;
    } sizes[] = {{1, 1, 1},   {2, 7, 7},    {4, 8, 8},     {1, 9, 16},  {2, 16, 9},  {1, 31, 33}, {2, 32, 32},
                 {1, 33, 31}, {1, 64, 64},  {1, 257, 257}, {4, 80, 3},  {9, 16, 16}, {5, 32, 16}, {3, 48, 64},
                 {8, 16, 80}, {3, 112, 48}, {8, 8, 8},     {2, 24, 12}, {4, 16, 4}};
    gat_graph *g = tiny_graph(TINY_MIXED);
    for (int score = 0; score < GAT_NUM_SCORES; score++) {
        for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
            attention_case c;
            case_init(&c, g, (gat_score)score, sizes[i].h, sizes[i].f, sizes[i].s);
            check_variants(&c, 12);
            case_clear(&c);
        }
    }
    graph_free(g);
}

static void test_every_element(void **state)
{
    (void)state;
    gat_graph *g = tiny_graph(TINY_MIXED);
    for (int score = 0; score < GAT_NUM_SCORES; score++) {
        attention_case c;
        case_init(&c, g, (gat_score)score, 2, 5, 3);
        check_variants(&c, INT64_MAX);
        case_clear(&c);
    }
    graph_free(g);
}

/* A width for each of the two forms of the kernels. */
static const int both_widths[] = {3, 16};

static void test_graphs(void **state)
{
    (void)state;
    for (int shape = 0; shape < TINY_MANY; shape++) {
        gat_graph *g = tiny_graph((tiny_shape)shape);
        for (int i = 0; i < 2 * GAT_NUM_SCORES; i++) {
            attention_case c;
            case_init(&c, g, (gat_score)(i / 2), 2, both_widths[i % 2], both_widths[i % 2]);
            check_variants(&c, 25);
            case_clear(&c);
        }
        graph_free(g);
    }
}

/* Without tables of relations the layer is the one with zeros and ones in them, and leaves their gradients alone. */
static void test_without_relations(void **state)
{
    (void)state;
    gat_graph *g = tiny_graph(TINY_MIXED);
    for (int i = 0; i < 2 * GAT_NUM_SCORES; i++) {
        attention_case c;
        case_init(&c, g, (gat_score)(i / 2), 4, both_widths[i % 2], both_widths[i % 2]);
        for (int64_t j = 0; j < c.e.count; j++) c.e.x[j] = 0;
        for (int64_t j = 0; j < c.m.count; j++) c.m.x[j] = 1;
        tensor_sync(&c.e);
        tensor_sync(&c.m);
        case_reference(&c, 12);
        c.shape.e = c.shape.m = NULL;
        for (FOR_VARIANTS(v)) {
            case_forward(&c);
            assert_at_most(largest_difference(c.out, c.ref_out, c.weight.count), FORWARD_TOLERANCE);
            case_backward(&c);
            for (int t = 0; t < CASE_TENSORS; t++) {
                tensor *x = case_tensor(&c, t);
                if (x != &c.e && x != &c.m) assert_at_most(tensor_error(x), BACKWARD_TOLERANCE);
                else
                    for (int64_t j = 0; j < x->count; j++) assert_true(x->grad[j] == GRADIENT_START);
            }
        }
        kernels_select("auto");
        case_clear(&c);
    }
    graph_free(g);
}

/* Rows so wide that the kernels take fewer edges at a time, and a node with several such blocks. */
static void test_wide_rows(void **state)
{
    (void)state;
    gat_graph *g = tiny_graph(TINY_STAR);
    for (int score = 0; score < GAT_NUM_SCORES; score++) {
        attention_case c;
        case_init(&c, g, (gat_score)score, 2, 320, 320);
        check_variants(&c, 2);
        case_clear(&c);
    }
    graph_free(g);
}

/* Every edge into node 2 is hidden, and a third of the others. */
static void test_hidden_edges(void **state)
{
    (void)state;
    static const tiny_shape shapes[] = {TINY_MIXED, TINY_STAR};
    for (int i = 0; i < 2; i++) {
        gat_graph *g = tiny_graph(shapes[i]);
        uint8_t *hidden = gat_calloc(g->num_edges, 1);
        assert_non_null(hidden);
        for (int64_t e = 0; e < g->num_edges; e++)
            hidden[e] = e % 3 == 1 || (e >= g->in_indptr[2] && e < g->in_indptr[3]);
        for (int k = 0; k < 2 * GAT_NUM_SCORES; k++) {
            int width = both_widths[k % 2];
            attention_case c;
            case_init(&c, g, (gat_score)(k / 2), 2, width, width);
            c.shape.hidden = hidden;
            check_variants(&c, 25);
            for (int j = 0; j < 2 * width; j++) assert_true(c.out[2 * 2 * width + j] == 0);
            case_clear(&c);
        }
        gat_free(hidden);
        graph_free(g);
    }
}

static void test_all_hidden_is_zero(void **state)
{
    (void)state;
    gat_graph *g = tiny_graph(TINY_MIXED);
    uint8_t hidden[100];
    memset(hidden, 1, sizeof hidden);
    for (int k = 0; k < 2 * GAT_NUM_SCORES; k++) {
        attention_case c;
        case_init(&c, g, (gat_score)(k / 2), 2, both_widths[k % 2], both_widths[k % 2]);
        c.shape.hidden = hidden;
        case_forward(&c);
        case_backward(&c);
        for (int64_t i = 0; i < c.weight.count; i++) assert_true(c.out[i] == 0);
        for (int t = 0; t < CASE_TENSORS; t++)
            for (int64_t i = 0; i < case_tensor(&c, t)->count; i++)
                assert_true(case_tensor(&c, t)->grad[i] == GRADIENT_START);
        case_clear(&c);
    }
    graph_free(g);
}

/* Logits far beyond what exp can hold: the largest is taken off first. */
static void test_large_logits(void **state)
{
    (void)state;
    gat_graph *g = tiny_graph(TINY_MIXED);
    attention_case c;
    case_init(&c, g, GAT_SCORE_DOT, 1, 4, 4);
    for (int64_t i = 0; i < c.q.count; i++) c.q.x[i] *= 400;
    tensor_sync(&c.q);
    case_reference(&c, 0);
    for (FOR_VARIANTS(v)) {
        case_forward(&c);
        assert_at_most(largest_difference(c.out, c.ref_out, c.weight.count), 1e-3);
    }
    kernels_select("auto");
    case_clear(&c);
    graph_free(g);
}

static void test_dropout(void **state)
{
    (void)state;
    gat_graph *g = tiny_graph(TINY_MIXED), *star = tiny_graph(TINY_STAR);
    for (int k = 0; k < 2 * GAT_NUM_SCORES; k++) {
        attention_case c;
        case_init(&c, k / 2 % 2 ? star : g, (gat_score)(k / 2), 2, both_widths[k % 2], both_widths[k % 2]);
        c.shape.dropout = 0.3f;
        c.shape.dropout_key = 0xabcd1234u + (uint32_t)k;
        check_variants(&c, 25);
        case_clear(&c);
    }
    graph_free(g);
    graph_free(star);
}

/* Over many masks the mean is the output without dropout; no two keys are alike. */
static void test_dropout_keeps_the_mean(void **state)
{
    (void)state;
    enum { MASKS = 2000 };
    gat_graph *g = tiny_graph(TINY_MIXED);
    attention_case c;
    case_init(&c, g, GAT_SCORE_ADDITIVE, 1, 3, 1);
    case_reference(&c, 0);
    double mean[9 * 3] = {0}, square = 0;
    c.shape.dropout = 0.25f;
    for (uint32_t key = 0; key < MASKS; key++) {
        c.shape.dropout_key = key;
        case_forward(&c);
        for (int i = 0; i < 27; i++) mean[i] += (double)c.out[i] / MASKS;
        square += pow((double)c.out[0] - c.ref_out[0], 2) / MASKS;
    }
    for (int i = 0; i < 27; i++) assert_at_most(fabs(mean[i] - c.ref_out[i]), 0.1);
    assert_true(square > 1e-3);
    case_clear(&c);
    graph_free(g);
}

static void assert_equal_bits(const attention_case *a, attention_case *b)
{
    assert_memory_equal(a->out, b->out, (size_t)a->weight.count * sizeof(float));
    for (int i = 0; i < CASE_TENSORS; i++) {
        const tensor *x = case_tensor((attention_case *)(uintptr_t)a, i), *y = case_tensor(b, i);
        if (x->count) assert_memory_equal(x->grad, y->grad, (size_t)x->count * sizeof(float));
    }
}

static void test_threads_give_equal_bits(void **state)
{
    (void)state;
    static const tiny_shape shapes[] = {TINY_MANY, TINY_STAR};
    for (int i = 0; i < 2; i++) {
        gat_graph *g = tiny_graph(shapes[i]);
        for (int k = 0; k < 2 * GAT_NUM_SCORES; k++) {
            attention_case one, more;
            case_init(&one, g, (gat_score)(k / 2), 2, 17 - k % 2, 17 - k % 2);
            case_init(&more, g, (gat_score)(k / 2), 2, 17 - k % 2, 17 - k % 2);
            one.shape.dropout = more.shape.dropout = 0.1f;
            parallel_set_threads(1);
            case_forward(&one);
            case_backward(&one);
            for (FOR_THREADS(t)) {
                parallel_set_threads(thread_counts[t]);
                case_forward(&more);
                case_backward(&more);
                assert_equal_bits(&one, &more);
            }
            case_clear(&one);
            case_clear(&more);
        }
        graph_free(g);
    }
    parallel_set_threads(2);
}

/* Row p[i] of `to` <- row i of `from`. */
static void permute_rows(float *to, const float *from, const int32_t *p, int64_t n, int64_t width)
{
    for (int64_t i = 0; i < n; i++) memcpy(to + p[i] * width, from + i * width, (size_t)width * sizeof *to);
}

static gat_graph *permuted_graph(tiny_shape shape, const int32_t *p)
{
    gat_graph *g;
    gat_triples facts = tiny_facts(shape), moved = {0};
    for (int64_t i = 0; i < facts.count; i++) {
        gat_triple f = facts.data[i];
        assert_int_equal(triples_push(&moved, (gat_triple){p[f.head], f.relation, p[f.tail]}, NULL), GAT_OK);
    }
    assert_int_equal(graph_build(&g, &moved, tiny_nodes(shape), tiny_relations(shape), NULL), GAT_OK);
    triples_clear(&moved);
    return g;
}

static void test_permuted_graph_gives_permuted_output(void **state)
{
    (void)state;
    int32_t p[300], n = tiny_nodes(TINY_MANY);
    for (int32_t i = 0; i < n; i++) p[i] = (7 * i + 11) % n;
    gat_graph *g = tiny_graph(TINY_MANY), *moved = permuted_graph(TINY_MANY, p);
    for (int score = 0; score < GAT_NUM_SCORES; score++) {
        attention_case a, b;
        case_init(&a, g, (gat_score)score, 2, 6, 6);
        case_init(&b, moved, (gat_score)score, 2, 6, 6);
        int64_t s = 2 * a.shape.score_width;
        permute_rows(b.q.x, a.q.x, p, n, s);
        permute_rows(b.k.x, a.k.x, p, n, s);
        permute_rows(b.value.x, a.value.x, p, n, 12);
        case_forward(&a);
        case_forward(&b);
        for (int64_t i = 0; i < n; i++)
            for (int j = 0; j < 12; j++) assert_at_most(fabsf(a.out[i * 12 + j] - b.out[p[i] * 12 + j]), 2e-5);
        case_clear(&a);
        case_clear(&b);
    }
    graph_free(g);
    graph_free(moved);
}

static void check_weights(attention_case *c)
{
    const gat_graph *g = c->shape.graph;
    int h = c->shape.num_heads;
    float *alpha = gat_calloc(g->num_edges * h, sizeof *alpha);
    assert_non_null(alpha);
    case_forward(c);
    for (int32_t v = 0; v < g->num_nodes; v++)
        kernels()->attention_weights(alpha + g->in_indptr[v] * h, c->lse, &c->shape, v);
    assert_at_most(largest_difference(alpha, c->ref_alpha, g->num_edges * h), FORWARD_TOLERANCE);
    for (int32_t v = 0; v < g->num_nodes; v++) {
        for (int j = 0; j < h; j++) {
            double sum = 0;
            for (int64_t e = g->in_indptr[v]; e < g->in_indptr[v + 1]; e++) sum += (double)alpha[e * h + j];
            bool blind = c->shape.hidden && v == 2;
            assert_at_most(fabs(sum - (blind ? 0 : 1)), 1e-5);
        }
    }
    gat_free(alpha);
}

static void test_weights_sum_to_one(void **state)
{
    (void)state;
    uint8_t hidden[100] = {0};
    gat_graph *g = tiny_graph(TINY_MIXED);
    for (int64_t e = g->in_indptr[2]; e < g->in_indptr[3]; e++) hidden[e] = 1;
    for (int score = 0; score < GAT_NUM_SCORES; score++) {
        attention_case c;
        case_init(&c, g, (gat_score)score, 2, 4, 4);
        case_reference(&c, 0);
        for (FOR_VARIANTS(v)) check_weights(&c);
        c.shape.hidden = hidden;
        case_reference(&c, 0);
        for (FOR_VARIANTS(v)) check_weights(&c);
        case_clear(&c);
    }
    kernels_select("auto");
    graph_free(g);
}

/* A layer gives one array for keys and values; their gradients then share one as well. */
static void test_keys_that_are_values(void **state)
{
    (void)state;
    gat_graph *g = tiny_graph(TINY_MIXED);
    attention_case two, one;
    case_init(&two, g, GAT_SCORE_DOT, 2, 4, 4);
    case_init(&one, g, GAT_SCORE_DOT, 2, 4, 4);
    memcpy(two.k.x, two.value.x, (size_t)two.k.count * sizeof(float));
    case_forward(&two);
    case_backward(&two);
    gat_free(one.k.grad);
    float *grad = one.k.grad = one.value.grad;
    one.shape.k = one.value.x;
    case_forward(&one);
    case_backward(&one);
    for (int64_t i = 0; i < one.k.count; i++)
        assert_at_most(fabsf(grad[i] - (two.k.grad[i] + two.value.grad[i] - GRADIENT_START)), 1e-5);
    one.k.grad = NULL;
    case_clear(&two);
    case_clear(&one);
    graph_free(g);
}

static void test_sign_errors_are_caught(void **state)
{
    (void)state;
    gat_graph *g = tiny_graph(TINY_MIXED);
    for (int k = 0; k < 2; k++) {
        attention_case c;
        case_init(&c, g, GAT_SCORE_MLP, 2, k ? 16 : 5, k ? 16 : 3);
        case_reference(&c, INT64_MAX);
        case_forward(&c);
        case_backward(&c);
        for (int i = 0; i < CASE_TENSORS; i++) assert_sign_error_is_caught(case_tensor(&c, i), BACKWARD_TOLERANCE);
        case_clear(&c);
    }
    graph_free(g);
}

static void test_names(void **state)
{
    (void)state;
    for (int i = 0; i < GAT_NUM_SCORES; i++) assert_int_equal(score_by_name(score_name((gat_score)i)), i);
    assert_int_equal(score_by_name("gatv2"), -1);
    assert_false(kernels_select("sse9"));
    assert_true(kernels_select("portable"));
    assert_string_equal(kernels()->name, "portable");
    assert_true(kernels_select("auto"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_widths_and_heads),
        cmocka_unit_test(test_every_element),
        cmocka_unit_test(test_graphs),
        cmocka_unit_test(test_without_relations),
        cmocka_unit_test(test_wide_rows),
        cmocka_unit_test(test_hidden_edges),
        cmocka_unit_test(test_all_hidden_is_zero),
        cmocka_unit_test(test_large_logits),
        cmocka_unit_test(test_dropout),
        cmocka_unit_test(test_dropout_keeps_the_mean),
        cmocka_unit_test(test_threads_give_equal_bits),
        cmocka_unit_test(test_permuted_graph_gives_permuted_output),
        cmocka_unit_test(test_weights_sum_to_one),
        cmocka_unit_test(test_keys_that_are_values),
        cmocka_unit_test(test_sign_errors_are_caught),
        cmocka_unit_test(test_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

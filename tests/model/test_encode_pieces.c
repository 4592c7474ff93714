/* The encoder in pieces is the encoder: output and attention, however small the pieces; a node with too many edges comes
 * out near. */
#include "model/encode_pieces.h"

#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "base/parallel.h"
#include "model/embedding_model.h"
#include "model/encoder_layer.h"
#include "support/check.h"
#include "support/ring_data.h"
#include "support/tiny_graphs.h"

typedef struct piece_case {
    gat_model model;
    gat_graph *graph;
    gat_tape *tape;
    gat_mat *right;         /* the encoder over the whole graph */
    encoder_attention last; /* and its attention */
    float *out;
} piece_case;

static void case_init(piece_case *c, tiny_shape shape, const char *settings)
{
    *c = (piece_case){.graph = tiny_graph(shape), .tape = tape_new(false)};
    gat_model *m = &c->model;
    m->config = ring_config(settings);
    m->num_seen = c->graph->num_nodes;
    m->num_seen_relations = c->graph->num_relations;
    m->members = 1;
    assert_int_equal(embedding_declare(m, NULL), GAT_OK);
    assert_int_equal(params_allocate(&m->params, 0, NULL), GAT_OK);
    embedding_init_params(m);
    encoder_pass pass = {.graph = c->graph, .config = &m->config, .last = &c->last};
    c->right = encoder_forward(c->tape, &m->encoder, &m->params, ad_param(c->tape, &m->params, m->entity), &pass);
    c->out = gat_alloc(m->num_seen * m->config.dim, sizeof *c->out);
    assert_true(c->right && c->out);
}

static void case_clear(piece_case *c)
{
    tape_free(c->tape);
    graph_free(c->graph);
    params_clear(&c->model.params);
    encoder_clear(&c->model.encoder);
    gat_free(c->out);
}

static gat_status encode(piece_case *c, int steps, int64_t piece_edges)
{
    gat_model *m = &c->model;
    return encode_pieces(c->out, param_value(&m->params, m->entity), m, c->graph, steps, piece_edges, NULL);
}

static double largest_error(const piece_case *c)
{
    double worst = 0;
    for (int64_t i = 0; i < c->right->rows * c->right->cols; i++)
        worst = fmax(worst, fabs((double)(c->out[i] - c->right->data[i])));
    return worst;
}

static const char *const settings[] = {
    "layers=1",
    "layers=2 attention=dynamic activation=elu",
    "layers=3 merge=mean attention=cosine norm=no",
    "layers=1 recurrent-depth=3 attention=mlp residual=no",
    "layers=2 selection=top-k select-k=2 attn-query=learned",
};
enum { SETTINGS = sizeof settings / sizeof *settings };

static void test_equals_the_whole(void **state)
{
    (void)state;
    for (int i = 0; i < SETTINGS; i++)
        for (int shape = TINY_EMPTY; shape < TINY_SHAPES; shape++) {
            piece_case c;
            case_init(&c, (tiny_shape)shape, settings[i]);
            int steps = encoder_steps(&c.model.encoder, &c.model.config);
            for (int64_t edges = 261; edges < 100000; edges *= 30) {
                assert_int_equal(encode(&c, steps, edges), GAT_OK);
                assert_at_most(largest_error(&c), 3e-6);
            }
            case_clear(&c);
        }
}

/* The hub of the star has 260 edges and its loop. */
static void test_a_hub_is_sampled(void **state)
{
    (void)state;
    piece_case c;
    case_init(&c, TINY_STAR, "layers=1 branch-scale=1");
    int64_t d = c.model.config.dim;
    assert_int_equal(encode(&c, 1, 100), GAT_OK);
    double away = 0;
    for (int64_t j = 0; j < d; j++) away = fmax(away, fabs((double)(c.out[j] - c.right->data[j])));
    assert_true(away > 0);
    assert_at_most(away, 0.2);
    for (int64_t i = d; i < c.right->rows * d; i++) assert_at_most(fabsf(c.out[i] - c.right->data[i]), 3e-6);
    float *again = gat_alloc(c.right->rows * d, sizeof *again);
    assert_non_null(again);
    memcpy(again, c.out, (size_t)(c.right->rows * d) * sizeof *again);
    for (FOR_THREADS(t)) {
        parallel_set_threads(thread_counts[t]);
        assert_int_equal(encode(&c, 1, 100), GAT_OK);
        assert_memory_equal(again, c.out, (size_t)(c.right->rows * d) * sizeof *again);
    }
    parallel_set_threads(2);
    gat_free(again);
    case_clear(&c);
}

static void test_attention(void **state)
{
    (void)state;
    static const int32_t nodes[] = {3, 0, 7};
    for (int i = 0; i < SETTINGS; i++) {
        piece_case c;
        case_init(&c, TINY_MIXED, settings[i]);
        gat_model *m = &c.model;
        int before = encoder_steps(&m->encoder, &m->config) - 1;
        int64_t edges = 0, h = m->encoder.num_heads;
        for (int k = 0; k < 3; k++) edges += c.graph->in_indptr[nodes[k] + 1] - c.graph->in_indptr[nodes[k]];
        float *alpha = gat_alloc(edges * h, sizeof *alpha), *right = gat_alloc(edges * h, sizeof *right), *at = right;
        assert_true(alpha && right);
        if (before) assert_int_equal(encode(&c, before, 1000), GAT_OK);
        assert_int_equal(
            attention_of_nodes(alpha, before ? c.out : param_value(&m->params, m->entity), m, c.graph, nodes, 3, NULL),
            GAT_OK);
        for (int k = 0; k < 3; k++) {
            encoder_weights(at, &c.last, nodes[k]);
            at += (c.graph->in_indptr[nodes[k] + 1] - c.graph->in_indptr[nodes[k]]) * h;
        }
        for (int64_t k = 0; k < edges * h; k++) assert_at_most(fabsf(alpha[k] - right[k]), 2e-6);
        gat_free(alpha);
        gat_free(right);
        case_clear(&c);
    }
}

static void test_when_it_is_wanted(void **state)
{
    (void)state;
    piece_case c;
    case_init(&c, TINY_MIXED, "");
    assert_false(encode_pieces_wanted(&c.model.config, 1 << 21));
    assert_true(encode_pieces_wanted(&c.model.config, (1 << 21) + 1)); /* dim 8 */
    assert_int_equal(encode_pieces_edges(&c.model), 1 << 18);
    case_clear(&c);
    case_init(&c, TINY_MIXED, "model=none");
    assert_false(encode_pieces_wanted(&c.model.config, 1 << 30));
    case_clear(&c);
}

static void test_failing_allocations(void **state)
{
    (void)state;
    gat_status st = GAT_ENOMEM;
    piece_case c;
    case_init(&c, TINY_MANY, "layers=2");
    for (int64_t n = 1; st; n++) {
        memory_fail_at(n, false);
        st = encode(&c, 2, 300);
        memory_fail_at(0, false);
        assert_true(st == GAT_OK ? n > 8 : st == GAT_ENOMEM);
    }
    case_clear(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_equals_the_whole),    cmocka_unit_test(test_a_hub_is_sampled),
        cmocka_unit_test(test_attention),           cmocka_unit_test(test_when_it_is_wanted),
        cmocka_unit_test(test_failing_allocations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

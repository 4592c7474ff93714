/* The encoder over blocks with every edge is the encoder over the graph: output and gradients. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "model/embedding_model.h"
#include "model/kg_model.h"
#include "support/check.h"
#include "support/ring_data.h"
#include "support/tiny_graphs.h"

/* A model over a graph, and what one pass of its encoder gave. */
typedef struct pass_case {
    gat_model model;
    gat_graph *graph;
    node_set set;
    gat_tape *tape;
    gat_mat *x, *out;
    float *grad; /* of the parameters */
} pass_case;

static void case_init(pass_case *c, tiny_shape shape, const char *settings)
{
    *c = (pass_case){.graph = tiny_graph(shape), .tape = tape_new(true)};
    gat_model *m = &c->model;
    m->config = ring_config(settings);
    m->num_seen = c->graph->num_nodes;
    m->num_seen_relations = c->graph->num_relations;
    m->members = 1;
    assert_int_equal(embedding_declare(m, NULL), GAT_OK);
    assert_int_equal(params_allocate(&m->params, 1, NULL), GAT_OK);
    embedding_init_params(m);
    assert_int_equal(node_set_init(&c->set, m->num_seen, NULL), GAT_OK);
    c->grad = gat_alloc(m->params.size, sizeof *c->grad);
    assert_true(c->tape && c->grad);
}

static void case_clear(pass_case *c)
{
    tape_free(c->tape);
    node_set_clear(&c->set);
    graph_free(c->graph);
    params_clear(&c->model.params);
    encoder_clear(&c->model.encoder);
    gat_free(c->grad);
}

/* A made-up gradient of an output element of a node. */
static float seed(int32_t node, int64_t column) { return sinf((float)(7 * node + 3 * column + 1)); }

/* Rows of x are the nodes of the set; gradients come from the first `wanted` rows. */
static void run(pass_case *c, const encoder_pass *pass, int64_t wanted)
{
    gat_model *m = &c->model;
    const float *table = param_value(&m->params, m->entity);
    int64_t d = m->config.dim;
    memset(m->params.grad, 0, (size_t)m->params.size * sizeof(float));
    c->x = tape_mat(c->tape, c->set.count, d);
    for (int64_t i = 0; i < c->set.count; i++)
        memcpy(c->x->data + i * d, table + c->set.nodes[i] * d, (size_t)d * sizeof *table);
    c->out = encoder_forward(c->tape, &m->encoder, &m->params, c->x, pass);
    assert_non_null(c->out);
    for (int64_t i = 0; i < wanted; i++)
        for (int64_t j = 0; j < d; j++) c->out->grad[i * d + j] = seed(c->set.nodes[i], j);
    assert_int_equal(tape_backward(c->tape, NULL), GAT_OK);
    memcpy(c->grad, m->params.grad, (size_t)m->params.size * sizeof(float));
}

static void all_nodes(pass_case *c, int step)
{
    node_set_empty(&c->set);
    for (int32_t v = 0; v < c->graph->num_nodes; v += step) node_set_add(&c->set, v);
}

/* Row i of a is node nodes[i] of b, whose rows are all nodes in order. */
static void assert_same_rows(const float *a, const float *b, const int32_t *nodes, int64_t rows, int64_t d)
{
    for (int64_t i = 0; i < rows; i++)
        for (int64_t j = 0; j < d; j++) {
            float right = b[nodes[i] * d + j];
            assert_at_most(fabsf(a[i * d + j] - right), 2e-6 * fmaxf(1, fabsf(right)));
        }
}

/* The first target nodes of the blocks are every `step`-th node, and only they have a gradient. */
static void check(tiny_shape shape, const char *settings, int step)
{
    pass_case whole, blocks;
    gat_block list[8];
    case_init(&whole, shape, settings);
    case_init(&blocks, shape, settings);
    gat_sampling sampling = {.fan_out = 1000};
    all_nodes(&blocks, step);
    int64_t targets = blocks.set.count, d = whole.model.config.dim;
    assert_int_equal(blocks_cut(list, blocks.model.encoder.num_layers, &blocks.set, blocks.graph, &sampling,
                                tape_arena(blocks.tape), NULL),
                     GAT_OK);
    encoder_pass cut = {.blocks = list, .config = &blocks.model.config};
    run(&blocks, &cut, targets);
    assert_int_equal(blocks.out->rows, targets);

    all_nodes(&whole, 1);
    encoder_pass full = {.graph = whole.graph, .config = &whole.model.config};
    gat_model *m = &whole.model;
    whole.x = tape_mat(whole.tape, m->num_seen, d);
    memcpy(whole.x->data, param_value(&m->params, m->entity), (size_t)(m->num_seen * d) * sizeof(float));
    whole.out = encoder_forward(whole.tape, &m->encoder, &m->params, whole.x, &full);
    assert_non_null(whole.out);
    for (int32_t v = 0; v < m->num_seen; v += step)
        for (int64_t j = 0; j < d; j++) whole.out->grad[v * d + j] = seed(v, j);
    assert_int_equal(tape_backward(whole.tape, NULL), GAT_OK);

    assert_same_rows(blocks.out->data, whole.out->data, blocks.set.nodes, targets, d);
    assert_same_rows(blocks.x->grad, whole.x->grad, blocks.set.nodes, blocks.set.count, d);
    for (int64_t i = 0; i < m->params.size; i++)
        assert_at_most(fabsf(blocks.grad[i] - m->params.grad[i]), 2e-5 * fmaxf(1, fabsf(m->params.grad[i])));
    case_clear(&whole);
    case_clear(&blocks);
}

static void test_every_score(void **state)
{
    (void)state;
    char settings[100];
    for (int score = 0; score < GAT_NUM_SCORES; score++)
        for (int step = 1; step < 4; step += 2) {
            snprintf(settings, sizeof settings, "attention=%s dropout=0 attn-dropout=0", score_name((gat_score)score));
            check(TINY_MIXED, settings, step);
            check(TINY_MANY, settings, step);
        }
}

static void test_layers(void **state)
{
    (void)state;
    static const char *const settings[] = {
        "layers=2 dropout=0 attn-dropout=0",
        "layers=3 merge=mean activation=elu dropout=0 attn-dropout=0",
        "layers=2 residual=no norm=no attention=dynamic dropout=0 attn-dropout=0",
    };
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) {
        check(TINY_MIXED, settings[i], 2);
        check(TINY_STAR, settings[i], 7);
        check(TINY_MANY, settings[i], 40);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_every_score), cmocka_unit_test(test_layers)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The tape: whole models against central differences of a double reference, single operations, failures. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "autodiff/ops.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "model/decoder.h"
#include "model/embedding_model.h"
#include "ref/differences.h"
#include "ref/ref_layers.h"
#include "ref/ref_model.h"
#include "support/check.h"
#include "support/tiny_graphs.h"
#include "train/regularize_step.h"

/* A model over the mixed graph, and one batch of its questions. */
typedef struct whole {
    gat_model model;
    gat_graph *graph;
    gat_filter *questions;
    gat_batches batch;
    tensor block, positions;
} whole;

/* settings: "name=value name=value ..." over a small model. */
static void configure(gat_config *c, const char *settings)
{
    char text[300];
    gat_error err = {0};
    config_init(c);
    snprintf(text, sizeof text,
             "dim=8\nattn-heads=2\nn3=0.05\ndropout=0\nattn-dropout=0\ndecoder-dropout=0\nbranch-scale=0.1\nconv-"
             "channels=3\n"
             "%s",
             settings);
    for (char *s = text; *s; s++)
        if (*s == ' ') *s = '\n';
    if (config_parse(c, text, "test", &err)) fail_msg("%s", err.message);
    assert_int_equal(config_check(c, &err), GAT_OK);
}

/* The mixed graph, with what the model's reach adds to it. */
static gat_graph *graph_of(const gat_model *m)
{
    gat_graph *g = tiny_graph(TINY_MIXED), *far;
    reach_plan plan = encoder_reach(&m->config, g->num_nodes);
    assert_int_equal(reach_build(&far, g, &plan, NULL), GAT_OK);
    if (!far) return g;
    graph_free(g);
    return far;
}

/* Parameters of all kinds are random numbers of size about one half, so that none is special. */
static void whole_init(whole *w, const char *settings)
{
    memset(w, 0, sizeof *w);
    gat_model *m = &w->model;
    gat_triples facts = tiny_facts(TINY_MIXED);
    const gat_triples *lists[] = {&facts};
    configure(&m->config, settings);
    m->num_seen = tiny_nodes(TINY_MIXED);
    m->num_seen_relations = tiny_relations(TINY_MIXED);
    m->members = 1;
    assert_int_equal(embedding_declare(m, NULL), GAT_OK);
    assert_int_equal(params_allocate(&m->params, 1, NULL), GAT_OK);
    w->block = tensor_normal(m->params.size, 0.5, 9);
    memcpy(m->params.value, w->block.x, (size_t)m->params.size * sizeof(float));
    w->graph = graph_of(m);
    w->positions = tensor_normal(m->num_seen * m->config.position_dim, 1, 10);
    assert_int_equal(filter_build(&w->questions, lists, 1, m->num_seen_relations, NULL), GAT_OK);
    assert_int_equal(batches_init(&w->batch, w->questions, w->graph, m->num_seen, m->num_seen_relations, 6, 0, NULL),
                     GAT_OK);
    batches_shuffle(&w->batch, 1, 0);
    assert_int_equal(batches_take(&w->batch, 0, NULL), GAT_OK);
    reach_hide(w->batch.hidden, w->graph);
}

static void whole_clear(whole *w)
{
    tensor_free(&w->block);
    tensor_free(&w->positions);
    batches_clear(&w->batch);
    filter_free(w->questions);
    graph_free(w->graph);
    params_clear(&w->model.params);
    encoder_clear(&w->model.encoder);
}

static double float_loss(gat_tape *tape, whole *w)
{
    gat_model *m = &w->model;
    const gat_config *c = &m->config;
    const gat_batches *b = &w->batch;
    gat_decoder decoder = (gat_decoder)c->decoder;
    encoder_pass pass = {.graph = w->graph, .hidden = b->hidden, .config = c, .positions = w->positions.x};
    gat_mat *x = encoder_forward(tape, &m->encoder, &m->params, ad_param(tape, &m->params, m->entity), &pass);
    gat_mat *r = ad_param(tape, &m->params, m->relation);
    gat_mat *q = decoder_queries(tape, m, x, r, b->entity, b->relation, b->rows.count, 0);
    gat_loss_options how = {.kind = (gat_loss)c->loss,
                            .compare = decoder_comparator(decoder),
                            .precision = (gat_precision)c->precision,
                            .smoothing = (float)c->label_smoothing,
                            .total = b->total};
    double loss = ad_loss_one_vs_all(tape, q, x, &b->rows, &how);
    if (c->relation_weight > 0) {
        gat_rows rows = {(int64_t)b->total, b->fact_first, b->fact_relation};
        gat_mat *z = ad_pair(tape, x, b->fact_head, b->answer, rows.count, decoder);
        gat_loss_options second = {.total = b->total / c->relation_weight};
        ad_loss_one_vs_all(tape, z, r, &rows, &second);
    }
    regularize_step(tape, c, b, x, r, q);
    return loss;
}

static double reference(void *context)
{
    whole *w = context;
    ref_step s = {&w->model, w->graph, &w->batch, w->block.ref, true, w->positions.x};
    return ref_step_loss(&s);
}

static void run(whole *w)
{
    gat_tape *tape = tape_new(true);
    assert_non_null(tape);
    memset(w->model.params.grad, 0, (size_t)w->model.params.size * sizeof(float));
    double loss = float_loss(tape, w);
    ref_step s = {&w->model, w->graph, &w->batch, w->block.ref, false, w->positions.x};
    double right = ref_step_loss(&s);
    assert_at_most(fabs(loss - right), 1e-5 * fmax(1, right));
    assert_int_equal(tape_backward(tape, NULL), GAT_OK);
    for (int64_t i = 0; i < w->block.count; i++) w->block.grad[i] = GRADIENT_START + w->model.params.grad[i];
    tape_free(tape);
}

/* The part of the block that is one parameter. */
static tensor piece(const whole *w, int index)
{
    int64_t at = w->model.params.list[index].offset;
    return (tensor){param_size(&w->model.params, index), w->block.x + at, w->block.grad + at, w->block.ref + at,
                    w->block.slope + at};
}

static void check_model(const char *settings)
{
    whole w;
    whole_init(&w, settings);
    run(&w);
    for (int i = 0; i < w.model.params.count; i++) {
        tensor t = piece(&w, i);
        tensor_differentiate(&t, reference, &w, 60);
        if (tensor_error(&t) > 1e-4)
            fail_msg("%s: %s is off by %g", settings, w.model.params.list[i].name, tensor_error(&t));
    }
    whole_clear(&w);
}

static void test_every_score_function(void **state)
{
    (void)state;
    char settings[100];
    for (int score = 0; score < GAT_NUM_SCORES; score++) {
        snprintf(settings, sizeof settings, "attention=%s", score_name((gat_score)score));
        check_model(settings);
        snprintf(settings, sizeof settings, "attention=%s merge=mean layers=2 activation=tanh",
                 score_name((gat_score)score));
        check_model(settings);
    }
}

static void test_every_decoder(void **state)
{
    (void)state;
    char settings[100];
    for (int decoder = 0; decoder < GAT_NUM_DECODERS; decoder++)
        for (int loss = 0; loss < 2; loss++) {
            snprintf(settings, sizeof settings, "decoder=%s loss=%s", decoder_name((gat_decoder)decoder),
                     loss ? "bce" : "ce");
            check_model(settings);
            strcat(settings, " model=none label-smoothing=0.1");
            check_model(settings);
        }
}

/* Variants of the attention, without those of chance, whose gradients tests/kernels/test_hard.c looks at. */
static void test_variants(void **state)
{
    (void)state;
    static const char *const settings[] = {"selection=top-k select-k=2",
                                           "selection=top-k select-k=1 attention=dynamic merge=mean",
                                           "reach=hops reach-edges=3",
                                           "reach=hops reach-hops=3 reach-edges=2 attention=dot layers=2",
                                           "reach=sampled reach-edges=3 attention=mlp selection=top-k",
                                           "reach=global",
                                           "reach=global merge=mean layers=2 residual=no",
                                           "reach=global norm=no activation=tanh recurrent-depth=2",
                                           "positions=laplacian position-dim=5",
                                           "positions=random-walk position-dim=3 recurrent-depth=3",
                                           "recurrent-depth=2 layers=2 attention=cosine"};
    char learned[100];
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) check_model(settings[i]);
    for (int score = 0; score < GAT_NUM_SCORES; score++) {
        snprintf(learned, sizeof learned, "attn-query=learned attention=%s", score_name((gat_score)score));
        check_model(learned);
    }
}

static void test_other_options(void **state)
{
    (void)state;
    static const char *const settings[] = {"norm=no",
                                           "residual=no",
                                           "activation=relu",
                                           "activation=elu",
                                           "norm=no residual=no layers=3",
                                           "attn-heads=1",
                                           "attn-heads=4 slope=0",
                                           "relation-weight=0.7",
                                           "decoder=tucker relation-dim=3",
                                           "decoder=conve relation-dim=12 dim=12",
                                           "decoder=conve dura=0.1 l2=0.1",
                                           "n3=0 l2=0.1 decoder=transe",
                                           "l2=0.1 dura=0.2",
                                           "decoder=rescal n3=0 dura=0.2 dura-query=0.7",
                                           "decoder=tucker n3=0 dura=0.2",
                                           "n3=0 dura=0.1 dura-query=1 decoder=distmult model=none",
                                           "decoder=distmult relation-weight=2 model=none"};
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) check_model(settings[i]);
}

static void test_sign_errors_are_caught(void **state)
{
    (void)state;
    static const char *const settings[] = {"attention=dynamic", "model=none decoder=tucker relation-dim=2",
                                           "model=none decoder=conve"};
    for (int k = 0; k < 3; k++) {
        whole w;
        whole_init(&w, settings[k]);
        run(&w);
        for (int i = 0; i < w.model.params.count; i++) {
            tensor t = piece(&w, i);
            tensor_differentiate(&t, reference, &w, INT64_MAX);
            assert_sign_error_is_caught(&t, 1e-4);
        }
        whole_clear(&w);
    }
}

static void test_threads_give_equal_bits(void **state)
{
    (void)state;
    whole one, more;
    whole_init(&one, "layers=2");
    whole_init(&more, "layers=2");
    parallel_set_threads(1);
    run(&one);
    for (FOR_THREADS(t)) {
        parallel_set_threads(thread_counts[t]);
        run(&more);
        assert_memory_equal(one.block.grad, more.block.grad, (size_t)one.block.count * sizeof(float));
    }
    parallel_set_threads(2);
    whole_clear(&one);
    whole_clear(&more);
}

/* ---- single operations: the gradient of the output is put in by hand ---- */

static gat_mat *mat_of(gat_tape *tape, const tensor *t, int64_t rows)
{
    gat_mat *m = tape_mat(tape, rows, t->count / rows);
    assert_non_null(m);
    memcpy(m->data, t->x, (size_t)t->count * sizeof(float));
    return m;
}

static void test_dropout(void **state)
{
    (void)state;
    gat_tape *tape = tape_new(true);
    tensor x = tensor_normal(40, 1, 1), dy = tensor_normal(40, 1, 2);
    gat_mat *in = mat_of(tape, &x, 5), *out = ad_dropout(tape, in, 0.4f, 9);
    memcpy(out->grad, dy.x, 40 * sizeof(float));
    assert_int_equal(tape_backward(tape, NULL), GAT_OK);
    for (int i = 0; i < 40; i++) {
        double factor = ref_dropout(9, i, 0.4f);
        assert_at_most(fabs((double)out->data[i] - factor * x.ref[i]), 1e-6);
        assert_at_most(fabs((double)in->grad[i] - factor * dy.ref[i]), 1e-6);
    }
    assert_ptr_equal(ad_dropout(tape, in, 0, 9), in);
    tensor_free(&x);
    tensor_free(&dy);
    tape_free(tape);
}

/* An input used twice gets both gradients; operations are undone in reverse order. */
static void test_shared_inputs(void **state)
{
    (void)state;
    gat_tape *tape = tape_new(true);
    tensor x = tensor_normal(24, 1, 1);
    gat_mat *in = mat_of(tape, &x, 4), *twice = ad_add(tape, in, in),
            *mean = ad_head_mean(tape, ad_add(tape, twice, in), 3);
    assert_int_equal(mean->cols, 2);
    for (int i = 0; i < 8; i++) {
        double sum = 0;
        for (int h = 0; h < 3; h++) sum += x.ref[i / 2 * 6 + h * 2 + i % 2];
        assert_at_most(fabs((double)mean->data[i] - sum), 1e-6);
        mean->grad[i] = (float)i;
    }
    assert_int_equal(tape_backward(tape, NULL), GAT_OK);
    for (int i = 0; i < 24; i++) assert_at_most(fabs((double)in->grad[i] - (i / 6 * 2 + i % 2)), 1e-5);
    tensor_free(&x);
    tape_free(tape);
}

/* Without recording there are no gradients and no dropout, and the numbers are the same. */
static void test_without_recording(void **state)
{
    (void)state;
    whole w;
    whole_init(&w, "layers=2");
    gat_tape *with = tape_new(true), *without = tape_new(false);
    encoder_pass pass = {.graph = w.graph, .config = &w.model.config, .positions = w.positions.x};
    gat_mat *a = encoder_forward(with, &w.model.encoder, &w.model.params,
                                 ad_param(with, &w.model.params, w.model.entity), &pass);
    w.model.config.dropout = w.model.config.attn_dropout = 0.5;
    gat_mat *b = encoder_forward(without, &w.model.encoder, &w.model.params,
                                 ad_param(without, &w.model.params, w.model.entity), &pass);
    assert_non_null(a->grad);
    assert_null(b->grad);
    assert_memory_equal(a->data, b->data, (size_t)(a->rows * a->cols) * sizeof(float));
    assert_int_equal(tape_backward(without, NULL), GAT_OK);
    tape_free(with);
    tape_free(without);
    whole_clear(&w);
}

/* ---- failures ---- */

static void test_first_failure_sticks(void **state)
{
    (void)state;
    whole w;
    gat_error err = {0};
    whole_init(&w, "layers=2");
    gat_tape *tape = tape_new(true);
    gat_mat *x = ad_param(tape, &w.model.params, w.model.entity);
    tape_fail(tape, GAT_EFAILED);
    tape_fail(tape, GAT_ENOMEM);
    assert_null(ad_add(tape, x, x));
    assert_null(ad_act(tape, NULL, GAT_ACT_TANH));
    assert_true(float_loss(tape, &w) == 0);
    assert_int_equal(tape_backward(tape, &err), GAT_EFAILED);
    assert_int_equal(err.code, GAT_EFAILED);
    tape_reset(tape);
    assert_int_equal(tape_status(tape, NULL), GAT_OK);
    assert_true(float_loss(tape, &w) > 0);
    assert_int_equal(tape_backward(tape, NULL), GAT_OK);
    tape_free(tape);
    whole_clear(&w);
}

/* Blocks of a fresh arena are few, so the graph is larger here: one allocation after the other fails. */
static void test_failing_allocations(void **state)
{
    (void)state;
    whole w;
    whole_init(&w, "layers=8 attn-heads=64 merge=mean relation-weight=1");
    gat_status st = GAT_ENOMEM;
    int64_t n;
    for (n = 1; st; n++) {
        gat_error err = {0};
        memory_fail_at(n, false);
        gat_tape *tape = tape_new(true);
        if (tape) {
            float_loss(tape, &w);
            st = tape_backward(tape, &err);
            assert_int_equal(err.code, st);
            assert_int_equal(tape_status(tape, NULL), st);
        }
        memory_fail_at(0, false);
        assert_true(st == GAT_OK || st == GAT_ENOMEM);
        tape_free(tape);
    }
    assert_true(n > 6);
    whole_clear(&w);
}

static void test_params(void **state)
{
    (void)state;
    gat_params p = {0};
    gat_error err = {0};
    int a, b, c;
    assert_int_equal(params_declare(&a, &p, "a", 3, 5, NULL), GAT_OK);
    assert_int_equal(params_declare(&b, &p, "b", 1, 16, NULL), GAT_OK);
    assert_int_equal(params_declare(&c, &p, "huge", INT64_MAX / 2, 3, &err), GAT_ENOMEM);
    assert_non_null(strstr(err.message, "huge"));
    assert_int_equal(params_allocate(&p, 0, NULL), GAT_OK);
    assert_null(p.grad);
    assert_int_equal(p.size, 32);
    assert_int_equal(params_count(&p), 31);
    assert_int_equal(param_value(&p, b) - param_value(&p, a), 16);
    params_clear(&p);
    params_clear(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_score_function),
        cmocka_unit_test(test_every_decoder),
        cmocka_unit_test(test_variants),
        cmocka_unit_test(test_other_options),
        cmocka_unit_test(test_sign_errors_are_caught),
        cmocka_unit_test(test_threads_give_equal_bits),
        cmocka_unit_test(test_dropout),
        cmocka_unit_test(test_shared_inputs),
        cmocka_unit_test(test_without_recording),
        cmocka_unit_test(test_first_failure_sticks),
        cmocka_unit_test(test_failing_allocations),
        cmocka_unit_test(test_params),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

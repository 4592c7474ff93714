/* The nets: gradients of the whole, for every score and encoder, against a reference in double; masks; other sentences of a batch. */
#include <math.h>
#include <string.h>

#include "autodiff/text_ops.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "ref/differences.h"
#include "ref/ref_text_net.h"
#include "support/check.h"
#include "support/text_data.h"
#include "text/net_members.h"
#include "text/sentence_file.h"

enum { SENTENCES = 3, MOST_PARAMS = 64 };
static const float SMOOTHING = 0.1f;

/* Options that differ from a plain net; NULL: the default. */
typedef struct setting {
    const char *attention, *encoder, *positions, *causal, *layers, *wide_dim;
    bool parsed;
} setting;

/* A corpus of a few sentences, and a net over it. */
typedef struct world {
    gat_relations model;
    net_members members;
    sentence_list list;
    word_forms forms;
    sentence_source source;
    net_corpus corpus;
    sparse_rows wide;
    batch_source from;
    net_batch batch;
    text_net net;
    uint8_t truth[SENTENCES * 4];
} world;

static void set(world *w, const char *name, const char *value)
{
    gat_error err = {0};
    if (value && relation_config_set(&w->model.config, name, value, &err)) fail_msg("%s", err.message);
}

static void world_init(world *w, const setting *how)
{
    static const char *const labels[] = {"a", "b", "c", "d"};
    int64_t all[SENTENCES];
    memset(w, 0, sizeof *w);
    relation_config_init(&w->model.config);
    set(w, "attention", how->attention);
    set(w, "encoder", how->encoder);
    set(w, "word-positions", how->positions);
    set(w, "causal", how->causal);
    set(w, "layers", how->layers);
    set(w, "wide-dim", how->wide_dim);
    set(w, "dim", "8");
    set(w, "attn-heads", "2");
    w->model.labels = intern_new();
    for (int i = 0; i < 4; i++) intern_add(w->model.labels, labels[i], 1);
    text_data_write("s.jsonl", SENTENCES, 0, how->parsed, 1);
    assert_int_equal(sentence_list_init(&w->list, NULL), GAT_OK);
    assert_int_equal(sentence_file_load(&w->list, "s.jsonl", NULL), GAT_OK);
    assert_int_equal(word_forms_make(&w->forms, &w->list, NULL, NULL), GAT_OK);
    w->source = (sentence_source){&w->list, &w->forms};
    w->members.deprels = intern_new();
    intern_add(w->members.deprels, "nsubj", 5);
    assert_int_equal(net_corpus_make(&w->corpus, &w->model, w->members.deprels, &w->source, 0, SENTENCES, NULL),
                     GAT_OK);
    assert_int_equal(net_corpus_learn_names(w->members.atoms, &w->corpus, NULL), GAT_OK);
    assert_int_equal(part_rows_make(&w->wide, &w->model, GAT_PART_ALL, &w->source, 0, SENTENCES, NULL), GAT_OK);
    assert_int_equal(sparse_rows_name(&w->model.part[GAT_PART_ALL].table, &w->wide, 1, NULL), GAT_OK);
    net_shape shape = net_members_shape(&w->model, &w->members);
    shape.dropout = shape.attn_dropout = shape.top_dropout = 0;
    assert_int_equal(text_net_init(&w->net, &shape, true, NULL), GAT_OK);
    for (int64_t i = 0; i < SENTENCES; i++) {
        all[i] = i;
        w->truth[4 * i + i % 4] = 1;
    }
    random_fill_normal(w->net.params.value, w->net.params.size, 0.3f, 3, 5);
    random_fill_normal(w->net.wide.w, w->net.wide.columns * w->net.wide.width, 0.3f, 3, 6);
    w->from = (batch_source){&w->corpus, &w->wide, &w->model.vectors, &w->model.config, shape.relations, 0, 0};
    assert_int_equal(net_batch_take(&w->batch, &w->from, all, SENTENCES, 0, NULL), GAT_OK);
}

static void world_clear(world *w)
{
    text_net_clear(&w->net);
    net_batch_clear(&w->batch);
    net_corpus_clear(&w->corpus);
    sparse_rows_clear(&w->wide);
    feature_table_clear(&w->model.part[GAT_PART_ALL].table);
    word_forms_clear(&w->forms);
    sentence_list_clear(&w->list);
    net_members_clear(&w->members);
    intern_free(w->model.labels);
}

static double loss_of(world *w, gat_tape *tape, gat_mat **wide)
{
    tape_restart(tape, true);
    gat_mat *logit = text_net_forward(tape, &w->net, &w->batch, 0, NULL, wide);
    return ad_label_loss(tape, logit, w->truth, false, SMOOTHING);
}

/* The reference's parameters, which stand in tensors of their own. */
typedef struct reference {
    ref_text_net net;
    const double *param[MOST_PARAMS];
    tensor tensor[MOST_PARAMS + 1]; /* the last: the wide part */
} reference;

static double reference_loss(void *context)
{
    const reference *r = context;
    return ref_text_net_loss(&r->net);
}

/* A tensor with these numbers and this gradient. */
static tensor tensor_of(const float *x, const float *grad, int64_t n)
{
    tensor t = tensor_normal(n, 1, 1);
    memcpy(t.x, x, (size_t)n * sizeof *x);
    tensor_sync(&t);
    for (int64_t i = 0; i < n; i++) t.grad[i] += grad[i];
    return t;
}

static void reference_of(reference *r, const world *w, const gat_mat *wide)
{
    const gat_params *p = &w->net.params;
    int64_t size = w->net.wide.columns * w->net.wide.width;
    float *grad = gat_calloc(size, sizeof *grad);
    assert_true(p->count <= MOST_PARAMS);
    for (int i = 0; i < p->count; i++) {
        r->tensor[i] = tensor_of(param_value(p, i), param_grad(p, i), param_size(p, i));
        r->param[i] = r->tensor[i].ref;
    }
    bag_backward(grad, &w->batch.wide.bag, wide->grad, wide->cols);
    r->tensor[p->count] = tensor_of(w->net.wide.w, grad, size);
    r->net = (ref_text_net){&w->net, &w->batch, r->param, r->tensor[p->count].ref, w->truth, SMOOTHING};
    gat_free(grad);
}

/* The gradient of some elements of every parameter and of the wide part against differences of the reference in double. */
static void check_gradients(const setting *how, int64_t elements)
{
    world w;
    static reference r;
    gat_mat *wide;
    gat_tape *tape = tape_new(true);
    world_init(&w, how);
    double loss = loss_of(&w, tape, &wide);
    assert_int_equal(tape_backward(tape, NULL), GAT_OK);
    reference_of(&r, &w, wide);
    assert_true(fabs(loss - reference_loss(&r)) < 1e-5);
    for (int i = 0; i <= w.net.params.count; i++) {
        tensor_differentiate(&r.tensor[i], reference_loss, &r, elements);
        double error = tensor_error(&r.tensor[i]);
        if (!(error < 2e-3))
            fail_msg("%s: error %g", i < w.net.params.count ? w.net.params.list[i].name : "wide", error);
    }
    for (int i = 0; i <= w.net.params.count; i++) tensor_free(&r.tensor[i]);
    tape_free(tape);
    world_clear(&w);
}

static void test_scores(void **state)
{
    (void)state;
    for (int score = 0; score < GAT_NUM_SCORES; score++)
        check_gradients(&(setting){.attention = score_name((gat_score)score), .parsed = score % 2}, 1);
}

static void test_encoders(void **state)
{
    (void)state;
    static const setting settings[] = {
        {.layers = "2", .parsed = true},
        {.wide_dim = "3", .parsed = true},
        {.encoder = "self", .positions = "relative"},
        {.encoder = "self", .positions = "sinusoidal", .layers = "2"},
        {.encoder = "self", .positions = "relative", .causal = "yes"},
        {.encoder = "cross", .layers = "2", .parsed = true},
        {.encoder = "cross", .causal = "yes"},
        {.causal = "yes", .parsed = true},
    };
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) check_gradients(&settings[i], 2);
}

/* In a causal net the first word hears only itself: what comes later changes nothing in it. */
static void test_masks(void **state)
{
    (void)state;
    world w;
    world_init(&w, &(setting){.encoder = "self", .causal = "yes"});
    const gat_graph *g = w.batch.graph;
    for (int32_t v = 0; v < g->num_nodes; v++)
        for (int64_t e = g->in_indptr[v]; e < g->in_indptr[v + 1]; e++)
            assert_int_equal(w.batch.hidden[e], g->in_indices[e] > v);
    world_clear(&w);
    world_init(&w, &(setting){.encoder = "cross"});
    g = w.batch.graph;
    for (int32_t v = 0; v < g->num_nodes; v++)
        for (int64_t e = g->in_indptr[v]; e < g->in_indptr[v + 1]; e++) {
            bool entity = false;
            for (int64_t i = 0; i < w.batch.n; i++) entity = entity || w.batch.end[0][i] == v || w.batch.end[1][i] == v;
            if (!w.batch.hidden[e]) assert_true(entity || g->in_indices[e] == v);
        }
    world_clear(&w);
}

/* A sentence gets the same logits alone and among others, and its attention sums to 1. */
static void test_block_diagonal(void **state)
{
    (void)state;
    world w;
    net_batch one = {0};
    int64_t which = 1;
    float weight[NET_MOST_NODES * SENTENCES] = {0}, sum = 0;
    gat_tape *tape = tape_new(false), *other = tape_new(false);
    world_init(&w, &(setting){.attention = "dynamic", .layers = "2", .parsed = true});
    gat_mat *all = text_net_forward(tape, &w.net, &w.batch, 0, NULL, NULL);
    assert_int_equal(net_batch_take(&one, &w.from, &which, 1, 0, NULL), GAT_OK);
    gat_mat *alone = text_net_forward(other, &w.net, &one, 0, weight, NULL);
    for (int l = 0; l < 4; l++) assert_true(fabsf(all->data[4 * which + l] - alone->data[l]) < 1e-4f);
    for (int i = 0; i < one.nodes; i++) sum += weight[i];
    assert_true(fabsf(sum - 1) < 1e-5f);
    net_batch_clear(&one);
    tape_free(tape);
    tape_free(other);
    world_clear(&w);
}

int main(void)
{
    parallel_set_threads(1); /* the graphs are tiny */
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_scores), cmocka_unit_test(test_encoders),
                                       cmocka_unit_test(test_masks), cmocka_unit_test(test_block_diagonal)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

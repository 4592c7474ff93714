/* The nets: gradients of the whole against differences along directions, threads, padding by other sentences. */
#include <math.h>
#include <string.h>

#include "autodiff/text_ops.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "support/check.h"
#include "support/text_data.h"
#include "text/net_members.h"
#include "text/sentence_file.h"

enum { SENTENCES = 12 };

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

static void world_init(world *w, const char *score, const char *layers, int parsed)
{
    static const char *const labels[] = {"a", "b", "c", "d"};
    int64_t all[SENTENCES];
    memset(w, 0, sizeof *w);
    relation_config_init(&w->model.config);
    assert_int_equal(relation_config_set(&w->model.config, "attention", score, NULL), GAT_OK);
    assert_int_equal(relation_config_set(&w->model.config, "layers", layers, NULL), GAT_OK);
    assert_int_equal(relation_config_set(&w->model.config, "dim", "16", NULL), GAT_OK);
    assert_int_equal(relation_config_set(&w->model.config, "attn-heads", "2", NULL), GAT_OK);
    w->model.labels = intern_new();
    for (int i = 0; i < 4; i++) intern_add(w->model.labels, labels[i], 1);
    text_data_write("s.jsonl", SENTENCES, 0, parsed, 1);
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
    w->from = (batch_source){&w->corpus, &w->wide, &w->model.vectors, shape.relations, 0, 0};
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

static double loss_of(world *w, gat_tape *tape)
{
    tape_restart(tape, true);
    gat_mat *logit = text_net_forward(tape, &w->net, &w->batch, 0, NULL);
    return ad_label_loss(tape, logit, w->truth, false, 0.1f);
}

/* Along a random direction inside one parameter the loss has to change as its gradient says. */
static void check_direction(world *w, gat_tape *tape, const float *grad, int index)
{
    enum { MOST = 1 << 14 };
    const gat_param *p = &w->net.params.list[index];
    int64_t n = p->rows * p->cols;
    static float direction[MOST], kept[MOST];
    float step = 1.5e-3f, *x = param_value(&w->net.params, index);
    double slope = 0, up, down;
    assert_true(n <= MOST);
    random_fill_normal(direction, n, 1, 11, (uint64_t)index);
    memcpy(kept, x, (size_t)n * sizeof *x);
    double size = sqrt((double)n);
    for (int64_t i = 0; i < n; i++) slope += (double)direction[i] / size * grad[p->offset + i];
    for (int64_t i = 0; i < n; i++) x[i] = kept[i] + step * direction[i] / (float)size;
    up = loss_of(w, tape);
    for (int64_t i = 0; i < n; i++) x[i] = kept[i] - step * direction[i] / (float)size;
    down = loss_of(w, tape);
    memcpy(x, kept, (size_t)n * sizeof *x);
    double measured = (up - down) / (2 * (double)step);
    if (fabs(measured - slope) > 1.5e-3 + 0.03 * fabs(slope))
        fail_msg("%s: slope %g, measured %g", p->name, slope, measured);
}

static void check_gradients(const char *score, const char *layers, int parsed)
{
    world w;
    gat_tape *tape = tape_new(true);
    world_init(&w, score, layers, parsed);
    loss_of(&w, tape);
    assert_int_equal(tape_backward(tape, NULL), GAT_OK);
    float *grad = gat_alloc(w.net.params.size, sizeof *grad);
    memcpy(grad, w.net.params.grad, (size_t)w.net.params.size * sizeof *grad);
    for (int i = 0; i < w.net.params.count; i++) check_direction(&w, tape, grad, i);
    gat_free(grad);
    tape_free(tape);
    world_clear(&w);
}

static void test_gradients(void **state)
{
    (void)state;
    for (int score = 0; score < GAT_NUM_SCORES; score++) check_gradients(score_name((gat_score)score), "1", score % 2);
    check_gradients("scaled-dot", "2", 1);
}

/* A sentence gets the same logits alone and among others, and its attention sums to 1. */
static void test_block_diagonal(void **state)
{
    (void)state;
    world w;
    net_batch one = {0};
    int64_t which = 5;
    float weight[NET_MOST_NODES * SENTENCES] = {0}, sum = 0;
    gat_tape *tape = tape_new(false), *other = tape_new(false);
    world_init(&w, "dynamic", "2", 1);
    gat_mat *all = text_net_forward(tape, &w.net, &w.batch, 0, NULL);
    assert_int_equal(net_batch_take(&one, &w.from, &which, 1, 0, NULL), GAT_OK);
    gat_mat *alone = text_net_forward(other, &w.net, &one, 0, weight);
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
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_gradients), cmocka_unit_test(test_block_diagonal)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

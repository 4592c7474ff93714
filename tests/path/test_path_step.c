/* Scores and gradients of a path model against the double-precision reference; the same bits for any number of threads;
 * a score does not depend on the questions beside it. */
#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "base/parallel.h"
#include "kernels/kernels.h"
#include "path/path_step.h"
#include "path/path_view.h"
#include "ref/differences.h"
#include "ref/ref_path.h"
#include "support/check.h"

enum { NODES = 11, RELATIONS = 2, FACTS = 15, QUESTIONS = 4 };

/* A loop with chords; a pair beside it, node 9 hangs on node 10 alone; 8 has no fact. Twice the same ends; a
 * self-loop. */
static const gat_triple facts[FACTS] = {{0, 0, 1}, {1, 0, 2}, {2, 1, 3}, {3, 0, 4},  {4, 1, 5},
                                        {5, 0, 6}, {6, 1, 7}, {7, 0, 0}, {0, 1, 3},  {0, 1, 4},
                                        {2, 0, 6}, {0, 0, 3}, {5, 1, 5}, {9, 0, 10}, {1, 1, 2}};

/* Facts 11, 14, 8 and 9 are asked: the last two as one question. */
static const int32_t entity[QUESTIONS] = {0, 3, 0, 2}, relation[QUESTIONS] = {0, RELATIONS, 1, RELATIONS + 1};
static const int64_t first[QUESTIONS + 1] = {0, 1, 2, 4, 5};
static const int32_t answer[] = {3, 0, 3, 4, 1};
static const int hidden_facts[] = {11, 14, 8, 9};

typedef struct path_case {
    path_model *model;
    gat_triples all, left;
    path_facts *ordered;
    path_graph *graph;
    gat_filter *known;
    path_questions questions;
    tensor params;
    ref_path ref;
    double held[QUESTIONS * 3 * NODES]; /* choices of up to three layers */
} path_case;

/* seed: a draw in which no difference steps over a kink. */
static void case_draw(path_case *c, const path_shape *shape, uint64_t seed)
{
    const gat_triples *list[] = {&c->all};
    uint8_t hidden[FACTS] = {0};
    *c = (path_case){0};
    for (size_t i = 0; i < sizeof hidden_facts / sizeof *hidden_facts; i++) hidden[hidden_facts[i]] = 1;
    for (int i = 0; i < FACTS; i++) {
        assert_int_equal(triples_push(&c->all, facts[i], NULL), GAT_OK);
        if (!hidden[i]) assert_int_equal(triples_push(&c->left, facts[i], NULL), GAT_OK);
    }
    assert_int_equal(path_model_new(&c->model, shape, RELATIONS, true, NULL), GAT_OK);
    assert_int_equal(path_facts_new(&c->ordered, &c->all, NODES, RELATIONS, NULL), GAT_OK);
    assert_int_equal(path_graph_new(&c->graph, c->ordered, NULL), GAT_OK);
    path_graph_fill(c->graph, c->ordered, hidden);
    assert_int_equal(filter_build(&c->known, list, 1, RELATIONS, NULL), GAT_OK);
    c->questions = (path_questions){entity, relation, first, answer, QUESTIONS, .seed = 3, .step = 4};
    c->params = tensor_normal(c->model->params.size, 0.3, seed);
    memcpy(c->model->params.value, c->params.x, (size_t)c->params.count * sizeof(float));
    path_model_set_ready(c->model, 1);
    c->ref = (ref_path){.model = &c->model->net[0], .value = c->params.ref, .facts = &c->left, .num_nodes = NODES};
}

static void case_init(path_case *c, const path_shape *shape) { case_draw(c, shape, 5); }

static void case_clear(path_case *c)
{
    path_model_free(c->model);
    triples_clear(&c->all);
    triples_clear(&c->left);
    path_facts_free(c->ordered);
    path_graph_free(c->graph);
    filter_free(c->known);
    tensor_free(&c->params);
}

static double reference(void *context)
{
    path_case *c = context;
    double loss = 0;
    ref_path r = c->ref;
    for (int q = 0; q < QUESTIONS; q++) {
        const path_noise noise = path_noise_of(c->questions.seed, c->questions.step, q);
        r.noise = &noise;
        r.held = c->held + (int64_t)3 * NODES * q;
        loss += ref_path_loss(&r, c->known, entity[q], relation[q], answer + first[q], first[q + 1] - first[q]);
    }
    return loss / (double)first[QUESTIONS];
}

/* Gradients of a step into the tensor, on top of its start. */
static double run(path_case *c)
{
    path_step *step;
    double loss;
    int64_t bytes = c->params.count * (int64_t)sizeof(float);
    tensor_restart(&c->params);
    memcpy(c->model->params.grad, c->params.grad, (size_t)bytes);
    assert_int_equal(path_step_new(&step, &c->model->net[0], NODES, QUESTIONS, NULL), GAT_OK);
    assert_int_equal(path_step_run(&loss, step, &c->model->net[0], c->graph, c->known, &c->questions, NULL), GAT_OK);
    memcpy(c->params.grad, c->model->params.grad, (size_t)bytes);
    path_step_free(step);
    return loss;
}

/* A tensor that is one piece of another. */
static tensor piece_of(const tensor *t, const gat_param *p)
{
    int64_t at = p->offset;
    return (tensor){p->rows * p->cols, t->x + at, t->grad + at, t->ref + at, t->slope + at};
}

/* What the choice of new nodes is made of: a few of the many numbers that a question's relation makes. */
static tensor choice_piece(const path_case *c)
{
    const path_net *m = &c->model->net[0];
    gat_param p = m->params->list[m->map_bias];
    p.offset += made_choice(m, 0);
    p.cols = path_chooses(&m->shape) ? made_size(m) - made_choice(m, 0) : 0;
    return piece_of(&c->params, &p);
}

/* most: numbers of each parameter that are looked at. */
static void check_draw(const path_shape *shape, uint64_t seed, int64_t most, double tolerance)
{
    path_case c;
    case_draw(&c, shape, seed);
    c.ref.hold = true;
    double expected = reference(&c);
    c.ref.hold = false;
    for (int i = 0; i < c.model->params.count; i++) {
        tensor piece = piece_of(&c.params, &c.model->params.list[i]);
        tensor_differentiate(&piece, reference, &c, most);
    }
    tensor choice = choice_piece(&c);
    if (choice.count) tensor_differentiate(&choice, reference, &c, 6);
    for (FOR_VARIANTS(v)) {
        assert_at_most(fabs(run(&c) - expected), 1e-5 * fabs(expected));
        for (int i = 0; i < c.model->params.count; i++) {
            tensor piece = piece_of(&c.params, &c.model->params.list[i]);
            assert_at_most(tensor_error(&piece), tolerance);
        }
        if (choice.count) assert_at_most(tensor_error(&choice), tolerance);
    }
    kernels_select("auto");
    assert_sign_error_is_caught(&c.params, tolerance);
    case_clear(&c);
}

static void check_shape(const path_shape *shape, double tolerance) { check_draw(shape, 5, 4, tolerance); }

static void test_gradients(void **state)
{
    (void)state;
    check_shape(&(path_shape){.width = 32, .layers = 3, .form = GAT_SCORE_DYNAMIC, .gate = true, .profile = true},
                2e-4);
    check_shape(&(path_shape){.width = 64, .layers = 1, .form = GAT_SCORE_DYNAMIC, .gate = true, .profile = false},
                2e-4);
    check_shape(&(path_shape){.width = 96, .layers = 2, .form = GAT_SCORE_DYNAMIC, .gate = false, .profile = true},
                2e-4);
    check_shape(&(path_shape){.width = 32, .layers = 3, .form = GAT_SCORE_DYNAMIC, .gate = true, .budget = 2}, 2e-4);
    check_shape(&(path_shape){.width = 32, .layers = 2, .form = GAT_SCORE_DYNAMIC, .gate = true, .budget = 1}, 2e-4);
    check_shape(&(path_shape){.width = 32, .layers = 2, .form = GAT_SCORE_DYNAMIC, .gate = true, .budget = NODES},
                2e-4);
}

/* Every form of gate and message, heads, shared layers: one variation each, in pairs. */
static void test_forms(void **state)
{
    (void)state;
    for (gat_score form = 0; form < GAT_NUM_SCORES; form++)
        check_draw(&(path_shape){.width = 32,
                                 .layers = 2,
                                 .gate = true,
                                 .form = form,
                                 .heads = (int64_t)1 << form % 4,
                                 .message = (path_message)(form % PATH_NUM_MESSAGES),
                                 .shared = form % 2 != 0},
                   5 + form, 3, 3e-4);
    check_shape(&(path_shape){.width = 32, .layers = 1, .message = PATH_MESSAGE_ROTATION, .heads = 2}, 2e-4);
}

/* Statistics of the messages, with every kind of message and gate; attention to all; choices that are learned: alone and
 * together. */
static void test_options(void **state)
{
    (void)state;
    path_shape s = {.width = 32, .layers = 2, .form = GAT_SCORE_DYNAMIC, .gate = true};
    s.aggregation = PATH_STATISTICS;
    check_draw(&s, 6, 3, 3e-4);
    path_shape turned = s;
    turned.message = PATH_MESSAGE_ROTATION, turned.form = GAT_SCORE_COSINE, turned.heads = 2, turned.shared = true;
    check_draw(&turned, 6, 3, 3e-4);
    path_shape wide = {.width = 64, .layers = 1, .aggregation = PATH_STATISTICS, .message = PATH_MESSAGE_TRANSLATION};
    check_draw(&wide, 6, 3, 3e-4);
    s.aggregation = PATH_SUM;
    for (path_global g = PATH_GLOBAL_LAST; g < PATH_NUM_GLOBALS; g++) {
        path_shape global = s;
        global.global = g, global.shared = g == PATH_GLOBAL_EACH;
        check_draw(&global, 5, 3, 3e-4);
    }
    for (int64_t budget = 1; budget < 5; budget++) {
        path_shape chosen = s;
        chosen.budget = budget, chosen.choice = PATH_CHOOSE_LEARNED, chosen.layers = 3;
        check_draw(&chosen, 5, 3, 3e-4);
        chosen.aggregation = budget % 2 ? PATH_STATISTICS : PATH_SUM, chosen.global = PATH_GLOBAL_EACH;
        chosen.layers = 2;
        check_draw(&chosen, 6, 3, 3e-4);
    }
}

static path_shape everything(void)
{
    return (path_shape){.width = 32,
                        .layers = 3,
                        .form = GAT_SCORE_DYNAMIC,
                        .gate = true,
                        .profile = true,
                        .budget = 2,
                        .choice = PATH_CHOOSE_LEARNED,
                        .aggregation = PATH_STATISTICS,
                        .global = PATH_GLOBAL_LAST,
                        .members = 2};
}

static void check_threads(const path_shape *shape)
{
    path_case c;
    float *before = NULL;
    case_init(&c, shape);
    size_t bytes = (size_t)c.params.count * sizeof(float);
    for (FOR_THREADS(t)) {
        parallel_set_threads(thread_counts[t]);
        run(&c);
        if (!before) {
            before = gat_alloc(c.params.count, sizeof(float));
            assert_non_null(before);
            memcpy(before, c.params.grad, bytes);
        }
        assert_memory_equal(before, c.params.grad, bytes);
    }
    parallel_set_threads(0);
    gat_free(before);
    case_clear(&c);
}

static void test_threads(void **state)
{
    (void)state;
    path_shape all = everything();
    check_threads(
        &(path_shape){.width = 32, .layers = 3, .form = GAT_SCORE_DYNAMIC, .gate = true, .profile = true});
    check_threads(&all);
}

/* All questions of the graph, 44 of them, more than one batch. */
static void ask_all(int32_t *who, int32_t *what)
{
    for (int i = 0; i < NODES * 2 * RELATIONS; i++) who[i] = i / (2 * RELATIONS), what[i] = i % (2 * RELATIONS);
}

/* Means of the scores of all nets. */
static void expected_scores(double *mean, path_case *c, int32_t who, int32_t what)
{
    double one[NODES];
    memset(mean, 0, NODES * sizeof *mean);
    for (int64_t k = 0; k < c->model->shape.members; k++) {
        c->ref.model = &c->model->net[k];
        ref_path_scores(one, &c->ref, who, what);
        for (int v = 0; v < NODES; v++) mean[v] += one[v] / (double)c->model->shape.members;
    }
}

static void check_scores(const path_shape *shape)
{
    enum { ALL = NODES * 2 * RELATIONS };
    path_case c;
    path_view *view;
    int32_t who[ALL], what[ALL];
    float scores[ALL * NODES], alone[NODES];
    double expected[NODES];
    ask_all(who, what);
    case_init(&c, shape);
    path_model_set_ready(c.model, 2);
    for (FOR_VARIANTS(v)) {
        assert_int_equal(path_view_new(&view, c.model, &c.left, NODES, NULL), GAT_OK);
        assert_int_equal(path_scores(scores, view, who, what, ALL, NULL), GAT_OK);
        for (int i = 0; i < ALL; i++) {
            expected_scores(expected, &c, who[i], what[i]);
            assert_at_most(largest_difference(scores + i * NODES, expected, NODES), 2e-5);
            assert_int_equal(path_scores(alone, view, who + i, what + i, 1, NULL), GAT_OK);
            assert_memory_equal(alone, scores + i * NODES, sizeof alone);
        }
        path_view_free(view);
    }
    kernels_select("auto");
    case_clear(&c);
}

static void test_scores(void **state)
{
    (void)state;
    path_shape all = everything();
    check_scores(&(path_shape){
        .width = 32, .layers = 3, .form = GAT_SCORE_DYNAMIC, .gate = true, .profile = true, .members = 2});
    check_scores(&all);
}

/* An empty graph, and an entity that no fact names: every score is finite. */
static void test_nothing_to_walk(void **state)
{
    (void)state;
    path_case c;
    path_view *view;
    gat_triples none = {0};
    float scores[2 * NODES];
    path_shape all = everything();
    case_init(&c, &all);
    assert_int_equal(path_view_new(&view, c.model, &none, NODES, NULL), GAT_OK);
    assert_int_equal(path_scores(scores, view, (int32_t[]){8, 0}, (int32_t[]){0, 3}, 2, NULL), GAT_OK);
    for (int i = 0; i < 2 * NODES; i++) assert_true(isfinite(scores[i]));
    path_view_free(view);
    case_clear(&c);
}

static void test_failing_allocations(void **state)
{
    (void)state;
    path_case c;
    path_shape all = everything();
    case_init(&c, &all);
    for (int64_t n = 1;; n++) {
        path_view *view = NULL;
        float scores[2 * NODES];
        memory_fail_at(n, true);
        gat_status st = path_view_new(&view, c.model, &c.left, NODES, NULL);
        if (!st) st = path_scores(scores, view, entity, relation, 2, NULL);
        bool reached = memory_count() >= n;
        memory_fail_at(0, false);
        path_view_free(view);
        if (!reached) break;
        assert_int_equal(st, GAT_ENOMEM);
    }
    case_clear(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_gradients),       cmocka_unit_test(test_forms),
        cmocka_unit_test(test_options),         cmocka_unit_test(test_threads),         cmocka_unit_test(test_scores),
        cmocka_unit_test(test_nothing_to_walk), cmocka_unit_test(test_failing_allocations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

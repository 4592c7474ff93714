#include "support/path_case.h"

#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "base/parallel.h"
#include "kernels/kernels.h"
#include "path/path_step.h"
#include "path/path_view.h"
#include "support/check.h"

enum { NODES = PATH_CASE_NODES, RELATIONS = PATH_CASE_RELATIONS, QUESTIONS = PATH_CASE_QUESTIONS, FACTS = 15 };

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

void path_case_init(path_case *c, const path_shape *shape, uint64_t seed)
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

void path_case_clear(path_case *c)
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
        r.held = c->held + (int64_t)PATH_CASE_LAYERS * NODES * q;
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

void path_case_check_gradients(const path_shape *shape, uint64_t seed, int64_t most, double tolerance)
{
    path_case c;
    path_case_init(&c, shape, seed);
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
    path_case_clear(&c);
}

void path_case_check_threads(const path_shape *shape)
{
    path_case c;
    float *before = NULL;
    path_case_init(&c, shape, 5);
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
    path_case_clear(&c);
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

void path_case_check_scores(const path_shape *shape)
{
    enum { ALL = NODES * 2 * RELATIONS };
    path_case c;
    path_view *view;
    int32_t who[ALL], what[ALL];
    float scores[ALL * NODES], alone[NODES];
    double expected[NODES];
    ask_all(who, what);
    path_case_init(&c, shape, 5);
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
    path_case_clear(&c);
}

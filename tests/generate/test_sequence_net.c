/* The net that writes graphs: its loss and all gradients against a reference in double; step by step with what is kept of the
 * places before equals the whole at once; what comes later changes nothing. */
#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "base/parallel.h"
#include "base/random.h"
#include "generate/sequence_cache.h"
#include "ref/differences.h"
#include "ref/ref_sequence_net.h"
#include "support/check.h"

enum { MOST_PARAMS = 64, GRAPHS = 3 };

typedef struct world {
    graph_set set;
    sequence_net net;
    sequence_batch batch;
    gat_tape *tape;
} world;

static const gat_triple FACTS[] = {{0, 0, 1}, {1, 1, 2}, {4, 0, 4}, {3, 1, 0}, {0, 0, 3}, {2, 1, 1}};
static const int64_t SIZES[GRAPHS] = {2, 1, 3}, ALL[GRAPHS] = {0, 1, 2};

static void world_init(world *w)
{
    const sequence_shape shape = {5, 2, 3, 8, 2, 2, 0};
    const gat_triple *at = FACTS;
    memset(w, 0, sizeof *w);
    for (int g = 0; g < GRAPHS; at += SIZES[g++]) assert_int_equal(graph_set_push(&w->set, at, SIZES[g], NULL), GAT_OK);
    assert_int_equal(sequence_net_init(&w->net, &shape, true, NULL), GAT_OK);
    random_fill_normal(w->net.params.value, w->net.params.size, 0.4f, 3, 5);
    assert_int_equal(sequence_batch_fill(&w->batch, &shape, &w->set, ALL, GRAPHS, 1, 2, NULL), GAT_OK);
    assert_non_null(w->tape = tape_new(true));
}

static void world_clear(world *w)
{
    graph_set_clear(&w->set);
    sequence_net_clear(&w->net);
    sequence_batch_clear(&w->batch);
    tape_free(w->tape);
}

static float *losses(world *w)
{
    tape_restart(w->tape, true);
    float *loss = sequence_net_loss(w->tape, &w->net, &w->batch, 1, 0);
    assert_non_null(loss);
    return loss;
}

static double sum_of(const float *x, int64_t n)
{
    double sum = 0;
    for (int64_t i = 0; i < n; i++) sum += (double)x[i];
    return sum;
}

typedef struct reference {
    ref_sequence_net net;
    const double *param[MOST_PARAMS];
    tensor tensor[MOST_PARAMS];
} reference;

static double reference_loss(void *context) { return ref_sequence_net_loss(&((reference *)context)->net); }

static void test_gradients(void **state)
{
    (void)state;
    world w;
    reference r = {.param = {NULL}};
    world_init(&w);
    const gat_params *p = &w.net.params;
    double loss = sum_of(losses(&w), w.batch.rows);
    assert_int_equal(tape_backward(w.tape, NULL), GAT_OK);
    assert_true(p->count <= MOST_PARAMS);
    for (int i = 0; i < p->count; i++) {
        r.tensor[i] = tensor_normal(param_size(p, i), 1, 1);
        memcpy(r.tensor[i].x, param_value(p, i), (size_t)param_size(p, i) * sizeof(float));
        tensor_sync(&r.tensor[i]);
        for (int64_t k = 0; k < param_size(p, i); k++) r.tensor[i].grad[k] += param_grad(p, i)[k];
        r.param[i] = r.tensor[i].ref;
    }
    r.net = (ref_sequence_net){&w.net, &w.batch, r.param};
    assert_at_most(fabs(reference_loss(&r) - loss), 1e-4 * loss);
    for (int i = 0; i < p->count; i++) {
        tensor_differentiate(&r.tensor[i], reference_loss, &r, 24);
        assert_at_most(tensor_error(&r.tensor[i]), 3e-4);
    }
    assert_sign_error_is_caught(&r.tensor[w.net.layer[0].qkv], 3e-4);
    for (int i = 0; i < p->count; i++) tensor_free(&r.tensor[i]);
    world_clear(&w);
}

/* Ranges: an entity, a relation, an entity, an entity or the end. */
static void test_sequences(void **state)
{
    (void)state;
    world w;
    world_init(&w);
    const sequence_batch *b = &w.batch;
    assert_int_equal(b->count, 3);
    assert_int_equal(b->rows, 7 + 4 + 10);
    static const int32_t low[] = {0, 6, 0, 0}, high[] = {5, 8, 5, 6}, one[] = {4, 6, 4, 5};
    assert_memory_equal(b->low + 7, low, sizeof low);
    assert_memory_equal(b->high + 7, high, sizeof high);
    assert_memory_equal(b->target + 7, one, sizeof one); /* the graph of one triple, 4 0 4 */
    assert_int_equal(b->column[SEQUENCE_BAG * 7], 5);
    bool differs = false;
    for (uint64_t stream = 3; stream < 20 && !differs; stream++) {
        sequence_batch other = {.count = 0};
        assert_int_equal(sequence_batch_fill(&other, &w.net.shape, &w.set, ALL, GRAPHS, 1, stream, NULL), GAT_OK);
        differs = memcmp(other.target + 11, b->target + 11, 10 * sizeof(int32_t)) != 0;
        sequence_batch_clear(&other);
    }
    assert_true(differs);
    world_clear(&w);
}

/* The sequence of graph g, as its last row's loss is made, name by name. */
static void test_cache_equals_whole(void **state)
{
    (void)state;
    world w;
    sequence_cache cache;
    world_init(&w);
    const float *loss = losses(&w);
    const sequence_batch *b = &w.batch;
    assert_int_equal(sequence_cache_init(&cache, &w.net, NULL), GAT_OK);
    int64_t columns = sequence_columns(&w.net.shape);
    for (int64_t place = 0; place < 10; place++) {
        int32_t name[CACHE_ROWS] = {0};
        for (int g = 0; g < GRAPHS; g++)
            if (b->first[g] + place < b->first[g + 1]) name[20 * g] = b->column[SEQUENCE_BAG * (b->first[g] + place)];
        sequence_cache_step(&cache, place, name);
        for (int g = 0; g < GRAPHS; g++) {
            int64_t row = b->first[g] + place;
            const float *logit = cache.logit + 20 * g * columns;
            double sum = 0;
            if (row >= b->first[g + 1]) continue;
            for (int32_t j = b->low[row]; j < b->high[row]; j++) sum += exp((double)logit[j]);
            assert_at_most(fabs(log(sum) - (double)logit[b->target[row]] - (double)loss[row]), 1e-4);
        }
    }
    sequence_cache_clear(&cache);
    world_clear(&w);
}

static void test_later_names_change_nothing(void **state)
{
    (void)state;
    world w;
    world_init(&w);
    float before[21], after[21];
    memcpy(before, losses(&w), sizeof before);
    w.batch.column[SEQUENCE_BAG * 17] = w.batch.name[17] = 2; /* place 6 of the third graph */
    memcpy(after, losses(&w), sizeof after);
    assert_memory_equal(before, after, 17 * sizeof(float));
    assert_memory_not_equal(before + 17, after + 17, 4 * sizeof(float));
    world_clear(&w);
}

static void test_threads_give_equal_bits(void **state)
{
    (void)state;
    world w;
    world_init(&w);
    parallel_set_threads(1);
    float one[21];
    memcpy(one, losses(&w), sizeof one);
    assert_int_equal(tape_backward(w.tape, NULL), GAT_OK);
    float *grad = gat_alloc(w.net.params.size, sizeof *grad);
    assert_non_null(grad);
    memcpy(grad, w.net.params.grad, (size_t)w.net.params.size * sizeof *grad);
    for (FOR_THREADS(t)) {
        parallel_set_threads(thread_counts[t]);
        memset(w.net.params.grad, 0, (size_t)w.net.params.size * sizeof *grad);
        assert_memory_equal(losses(&w), one, sizeof one);
        assert_int_equal(tape_backward(w.tape, NULL), GAT_OK);
        assert_memory_equal(w.net.params.grad, grad, (size_t)w.net.params.size * sizeof *grad);
    }
    parallel_set_threads(2);
    gat_free(grad);
    world_clear(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_gradients),
        cmocka_unit_test(test_sequences),
        cmocka_unit_test(test_cache_equals_whole),
        cmocka_unit_test(test_later_names_change_nothing),
        cmocka_unit_test(test_threads_give_equal_bits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

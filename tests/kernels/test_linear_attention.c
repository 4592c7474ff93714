/* Linear attention to all nodes against its reference, which weighs every pair of nodes. */
#include <string.h>

#include "base/memory.h"
#include "base/parallel.h"
#include "kernels/kernels.h"
#include "kernels/linear_attention.h"
#include "ref/differences.h"
#include "ref/ref_layers.h"
#include "support/check.h"

typedef struct all_case {
    linear_attention a;
    tensor q, k, v, weight;
    float *out, *scratch;
    double *ref;
} all_case;

static float *floats(int64_t n)
{
    float *p = gat_calloc(n, sizeof *p);
    assert_non_null(p);
    return p;
}

static void all_init(all_case *x, int64_t n, int h, int f)
{
    int64_t count = n * h * f;
    x->a = (linear_attention){
        n, h, f, floats(count), floats(count), floats((int64_t)h * f * f), floats(h * f), floats(n * h)};
    x->q = tensor_normal(count, 1, 1);
    x->k = tensor_normal(count, 1, 2);
    x->v = tensor_normal(count, 1, 3);
    x->weight = tensor_normal(count, 1, 4);
    x->out = floats(count);
    x->scratch = floats(linear_attention_scratch(&x->a));
    x->ref = gat_calloc(count, sizeof *x->ref);
    assert_non_null(x->ref);
}

static void all_clear(all_case *x)
{
    tensor *tensors[] = {&x->q, &x->k, &x->v, &x->weight};
    void *blocks[] = {x->a.phi_q, x->a.phi_k, x->a.state, x->a.mass, x->a.total, x->out, x->scratch, x->ref};
    for (int i = 0; i < 4; i++) tensor_free(tensors[i]);
    for (int i = 0; i < 8; i++) gat_free(blocks[i]);
}

static double loss(void *context)
{
    all_case *x = context;
    double sum = 0;
    ref_linear_attention(x->ref, x->q.ref, x->k.ref, x->v.ref, x->a.n, x->a.num_heads, x->a.width);
    for (int64_t i = 0; i < x->weight.count; i++) sum += x->weight.ref[i] * x->ref[i];
    return sum;
}

/* Scratch is the caller's and holds anything. */
static void dirty(all_case *x)
{
    for (int64_t i = 0; i < linear_attention_scratch(&x->a); i++) x->scratch[i] = 99;
}

static void run(all_case *x)
{
    for (int64_t i = 0; i < x->weight.count; i++) x->out[i] = 99;
    dirty(x);
    linear_attention_forward(x->out, &x->a, x->scratch, x->q.x, x->k.x, x->v.x);
    tensor_restart(&x->q);
    tensor_restart(&x->k);
    tensor_restart(&x->v);
    dirty(x);
    linear_attention_backward(x->q.grad, x->k.grad, x->v.grad, &x->a, x->scratch, x->weight.x, x->out, x->v.x);
}

static void differentiate(all_case *x, int64_t most)
{
    tensor_differentiate(&x->q, loss, x, most);
    tensor_differentiate(&x->k, loss, x, most);
    tensor_differentiate(&x->v, loss, x, most);
    loss(x);
}

static void test_sizes(void **state)
{
    (void)state;
    static const struct {
        int64_t n;
        int h, f;
    } sizes[] = {{1, 1, 1}, {7, 2, 3}, {9, 4, 8}, {33, 1, 17}, {20, 3, 1}, {257, 1, 4}};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        all_case x;
        all_init(&x, sizes[i].n, sizes[i].h, sizes[i].f);
        differentiate(&x, 20);
        for (FOR_VARIANTS(v)) {
            run(&x);
            assert_at_most(largest_difference(x.out, x.ref, x.weight.count), 2e-5);
            assert_at_most(tensor_error(&x.q), 1e-4);
            assert_at_most(tensor_error(&x.k), 1e-4);
            assert_at_most(tensor_error(&x.v), 1e-4);
        }
        kernels_select("auto");
        all_clear(&x);
    }
}

static void test_no_nodes(void **state)
{
    (void)state;
    all_case x;
    all_init(&x, 0, 2, 3);
    run(&x);
    all_clear(&x);
}

/* Features so low that every weight underflows give a number. */
static void test_vanishing_weights(void **state)
{
    (void)state;
    all_case x;
    all_init(&x, 5, 1, 4);
    for (int i = 0; i < 20; i++) x.q.x[i] = x.k.x[i] = -200;
    run(&x);
    for (int i = 0; i < 20; i++) assert_true(x.out[i] == 0 && x.q.grad[i] == x.q.grad[i]);
    all_clear(&x);
}

static void test_threads_give_equal_bits(void **state)
{
    (void)state;
    all_case one, more;
    all_init(&one, 700, 2, 9);
    all_init(&more, 700, 2, 9);
    size_t bytes = (size_t)one.weight.count * sizeof(float);
    parallel_set_threads(1);
    run(&one);
    for (FOR_THREADS(t)) {
        parallel_set_threads(thread_counts[t]);
        run(&more);
        assert_memory_equal(one.out, more.out, bytes);
        assert_memory_equal(one.q.grad, more.q.grad, bytes);
        assert_memory_equal(one.k.grad, more.k.grad, bytes);
        assert_memory_equal(one.v.grad, more.v.grad, bytes);
    }
    parallel_set_threads(2);
    all_clear(&one);
    all_clear(&more);
}

static void test_sign_errors_are_caught(void **state)
{
    (void)state;
    all_case x;
    all_init(&x, 6, 2, 3);
    differentiate(&x, INT64_MAX);
    run(&x);
    assert_sign_error_is_caught(&x.q, 1e-4);
    assert_sign_error_is_caught(&x.k, 1e-4);
    assert_sign_error_is_caught(&x.v, 1e-4);
    all_clear(&x);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sizes),
        cmocka_unit_test(test_no_nodes),
        cmocka_unit_test(test_vanishing_weights),
        cmocka_unit_test(test_threads_give_equal_bits),
        cmocka_unit_test(test_sign_errors_are_caught),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

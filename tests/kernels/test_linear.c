/* Matrix products and dot products per attention head against double precision. */
#include <string.h>

#include "base/memory.h"
#include "base/parallel.h"
#include "kernels/kernels.h"
#include "kernels/linear.h"
#include "ref/differences.h"
#include "ref/ref_layers.h"
#include "support/check.h"

/* y (N,H,O) = x (N,H,I) w (H,I,O) + b, h 1 for the plain product; `dot` is the product with O 1 of head_dot. */
typedef struct product {
    int64_t n, h, i, o;
    tensor x, w, b, weight;
    float *y, *scratch;
    double *ref;
} product;

static void product_init(product *p, int64_t n, int64_t h, int64_t i, int64_t o)
{
    *p = (product){.n = n, .h = h, .i = i, .o = o};
    p->x = tensor_normal(n * h * i, 1, 1);
    p->w = tensor_normal(h * i * o, 1, 2);
    p->b = tensor_normal(o, 1, 3);
    p->weight = tensor_normal(n * h * o, 1, 4);
    p->y = gat_alloc(n * h * o, sizeof(float));
    p->ref = gat_alloc(n * h * o, sizeof(double));
    p->scratch = gat_alloc(h * linear_scratch(i, o), sizeof(float));
    assert_true(p->y && p->ref && p->scratch);
}

static void product_clear(product *p)
{
    tensor_free(&p->x);
    tensor_free(&p->w);
    tensor_free(&p->b);
    tensor_free(&p->weight);
    gat_free(p->y);
    gat_free(p->ref);
    gat_free(p->scratch);
}

static double weighted(const product *p)
{
    double sum = 0;
    for (int64_t i = 0; i < p->weight.count; i++) sum += p->weight.ref[i] * p->ref[i];
    return sum;
}

static double linear_loss(void *context)
{
    product *p = context;
    ref_linear(p->ref, p->x.ref, p->w.ref, p->b.ref, p->n, p->i, p->o);
    return weighted(p);
}

static double head_linear_loss(void *context)
{
    product *p = context;
    ref_head_linear(p->ref, p->x.ref, p->w.ref, p->n, p->h, p->i, p->o);
    return weighted(p);
}

static double head_dot_loss(void *context)
{
    product *p = context;
    ref_head_dot(p->ref, p->x.ref, p->w.ref, p->n, p->h, p->i);
    return weighted(p);
}

static void restart(product *p)
{
    tensor_restart(&p->x);
    tensor_restart(&p->w);
    tensor_restart(&p->b);
    for (int64_t i = 0; i < p->n * p->h * p->o; i++) p->y[i] = 99;
}

static void run_linear(product *p)
{
    restart(p);
    linear_forward(p->y, p->x.x, p->w.x, p->b.x, p->n, p->i, p->o);
    linear_backward(p->x.grad, p->w.grad, p->b.grad, p->scratch, p->weight.x, p->x.x, p->w.x, p->n, p->i, p->o);
}

static void run_head_linear(product *p)
{
    restart(p);
    head_linear_forward(p->y, p->x.x, p->w.x, p->n, (int)p->h, p->i, p->o);
    head_linear_backward(p->x.grad, p->w.grad, p->scratch, p->weight.x, p->x.x, p->w.x, p->n, (int)p->h, p->i, p->o);
}

static void run_head_dot(product *p)
{
    restart(p);
    kernels()->head_dot_forward(p->y, p->x.x, p->w.x, p->n, (int)p->h, (int)p->i);
    kernels()->head_dot_backward(p->x.grad, p->w.grad, p->scratch, p->weight.x, p->x.x, p->w.x, p->n, (int)p->h,
                                 (int)p->i);
}

typedef void run_function(product *p);

static void check(product *p, run_function *run, ref_function *loss, bool bias)
{
    tensor_differentiate(&p->x, loss, p, 15);
    tensor_differentiate(&p->w, loss, p, 15);
    if (bias) tensor_differentiate(&p->b, loss, p, 15);
    loss(p);
    for (FOR_VARIANTS(v)) {
        run(p);
        assert_at_most(largest_difference(p->y, p->ref, p->n * p->h * p->o), 1e-5);
        assert_at_most(tensor_error(&p->x), 1e-4);
        assert_at_most(tensor_error(&p->w), 1e-4);
        if (bias) assert_at_most(tensor_error(&p->b), 1e-4);
    }
    kernels_select("auto");
}

static void test_linear(void **state)
{
    (void)state;
    static const int64_t sizes[][3] = {{1, 1, 1},   {7, 8, 9},     {9, 1, 7},    {33, 31, 32}, {255, 7, 8}, {256, 8, 7},
                                       {257, 9, 1}, {600, 16, 33}, {40, 257, 3}, {16, 3, 257}, {0, 4, 4}};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        product p;
        product_init(&p, sizes[i][0], 1, sizes[i][1], sizes[i][2]);
        check(&p, run_linear, linear_loss, true);
        product_clear(&p);
    }
}

static void test_head_linear(void **state)
{
    (void)state;
    static const int64_t sizes[][4] = {{1, 1, 1, 1},   {9, 2, 7, 8},     {33, 4, 8, 8},
                                       {257, 2, 9, 5}, {300, 1, 31, 33}, {0, 2, 3, 3}};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        product p;
        product_init(&p, sizes[i][0], sizes[i][1], sizes[i][2], sizes[i][3]);
        check(&p, run_head_linear, head_linear_loss, false);
        product_clear(&p);
    }
}

static void test_head_dot(void **state)
{
    (void)state;
    static const int64_t sizes[][3] = {{1, 1, 1},   {9, 2, 7},   {33, 4, 8},  {17, 1, 9}, {40, 2, 31},
                                       {40, 2, 32}, {40, 2, 33}, {5, 1, 257}, {0, 1, 4}};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        product p;
        product_init(&p, sizes[i][0], sizes[i][1], sizes[i][2], 1);
        check(&p, run_head_dot, head_dot_loss, false);
        product_clear(&p);
    }
}

static void test_optional_gradients(void **state)
{
    (void)state;
    product all, some;
    product_init(&all, 40, 1, 5, 6);
    product_init(&some, 40, 1, 5, 6);
    run_linear(&all);
    restart(&some);
    linear_backward(some.x.grad, NULL, NULL, NULL, some.weight.x, some.x.x, some.w.x, 40, 5, 6);
    linear_backward(NULL, some.w.grad, NULL, some.scratch, some.weight.x, some.x.x, some.w.x, 40, 5, 6);
    linear_backward(NULL, NULL, some.b.grad, some.scratch, some.weight.x, some.x.x, some.w.x, 40, 5, 6);
    assert_memory_equal(all.x.grad, some.x.grad, 40 * 5 * sizeof(float));
    assert_memory_equal(all.w.grad, some.w.grad, 5 * 6 * sizeof(float));
    assert_memory_equal(all.b.grad, some.b.grad, 6 * sizeof(float));
    memset(some.b.x, 0, 6 * sizeof(float));
    linear_forward(all.y, all.x.x, all.w.x, NULL, 40, 5, 6);
    linear_forward(some.y, some.x.x, some.w.x, some.b.x, 40, 5, 6);
    assert_memory_equal(all.y, some.y, 40 * 6 * sizeof(float));
    product_clear(&all);
    product_clear(&some);
}

static void assert_equal_bits(const product *a, const product *b)
{
    assert_memory_equal(a->y, b->y, (size_t)a->weight.count * sizeof(float));
    assert_memory_equal(a->x.grad, b->x.grad, (size_t)a->x.count * sizeof(float));
    assert_memory_equal(a->w.grad, b->w.grad, (size_t)a->w.count * sizeof(float));
    assert_memory_equal(a->b.grad, b->b.grad, (size_t)a->b.count * sizeof(float));
}

static void test_threads_give_equal_bits(void **state)
{
    (void)state;
    static const struct {
        run_function *run;
        int64_t h, o;
    } cases[] = {{run_linear, 1, 40}, {run_head_linear, 3, 40}, {run_head_dot, 3, 1}};
    for (int i = 0; i < 3; i++) {
        product one, more;
        product_init(&one, 2100, cases[i].h, 50, cases[i].o);
        product_init(&more, 2100, cases[i].h, 50, cases[i].o);
        parallel_set_threads(1);
        cases[i].run(&one);
        for (FOR_THREADS(t)) {
            parallel_set_threads(thread_counts[t]);
            cases[i].run(&more);
            assert_equal_bits(&one, &more);
        }
        product_clear(&one);
        product_clear(&more);
    }
    parallel_set_threads(2);
}

static void test_sign_errors_are_caught(void **state)
{
    (void)state;
    product p;
    product_init(&p, 9, 1, 5, 6);
    tensor_differentiate(&p.w, linear_loss, &p, INT64_MAX);
    run_linear(&p);
    assert_sign_error_is_caught(&p.w, 1e-4);
    product_clear(&p);
}

/* Operands lie inside larger arrays and are read as they are or transposed; beta keeps or drops what was there. */
static void test_matmul(void **state)
{
    (void)state;
    enum { M = 7, N = 9, K = 5, WIDE = 12 };
    tensor a = tensor_normal(WIDE * WIDE, 1, 1), b = tensor_normal(WIDE * WIDE, 1, 2);
    for (int i = 0; i < 8; i++) {
        bool ta = i & 1, tb = i & 2;
        float c[M * WIDE], beta = i & 4 ? 1.0f : 0.0f;
        for (int j = 0; j < M * WIDE; j++) c[j] = 3;
        matmul(c, a.x, b.x, M, N, K, ta, tb, WIDE, WIDE, WIDE, beta);
        for (int row = 0; row < M; row++)
            for (int col = 0; col < WIDE; col++) {
                double sum = col < N ? 3 * (double)beta : 3;
                for (int k = 0; k < K && col < N; k++)
                    sum += a.ref[ta ? k * WIDE + row : row * WIDE + k] * b.ref[tb ? col * WIDE + k : k * WIDE + col];
                assert_float_equal(c[row * WIDE + col], (float)sum, 1e-5f);
            }
    }
    tensor_free(&a);
    tensor_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_linear),
        cmocka_unit_test(test_head_linear),
        cmocka_unit_test(test_head_dot),
        cmocka_unit_test(test_optional_gradients),
        cmocka_unit_test(test_matmul),
        cmocka_unit_test(test_threads_give_equal_bits),
        cmocka_unit_test(test_sign_errors_are_caught),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

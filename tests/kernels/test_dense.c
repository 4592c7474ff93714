/* The linear map of queries against double precision: gradients, rows that do not feel each other, threads. */
#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "base/parallel.h"
#include "kernels/dense.h"
#include "kernels/kernels.h"
#include "ref/differences.h"
#include "support/check.h"

typedef struct dense_case {
    int64_t n, i, o;
    tensor x, w, b, weight;
    float *y;
} dense_case;

static void case_init(dense_case *c, int64_t n, int64_t i, int64_t o)
{
    *c = (dense_case){.n = n, .i = i, .o = o};
    c->x = tensor_normal(n * i, 1, 1);
    c->w = tensor_normal(o * i, 1, 2);
    c->b = tensor_normal(o, 1, 3);
    c->weight = tensor_normal(n * o, 1, 4);
    c->y = gat_calloc(n * o, sizeof *c->y);
    assert_non_null(c->y);
}

static void case_clear(dense_case *c)
{
    tensor_free(&c->x);
    tensor_free(&c->w);
    tensor_free(&c->b);
    tensor_free(&c->weight);
    gat_free(c->y);
}

static double element(const dense_case *c, int64_t r, int64_t j)
{
    double sum = c->b.ref[j];
    for (int64_t k = 0; k < c->i; k++) sum += c->x.ref[r * c->i + k] * c->w.ref[j * c->i + k];
    return sum;
}

static double loss(void *context)
{
    const dense_case *c = context;
    double sum = 0;
    for (int64_t r = 0; r < c->n; r++)
        for (int64_t j = 0; j < c->o; j++) sum += c->weight.ref[r * c->o + j] * element(c, r, j);
    return sum;
}

static void run(dense_case *c)
{
    tensor_restart(&c->x);
    tensor_restart(&c->w);
    tensor_restart(&c->b);
    dense_forward(c->y, c->x.x, c->w.x, c->b.x, c->n, c->i, c->o);
    dense_backward(c->x.grad, c->w.grad, c->b.grad, c->weight.x, c->x.x, c->w.x, c->n, c->i, c->o);
}

static void differentiate(dense_case *c, int64_t most)
{
    tensor_differentiate(&c->x, loss, c, most);
    tensor_differentiate(&c->w, loss, c, most);
    tensor_differentiate(&c->b, loss, c, most);
}

static void test_shapes(void **state)
{
    (void)state;
    static const int64_t shapes[][3] = {{0, 3, 4},   {1, 1, 1},   {7, 8, 9},    {9, 7, 31},
                                        {33, 32, 7}, {3, 5, 257}, {129, 4, 33}, {2, 300, 5}};
    for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++) {
        dense_case c;
        case_init(&c, shapes[s][0], shapes[s][1], shapes[s][2]);
        differentiate(&c, 8);
        for (FOR_VARIANTS(v)) {
            run(&c);
            for (int64_t k = 0; k < c.n * c.o; k++)
                assert_at_most(fabs((double)c.y[k] - element(&c, k / c.o, k % c.o)), 1e-4 * sqrt((double)c.i));
            assert_at_most(tensor_error(&c.x), 1e-4);
            assert_at_most(tensor_error(&c.w), 1e-4);
            assert_at_most(tensor_error(&c.b), 1e-4);
        }
        kernels_select("auto");
        case_clear(&c);
    }
}

static void test_without_bias(void **state)
{
    (void)state;
    dense_case c;
    case_init(&c, 5, 6, 7);
    memset(c.b.ref, 0, 7 * sizeof *c.b.ref);
    dense_forward(c.y, c.x.x, c.w.x, NULL, 5, 6, 7);
    dense_backward(c.x.grad, c.w.grad, NULL, c.weight.x, c.x.x, c.w.x, 5, 6, 7);
    differentiate(&c, INT64_MAX);
    for (int64_t k = 0; k < 35; k++) assert_at_most(fabs((double)c.y[k] - element(&c, k / 7, k % 7)), 1e-5);
    assert_sign_error_is_caught(&c.x, 1e-4);
    assert_sign_error_is_caught(&c.w, 1e-4);
    case_clear(&c);
}

static void test_rows_alone(void **state)
{
    (void)state;
    dense_case c;
    case_init(&c, 300, 70, 131);
    run(&c);
    for (int64_t r = 0; r < c.n; r += 17) {
        float y[131];
        dense_forward(y, c.x.x + r * c.i, c.w.x, c.b.x, 1, c.i, c.o);
        assert_memory_equal(y, c.y + r * c.o, sizeof y);
    }
    case_clear(&c);
}

static void test_threads_give_equal_bits(void **state)
{
    (void)state;
    dense_case one, more;
    case_init(&one, 300, 140, 270);
    case_init(&more, 300, 140, 270);
    parallel_set_threads(1);
    run(&one);
    for (FOR_THREADS(t)) {
        parallel_set_threads(thread_counts[t]);
        run(&more);
        assert_memory_equal(one.y, more.y, 300 * 270 * sizeof(float));
        assert_memory_equal(one.x.grad, more.x.grad, (size_t)one.x.count * sizeof(float));
        assert_memory_equal(one.w.grad, more.w.grad, (size_t)one.w.count * sizeof(float));
        assert_memory_equal(one.b.grad, more.b.grad, (size_t)one.b.count * sizeof(float));
    }
    parallel_set_threads(2);
    case_clear(&one);
    case_clear(&more);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_shapes),
        cmocka_unit_test(test_without_bias),
        cmocka_unit_test(test_rows_alone),
        cmocka_unit_test(test_threads_give_equal_bits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

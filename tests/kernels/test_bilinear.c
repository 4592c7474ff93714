/* A matrix per slot against double precision: slots empty, single and long, gradients, rows that do not feel each other. */
#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "base/parallel.h"
#include "base/random.h"
#include "kernels/bilinear.h"
#include "kernels/kernels.h"
#include "ref/differences.h"
#include "support/check.h"

typedef struct bilinear_case {
    int64_t b, d, slots;
    bool transposed;
    tensor x, m, weight;
    int32_t *slot;
    int64_t *work;
    float *y, *sorted, *scratch;
} bilinear_case;

/* Slot 1 is never asked for; slot 0 gets half of the rows. */
static void case_init(bilinear_case *c, int64_t b, int64_t d, int64_t slots)
{
    *c = (bilinear_case){.b = b, .d = d, .slots = slots};
    c->x = tensor_normal(b * d, 1, 1);
    c->m = tensor_normal(slots * d * d, 1, 2);
    c->weight = tensor_normal(b * d, 1, 3);
    c->slot = gat_calloc(b, sizeof *c->slot);
    c->work = gat_calloc(bilinear_plan_size(b, slots), sizeof *c->work);
    c->y = gat_calloc(b * d, sizeof(float));
    c->sorted = gat_calloc(b * d, sizeof(float));
    c->scratch = gat_calloc(2 * b * d, sizeof(float));
    assert_true(c->slot && c->work && c->y && c->sorted && c->scratch);
    for (int64_t j = 0; j < b; j++) {
        int64_t s = random_below(5, 1, (uint64_t)j, 2 * slots);
        c->slot[j] = (int32_t)(s >= slots || s == 1 ? 0 : s);
    }
}

static void case_clear(bilinear_case *c)
{
    tensor_free(&c->x);
    tensor_free(&c->m);
    tensor_free(&c->weight);
    gat_free(c->slot);
    gat_free(c->work);
    gat_free(c->y);
    gat_free(c->sorted);
    gat_free(c->scratch);
}

static double element(const bilinear_case *c, int64_t j, int64_t i)
{
    double sum = 0;
    for (int64_t k = 0; k < c->d; k++) {
        int64_t row = c->transposed ? k : i, col = c->transposed ? i : k;
        sum += c->m.ref[(c->slot[j] * c->d + row) * c->d + col] * c->x.ref[j * c->d + k];
    }
    return sum;
}

static double loss(void *context)
{
    const bilinear_case *c = context;
    double sum = 0;
    for (int64_t j = 0; j < c->b; j++)
        for (int64_t i = 0; i < c->d; i++) sum += c->weight.ref[j * c->d + i] * element(c, j, i);
    return sum;
}

static void run(bilinear_case *c)
{
    bilinear_plan plan = bilinear_plan_make(c->work, c->slot, c->b, c->slots);
    plan.transposed = c->transposed;
    tensor_restart(&c->x);
    tensor_restart(&c->m);
    bilinear_forward(c->y, c->sorted, c->scratch, c->x.x, c->m.x, &plan, c->d);
    bilinear_backward(c->x.grad, c->m.grad, c->scratch, c->weight.x, c->sorted, c->m.x, &plan, c->d);
}

static void check(int64_t b, int64_t d, int64_t slots, bool transposed)
{
    bilinear_case c;
    case_init(&c, b, d, slots);
    c.transposed = transposed;
    tensor_differentiate(&c.x, loss, &c, 12);
    tensor_differentiate(&c.m, loss, &c, 40);
    for (FOR_VARIANTS(v)) {
        run(&c);
        for (int64_t i = 0; i < b * d; i += 1 + b * d / 100)
            assert_at_most(fabs((double)c.y[i] - element(&c, i / d, i % d)), 1e-4 * sqrt((double)d));
        assert_at_most(tensor_error(&c.x), 1e-4);
        assert_at_most(tensor_error(&c.m), 1e-4);
    }
    kernels_select("auto");
    case_clear(&c);
}

static void test_shapes(void **state)
{
    (void)state;
    static const int64_t widths[] = {1, 7, 8, 9, 31, 32, 33, 130};
    for (int i = 0; i < 8; i++) check(1 + 20 * i, widths[i], 2 + i, i % 2);
    for (int i = 0; i < 2; i++) {
        check(0, 8, 3, i);
        check(9, 33, 3, i);
        check(200, 4, 1, i);
    }
}

static void test_sign_errors_are_caught(void **state)
{
    (void)state;
    for (int transposed = 0; transposed < 2; transposed++) {
        bilinear_case c;
        case_init(&c, 9, 4, 3);
        c.transposed = transposed;
        tensor_differentiate(&c.x, loss, &c, INT64_MAX);
        tensor_differentiate(&c.m, loss, &c, INT64_MAX);
        run(&c);
        assert_sign_error_is_caught(&c.x, 1e-4);
        assert_sign_error_is_caught(&c.m, 1e-4);
        case_clear(&c);
    }
}

/* A row alone has the bits it has among others. */
static void test_rows_alone(void **state)
{
    (void)state;
    bilinear_case c;
    case_init(&c, 150, 34, 3);
    run(&c);
    for (int64_t j = 0; j < c.b; j += 13) {
        float y[34], sorted[34], scratch[34];
        bilinear_plan plan = bilinear_plan_make(c.work, c.slot + j, 1, c.slots);
        bilinear_forward(y, sorted, scratch, c.x.x + j * c.d, c.m.x, &plan, c.d);
        assert_memory_equal(y, c.y + j * c.d, sizeof y);
    }
    case_clear(&c);
}

static void test_threads_give_equal_bits(void **state)
{
    (void)state;
    bilinear_case one, more;
    case_init(&one, 500, 70, 5);
    case_init(&more, 500, 70, 5);
    one.transposed = more.transposed = true;
    parallel_set_threads(1);
    run(&one);
    for (FOR_THREADS(t)) {
        parallel_set_threads(thread_counts[t]);
        run(&more);
        assert_memory_equal(one.y, more.y, 500 * 70 * sizeof(float));
        assert_memory_equal(one.x.grad, more.x.grad, (size_t)one.x.count * sizeof(float));
        assert_memory_equal(one.m.grad, more.m.grad, (size_t)one.m.count * sizeof(float));
    }
    parallel_set_threads(2);
    case_clear(&one);
    case_clear(&more);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_shapes),
        cmocka_unit_test(test_sign_errors_are_caught),
        cmocka_unit_test(test_rows_alone),
        cmocka_unit_test(test_threads_give_equal_bits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

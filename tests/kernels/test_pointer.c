/* Pointing back against its reference. */
#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "base/parallel.h"
#include "kernels/kernels.h"
#include "kernels/pointer.h"
#include "ref/differences.h"
#include "support/check.h"

enum { COLS = 7, MOST_ROWS = 40 };

typedef struct pointer_case {
    int64_t first[3], place[3], d;
    causal_rows rows;
    range_targets targets;
    int32_t low[MOST_ROWS], high[MOST_ROWS], name[MOST_ROWS];
    tensor qk, weight; /* (N,2D); (N,COLS) */
    float *logit, *scratch;
    double *ref;
} pointer_case;

static void case_init(pointer_case *x, int64_t a, int64_t b, int64_t d)
{
    int64_t n = a + b;
    *x = (pointer_case){.first = {0, a, n}, .place = {0, a * a, a * a + b * b}, .d = d};
    x->rows = (causal_rows){2, x->first, x->place};
    x->targets = (range_targets){n, x->low, x->high, NULL};
    for (int64_t i = 0; i < n; i++) {
        x->low[i] = i % 3 ? 0 : 4;
        x->high[i] = i % 3 ? 5 : COLS;
        x->name[i] = (int32_t)(i * i % COLS);
    }
    x->qk = tensor_normal(n * 2 * d, 1, 1);
    x->weight = tensor_normal(n * COLS, 1, 2);
    x->logit = gat_calloc(n * COLS, sizeof *x->logit);
    x->scratch = gat_calloc(x->place[2], sizeof *x->scratch);
    x->ref = gat_calloc(n * COLS, sizeof *x->ref);
    assert_true(x->logit && x->scratch && x->ref);
}

static void case_clear(pointer_case *x)
{
    tensor_free(&x->qk);
    tensor_free(&x->weight);
    gat_free(x->logit);
    gat_free(x->scratch);
    gat_free(x->ref);
}

static double loss(void *context)
{
    pointer_case *x = context;
    double sum = 0;
    memset(x->ref, 0, (size_t)x->weight.count * sizeof *x->ref);
    for (int g = 0; g < 2; g++)
        for (int64_t i = x->first[g]; i < x->first[g + 1]; i++)
            for (int64_t j = x->first[g]; j <= i; j++) {
                double s = 0;
                for (int64_t c = 0; c < x->d; c++)
                    s += x->qk.ref[i * 2 * x->d + c] * x->qk.ref[j * 2 * x->d + x->d + c];
                if (x->name[j] >= x->low[i] && x->name[j] < x->high[i])
                    x->ref[i * COLS + x->name[j]] += s / sqrt((double)x->d);
            }
    for (int64_t i = 0; i < x->weight.count; i++) {
        x->ref[i] += 1;
        sum += x->weight.ref[i] * x->ref[i];
    }
    return sum;
}

/* It adds to logits; scratch holds anything. */
static void run(pointer_case *x)
{
    for (int64_t i = 0; i < x->weight.count; i++) x->logit[i] = 1;
    for (int64_t i = 0; i < x->place[2]; i++) x->scratch[i] = 99;
    pointer_forward(x->logit, x->scratch, x->qk.x, &x->rows, &x->targets, x->name, COLS, x->d);
    tensor_restart(&x->qk);
    pointer_backward(x->qk.grad, x->scratch, x->weight.x, x->qk.x, &x->rows, &x->targets, x->name, COLS, x->d);
}

static void test_sizes(void **state)
{
    (void)state;
    static const int64_t sizes[][3] = {{1, 1, 1}, {7, 9, 8}, {32, 8, 33}, {31, 1, 4}};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        pointer_case x;
        case_init(&x, sizes[i][0], sizes[i][1], sizes[i][2]);
        tensor_differentiate(&x.qk, loss, &x, 40);
        loss(&x);
        for (FOR_VARIANTS(v)) {
            run(&x);
            assert_at_most(largest_difference(x.logit, x.ref, x.weight.count), 2e-5);
            assert_at_most(tensor_error(&x.qk), 1e-4);
        }
        kernels_select("auto");
        case_clear(&x);
    }
}

static void test_threads_give_equal_bits(void **state)
{
    (void)state;
    pointer_case one, more;
    case_init(&one, 20, 13, 16);
    case_init(&more, 20, 13, 16);
    parallel_set_threads(1);
    run(&one);
    for (FOR_THREADS(t)) {
        parallel_set_threads(thread_counts[t]);
        run(&more);
        assert_memory_equal(one.logit, more.logit, (size_t)one.weight.count * sizeof(float));
        assert_memory_equal(one.qk.grad, more.qk.grad, (size_t)one.qk.count * sizeof(float));
    }
    parallel_set_threads(2);
    case_clear(&one);
    case_clear(&more);
}

static void test_sign_errors_are_caught(void **state)
{
    (void)state;
    pointer_case x;
    case_init(&x, 5, 3, 2);
    tensor_differentiate(&x.qk, loss, &x, INT64_MAX);
    run(&x);
    assert_sign_error_is_caught(&x.qk, 1e-4);
    case_clear(&x);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sizes),
        cmocka_unit_test(test_threads_give_equal_bits),
        cmocka_unit_test(test_sign_errors_are_caught),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Causal attention inside sequences against its reference, which goes through the pairs one by one. */
#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "base/parallel.h"
#include "kernels/causal_attention.h"
#include "kernels/kernels.h"
#include "ref/differences.h"
#include "support/check.h"

enum { MOST_SEQUENCES = 8 };

typedef struct causal_case {
    causal_rows rows;
    int64_t first[MOST_SEQUENCES + 1], place[MOST_SEQUENCES + 1], d;
    int heads;
    tensor qkv, weight;
    float *out, *alpha, *scratch;
    double *ref;
} causal_case;

static void case_init(causal_case *x, const int64_t *lengths, int64_t count, int64_t d, int heads)
{
    *x = (causal_case){.d = d, .heads = heads};
    for (int64_t g = 0; g < count; g++) {
        x->first[g + 1] = x->first[g] + lengths[g];
        x->place[g + 1] = x->place[g] + lengths[g] * lengths[g];
    }
    int64_t n = x->first[count];
    x->rows = (causal_rows){count, x->first, x->place};
    x->qkv = tensor_normal(n * 3 * d, 1, 1);
    x->weight = tensor_normal(n * d, 1, 2);
    x->out = gat_calloc(n * d, sizeof *x->out);
    x->alpha = gat_calloc(causal_weights(&x->rows, heads), sizeof *x->alpha);
    x->scratch = gat_calloc(causal_weights(&x->rows, heads), sizeof *x->scratch);
    x->ref = gat_calloc(n * d, sizeof *x->ref);
    assert_true(x->out && x->alpha && x->scratch && x->ref);
}

static void case_clear(causal_case *x)
{
    tensor_free(&x->qkv);
    tensor_free(&x->weight);
    gat_free(x->out);
    gat_free(x->alpha);
    gat_free(x->scratch);
    gat_free(x->ref);
}

/* Row i of the sequence that begins at `first`, for one head. */
static void ref_row(const causal_case *x, int64_t first, int64_t i, int64_t column)
{
    int64_t d = x->d, f = d / x->heads;
    const double *q = x->qkv.ref + i * 3 * d + column;
    double sum = 0, *out = x->ref + i * d + column;
    for (int64_t c = 0; c < f; c++) out[c] = 0;
    for (int64_t j = first; j <= i; j++) {
        const double *k = x->qkv.ref + j * 3 * d + d + column, *v = k + d;
        double s = 0;
        for (int64_t c = 0; c < f; c++) s += q[c] * k[c];
        double e = exp(s / sqrt((double)f));
        sum += e;
        for (int64_t c = 0; c < f; c++) out[c] += e * v[c];
    }
    for (int64_t c = 0; c < f; c++) out[c] /= sum;
}

static double loss(void *context)
{
    causal_case *x = context;
    double sum = 0;
    for (int64_t g = 0; g < x->rows.count; g++)
        for (int64_t i = x->first[g]; i < x->first[g + 1]; i++)
            for (int64_t column = 0; column < x->d; column += x->d / x->heads) ref_row(x, x->first[g], i, column);
    for (int64_t i = 0; i < x->weight.count; i++) sum += x->weight.ref[i] * x->ref[i];
    return sum;
}

/* What the caller brings holds anything. */
static void run(causal_case *x)
{
    int64_t weights = causal_weights(&x->rows, x->heads);
    for (int64_t i = 0; i < x->weight.count; i++) x->out[i] = 99;
    for (int64_t i = 0; i < weights; i++) x->alpha[i] = x->scratch[i] = 99;
    causal_forward(x->out, x->alpha, x->qkv.x, &x->rows, x->d, x->heads);
    tensor_restart(&x->qkv);
    causal_backward(x->qkv.grad, x->scratch, x->weight.x, x->alpha, x->qkv.x, &x->rows, x->d, x->heads);
}

static void test_sizes(void **state)
{
    (void)state;
    static const struct {
        int64_t length[3], count, d;
        int heads;
    } sizes[] = {{{1}, 1, 1, 1}, {{7, 1, 9}, 3, 6, 2}, {{31, 4, 8}, 3, 32, 4}, {{33, 32}, 2, 17, 1}, {{100}, 1, 8, 8}};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        causal_case x;
        case_init(&x, sizes[i].length, sizes[i].count, sizes[i].d, sizes[i].heads);
        tensor_differentiate(&x.qkv, loss, &x, 40);
        loss(&x);
        for (FOR_VARIANTS(v)) {
            run(&x);
            assert_at_most(largest_difference(x.out, x.ref, x.weight.count), 2e-5);
            assert_at_most(tensor_error(&x.qkv), 1e-4);
        }
        kernels_select("auto");
        case_clear(&x);
    }
}

/* What comes later, or stands in another sequence, does not change a row by a bit. */
static void test_rows_see_what_is_before(void **state)
{
    (void)state;
    static const int64_t lengths[] = {5, 9, 4};
    causal_case x, y;
    case_init(&x, lengths, 3, 8, 2);
    case_init(&y, lengths, 3, 8, 2);
    const int64_t changed = 5 + 6;
    for (int64_t c = 0; c < 24; c++) y.qkv.x[changed * 24 + c] += 3;
    run(&x);
    run(&y);
    assert_memory_equal(x.out, y.out, (size_t)changed * 8 * sizeof(float));
    assert_memory_equal(x.out + 14 * 8, y.out + 14 * 8, 4 * 8 * sizeof(float));
    for (int64_t i = changed; i < 14; i++) assert_memory_not_equal(x.out + i * 8, y.out + i * 8, 8 * sizeof(float));
    case_clear(&x);
    case_clear(&y);
}

static void test_threads_give_equal_bits(void **state)
{
    (void)state;
    static const int64_t lengths[] = {31, 1, 16, 10, 22, 31, 4, 13};
    causal_case one, more;
    case_init(&one, lengths, 8, 16, 4);
    case_init(&more, lengths, 8, 16, 4);
    parallel_set_threads(1);
    run(&one);
    for (FOR_THREADS(t)) {
        parallel_set_threads(thread_counts[t]);
        run(&more);
        assert_memory_equal(one.out, more.out, (size_t)one.weight.count * sizeof(float));
        assert_memory_equal(one.qkv.grad, more.qkv.grad, (size_t)one.qkv.count * sizeof(float));
    }
    parallel_set_threads(2);
    case_clear(&one);
    case_clear(&more);
}

static void test_sign_errors_are_caught(void **state)
{
    (void)state;
    static const int64_t lengths[] = {4, 2};
    causal_case x;
    case_init(&x, lengths, 2, 4, 2);
    tensor_differentiate(&x.qkv, loss, &x, INT64_MAX);
    run(&x);
    assert_sign_error_is_caught(&x.qkv, 1e-4);
    case_clear(&x);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sizes),
        cmocka_unit_test(test_rows_see_what_is_before),
        cmocka_unit_test(test_threads_give_equal_bits),
        cmocka_unit_test(test_sign_errors_are_caught),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

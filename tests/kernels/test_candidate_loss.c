/* The loss against candidates: against double precision, against the loss over all, and what masks hide. */
#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "base/parallel.h"
#include "base/random.h"
#include "kernels/kernels.h"
#include "ref/differences.h"
#include "ref/ref_candidates.h"
#include "support/check.h"

enum { MOST_ANSWERS = 3, MOST_MASKED = 4 };

typedef struct loss_case {
    int64_t k, b, d;
    tensor q, x;
    int64_t *first, *masked_first;
    int32_t *answer, *masked;
    float *log_chance, *answer_weight, *work;
    gat_rows rows;
    gat_candidates candidates;
    ref_loss loss;
} loss_case;

/* Row j has a few answers from place j on, and as many masked candidates behind them. */
static void fill_rows(loss_case *c)
{
    for (int64_t j = 0; j < c->b; j++) {
        int64_t answers = 1 + j % MOST_ANSWERS < c->k ? 1 + j % MOST_ANSWERS : c->k, masked = j % MOST_MASKED;
        if (answers + masked > c->k) masked = c->k - answers;
        c->first[j + 1] = c->first[j] + answers;
        c->masked_first[j + 1] = c->masked_first[j] + masked;
        for (int64_t i = 0; i < answers; i++) c->answer[c->first[j] + i] = (int32_t)((j + i) % c->k);
        for (int64_t i = 0; i < masked; i++) c->masked[c->masked_first[j] + i] = (int32_t)((j + answers + i) % c->k);
    }
}

static void case_init(loss_case *c, int64_t k, int64_t b, int64_t d, gat_loss kind, gat_comparator compare,
                      double smoothing)
{
    *c = (loss_case){.k = k, .b = b, .d = d};
    double scale = pow((double)d, -0.25);
    c->q = tensor_normal(b * d, scale, 1);
    c->x = tensor_normal(k * d, scale, 2);
    c->first = gat_calloc(b + 1, sizeof *c->first);
    c->masked_first = gat_calloc(b + 1, sizeof *c->masked_first);
    c->answer = gat_calloc(MOST_ANSWERS * b, sizeof *c->answer);
    c->masked = gat_calloc(MOST_MASKED * b, sizeof *c->masked);
    c->log_chance = gat_calloc(k, sizeof *c->log_chance);
    assert_true(c->first && c->masked_first && c->answer && c->masked && c->log_chance);
    fill_rows(c);
    for (int64_t i = 0; i < k; i++)
        c->log_chance[i] = i % 4 ? logf(random_uniform(9, 9, (uint64_t)i) * 0.9f + 0.1f) : 0;
    c->rows = (gat_rows){b, c->first, c->answer};
    c->candidates = (gat_candidates){k, 3 * k, c->log_chance, c->masked_first, c->masked};
    c->loss = (ref_loss){kind, compare, smoothing, (double)c->first[b] + 0.5, true, NULL};
    c->work = gat_alloc(loss_candidates_work_size(k, c->first[b], d), sizeof(float));
    assert_non_null(c->work);
}

/* Every loss with every comparator, with and without smoothing where it has it, with answers of unequal weight. */
enum { KINDS = 10 };

static void case_of_kind(loss_case *c, int64_t k, int64_t b, int64_t d, int how)
{
    bool filtered = how >= 8;
    case_init(c, k, b, d, filtered ? GAT_LOSS_FILTERED_CE : (gat_loss)(how & 1),
              (gat_comparator)(filtered ? how & 1 : how >> 1 & 1), how & 4 ? 0.2 : 0);
    if (how & 1) return;
    c->loss.answer_weight = c->answer_weight = gat_calloc(k, sizeof *c->answer_weight);
    assert_non_null(c->answer_weight);
    for (int64_t i = 0; i < k; i++) c->answer_weight[i] = 0.2f + (float)(i % 7) * 0.2f;
}

static void case_clear(loss_case *c)
{
    tensor_free(&c->q);
    tensor_free(&c->x);
    gat_free(c->first);
    gat_free(c->masked_first);
    gat_free(c->answer);
    gat_free(c->masked);
    gat_free(c->log_chance);
    gat_free(c->answer_weight);
    gat_free(c->work);
}

static double reference(void *context)
{
    loss_case *c = context;
    return ref_candidates(c->q.ref, c->x.ref, &c->rows, &c->candidates, c->d, &c->loss);
}

static gat_loss_options options_of(const loss_case *c)
{
    return (gat_loss_options){.kind = c->loss.kind,
                              .compare = c->loss.compare,
                              .smoothing = (float)c->loss.smoothing,
                              .total = c->loss.total,
                              .answer_weight = c->loss.answer_weight};
}

static double run(loss_case *c)
{
    tensor_restart(&c->q);
    tensor_restart(&c->x);
    gat_loss_options how = options_of(c);
    return loss_candidates(c->q.grad, c->x.grad, c->work, c->q.x, c->x.x, &c->rows, &c->candidates, c->d, &how);
}

/* As in test_loss.c. */
static void check(loss_case *c)
{
    double tolerance = c->loss.compare == GAT_COMPARE_DISTANCE && c->d < 7 ? 1e-3 : 1e-4;
    tensor_differentiate(&c->q, reference, c, 25);
    tensor_differentiate(&c->x, reference, c, 25);
    c->loss.whole = false;
    double right = reference(c);
    for (FOR_VARIANTS(v)) {
        assert_at_most(fabs(run(c) - right), 1e-5 * fmax(1, fabs(right)));
        assert_at_most(tensor_error(&c->q), tolerance);
        assert_at_most(tensor_error(&c->x), tolerance);
    }
    kernels_select("auto");
}

static void test_losses(void **state)
{
    (void)state;
    static const int64_t sizes[][3] = {{2, 1, 1},    {7, 7, 8},    {9, 8, 7},    {31, 70, 9},
                                       {33, 33, 16}, {255, 2, 31}, {257, 7, 32}, {40, 3, 257}};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        for (int how = 0; how < KINDS; how++) {
            loss_case c;
            case_of_kind(&c, sizes[i][0], sizes[i][1], sizes[i][2], how);
            check(&c);
            case_clear(&c);
        }
}

static void test_every_element(void **state)
{
    (void)state;
    for (int how = 0; how < KINDS; how++) {
        loss_case c;
        case_of_kind(&c, 12, 5, 7, how);
        tensor_differentiate(&c.q, reference, &c, INT64_MAX);
        tensor_differentiate(&c.x, reference, &c, INT64_MAX);
        run(&c);
        assert_sign_error_is_caught(&c.q, 1e-4);
        assert_sign_error_is_caught(&c.x, 1e-4);
        case_clear(&c);
    }
}

static double over_all(loss_case *c)
{
    gat_loss_options how = options_of(c);
    float *work = gat_alloc(loss_work_size(c->k, c->b, c->d, c->rows.first[c->b], &how), sizeof *work);
    assert_non_null(work);
    tensor_restart(&c->q);
    tensor_restart(&c->x);
    double loss = loss_one_vs_all(c->q.grad, c->x.grad, work, c->q.x, c->x.x, &c->rows, c->k, c->d, &how);
    gat_free(work);
    return loss;
}

static float *copy_of(const float *x, int64_t n)
{
    float *copy = gat_alloc(n, sizeof *copy);
    assert_non_null(copy);
    memcpy(copy, x, (size_t)n * sizeof *copy);
    return copy;
}

static void assert_close(const float *a, const float *b, int64_t n)
{
    for (int64_t i = 0; i < n; i++) assert_at_most(fabsf(a[i] - b[i]), 2e-6);
}

/* Every entity a candidate for certain. */
static void test_all_entities(void **state)
{
    (void)state;
    for (int how = 0; how < KINDS; how++) {
        loss_case c;
        case_of_kind(&c, 300, 90, 16, how);
        memset(c.log_chance, 0, (size_t)c.k * sizeof *c.log_chance);
        memset(c.masked_first, 0, (size_t)(c.b + 1) * sizeof *c.masked_first);
        c.candidates.num_entities = c.k;
        double right = over_all(&c), tolerance = 1e-5 * fabs(right);
        float *dq = copy_of(c.q.grad, c.q.count), *dx = copy_of(c.x.grad, c.x.count);
        assert_at_most(fabs(run(&c) - right), tolerance);
        assert_close(c.q.grad, dq, c.q.count);
        assert_close(c.x.grad, dx, c.x.count);
        gat_free(dq);
        gat_free(dx);
        case_clear(&c);
    }
}

/* A candidate that every row masks is not there. */
static void test_masked_is_not_there(void **state)
{
    (void)state;
    for (int how = 0; how < KINDS; how++) {
        loss_case c;
        case_of_kind(&c, 50, 4, 8, how);
        for (int32_t j = 0; j < 4; j++) c.masked_first[j] = j, c.masked[j] = 40;
        c.masked_first[4] = 4;
        double before = run(&c);
        for (int64_t i = 0; i < c.d; i++) {
            assert_true(c.x.grad[40 * c.d + i] == GRADIENT_START);
            c.x.x[40 * c.d + i] = 9;
        }
        float *dq = copy_of(c.q.grad, c.q.count);
        assert_true(run(&c) == before);
        assert_memory_equal(dq, c.q.grad, (size_t)c.q.count * sizeof *dq);
        gat_free(dq);
        case_clear(&c);
    }
}

static void test_threads(void **state)
{
    (void)state;
    for (int how = 0; how < KINDS; how++) {
        loss_case c;
        case_of_kind(&c, 300, 200, 24, how);
        parallel_set_threads(1);
        double loss = run(&c);
        float *dq = copy_of(c.q.grad, c.q.count), *dx = copy_of(c.x.grad, c.x.count);
        for (FOR_THREADS(t)) {
            parallel_set_threads(thread_counts[t]);
            assert_true(run(&c) == loss);
            assert_memory_equal(dq, c.q.grad, (size_t)c.q.count * sizeof *dq);
            assert_memory_equal(dx, c.x.grad, (size_t)c.x.count * sizeof *dx);
        }
        gat_free(dq);
        gat_free(dx);
        case_clear(&c);
    }
    parallel_set_threads(2);
}

/* Many candidates: fewer parts, the same result up to rounding. */
static void test_many_candidates(void **state)
{
    (void)state;
    loss_case c;
    case_init(&c, 40000, 70, 8, GAT_LOSS_CE, GAT_COMPARE_DOT, 0);
    c.loss.whole = false;
    double right = reference(&c);
    assert_at_most(fabs(run(&c) - right), 1e-5 * right);
    case_clear(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_losses),       cmocka_unit_test(test_every_element),
        cmocka_unit_test(test_all_entities), cmocka_unit_test(test_masked_is_not_there),
        cmocka_unit_test(test_threads),      cmocka_unit_test(test_many_candidates),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

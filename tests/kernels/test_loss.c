/* The one-against-all losses and scores against double precision. */
#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "base/parallel.h"
#include "base/random.h"
#include "kernels/kernels.h"
#include "ref/differences.h"
#include "ref/ref_score.h"
#include "support/check.h"

enum { MOST_ANSWERS = 4 };

typedef struct loss_case {
    int64_t n, b, d;
    tensor q, x;
    int64_t *first;
    int32_t *answer;
    gat_rows rows;
    ref_loss loss;
    gat_loss_options how;
    float *work;
} loss_case;

/* Row j has j % MOST_ANSWERS + 1 different answers, as far as there are entities. */
static void fill_rows(loss_case *c)
{
    c->first = gat_calloc(c->b + 1, sizeof *c->first);
    c->answer = gat_calloc(c->b * MOST_ANSWERS + 1, sizeof *c->answer);
    assert_true(c->first && c->answer);
    for (int64_t j = 0; j < c->b; j++) {
        int64_t count = j % MOST_ANSWERS + 1 < c->n ? j % MOST_ANSWERS + 1 : c->n,
                start = random_below(3, 3, (uint64_t)j, c->n);
        c->first[j + 1] = c->first[j] + count;
        for (int64_t i = 0; i < count; i++) c->answer[c->first[j] + i] = (int32_t)((start + i * (c->n / count)) % c->n);
    }
    c->rows = (gat_rows){c->b, c->first, c->answer};
}

static void case_init(loss_case *c, int64_t n, int64_t b, int64_t d, gat_loss kind, gat_comparator compare,
                      double smoothing)
{
    *c = (loss_case){.n = n, .b = b, .d = d};
    double scale = pow((double)d, -0.25);
    c->q = tensor_normal(b * d, scale, 1);
    c->x = tensor_normal(n * d, scale, 2);
    fill_rows(c);
    c->loss = (ref_loss){kind, compare, smoothing, (double)c->first[b] + 0.5, true, NULL};
    c->how =
        (gat_loss_options){.kind = kind, .compare = compare, .smoothing = (float)smoothing, .total = c->loss.total};
    c->work = gat_alloc(loss_work_size(n, b, d, c->first[b], &c->how), sizeof(float));
    assert_non_null(c->work);
}

/* Every loss with both comparators; those that can, with smoothing too. */
enum { NUM_KINDS = 2 * GAT_NUM_LOSSES + 4 };

static void case_of_kind(loss_case *c, int64_t n, int64_t b, int64_t d, int kind)
{
    gat_loss loss = (gat_loss)(kind / 2 % GAT_NUM_LOSSES);
    case_init(c, n, b, d, loss, (gat_comparator)(kind % 2), kind / 2 < GAT_NUM_LOSSES ? 0 : 0.2);
}

static void case_clear(loss_case *c)
{
    tensor_free(&c->q);
    tensor_free(&c->x);
    gat_free(c->first);
    gat_free(c->answer);
    gat_free(c->work);
}

static double reference(void *context)
{
    loss_case *c = context;
    return ref_one_vs_all(c->q.ref, c->x.ref, &c->rows, c->n, c->d, &c->loss);
}

static double run(loss_case *c)
{
    tensor_restart(&c->q);
    tensor_restart(&c->x);
    return loss_one_vs_all(c->q.grad, c->x.grad, c->work, c->q.x, c->x.x, &c->rows, c->n, c->d, &c->how);
}

/* Scores of distances lose digits where |q|^2 + |x|^2 - 2 q x cancels: the nearer two vectors, the more. */
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
    static const int64_t sizes[][3] = {{2, 1, 1},    {7, 7, 8},    {9, 8, 7},    {31, 9, 9},
                                       {33, 33, 16}, {255, 2, 31}, {256, 3, 33}, {257, 7, 32},
                                       {600, 5, 64}, {40, 3, 257}, {5, 70, 9},   {9, 300, 8}};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        for (int how = 0; how < NUM_KINDS; how++) {
            loss_case c;
            case_of_kind(&c, sizes[i][0], sizes[i][1], sizes[i][2], how);
            check(&c);
            case_clear(&c);
        }
}

static void test_weighted_answers(void **state)
{
    (void)state;
    tensor weight = tensor_normal(257, 1, 7);
    for (int how = 0; how < NUM_KINDS; how++) {
        loss_case c;
        case_of_kind(&c, 257, 7, 32, how);
        if (c.loss.kind == GAT_LOSS_BCE) {
            case_clear(&c);
            continue;
        }
        for (int i = 0; i < 257; i++) weight.x[i] = i % 5 ? fabsf(weight.x[i]) : 0;
        c.loss.answer_weight = c.how.answer_weight = weight.x;
        check(&c);
        case_clear(&c);
    }
    tensor_free(&weight);
}

static void test_every_element(void **state)
{
    (void)state;
    for (int how = 0; how < NUM_KINDS; how++) {
        loss_case c;
        case_of_kind(&c, 12, how % 4 ? 5 : 19, 7, how);
        tensor_differentiate(&c.q, reference, &c, INT64_MAX);
        tensor_differentiate(&c.x, reference, &c, INT64_MAX);
        run(&c);
        assert_sign_error_is_caught(&c.q, 1e-4);
        assert_sign_error_is_caught(&c.x, 1e-4);
        case_clear(&c);
    }
}

/* A query that lies on an entity: the distance has no direction there, and its gradient must stay finite. */
static void test_coinciding_points(void **state)
{
    (void)state;
    loss_case c;
    case_init(&c, 20, 4, 8, GAT_LOSS_CE, GAT_COMPARE_DISTANCE, 0);
    memcpy(c.x.x, c.q.x, 4 * 8 * sizeof(float));
    for (FOR_VARIANTS(v)) {
        assert_true(isfinite(run(&c)));
        for (int64_t i = 0; i < c.x.count; i++) assert_true(fabsf(c.x.grad[i]) < 10);
    }
    kernels_select("auto");
    case_clear(&c);
}

/* Scores far from zero, both ways, neither overflow nor vanish. */
static void test_large_scores(void **state)
{
    (void)state;
    for (int how = 0; how < 2 * GAT_NUM_LOSSES; how++) {
        loss_case c;
        case_of_kind(&c, 30, 4, 8, how);
        for (int64_t i = 0; i < c.q.count; i++) c.q.x[i] *= 1000;
        for (FOR_VARIANTS(v)) {
            assert_true(isfinite(run(&c)));
            for (int64_t i = 0; i < c.x.count; i++) assert_true(isfinite(c.x.grad[i]));
        }
        case_clear(&c);
    }
    kernels_select("auto");
}

/* Where nothing is left to compare with, or it is far below, the filtered loss vanishes, and so does its gradient. */
static void test_filtered_without_rivals(void **state)
{
    (void)state;
    for (int64_t n = 1; n < 4; n++)
        for (FOR_VARIANTS(v)) {
            loss_case c;
            case_of_kind(&c, n, 4, 8, 2 * GAT_LOSS_FILTERED_CE);
            for (int64_t i = 0; i < c.q.count; i++) c.q.x[i] *= n == 3 ? 1000 : 1;
            double loss = run(&c);
            assert_true(isfinite(loss));
            for (int64_t i = 0; i < c.x.count; i++) assert_true(isfinite(c.x.grad[i]));
            for (int64_t i = 0; n == 1 && i < c.x.count; i++) assert_true(c.x.grad[i] == GRADIENT_START);
            if (n == 1) assert_true(loss == 0);
            case_clear(&c);
        }
    kernels_select("auto");
}

static void test_nan_shows(void **state)
{
    (void)state;
    for (int how = 0; how < 2 * GAT_NUM_LOSSES; how++) {
        loss_case c;
        case_of_kind(&c, 30, 4, 8, how);
        c.q.x[9] = NAN;
        for (FOR_VARIANTS(v)) assert_true(isnan(run(&c)));
        case_clear(&c);
    }
    kernels_select("auto");
}

static void test_threads_give_equal_bits(void **state)
{
    (void)state;
    for (int how = 0; how < 2 * NUM_KINDS; how++) {
        loss_case one, more;
        int64_t n = how < NUM_KINDS ? 5000 : 60, b = how < NUM_KINDS ? 9 : 600;
        case_of_kind(&one, n, b, 17, how % NUM_KINDS);
        case_of_kind(&more, n, b, 17, how % NUM_KINDS);
        parallel_set_threads(1);
        double value = run(&one);
        for (FOR_THREADS(t)) {
            parallel_set_threads(thread_counts[t]);
            assert_true(value == run(&more));
            assert_memory_equal(one.q.grad, more.q.grad, (size_t)one.q.count * sizeof(float));
            assert_memory_equal(one.x.grad, more.x.grad, (size_t)one.x.count * sizeof(float));
        }
        case_clear(&one);
        case_clear(&more);
    }
    parallel_set_threads(2);
}

/* 2^20 entities leave room for 32 rows: 33 rows are two slices, and must give what two calls give. */
static void test_batch_above_the_bound_is_cut(void **state)
{
    (void)state;
    enum { N = 1 << 20, FITS = 32, D = 2 };
    assert_int_equal(LOSS_MAX_SCORES / N, FITS);
    loss_case whole;
    case_init(&whole, N, FITS + 1, D, GAT_LOSS_CE, GAT_COMPARE_DISTANCE, 0.1);
    float *dq = gat_calloc((FITS + 1) * D, sizeof *dq), *dx = gat_calloc(N * D, sizeof *dx);
    assert_true(dq && dx);
    for (int64_t i = 0; i < N * D; i++) dx[i] = GRADIENT_START;
    for (int i = 0; i < (FITS + 1) * D; i++) dq[i] = GRADIENT_START;
    double value = run(&whole), parts = 0;
    for (int64_t from = 0; from <= FITS; from += FITS) {
        gat_rows rows = {from ? 1 : FITS, whole.first + from, whole.answer};
        parts +=
            loss_one_vs_all(dq + from * D, dx, whole.work, whole.q.x + from * D, whole.x.x, &rows, N, D, &whole.how);
    }
    assert_true(value == parts);
    assert_memory_equal(dq, whole.q.grad, (FITS + 1) * D * sizeof *dq);
    assert_memory_equal(dx, whole.x.grad, N * D * sizeof *dx);
    gat_free(dq);
    gat_free(dx);
    case_clear(&whole);
}

static void check_scores(int64_t b, int64_t n, int64_t d, gat_comparator compare)
{
    tensor q = tensor_normal(b * d, 1, 1), x = tensor_normal(n * d, 1, 2);
    float *scores = gat_alloc(b * n, sizeof *scores), *again = gat_alloc(b * n, sizeof *again),
          *squares = gat_alloc(n, sizeof *squares);
    assert_true(scores && again && squares);
    for (FOR_VARIANTS(v)) {
        kernels()->row_squares(squares, x.x, n, d);
        parallel_set_threads(1);
        score_all(scores, q.x, x.x, squares, b, n, d, compare);
        for (int64_t j = 0; j < b; j++)
            for (int64_t i = 0; i < n; i++) {
                double right = ref_compare(q.ref + j * d, x.ref + i * d, d, compare);
                assert_at_most(fabs((double)scores[j * n + i] - right), d == 1 ? 2e-3 : 1e-4);
            }
        for (FOR_THREADS(t)) {
            parallel_set_threads(thread_counts[t]);
            score_all(again, q.x, x.x, squares, b, n, d, compare);
            assert_memory_equal(scores, again, (size_t)(b * n) * sizeof *scores);
        }
    }
    kernels_select("auto");
    gat_free(scores);
    gat_free(again);
    gat_free(squares);
    tensor_free(&q);
    tensor_free(&x);
}

static void test_scores(void **state)
{
    (void)state;
    static const int64_t sizes[][3] = {{1, 1, 1}, {7, 9, 8}, {3, 256, 7}, {2, 257, 33}, {5, 600, 31}, {1, 30, 257}};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        check_scores(sizes[i][0], sizes[i][1], sizes[i][2], GAT_COMPARE_DOT);
        check_scores(sizes[i][0], sizes[i][1], sizes[i][2], GAT_COMPARE_DISTANCE);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_losses),
        cmocka_unit_test(test_weighted_answers),
        cmocka_unit_test(test_every_element),
        cmocka_unit_test(test_coinciding_points),
        cmocka_unit_test(test_large_scores),
        cmocka_unit_test(test_filtered_without_rivals),
        cmocka_unit_test(test_nan_shows),
        cmocka_unit_test(test_threads_give_equal_bits),
        cmocka_unit_test(test_batch_above_the_bound_is_cut),
        cmocka_unit_test(test_scores),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The linear trainer against the condition of its optimum, and held-out margins that do not depend on the threads. */
#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "base/parallel.h"
#include "base/random.h"
#include "support/check.h"
#include "text/linear_trainer.h"
#include "text/probability.h"

enum { ROWS = 60, COLUMNS = 25, LABELS = 3 };

static void make_rows(sparse_rows *x, uint8_t *truth)
{
    feature_row row = {0};
    memset(x, 0, sizeof *x);
    for (int i = 0; i < ROWS; i++) {
        row.count = 0;
        for (int j = 0; j < 6; j++)
            feature_add_number(&row, (uint64_t)random_below(1, (uint64_t)j, (uint64_t)i, COLUMNS),
                               random_uniform(2, (uint64_t)j, (uint64_t)i));
        assert_int_equal(feature_row_finish(&row, 0, 1, NULL), GAT_OK);
        assert_int_equal(sparse_rows_add(x, &row, NULL), GAT_OK);
        for (int l = 0; l < LABELS; l++) truth[i * LABELS + l] = random_uniform(3, (uint64_t)l, (uint64_t)i) < 0.3f;
    }
    feature_row_clear(&row);
}

/* w = 2 C sum of y max(0, 1 - y w.x) x: where it holds, no other weights are better, as the objective is convex. */
static void test_optimum(void **state)
{
    (void)state;
    sparse_rows x;
    uint8_t truth[ROWS * LABELS];
    int64_t use[ROWS];
    int32_t stride = label_stride(LABELS);
    float w[COLUMNS * 4], margin[4];
    double wanted[COLUMNS * 4] = {0};
    make_rows(&x, truth);
    for (int i = 0; i < ROWS; i++) use[i] = i;
    const linear_task task = {&x, truth, COLUMNS, LABELS, 0.7, 1000, 1};
    assert_int_equal(linear_train(w, &task, use, ROWS, NULL), GAT_OK);
    for (int i = 0; i < ROWS; i++) {
        int64_t from = x.start[i], n = x.start[i + 1] - from;
        linear_margins(margin, w, stride, x.column + from, x.value + from, n);
        for (int l = 0; l < LABELS; l++) {
            double y = truth[i * LABELS + l] ? 1 : -1, loss = fmax(0, 1 - y * (double)margin[l]);
            for (int64_t e = from; e < from + n; e++)
                wanted[x.column[e] * stride + l] += 2 * 0.7 * y * loss * (double)x.value[e];
        }
    }
    for (int i = 0; i < COLUMNS * stride; i++) assert_at_most(fabs((double)w[i] - wanted[i]), 0.1);
    sparse_rows_clear(&x);
}

static void test_threads(void **state)
{
    (void)state;
    sparse_rows x;
    uint8_t truth[ROWS * LABELS], fold[ROWS];
    static float a[ROWS * 4], b[ROWS * 4];
    make_rows(&x, truth);
    for (int i = 0; i < ROWS; i++) fold[i] = (uint8_t)(i % 5);
    const linear_task task = {&x, truth, COLUMNS, LABELS, 1, 20, 1};
    parallel_set_threads(1);
    assert_int_equal(linear_held_out(a, &task, fold, 5, NULL), GAT_OK);
    parallel_set_threads(4);
    assert_int_equal(linear_held_out(b, &task, fold, 5, NULL), GAT_OK);
    assert_memory_equal(a, b, sizeof a);
    parallel_set_threads(1);
    sparse_rows_clear(&x);
}

/* Margins that are logits times a constant get that constant back. */
static void test_calibration(void **state)
{
    (void)state;
    enum { N = 4000 };
    static float margin[N * 4];
    static uint8_t truth[N * LABELS];
    label_calibration c;
    memset(truth, 0, sizeof truth);
    for (int i = 0; i < N; i++) {
        float p[LABELS], u = random_uniform(5, 9, (uint64_t)i);
        random_fill_normal(margin + 4 * i, LABELS, 1, 6, (uint64_t)i);
        for (int l = 0; l < LABELS; l++) p[l] = 3 * margin[4 * i + l];
        probabilities(p, p, LABELS, false);
        int label = u < p[0] ? 0 : u < p[0] + p[1] ? 1 : 2;
        truth[i * LABELS + label] = 1;
    }
    logits_fit(&c, margin, 4, truth, N, LABELS, false);
    assert_at_most(fabs((double)c.scale - 3), 0.25);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_optimum), cmocka_unit_test(test_threads),
                                       cmocka_unit_test(test_calibration)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

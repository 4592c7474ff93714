/* Scaling against a plain double version that really divides rows and columns in turn; sums; the same bits on any number of
 * threads. */
#include "support/check.h"

#include <math.h>
#include <string.h>

#include "align/sparse_sinkhorn.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "support/align_graphs.h"

enum { ROWS = 33, COLUMNS = 31, WIDTH = 5 };

typedef struct plain {
    double cell[ROWS + 1][COLUMNS + 1]; /* the last row and column: slack */
} plain;

static void divide_rows(plain *p)
{
    for (int i = 0; i < ROWS; i++) {
        double sum = 0;
        for (int k = 0; k <= COLUMNS; k++) sum += p->cell[i][k];
        for (int k = 0; k <= COLUMNS; k++) p->cell[i][k] /= sum > 0 ? sum : 1;
    }
}

static void divide_columns(plain *p)
{
    for (int k = 0; k < COLUMNS; k++) {
        double sum = 0;
        for (int i = 0; i <= ROWS; i++) sum += p->cell[i][k];
        for (int i = 0; i <= ROWS; i++) p->cell[i][k] /= sum > 0 ? sum : 1;
    }
}

/* Slack beside a row is divided with the row alone, and starts each time from what it was scaled to. */
static void fill(plain *p, const pair_matrix *m, float slack)
{
    memset(p, 0, sizeof *p);
    for (int i = 0; i < ROWS; i++)
        for (int64_t e = m->start[i]; e < m->start[i + 1]; e++) p->cell[i][m->column[e]] = (double)m->value[e];
    for (int i = 0; i < ROWS; i++) p->cell[i][COLUMNS] = (double)slack;
    for (int k = 0; k < COLUMNS; k++) p->cell[ROWS][k] = (double)slack;
}

static void check_against_plain(float slack, int rounds)
{
    pair_matrix *m = align_graphs_random(ROWS, COLUMNS, WIDTH, 3);
    float row[ROWS], column[COLUMNS];
    plain p;
    fill(&p, m, slack);
    for (int i = 0; i < ROWS; i++) row[i] = slack;
    for (int k = 0; k < COLUMNS; k++) column[k] = slack;
    for (int r = 0; r < rounds; r++) {
        divide_rows(&p);
        divide_columns(&p);
    }
    assert_int_equal(sparse_sinkhorn(m, slack > 0 ? row : NULL, slack > 0 ? column : NULL, rounds, NULL), GAT_OK);
    for (int i = 0; i < ROWS; i++)
        for (int64_t e = m->start[i]; e < m->start[i + 1]; e++)
            assert_at_most(fabs((double)m->value[e] - p.cell[i][m->column[e]]), 1e-6);
    pair_matrix_free(m);
}

static void test_against_plain(void **state)
{
    (void)state;
    check_against_plain(0, 1);
    check_against_plain(0, 15);
    check_against_plain(0.3f, 15);
}

/* A full square matrix becomes doubly stochastic. */
static void test_sums(void **state)
{
    (void)state;
    pair_matrix *m = align_graphs_random(20, 20, 20, 5);
    double column[20] = {0};
    assert_int_equal(sparse_sinkhorn(m, NULL, NULL, 200, NULL), GAT_OK);
    for (int i = 0; i < 20; i++) {
        double row = 0;
        for (int64_t e = m->start[i]; e < m->start[i + 1]; e++) {
            row += (double)m->value[e];
            column[m->column[e]] += (double)m->value[e];
        }
        assert_at_most(fabs(row - 1), 1e-5);
    }
    for (int k = 0; k < 20; k++) assert_at_most(fabs(column[k] - 1), 1e-5);
    pair_matrix_free(m);
}

static void test_nothing(void **state)
{
    (void)state;
    pair_matrix *m;
    assert_int_equal(pair_matrix_new(&m, 3, 2, 1, NULL), GAT_OK);
    m->start[2] = m->start[3] = 1;
    m->column[0] = 1;
    m->value[0] = 0;
    assert_int_equal(sparse_sinkhorn(m, NULL, NULL, 5, NULL), GAT_OK);
    assert_true(m->value[0] >= 0 && m->value[0] <= 0);
    pair_matrix_free(m);
}

static void test_threads(void **state)
{
    (void)state;
    pair_matrix *first = NULL;
    for (FOR_THREADS(t)) {
        pair_matrix *m = align_graphs_random(500, 400, 20, 9);
        parallel_set_threads(thread_counts[t]);
        assert_int_equal(sparse_sinkhorn(m, NULL, NULL, 15, NULL), GAT_OK);
        if (first) assert_memory_equal(m->value, first->value, (size_t)pair_matrix_count(m) * sizeof *m->value);
        if (first) pair_matrix_free(m);
        else first = m;
    }
    pair_matrix_free(first);
}

static void test_failing_memory(void **state)
{
    (void)state;
    pair_matrix *m = align_graphs_random(10, 10, 3, 9);
    gat_status st = GAT_ENOMEM;
    for (int64_t n = 1; st; n++) {
        memory_fail_at(n, false);
        st = sparse_sinkhorn(m, NULL, NULL, 2, NULL);
        memory_fail_at(0, false);
        assert_true(n < 100 && (!st || st == GAT_ENOMEM));
    }
    pair_matrix_free(m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_against_plain), cmocka_unit_test(test_sums),           cmocka_unit_test(test_nothing),
        cmocka_unit_test(test_threads),       cmocka_unit_test(test_failing_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

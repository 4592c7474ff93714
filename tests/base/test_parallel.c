/* How work is cut: every element in exactly one part, parts of about equal weight, whatever the threads. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/parallel.h"
#include "base/random.h"

enum { MOST_ROWS = 300 };

static void test_chunks(void **state)
{
    (void)state;
    assert_int_equal(chunk_count(0, 64), 0);
    assert_int_equal(chunk_count(1, 64), 1);
    assert_int_equal(chunk_count(64, 64), 1);
    assert_int_equal(chunk_count(65, 64), 2);
}

static void test_parts_are_equal(void **state)
{
    (void)state;
    for (int64_t n = 0; n < 50; n++)
        for (int64_t parts = 1; parts < 20; parts++) {
            assert_int_equal(part_start(n, parts, 0), 0);
            assert_int_equal(part_start(n, parts, parts), n);
            for (int64_t p = 0; p < parts; p++) {
                int64_t length = part_start(n, parts, p + 1) - part_start(n, parts, p);
                assert_true(length == n / parts || length == n / parts + 1);
            }
        }
}

/* Parts cover the rows in order, and none is heavier than its share by more than the heaviest row. */
static void check_balance(const int64_t *indptr, int64_t rows, int64_t parts)
{
    int64_t heaviest = 0, edges = indptr[rows];
    for (int64_t i = 0; i < rows; i++)
        if (indptr[i + 1] - indptr[i] > heaviest) heaviest = indptr[i + 1] - indptr[i];
    assert_int_equal(balanced_row(indptr, rows, parts, 0), 0);
    assert_int_equal(balanced_row(indptr, rows, parts, parts), rows);
    for (int64_t p = 0; p < parts; p++) {
        int64_t from = balanced_row(indptr, rows, parts, p), to = balanced_row(indptr, rows, parts, p + 1);
        assert_in_range(from, 0, rows);
        assert_true(from <= to && to <= rows);
        assert_true(indptr[to] - indptr[from] <= edges / parts + 1 + heaviest);
    }
}

static void test_balanced_rows(void **state)
{
    (void)state;
    int64_t indptr[MOST_ROWS + 1] = {0};
    static const int64_t rows[] = {0, 1, 2, 33, MOST_ROWS};
    for (int most = 0; most <= 100; most += 25)
        for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
            for (int64_t parts = 1; parts < 40; parts += 3) {
                for (int64_t r = 0; r < rows[i]; r++)
                    indptr[r + 1] = indptr[r] + random_below(1, (uint64_t)most, (uint64_t)r, most + 1);
                check_balance(indptr, rows[i], parts);
            }
}

static void test_one_heavy_row(void **state)
{
    (void)state;
    int64_t indptr[11];
    for (int64_t r = 0; r <= 10; r++) indptr[r] = r + (r > 4 ? 1000000 : 0);
    for (int64_t parts = 1; parts < 12; parts++) check_balance(indptr, 10, parts);
}

static void test_threads(void **state)
{
    (void)state;
    parallel_set_threads(1);
    assert_int_equal(parallel_threads(), 1);
    parallel_set_threads(3);
    int three = parallel_threads();
    assert_true(three == 3 || three == 1); /* 1: built without OpenMP */
    parallel_set_threads(0);
    assert_true(parallel_threads() >= 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_chunks),        cmocka_unit_test(test_parts_are_equal),
        cmocka_unit_test(test_balanced_rows), cmocka_unit_test(test_one_heavy_row),
        cmocka_unit_test(test_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

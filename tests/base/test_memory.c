/* The allocator: sizes, alignment, and the hook that makes it fail. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/memory.h"

static void test_aligned_and_zeroed(void **state)
{
    (void)state;
    static const int64_t counts[] = {0, 1, 7, 8, 9, 63, 64, 65, 1000};
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        char *p = gat_calloc(counts[i], 3), *q = gat_alloc(counts[i], 3);
        assert_true(p && q && (uintptr_t)p % GAT_CACHE_LINE == 0 && (uintptr_t)q % GAT_CACHE_LINE == 0);
        for (int64_t j = 0; j < 3 * counts[i]; j++) assert_int_equal(p[j], 0);
        memset(q, 1, (size_t)(3 * counts[i]));
        gat_free(p);
        gat_free(q);
    }
    gat_free(NULL);
}

static void test_refuses_impossible_sizes(void **state)
{
    (void)state;
    assert_null(gat_alloc(-1, 1));
    assert_null(gat_calloc(INT64_MIN, 1));
    assert_null(gat_alloc(INT64_MAX, 1));
    assert_null(gat_alloc(INT64_MAX, 4));
    assert_null(gat_calloc((int64_t)1 << 32, (size_t)1 << 32));
    assert_null(gat_regrow(NULL, 0, INT64_MAX, 8));
}

static void test_regrow(void **state)
{
    (void)state;
    int32_t *p = gat_regrow(NULL, 0, 3, sizeof *p);
    assert_non_null(p);
    for (int32_t i = 0; i < 3; i++) p[i] = i + 1;
    p = gat_regrow(p, 3, 100, sizeof *p);
    assert_non_null(p);
    assert_true(p[0] == 1 && p[2] == 3);
    p[99] = 7;
    p = gat_regrow(p, 100, 2, sizeof *p);
    assert_non_null(p);
    assert_true(p[0] == 1 && p[1] == 2);
    memory_fail_at(1, false);
    assert_null(gat_regrow(p, 2, 50, sizeof *p));
    memory_fail_at(0, false);
    assert_true(p[0] == 1 && p[1] == 2);
    gat_free(p);
}

static void test_strings(void **state)
{
    (void)state;
    char *whole = gat_strdup("dog"), *part = gat_strndup("dog.n.01", 3), *empty = gat_strdup("");
    assert_string_equal(whole, "dog");
    assert_string_equal(part, "dog");
    assert_string_equal(empty, "");
    gat_free(whole);
    gat_free(part);
    gat_free(empty);
    memory_fail_at(1, false);
    assert_null(gat_strdup("dog"));
    memory_fail_at(0, false);
}

static void test_fails_once(void **state)
{
    (void)state;
    memory_fail_at(3, false);
    for (int i = 1; i <= 5; i++) {
        void *p = gat_alloc(1, 1);
        assert_int_equal(p == NULL, i == 3);
        gat_free(p);
    }
    assert_int_equal(memory_count(), 5);
    memory_fail_at(0, false);
    assert_int_equal(memory_count(), 0);
}

static void test_fails_from_then_on(void **state)
{
    (void)state;
    memory_fail_at(2, true);
    for (int i = 1; i <= 4; i++) {
        void *p = gat_alloc(1, 1);
        assert_int_equal(p == NULL, i >= 2);
        gat_free(p);
    }
    memory_fail_at(0, false);
    void *p = gat_alloc(1, 1);
    assert_non_null(p);
    gat_free(p);
}

static void test_peak(void **state)
{
    (void)state;
    enum { BIG = 64 << 20 };
    int64_t before = memory_peak_rss();
    assert_true(before > 0);
    char *p = gat_alloc(BIG, 1);
    assert_non_null(p);
    memset(p, 1, BIG);
    gat_free(p);
    assert_true(memory_peak_rss() >= BIG);
}

static void test_bytes_are_counted(void **state)
{
    (void)state;
    int64_t before = memory_in_use();
    memory_restart_peak();
    char *p = gat_alloc(1000, 10), *q = gat_calloc(7, 1);
    int64_t both = memory_in_use() - before;
    assert_true(p && q && both >= 10000 + 7 && both < 10000 + 7 + 1000);
    gat_free(p);
    gat_free(q);
    assert_int_equal(memory_in_use(), before);
    assert_int_equal(memory_peak(), before + both);
    memory_restart_peak();
    assert_int_equal(memory_peak(), before);
    memory_raise_peak(before + both);
    memory_raise_peak(before);
    assert_int_equal(memory_peak(), before + both);
    memory_restart_peak();
    assert_null(gat_alloc(-1, 1));
    assert_int_equal(memory_in_use(), before);
    assert_true(memory_held() >= before && memory_peak_rss() > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_aligned_and_zeroed),
        cmocka_unit_test(test_refuses_impossible_sizes),
        cmocka_unit_test(test_bytes_are_counted),
        cmocka_unit_test(test_regrow),
        cmocka_unit_test(test_strings),
        cmocka_unit_test(test_fails_once),
        cmocka_unit_test(test_fails_from_then_on),
        cmocka_unit_test(test_peak),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The growable array, its order, and the removal of repeated facts against a quadratic version. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>

#include <cmocka.h>

#include "base/memory.h"
#include "base/random.h"
#include "graph/split.h"
#include "graph/triples.h"

static gat_triple draw(uint64_t i)
{
    gat_random4 r = random_4x32(1, 2, i);
    return (gat_triple){(int32_t)(r.v[0] % 9), (int32_t)(r.v[1] % 3), (int32_t)(r.v[2] % 9)};
}

static void fill(gat_triples *list, int n)
{
    for (int i = 0; i < n; i++) assert_int_equal(triples_push(list, draw((uint64_t)i), NULL), GAT_OK);
}

static void test_unique(void **state)
{
    enum { COUNT = 400 };
    gat_triple expected[COUNT];
    gat_triples list = {0};
    int64_t kept = 0, removed;
    (void)state;
    fill(&list, COUNT);
    for (int64_t i = 0, j; i < COUNT; i++) {
        for (j = 0; j < kept && triple_compare(&expected[j], &list.data[i]); j++) {
        }
        if (j == kept) expected[kept++] = list.data[i];
    }
    assert_int_equal(triples_unique(&list, &removed, NULL), GAT_OK);
    assert_int_equal(removed, COUNT - kept);
    assert_int_equal(list.count, kept);
    assert_memory_equal(list.data, expected, (size_t)kept * sizeof *expected);
    assert_int_equal(triples_unique(&list, &removed, NULL), GAT_OK);
    assert_int_equal(removed, 0);
    triples_clear(&list);
    assert_int_equal(triples_unique(&list, &removed, NULL), GAT_OK);
    assert_int_equal(removed, 0);
}

static void test_order(void **state)
{
    const gat_triple a = {1, 2, 3}, more[] = {{2, 0, 0}, {1, 3, 0}, {1, 2, 4}};
    (void)state;
    assert_int_equal(triple_compare(&a, &a), 0);
    for (int i = 0; i < 3; i++) {
        assert_true(triple_compare(&a, &more[i]) < 0);
        assert_true(triple_compare(&more[i], &a) > 0);
    }
}

static void test_failing_allocations(void **state)
{
    gat_triples list = {0};
    gat_error err;
    int64_t removed;
    (void)state;
    memory_fail_at(1, true);
    assert_int_equal(triples_push(&list, draw(0), &err), GAT_ENOMEM);
    memory_fail_at(0, false);
    fill(&list, 1024);
    memory_fail_at(1, true);
    assert_int_equal(triples_push(&list, draw(0), &err), GAT_ENOMEM);
    assert_int_equal(triples_unique(&list, &removed, &err), GAT_ENOMEM);
    memory_fail_at(0, false);
    assert_int_equal(list.count, 1024);
    triples_clear(&list);
}

static void test_split_names(void **state)
{
    (void)state;
    for (int i = 0; i < GAT_NUM_SPLITS; i++) assert_int_equal(gat_split_by_name(gat_split_name((gat_split)i)), i);
    assert_string_equal(gat_split_name(GAT_SPLIT_IND_TEST), "ind_test");
    assert_int_equal(gat_split_by_name("Train"), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_unique),
        cmocka_unit_test(test_order),
        cmocka_unit_test(test_failing_allocations),
        cmocka_unit_test(test_split_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Ids in order of first appearance, stable under growth, clean under failing allocations. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "base/intern.h"
#include "base/memory.h"

enum { MANY = 50000 };

static size_t name(char s[32], int i) { return (size_t)snprintf(s, 32, "name %d", i); }

static void test_ids(void **state)
{
    char s[32];
    (void)state;
    gat_intern *t = intern_new();
    assert_int_equal(intern_count(t), 0);
    assert_int_equal(intern_find(t, "", 0), -1);
    for (int round = 0; round < 2; round++)
        for (int i = 0; i < MANY; i++) assert_int_equal(intern_add(t, s, name(s, i)), i);
    for (int i = 0; i < MANY; i++) {
        size_t n = name(s, i);
        assert_int_equal(intern_find(t, s, n), i);
        assert_string_equal(intern_string(t, i), s);
    }
    assert_int_equal(intern_find(t, "name", 4), -1);
    assert_int_equal(intern_add(t, "", 0), MANY);
    assert_int_equal(intern_add(t, "name 1x", 6), 1);
    assert_int_equal(intern_count(t), MANY + 1);
    intern_free(t);
    intern_free(NULL);
}

/* Batches give the ids of one by one, with repeats inside a batch and growth in the middle of one. */
static void test_batches(void **state)
{
    static char text[INTERN_BATCH][32];
    gat_intern *single = intern_new(), *batched = intern_new();
    (void)state;
    for (int round = 0; round < 40; round++) {
        intern_key keys[INTERN_BATCH];
        int32_t ids[INTERN_BATCH];
        int count = round == 7 ? 0 : INTERN_BATCH - round;
        for (int i = 0; i < count; i++)
            keys[i] = (intern_key){text[i], name(text[i], i % 3 ? round * 100 + i : i * i % 50)};
        assert_int_equal(intern_add_batch(batched, ids, keys, count), count);
        for (int i = 0; i < count; i++) assert_int_equal(ids[i], intern_add(single, keys[i].s, keys[i].length));
    }
    assert_int_equal(intern_count(batched), intern_count(single));
    intern_free(single);
    intern_free(batched);
}

/* The additions before the one that failed count. */
static void test_failing_batch(void **state)
{
    static char text[INTERN_BATCH][32];
    gat_intern *t = intern_new();
    intern_key keys[INTERN_BATCH];
    int32_t ids[INTERN_BATCH];
    int added = INTERN_BATCH, base = 0;
    (void)state;
    for (; added == INTERN_BATCH; base += INTERN_BATCH) {
        for (int i = 0; i < INTERN_BATCH; i++) keys[i] = (intern_key){text[i], name(text[i], base + i)};
        memory_fail_at(1, true);
        added = intern_add_batch(t, ids, keys, INTERN_BATCH);
        memory_fail_at(0, false);
    }
    assert_int_equal(intern_count(t), base - INTERN_BATCH + added);
    assert_int_equal(intern_add_batch(t, ids, keys, INTERN_BATCH), INTERN_BATCH);
    assert_int_equal(intern_count(t), base);
    intern_free(t);
}

/* After a failed addition the table is as before, and the next try succeeds. */
static void test_failing_allocations(void **state)
{
    char s[32];
    (void)state;
    for (int64_t n = 1; n <= 3; n++) {
        memory_fail_at(n, false);
        assert_null(intern_new());
        memory_fail_at(0, false);
    }
    gat_intern *t = intern_new();
    int failures = 0;
    for (int i = 0; i < 5000; i++) {
        size_t length = name(s, i);
        memory_fail_at(1, true);
        int32_t id = intern_add(t, s, length);
        memory_fail_at(0, false);
        if (id < 0) {
            failures++;
            assert_int_equal(intern_count(t), i);
            assert_int_equal(intern_find(t, s, length), -1);
            id = intern_add(t, s, length);
        }
        assert_int_equal(id, i);
    }
    assert_true(failures > 3);
    intern_free(t);
}

static gat_intern *table_of(const char *const *names, int count)
{
    gat_intern *t = intern_new();
    for (int i = 0; i < count; i++) assert_int_equal(intern_add(t, names[i], strlen(names[i])), i);
    return t;
}

static void test_equal(void **state)
{
    static const char *const names[] = {"a", "b", "a"};
    gat_intern *ab = table_of(names, 2), *copy = intern_clone(ab), *ba = table_of(names + 1, 2),
               *a = table_of(names, 1);
    (void)state;
    assert_true(intern_equal(ab, ab) && intern_equal(ab, copy) && intern_equal(copy, ab));
    assert_false(intern_equal(ab, ba) || intern_equal(ab, a) || intern_equal(a, ab));
    intern_free(ab);
    intern_free(copy);
    intern_free(ba);
    intern_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ids),
        cmocka_unit_test(test_equal),
        cmocka_unit_test(test_batches),
        cmocka_unit_test(test_failing_batch),
        cmocka_unit_test(test_failing_allocations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

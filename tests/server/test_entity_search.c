/* The search of entities: what comes first, what comes at all, and what memory does. */
#include "server/entity_search.h"

#include "base/memory.h"
#include "support/check.h"

static const char *const names[][2] = {
    {"dog.n.01", "dog, domestic dog: a pet"}, {"hot_dog.n.01", "frank"}, {"dogma.n.01", NULL},
    {"cat.n.01", "true cat: chases a Dog"},   {"guitar.n.01", ""},       {"dog", NULL},
};

static const char *name_of(const void *source, int64_t id, const char **text)
{
    (void)source;
    if (id >= (int64_t)(sizeof names / sizeof *names)) return NULL;
    *text = names[id][1];
    return names[id][0];
}

static void expect_order(const entity_search *s, const char *query, const int64_t *wanted, int64_t count)
{
    int64_t ids[8];
    assert_int_equal(entity_search_find(ids, 8, s, query), count);
    for (int64_t i = 0; i < count; i++) assert_int_equal(ids[i], wanted[i]);
}

static void test_order(void **state)
{
    entity_search *s;
    (void)state;
    assert_int_equal(entity_search_new(&s, name_of, NULL, NULL), GAT_OK);
    expect_order(s, "DOG", (const int64_t[]){5, 0, 2, 1, 3}, 5);
    expect_order(s, "domestic", (const int64_t[]){0}, 1);
    expect_order(s, "gitar.n.01", (const int64_t[]){4}, 1);
    expect_order(s, "true", (const int64_t[]){3}, 1);
    expect_order(s, "no such thing", NULL, 0);
    int64_t ids[2];
    assert_int_equal(entity_search_find(ids, 2, s, "dog"), 2);
    assert_int_equal(ids[0], 5);
    assert_int_equal(ids[1], 0);
    entity_search_free(s);
}

static void test_long_query(void **state)
{
    char query[1000];
    entity_search *s;
    int64_t ids[8];
    (void)state;
    assert_int_equal(entity_search_new(&s, name_of, NULL, NULL), GAT_OK);
    for (size_t i = 0; i + 1 < sizeof query; i++) query[i] = 'x';
    query[sizeof query - 1] = 0;
    assert_int_equal(entity_search_find(ids, 8, s, query), 0);
    assert_int_equal(entity_search_find(ids, 8, s, ""), 6);
    entity_search_free(s);
}

static void test_memory(void **state)
{
    (void)state;
    for (int64_t n = 1;; n++) {
        entity_search *s;
        gat_error error;
        memory_fail_at(n, false);
        gat_status st = entity_search_new(&s, name_of, NULL, &error);
        memory_fail_at(0, false);
        entity_search_free(s);
        if (!st) break;
        assert_int_equal(st, GAT_ENOMEM);
        assert_null(s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_order), cmocka_unit_test(test_long_query),
                                       cmocka_unit_test(test_memory)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

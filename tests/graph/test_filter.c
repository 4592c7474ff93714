/* The filter against a scan over all facts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/memory.h"
#include "base/random.h"
#include "graph/filter.h"

enum { MOST_FACTS = 300 };

static bool says(gat_triple f, int32_t r, int32_t entity, int32_t relation, int32_t answer)
{
    if (relation < r) return f.head == entity && f.relation == relation && f.tail == answer;
    return f.tail == entity && f.relation == relation - r && f.head == answer;
}

/* Position of the first fact that gives the answer, -1 without one. */
static int64_t first_fact(const gat_triples *const *lists, int num_lists, int32_t r, int32_t entity, int32_t relation,
                          int32_t answer)
{
    int64_t position = 0;
    for (int l = 0; l < num_lists; l++)
        for (int64_t i = 0; i < lists[l]->count; i++, position++)
            if (says(lists[l]->data[i], r, entity, relation, answer)) return position;
    return -1;
}

static void check_question(const gat_filter *f, const gat_triples *const *lists, int num_lists, int32_t n, int32_t r,
                           int32_t entity, int32_t relation)
{
    int64_t count, found = 0;
    const int32_t *answers = filter_answers(f, entity, relation, &count);
    const int32_t *fact_ids = filter_fact_ids(f) + (answers ? answers - filter_answer_array(f) : 0);
    assert_true((answers == NULL) == (count == 0));
    for (int32_t a = 0; a < n; a++) {
        int64_t fact = first_fact(lists, num_lists, r, entity, relation, a);
        assert_int_equal(filter_contains(f, entity, relation, a), fact >= 0);
        if (fact < 0) continue;
        assert_true(found < count);
        assert_int_equal(answers[found], a);
        assert_int_equal(fact_ids[found], fact);
        found++;
    }
    assert_int_equal(found, count);
}

static void check_queries(const gat_filter *f)
{
    int64_t next = 0;
    gat_query before = {-1, -1, 0, 0};
    for (int64_t i = 0; i < filter_num_queries(f); i++) {
        gat_query q = filter_query(f, i);
        assert_int_equal(q.first, next);
        assert_true(q.count > 0);
        next += q.count;
        assert_true(before.entity < q.entity || (before.entity == q.entity && before.relation < q.relation));
        int64_t count;
        assert_ptr_equal(filter_answers(f, q.entity, q.relation, &count), filter_answer_array(f) + q.first);
        assert_int_equal(count, q.count);
        before = q;
    }
    assert_int_equal(filter_num_answers(f), next);
}

static void check_filter(const gat_triples *const *lists, int num_lists, int32_t n, int32_t r)
{
    gat_filter *f;
    gat_error err;
    assert_int_equal(filter_build(&f, lists, num_lists, r, &err), GAT_OK);
    check_queries(f);
    for (int32_t entity = -1; entity <= n; entity++)
        for (int32_t relation = -1; relation <= 2 * r; relation++)
            check_question(f, lists, num_lists, n, r, entity, relation);
    filter_free(f);
}

/* Two lists as one filter, and as an extension of the first by the second. */
static void check_extension(const gat_triples *const *lists, int32_t n, int32_t r)
{
    gat_filter *both, *base, *extended;
    assert_int_equal(filter_build(&both, lists, 2, r, NULL), GAT_OK);
    assert_int_equal(filter_build(&base, lists, 1, r, NULL), GAT_OK);
    assert_int_equal(filter_extend(&extended, base, lists[1], r, NULL), GAT_OK);
    for (int32_t entity = -1; entity <= n; entity++)
        for (int32_t relation = -1; relation <= 2 * r; relation++) {
            int64_t count, right;
            const int32_t *a = filter_answers(extended, entity, relation, &count),
                          *b = filter_answers(both, entity, relation, &right);
            assert_int_equal(count, right);
            assert_true((a == NULL) == (b == NULL));
            if (a) assert_memory_equal(a, b, (size_t)count * sizeof *a);
            for (int32_t e = 0; e < n; e++)
                assert_int_equal(filter_contains(extended, entity, relation, e),
                                 filter_contains(both, entity, relation, e));
        }
    filter_free(extended);
    filter_free(base);
    filter_free(both);
}

static gat_triples random_facts(gat_triple *room, int64_t count, int32_t n, int32_t r, uint64_t seed)
{
    for (int64_t i = 0; i < count; i++)
        room[i] =
            (gat_triple){(int32_t)random_below(seed, 1, (uint64_t)i, n), (int32_t)random_below(seed, 2, (uint64_t)i, r),
                         (int32_t)random_below(seed, 3, (uint64_t)i, n)};
    return (gat_triples){room, count, count};
}

static void test_empty(void **state)
{
    (void)state;
    gat_triples none = {0};
    const gat_triples *lists[] = {&none, &none};
    check_filter(lists, 0, 2, 0);
    check_filter(lists, 2, 2, 3);
}

static void test_small_shapes(void **state)
{
    (void)state;
    gat_triple self[] = {{1, 0, 1}}, twice[] = {{0, 1, 2}, {2, 1, 0}, {0, 1, 2}, {0, 1, 1}};
    gat_triples a = {self, 1, 1}, b = {twice, 4, 4};
    const gat_triples *lists[] = {&b, &a, &b};
    check_filter(lists, 3, 3, 2);
}

static void test_hub(void **state)
{
    (void)state;
    gat_triple star[MOST_FACTS];
    for (int32_t i = 0; i < MOST_FACTS; i++) star[i] = (gat_triple){i % 2 ? i : 0, 0, i % 2 ? 0 : MOST_FACTS - i};
    gat_triples facts = {star, MOST_FACTS, MOST_FACTS};
    const gat_triples *lists[] = {&facts};
    check_filter(lists, 1, MOST_FACTS + 1, 1);
}

static void test_random(void **state)
{
    (void)state;
    gat_triple room[2][MOST_FACTS];
    for (uint64_t seed = 1; seed <= 6; seed++) {
        int32_t n = (int32_t)(3 * seed * seed), r = 1 + (int32_t)seed % 3;
        gat_triples a = random_facts(room[0], MOST_FACTS / 2, n, r, seed),
                    b = random_facts(room[1], 40, n, r, seed + 100);
        const gat_triples *lists[] = {&a, &b};
        check_filter(lists, 2, n, r);
        check_extension(lists, n, r);
    }
}

static void test_extension(void **state)
{
    (void)state;
    gat_triple room[] = {{0, 0, 1}, {2, 0, 1}, {5, 1, 5}};
    gat_triples none = {0}, some = {room, 2, 2}, beyond = {room + 2, 1, 1};
    check_extension((const gat_triples *const[]){&none, &some}, 7, 2);
    check_extension((const gat_triples *const[]){&some, &none}, 7, 2);
    check_extension((const gat_triples *const[]){&some, &some}, 7, 2);
    check_extension((const gat_triples *const[]){&some, &beyond}, 7, 2);
    check_extension((const gat_triples *const[]){&beyond, &some}, 7, 2);
}

static void test_refuses_bad_ids(void **state)
{
    (void)state;
    gat_triple bad[] = {{-1, 0, 0}, {0, 0, -5}, {0, 2, 0}, {0, -1, 0}, {INT32_MAX, 0, 0}};
    for (int i = 0; i < 5; i++) {
        gat_triples facts = {&bad[i], 1, 1};
        const gat_triples *lists[] = {&facts};
        gat_filter *f;
        gat_error err;
        assert_int_equal(filter_build(&f, lists, 1, 2, &err), GAT_EUSAGE);
        assert_null(f);
    }
}

static void test_failing_allocations(void **state)
{
    (void)state;
    gat_triple room[20];
    gat_triples facts = random_facts(room, 20, 6, 2, 4);
    const gat_triples *lists[] = {&facts};
    gat_status st = GAT_ENOMEM;
    for (int64_t n = 1; st == GAT_ENOMEM; n++) {
        gat_filter *f;
        gat_error err;
        memory_fail_at(n, false);
        gat_filter *more = NULL;
        st = filter_build(&f, lists, 1, 2, &err);
        if (!st && filter_extend(&more, f, &facts, 2, &err)) {
            st = GAT_ENOMEM;
            filter_free(f);
            f = NULL;
        }
        filter_free(more);
        memory_fail_at(0, false);
        assert_true(st == GAT_OK ? f != NULL && n > 8 : f == NULL && err.code == GAT_ENOMEM);
        filter_free(f);
    }
    assert_int_equal(st, GAT_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_empty),
        cmocka_unit_test(test_small_shapes),
        cmocka_unit_test(test_hub),
        cmocka_unit_test(test_random),
        cmocka_unit_test(test_extension),
        cmocka_unit_test(test_refuses_bad_ids),
        cmocka_unit_test(test_failing_allocations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

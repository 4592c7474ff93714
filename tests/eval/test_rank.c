/* Ranks, their means, relation kinds and the one-rule baseline, each against a plain counting version. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/memory.h"
#include "base/random.h"
#include "eval/rank.h"
#include "eval/relation_kind.h"
#include "eval/reverse_rule.h"

enum { MOST = 257 };

/* The total order ranks are defined by: NaN below every number and equal to itself. */
static int order(float a, float b)
{
    if (isnan(a) || isnan(b)) return !isnan(a) - !isnan(b);
    return (a > b) - (a < b);
}

static bool holds(const int32_t *list, int64_t n, int64_t x)
{
    for (int64_t i = 0; i < n; i++)
        if (list[i] == x) return true;
    return false;
}

static gat_rank plain_rank(const float *scores, int64_t n, int32_t answer, const int32_t *known, int64_t num_known)
{
    gat_rank rank = {0, 0};
    for (int64_t i = 0; i < n; i++) {
        if (i == answer || holds(known, num_known, i)) continue;
        int c = order(scores[i], scores[answer]);
        rank.above += c > 0;
        rank.equal += c == 0;
    }
    return rank;
}

static void assert_rank(gat_rank got, gat_rank want)
{
    assert_int_equal(got.above, want.above);
    assert_int_equal(got.equal, want.equal);
}

/* Few distinct values, so that ties abound; all special values among them. */
static void fill_scores(float *scores, int64_t n, uint64_t seed)
{
    static const float values[] = {0, -0.0f, 1, -1, NAN, INFINITY, -INFINITY, 0x1p-149f, 3.4e38f};
    for (int64_t i = 0; i < n; i++) scores[i] = values[random_below(seed, 1, (uint64_t)i, 9)];
}

static void test_agrees_with_counting(void **state)
{
    (void)state;
    static const int64_t lengths[] = {1, 7, 8, 9, 31, 32, 33, MOST};
    float scores[MOST];
    int32_t known[MOST];
    for (uint64_t i = 0; i < 8; i++)
        for (uint64_t share = 1; share < 4; share++) {
            int64_t n = lengths[i], num_known = 0;
            fill_scores(scores, n, 8 * share + i);
            for (int32_t k = 0; k < n; k++)
                if (random_below(9, share, (uint64_t)k, 4) < (int64_t)share) known[num_known++] = k;
            for (int32_t answer = 0; answer < n; answer++)
                assert_rank(rank_filtered(scores, n, answer, known, num_known),
                            plain_rank(scores, n, answer, known, num_known));
        }
}

static void test_repeated_and_no_known(void **state)
{
    (void)state;
    const float scores[] = {3, 1, 2, 3, NAN};
    const int32_t known[] = {0, 0, 2, 2};
    assert_rank(rank_filtered(scores, 5, 1, known, 4), (gat_rank){1, 0});
    assert_rank(rank_filtered(scores, 5, 1, NULL, 0), (gat_rank){3, 0});
    assert_rank(rank_filtered(scores, 5, 4, NULL, 0), (gat_rank){4, 0});
    assert_rank(rank_filtered(scores, 5, 0, NULL, 0), (gat_rank){0, 1});
}

static void test_constant_scorer(void **state)
{
    (void)state;
    static float scores[1000];
    gat_rank_sums sums = {0};
    for (int32_t answer = 0; answer < 1000; answer += 10)
        rank_sums_add(&sums, rank_filtered(scores, 1000, answer, NULL, 0));
    gat_ranking r = rank_sums_means(&sums);
    assert_int_equal(r.queries, 100);
    assert_true(fabs(r.realistic.mrr - 2.0 / 1001) < 1e-12);
    assert_true(fabs(r.realistic.mr - 500.5) < 1e-9);
    assert_true(r.optimistic.mrr == 1 && r.optimistic.hits_at_1 == 1);
    assert_true(fabs(r.pessimistic.mrr - 1e-3) < 1e-12 && r.pessimistic.hits_at_10 == 0);
}

static void test_means(void **state)
{
    (void)state;
    gat_rank_sums a = {0}, b = {0};
    rank_sums_add(&a, (gat_rank){0, 0});
    rank_sums_add(&a, (gat_rank){0, 1});
    rank_sums_add(&b, (gat_rank){2, 0});
    rank_sums_add(&b, (gat_rank){8, 2});
    rank_sums_merge(&a, &b);
    gat_ranking r = rank_sums_means(&a);
    assert_int_equal(r.queries, 4);
    assert_true(fabs(r.realistic.mrr - (1 + 1 / 1.5 + 1 / 3.0 + 1 / 10.0) / 4) < 1e-12);
    assert_true(fabs(r.realistic.mr - (1 + 1.5 + 3 + 10) / 4) < 1e-12);
    assert_true(r.realistic.hits_at_1 == 0.25 && r.realistic.hits_at_3 == 0.75 && r.realistic.hits_at_10 == 1);
    assert_true(r.optimistic.hits_at_1 == 0.5 && r.optimistic.hits_at_10 == 1);
    assert_true(r.pessimistic.hits_at_3 == 0.75 && r.pessimistic.hits_at_10 == 0.75);
}

static void test_no_queries(void **state)
{
    (void)state;
    gat_ranking r = rank_sums_means(&(gat_rank_sums){0});
    assert_int_equal(r.queries, 0);
    assert_true(r.realistic.mrr == 0 && r.pessimistic.mr == 0 && r.optimistic.hits_at_1 == 0);
}

static void test_relation_kinds(void **state)
{
    (void)state;
    gat_triple facts[] = {
        {0, 0, 1}, {2, 0, 3},                       /* one to one */
        {0, 1, 1}, {0, 1, 2}, {3, 1, 4},            /* 1.5 tails a head */
        {1, 2, 0}, {2, 2, 0}, {4, 2, 3},            /* 1.5 heads a tail */
        {0, 3, 0}, {0, 3, 1}, {1, 3, 0}, {1, 3, 1}, /* both */
        {0, 4, 1}, {0, 4, 2}, {3, 4, 4}, {5, 4, 6}, /* 4 / 3 tails a head */
        {2, 0, 3},                                  /* repeated: does not count */
    };
    gat_triples train = {facts, 17, 17};
    gat_relation_kind kinds[6],
        want[] = {GAT_ONE_TO_ONE, GAT_ONE_TO_MANY, GAT_MANY_TO_ONE, GAT_MANY_TO_MANY, GAT_ONE_TO_ONE, GAT_ONE_TO_ONE};
    const gat_triples *lists[] = {&train};
    gat_filter *filter;
    assert_int_equal(filter_build(&filter, lists, 1, 6, NULL), GAT_OK);
    assert_int_equal(relation_kinds(kinds, filter, 6, NULL), GAT_OK);
    for (int r = 0; r < 6; r++) assert_int_equal(kinds[r], want[r]);
    memory_fail_at(1, false);
    assert_int_equal(relation_kinds(kinds, filter, 6, NULL), GAT_ENOMEM);
    memory_fail_at(0, false);
    filter_free(filter);
    assert_string_equal(gat_relation_kind_name(GAT_ONE_TO_MANY), "1-N");
    assert_string_equal(gat_relation_kind_name(GAT_MANY_TO_ONE), "N-1");
}

/* Score row of the rule, made the slow way. */
static void rule_row(float *scores, int32_t n, const gat_triples *train, int32_t r, int32_t entity, int32_t relation)
{
    for (int32_t e = 0; e < n; e++) scores[e] = 0;
    for (int64_t i = 0; i < train->count; i++) {
        gat_triple f = train->data[i];
        if (relation < r && f.relation == relation && f.tail == entity) scores[f.head] = 1;
        if (relation >= r && f.relation == relation - r && f.head == entity) scores[f.tail] = 1;
    }
}

static void test_reverse_rule(void **state)
{
    (void)state;
    enum { N = 12, R = 2, TRAIN = 60, TEST = 20 };
    gat_triple room[TRAIN + TEST];
    for (uint64_t i = 0; i < TRAIN + TEST; i++)
        room[i] = (gat_triple){(int32_t)random_below(5, 1, i, N), (int32_t)random_below(5, 2, i, R),
                               (int32_t)random_below(5, 3, i, N)};
    gat_triples train = {room, TRAIN, TRAIN}, test = {room + TRAIN, TEST, TEST};
    const gat_triples *lists[] = {&train, &test};
    for (int known_lists = 1; known_lists <= 2; known_lists++) {
        gat_filter *rule, *known;
        gat_rank_sums sums = {0};
        float scores[N];
        assert_int_equal(filter_build(&rule, lists, 1, R, NULL), GAT_OK);
        assert_int_equal(filter_build(&known, lists, known_lists, R, NULL), GAT_OK);
        for (int64_t i = 0; i < 2 * TEST; i++) {
            gat_triple f = test.data[i / 2];
            int32_t entity = i % 2 ? f.tail : f.head, answer = i % 2 ? f.head : f.tail,
                    relation = f.relation + (i % 2 ? R : 0);
            int64_t num_others;
            const int32_t *others = filter_answers(known, entity, relation, &num_others);
            rule_row(scores, N, &train, R, entity, relation);
            gat_rank want = plain_rank(scores, N, answer, others, num_others);
            assert_rank(reverse_rule_rank(rule, known, R, N, entity, relation, answer), want);
            rank_sums_add(&sums, want);
        }
        gat_ranking want = rank_sums_means(&sums), got = reverse_rule_ranking(&test, rule, known, R, N);
        assert_int_equal(got.queries, want.queries);
        assert_true(got.realistic.mrr == want.realistic.mrr && got.pessimistic.mr == want.pessimistic.mr);
        filter_free(rule);
        filter_free(known);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_agrees_with_counting), cmocka_unit_test(test_repeated_and_no_known),
        cmocka_unit_test(test_constant_scorer),      cmocka_unit_test(test_means),
        cmocka_unit_test(test_no_queries),           cmocka_unit_test(test_relation_kinds),
        cmocka_unit_test(test_reverse_rule),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

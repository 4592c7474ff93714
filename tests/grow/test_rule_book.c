/* Rules against counting every pair of entities. */
#include "grow/rule_book.h"
#include "grow/rule_reach.h"

#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "base/parallel.h"
#include "base/random.h"
#include "support/check.h"

enum { N = 18, R = 3, D = 2 * R, FACTS = 70 };

typedef struct brute {
    gat_filter *known;
    bool fact[D][N][N];
} brute;

static void make(brute *b, uint64_t seed)
{
    gat_triples list = {0};
    const gat_triples *lists = &list;
    memset(b, 0, sizeof *b);
    for (uint64_t i = 0; i < FACTS; i++) {
        gat_random4 x = random_4x32(seed, 1, i);
        gat_triple f = {(int32_t)(x.v[0] % N), (int32_t)(x.v[1] % R), (int32_t)(x.v[2] % N)};
        assert_int_equal(triples_push(&list, f, NULL), GAT_OK);
        if (i % 2 == 0) assert_int_equal(triples_push(&list, (gat_triple){f.tail, 0, f.head}, NULL), GAT_OK);
    }
    for (int64_t i = 0; i < list.count; i++) {
        gat_triple f = list.data[i];
        b->fact[f.relation][f.head][f.tail] = b->fact[f.relation + R][f.tail][f.head] = true;
    }
    assert_int_equal(filter_build(&b->known, &lists, 1, R, NULL), GAT_OK);
    triples_clear(&list);
}

static bool joins(const brute *b, const int32_t body[2], int x, int y)
{
    if (body[1] < 0) return b->fact[body[0]][x][y];
    for (int z = 0; z < N; z++)
        if (z != x && z != y && b->fact[body[0]][x][z] && b->fact[body[1]][z][y]) return true;
    return false;
}

static void count(grow_rule *rule, const brute *b)
{
    rule->support = rule->pairs = rule->pca_pairs = 0;
    for (int x = 0; x < N; x++) {
        bool any = false;
        for (int y = 0; y < N; y++) any = any || b->fact[rule->relation][x][y];
        for (int y = 0; y < N; y++) {
            if (x == y || !joins(b, rule->body, x, y)) continue;
            rule->pairs++;
            rule->pca_pairs += any;
            rule->support += b->fact[rule->relation][x][y];
        }
    }
}

static bool has(const rule_book *book, const grow_rule *rule)
{
    for (int64_t i = book->first[rule->relation]; i < book->first[rule->relation + 1]; i++)
        if (book->rule[i].body[0] == rule->body[0] && book->rule[i].body[1] == rule->body[1]) return true;
    return false;
}

static void test_counts(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed < 5; seed++) {
        brute b;
        rule_book book;
        make(&b, seed);
        assert_int_equal(rules_mine(&book, b.known, N, R, NULL), GAT_OK);
        assert_true(book.count > 20);
        for (int64_t i = 0; i < book.count; i++) {
            grow_rule expected = book.rule[i];
            count(&expected, &b);
            assert_int_equal(book.rule[i].support, expected.support);
            assert_int_equal(book.rule[i].pairs, expected.pairs);
            assert_int_equal(book.rule[i].pca_pairs, expected.pca_pairs);
            assert_true(book.rule[i].confidence == (double)expected.support / ((double)expected.pairs + 2));
            assert_true(book.rule[i].support >= 2);
            if (i && book.rule[i - 1].relation == book.rule[i].relation)
                assert_true(book.rule[i - 1].confidence >= book.rule[i].confidence);
        }
        rules_clear(&book);
        filter_free(b.known);
    }
}

/* None that is worth something is overlooked. */
static void test_complete(void **state)
{
    (void)state;
    brute b;
    rule_book book;
    make(&b, 1);
    assert_int_equal(rules_mine(&book, b.known, N, R, NULL), GAT_OK);
    for (int32_t r = 0; r < R; r++) {
        assert_true(book.first[r + 1] - book.first[r] < RULES_OF_RELATION);
        for (int32_t d = 0; d < D; d++)
            for (int32_t e = -1; e < D; e++) {
                grow_rule rule = {.relation = r, .body = {d, e}};
                count(&rule, &b);
                if (rule.support >= 2 && !(d == r && e < 0)) assert_true(has(&book, &rule));
            }
    }
    rules_clear(&book);
    filter_free(b.known);
}

static void test_reach(void **state)
{
    (void)state;
    brute b;
    rule_book book;
    rule_reach reach;
    make(&b, 2);
    assert_int_equal(rules_mine(&book, b.known, N, R, NULL), GAT_OK);
    assert_int_equal(rule_reach_init(&reach, N, NULL), GAT_OK);
    for (int32_t x = 0; x < N; x++)
        for (int32_t r = 0; r < R; r++) {
            rule_reach_from(&reach, &book, b.known, x, r);
            for (int32_t y = 0; y < N; y++) {
                double best = 0, missing = 0;
                for (int64_t k = book.first[r]; k < book.first[r + 1]; k++) {
                    int32_t middle;
                    bool here = x != y && joins(&b, book.rule[k].body, x, y);
                    if (x != y) assert_int_equal(rule_applies(&middle, &book.rule[k], b.known, x, y), here);
                    if (!here || book.rule[k].confidence < RULE_LEAST_CONFIDENCE) continue;
                    best = fmax(best, book.rule[k].confidence);
                    missing += log1p(-book.rule[k].confidence);
                }
                assert_true(fabs((double)reach.best[y] - best) < 1e-6);
                assert_true(fabs((double)reach.missing[y] - missing) < 1e-4);
            }
        }
    rule_reach_clear(&reach);
    rules_clear(&book);
    filter_free(b.known);
}

static void test_threads(void **state)
{
    (void)state;
    brute b;
    rule_book one, more;
    make(&b, 3);
    parallel_set_threads(1);
    assert_int_equal(rules_mine(&one, b.known, N, R, NULL), GAT_OK);
    for (FOR_THREADS(t)) {
        parallel_set_threads(thread_counts[t]);
        assert_int_equal(rules_mine(&more, b.known, N, R, NULL), GAT_OK);
        assert_int_equal(one.count, more.count);
        assert_memory_equal(one.rule, more.rule, (size_t)one.count * sizeof *one.rule);
        rules_clear(&more);
    }
    parallel_set_threads(0);
    rules_clear(&one);
    filter_free(b.known);
}

static void test_failing_allocations(void **state)
{
    (void)state;
    brute b;
    make(&b, 4);
    gat_status st = GAT_ENOMEM;
    parallel_set_threads(1);
    for (int64_t n = 1; st; n++) {
        rule_book book;
        gat_error err = {0};
        memory_fail_at(n, false);
        st = rules_mine(&book, b.known, N, R, &err);
        memory_fail_at(0, false);
        if (st) assert_int_equal(err.code, GAT_ENOMEM);
        if (st) assert_null(book.rule);
        rules_clear(&book);
    }
    parallel_set_threads(0);
    filter_free(b.known);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_counts),
        cmocka_unit_test(test_complete),
        cmocka_unit_test(test_reach),
        cmocka_unit_test(test_threads),
        cmocka_unit_test(test_failing_allocations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Every fact of an epoch is asked once both ways, and is not in the graph that answers. */
#include <string.h>

#include "base/memory.h"
#include "path/path_split.h"
#include "support/check.h"

enum { NODES = 7, RELATIONS = 3, FACTS = 40 };

/* Facts over few nodes, so that questions and ends repeat. */
static void make_facts(gat_triples *facts)
{
    for (int32_t i = 0; i < FACTS; i++) {
        gat_triple f = {i % NODES, i / NODES % RELATIONS, i * i % NODES};
        bool there = false;
        for (int64_t k = 0; k < facts->count; k++) there |= !triple_compare(&facts->data[k], &f);
        if (!there) assert_int_equal(triples_push(facts, f, NULL), GAT_OK);
    }
}

static int64_t find(const gat_triples *facts, gat_triple f)
{
    for (int64_t i = 0; i < facts->count; i++)
        if (!triple_compare(&facts->data[i], &f)) return i;
    fail_msg("no such fact");
    return -1;
}

/* Counts what the chunk asks; what is asked is hidden. */
static void count_chunk(int *tails, int *heads, const path_split *s)
{
    const path_questions *q = &s->questions;
    for (int64_t i = 0; i < q->count; i++)
        for (int64_t a = q->first[i]; a < q->first[i + 1]; a++) {
            bool forward = q->relation[i] < RELATIONS;
            gat_triple f = forward ? (gat_triple){q->entity[i], q->relation[i], q->answer[a]}
                                   : (gat_triple){q->answer[a], q->relation[i] - RELATIONS, q->entity[i]};
            int64_t at = find(s->facts, f);
            assert_true(s->hidden[at]);
            (forward ? tails : heads)[at]++;
        }
}

static bool same_ends(gat_triple a, gat_triple b)
{
    return (a.head == b.head && a.tail == b.tail) || (a.head == b.tail && a.tail == b.head);
}

/* Hidden are what is asked and, by pairs, what joins the same ends; nothing else. */
static void check_hidden(const path_split *s, const int *asked)
{
    for (int64_t i = 0; i < s->facts->count; i++) {
        bool expected = asked[i] > 0;
        for (int64_t k = 0; k < s->facts->count && s->hide == PATH_HIDE_PAIR; k++)
            expected |= asked[k] > 0 && same_ends(s->facts->data[i], s->facts->data[k]);
        assert_int_equal(s->hidden[i], expected);
    }
}

static void check_epoch(const gat_triples *facts, double share, path_hide hide, int64_t epoch)
{
    path_split s;
    int tails[FACTS] = {0}, heads[FACTS] = {0};
    assert_int_equal(path_split_init(&s, facts, RELATIONS, share, hide, NULL), GAT_OK);
    path_split_epoch(&s, 1, epoch);
    for (int64_t c = 0; c < path_split_chunks(&s); c++) {
        int before[FACTS], now[FACTS];
        memcpy(before, tails, sizeof before);
        assert_int_equal(path_split_chunk(&s, 1, epoch, c, NULL), GAT_OK);
        count_chunk(tails, heads, &s);
        for (int i = 0; i < FACTS; i++) now[i] = tails[i] - before[i];
        check_hidden(&s, now);
    }
    for (int64_t i = 0; i < facts->count; i++) {
        assert_int_equal(tails[i], 1);
        assert_int_equal(heads[i], 1);
    }
    path_split_clear(&s);
}

static void test_every_fact_once(void **state)
{
    (void)state;
    gat_triples facts = {0};
    make_facts(&facts);
    const double shares[] = {0.001, 0.25, 0.3, 1};
    for (size_t i = 0; i < sizeof shares / sizeof *shares; i++)
        for (int64_t epoch = 0; epoch < 2; epoch++) {
            check_epoch(&facts, shares[i], PATH_HIDE_FACT, epoch);
            check_epoch(&facts, shares[i], PATH_HIDE_PAIR, epoch);
        }
    triples_clear(&facts);
}

/* A question is there once in a chunk, its answers ascending; epochs differ. */
static void test_questions(void **state)
{
    (void)state;
    gat_triples facts = {0};
    path_split s;
    int64_t order[FACTS];
    make_facts(&facts);
    assert_int_equal(path_split_init(&s, &facts, RELATIONS, 1, PATH_HIDE_FACT, NULL), GAT_OK);
    path_split_epoch(&s, 1, 0);
    assert_int_equal(path_split_chunk(&s, 1, 0, 0, NULL), GAT_OK);
    for (int64_t i = 0; i < s.questions.count; i++) {
        for (int64_t k = 0; k < i; k++) assert_false(s.entity[i] == s.entity[k] && s.relation[i] == s.relation[k]);
        for (int64_t a = s.first[i] + 1; a < s.first[i + 1]; a++) assert_true(s.answer[a - 1] < s.answer[a]);
    }
    memcpy(order, s.order, (size_t)facts.count * sizeof *order);
    path_split_epoch(&s, 1, 1);
    assert_memory_not_equal(order, s.order, (size_t)facts.count * sizeof *order);
    path_split_clear(&s);
    triples_clear(&facts);
}

static void test_failing_allocations(void **state)
{
    (void)state;
    gat_triples facts = {0};
    make_facts(&facts);
    for (int64_t n = 1;; n++) {
        path_split s;
        memory_fail_at(n, true);
        gat_status st = path_split_init(&s, &facts, RELATIONS, 0.5, PATH_HIDE_PAIR, NULL);
        if (!st) {
            path_split_epoch(&s, 1, 0);
            st = path_split_chunk(&s, 1, 0, 0, NULL);
        }
        bool reached = memory_count() >= n;
        memory_fail_at(0, false);
        path_split_clear(&s);
        if (!reached) break;
        assert_int_equal(st, GAT_ENOMEM);
    }
    triples_clear(&facts);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_fact_once),
        cmocka_unit_test(test_questions),
        cmocka_unit_test(test_failing_allocations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

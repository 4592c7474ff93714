/* From files to pairs: most things are found, renaming one graph changes nothing, nor does the number of threads; names alone;
 * reasons; failing memory. */
#include "support/check.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "align/alignment.h"
#include "align/alignment_files.h"
#include "align/entity_facts.h"
#include "align/reasons.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "support/align_graphs.h"

enum { THINGS = 200, FACTS = 1000, SEEDS = 150 };

static int set_up(void **state)
{
    (void)state;
    align_graphs_write(THINGS, FACTS, SEEDS, 2);
    return 0;
}

static gat_align_options defaults(void)
{
    return (gat_align_options){.kg1 = "kg1.tsv", .kg2 = "kg2.tsv", .seeds = "seeds.tsv"};
}

static gat_alignment *align(gat_align_options options)
{
    gat_alignment *m;
    gat_error err = {0};
    if (alignment_make(&m, &options, &err)) fail_msg("%s", err.message);
    return m;
}

/* "a12" belongs to "b12" and to "x12_other". */
static int count_right(const gat_alignment *m, int *pairs)
{
    gat_aligned_pair pair;
    int32_t next = 0;
    int right = 0;
    *pairs = 0;
    while (alignment_next_pair(&pair, &next, m)) {
        right += atoi(pair.source + 1) == atoi(pair.target + 1);
        assert_true(pair.confidence >= 0 && pair.confidence <= 1);
        ++*pairs;
    }
    return right;
}

static void test_finds(void **state)
{
    (void)state;
    static const int rounds[] = {0, 3, -1};
    for (int i = 0; i < 3; i++) {
        gat_align_options o = defaults();
        int pairs;
        o.rounds = rounds[i];
        gat_alignment *m = align(o);
        assert_true(count_right(m, &pairs) >= (rounds[i] < 0 ? 30 : 40));
        assert_true(pairs <= THINGS - SEEDS && m->report.pairs == pairs);
        assert_int_equal(m->report.held_links, SEEDS / 10);
        assert_true(m->report.hits_at_1 > .6);
        alignment_free(m);
    }
}

static char *read_pairs(const gat_alignment *m)
{
    char *bytes;
    size_t count;
    assert_int_equal(alignment_write_pairs(m, "pairs.tsv", NULL), GAT_OK);
    assert_int_equal(file_read_all(&bytes, &count, "pairs.tsv", NULL), GAT_OK);
    return bytes;
}

/* Same order, same numbers, and the names that were changed. */
static void test_renaming(void **state)
{
    (void)state;
    gat_align_options o = defaults();
    gat_alignment *plain = align(o);
    o.kg2 = "kg2_renamed.tsv";
    o.seeds = "seeds_renamed.tsv";
    gat_alignment *renamed = align(o);
    gat_aligned_pair p, q;
    int32_t i = 0, j = 0;
    int pairs = 0;
    while (alignment_next_pair(&p, &i, plain)) {
        assert_true(alignment_next_pair(&q, &j, renamed));
        assert_string_equal(p.source, q.source);
        assert_int_equal(atoi(p.target + 1), atoi(q.target + 1));
        assert_memory_equal(&p.confidence, &q.confidence, sizeof p.confidence);
        pairs++;
    }
    assert_false(alignment_next_pair(&q, &j, renamed));
    assert_true(pairs > 20);
    alignment_free(plain);
    alignment_free(renamed);
}

static void test_threads(void **state)
{
    (void)state;
    char *first = NULL;
    for (FOR_THREADS(t)) {
        parallel_set_threads(thread_counts[t]);
        gat_alignment *m = align(defaults());
        char *pairs = read_pairs(m);
        if (first) assert_string_equal(pairs, first);
        if (first) gat_free(pairs);
        else first = pairs;
        alignment_free(m);
    }
    gat_free(first);
}

static void write_names(const char *path, const char *lead, const char *form)
{
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    for (int i = 0; i < THINGS; i++) {
        fprintf(f, "%s%d\t", lead, i);
        fprintf(f, form, i * 7919 % 1000, i);
        fputc('\n', f);
    }
    assert_int_equal(fclose(f), 0);
}

static void test_names_without_seeds(void **state)
{
    (void)state;
    int pairs;
    write_names("names1.tsv", "a", "Thing_%d of %d");
    write_names("names2.tsv", "b", "thing %d OF %d");
    gat_align_options o = defaults();
    o.seeds = NULL;
    o.names1 = "names1.tsv";
    o.names2 = "names2.tsv";
    gat_alignment *m = align(o);
    assert_true(count_right(m, &pairs) >= THINGS * 9 / 10);
    assert_int_equal(m->report.held_links, 0);
    alignment_free(m);
    o.names2 = NULL;
    gat_error err;
    assert_int_equal(alignment_make(&m, &o, &err), GAT_EUSAGE);
}

static void test_reasons(void **state)
{
    (void)state;
    gat_alignment *m = align(defaults());
    gat_aligned_pair pair;
    int32_t next = 0;
    int told = 0;
    while (alignment_next_pair(&pair, &next, m)) {
        gat_align_reason *reasons;
        int64_t count;
        double before = 1e9;
        assert_int_equal(reasons_find(&reasons, &count, m, pair.source, 3, NULL), GAT_OK);
        assert_true(count <= 3);
        for (int64_t i = 0; i < count; i++) {
            assert_true(reasons[i].weight > 0 && reasons[i].weight <= before);
            assert_true(reasons[i].relation1[0] == 'p' && reasons[i].relation2[0] == 'q');
            before = reasons[i].weight;
        }
        told += count > 0;
        gat_free(reasons);
    }
    assert_true(told > 20);
    gat_align_reason *none;
    int64_t count;
    assert_int_equal(reasons_find(&none, &count, m, "nobody", 3, NULL), GAT_EUSAGE);
    alignment_free(m);
}

static int count_facts(const gat_alignment *m, int graph, const char *entity, const char *relations)
{
    gat_aligned_fact *facts;
    int64_t count, fewer;
    assert_int_equal(entity_facts(&facts, &count, m, graph, entity, 1000, NULL), GAT_OK);
    for (int64_t i = 0; i < count; i++) {
        assert_true(facts[i].relation[0] == relations[0]);
        assert_true(!i || strcmp(facts[i - 1].relation, facts[i].relation) <= 0);
    }
    gat_free(facts);
    assert_int_equal(entity_facts(&facts, &fewer, m, graph, entity, 1, NULL), GAT_OK);
    assert_int_equal(fewer, count > 0);
    gat_free(facts);
    return (int)count;
}

/* Each fact is told from both ends. */
static void test_facts(void **state)
{
    (void)state;
    gat_alignment *m = align(defaults());
    gat_aligned_fact *none;
    gat_aligned_pair pair;
    int64_t count;
    int32_t next = 0;
    gat_error err;
    int64_t facts = 0;
    for (int32_t i = 0; i < m->a->num_entities; i++) facts += count_facts(m, 1, kg_side_entity(m->a, i), "p");
    assert_int_equal(facts, m->a->num_edges);
    while (alignment_next_pair(&pair, &next, m)) count_facts(m, 2, pair.target, "q");
    assert_int_equal(entity_facts(&none, &count, m, 1, "nobody", 3, &err), GAT_EUSAGE);
    assert_int_equal(entity_facts(&none, &count, m, 3, pair.source, 3, &err), GAT_EUSAGE);
    assert_null(none);
    alignment_free(m);
}

/* Every source at most once per file of pairs; scores fall. */
static void test_scores(void **state)
{
    (void)state;
    char source[100], target[100], before[100] = "";
    double score, last = 0;
    int lines = 0;
    gat_alignment *m = align(defaults());
    assert_int_equal(alignment_write_scores(m, "scores.tsv", 4, NULL), GAT_OK);
    FILE *f = fopen("scores.tsv", "r");
    assert_non_null(f);
    while (fscanf(f, "%99s %99s %lf", source, target, &score) == 3) {
        if (!strcmp(source, before)) assert_true(score <= last);
        strcpy(before, source);
        last = score;
        lines++;
    }
    fclose(f);
    assert_true(lines > THINGS - SEEDS && lines <= 4 * THINGS);
    alignment_free(m);
}

/* Pairs below are left out, the others stay as they are. */
static void test_min_confidence(void **state)
{
    (void)state;
    gat_align_options o = defaults();
    gat_aligned_pair pair;
    int32_t next = 0;
    int64_t above = 0;
    o.rounds = -1;
    gat_alignment *all = align(o);
    double middle = 0;
    while (alignment_next_pair(&pair, &next, all)) middle += pair.confidence / (double)all->report.pairs;
    for (next = 0; alignment_next_pair(&pair, &next, all);) above += pair.confidence >= middle;
    o.min_confidence = middle;
    gat_alignment *sure = align(o);
    assert_int_equal(sure->report.pairs, above);
    assert_true(sure->report.pairs < all->report.pairs);
    alignment_free(all);
    alignment_free(sure);
}

static int always(void *context)
{
    (void)context;
    return 1;
}

static void test_stopped(void **state)
{
    (void)state;
    gat_align_options o = defaults();
    gat_alignment *m;
    o.should_stop = always;
    assert_int_equal(alignment_make(&m, &o, NULL), GAT_EINTERRUPTED);
    assert_null(m);
}

static void test_failing_memory(void **state)
{
    (void)state;
    align_graphs_write(30, 90, 20, 3);
    gat_align_options o = defaults();
    o.rounds = 1;
    gat_status st = GAT_ENOMEM;
    int64_t n = 1, failed = 0;
    parallel_set_threads(1);
    for (; st; n += 1 + n / 8, failed++) {
        gat_alignment *m = NULL;
        gat_error err;
        memory_fail_at(n, false);
        st = alignment_make(&m, &o, &err);
        memory_fail_at(0, false);
        if (st) assert_int_equal(st, GAT_ENOMEM);
        assert_true(!st == !!m && n < 100000);
        alignment_free(m);
    }
    assert_true(failed > 20);
    align_graphs_write(THINGS, FACTS, SEEDS, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_finds),
        cmocka_unit_test(test_renaming),
        cmocka_unit_test(test_threads),
        cmocka_unit_test(test_reasons),
        cmocka_unit_test(test_facts),
        cmocka_unit_test(test_scores),
        cmocka_unit_test(test_names_without_seeds),
        cmocka_unit_test(test_stopped),
        cmocka_unit_test(test_min_confidence),
        cmocka_unit_test(test_failing_memory),
    };
    return cmocka_run_group_tests(tests, set_up, NULL);
}

/* The numbers of `stats` on a graph small enough to count by hand. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/memory.h"
#include "graph/igraph_bridge.h"
#include "io/dataset.h"
#include "tasks/stats.h"

static gat_triple train[] = {{0, 0, 1}, {0, 0, 2}, {0, 0, 3}, {1, 1, 2}, {2, 1, 1}, {2, 1, 3}, {4, 1, 4}};
static gat_triple test[] = {{2, 0, 0}, {3, 1, 2}, {1, 0, 5}, {4, 1, 4}};
static const char *const entities[] = {"a", "b", "c", "d", "e", "unseen"}, *const relations[] = {"likes", "beside",
                                                                                                 "rare"};

/* A data set made by hand; the facts are borrowed from the arrays above. */
typedef struct fixture {
    gat_dataset dataset;
} fixture;

static gat_intern *intern_of(const char *const *names, int count)
{
    gat_intern *table = intern_new();
    assert_non_null(table);
    for (int i = 0; i < count; i++) assert_int_equal(intern_add(table, names[i], strlen(names[i])), i);
    return table;
}

static int setup(void **state)
{
    fixture *f = gat_calloc(1, sizeof *f);
    assert_non_null(f);
    f->dataset.entities = intern_of(entities, 6);
    f->dataset.relations = intern_of(relations, 3);
    f->dataset.splits[GAT_SPLIT_TRAIN] = (gat_triples){train, 7, 7};
    f->dataset.splits[GAT_SPLIT_TEST] = (gat_triples){test, 4, 4};
    f->dataset.present[GAT_SPLIT_TRAIN] = f->dataset.present[GAT_SPLIT_TEST] = true;
    f->dataset.duplicates[GAT_SPLIT_TRAIN] = 2;
    f->dataset.unseen[GAT_SPLIT_TEST] = 1;
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    fixture *f = *state;
    intern_free(f->dataset.entities);
    intern_free(f->dataset.relations);
    gat_free(f);
    return 0;
}

static gat_stats *make(void **state)
{
    fixture *f = *state;
    gat_stats *s;
    gat_error err;
    assert_int_equal(stats_make(&s, &f->dataset, &err), GAT_OK);
    return s;
}

static void test_counts(void **state)
{
    gat_stats *s = make(state);
    assert_int_equal(s->entities, 6);
    assert_int_equal(s->relations, 3);
    assert_int_equal(s->facts[GAT_SPLIT_TRAIN], 7);
    assert_int_equal(s->facts[GAT_SPLIT_VALID], 0);
    assert_int_equal(s->facts[GAT_SPLIT_TEST], 4);
    assert_int_equal(s->duplicates[GAT_SPLIT_TRAIN], 2);
    assert_int_equal(s->unseen[GAT_SPLIT_TEST], 1);
    assert_true(s->present[GAT_SPLIT_TEST] && !s->present[GAT_SPLIT_VALID]);
    assert_true(s->reverse_in_train == 0.75);
    stats_free(s);
}

static void test_degrees(void **state)
{
    gat_stats *s = make(state); /* 3 3 4 2 2 0 */
    assert_int_equal(s->isolated, 1);
    assert_true(fabs(s->mean_degree - 14.0 / 6) < 1e-12);
    assert_int_equal(s->median_degree, 2);
    assert_int_equal(s->max_degree, 4);
    stats_free(s);
}

static void assert_relation(gat_relation_stats r, const char *name, int64_t facts, int64_t heads, int64_t tails,
                            gat_relation_kind kind, double symmetric)
{
    assert_string_equal(r.name, name);
    assert_int_equal(r.facts, facts);
    assert_int_equal(r.heads, heads);
    assert_int_equal(r.tails, tails);
    assert_int_equal(r.kind, kind);
    assert_true(fabs(r.symmetric - symmetric) < 1e-12);
}

static void test_relations(void **state)
{
    gat_stats *s = make(state);
    assert_int_equal(s->num_relation_stats, 3);
    assert_relation(s->relation[0], "beside", 4, 3, 4, GAT_ONE_TO_ONE, 0.75);
    assert_relation(s->relation[1], "likes", 3, 1, 3, GAT_ONE_TO_MANY, 0);
    assert_relation(s->relation[2], "rare", 0, 0, 0, GAT_ONE_TO_ONE, 0);
    stats_free(s);
}

/* igraph as an independent check of the degrees, too. */
static void test_graph_measures(void **state)
{
    fixture *f = *state;
    gat_stats *s = make(state);
    gat_graph_measures m;
    if (!bridge_built_in()) {
        assert_int_equal(s->components, -1);
        assert_int_equal(s->largest_component, 0);
        assert_int_equal(s->num_pagerank, 0);
        stats_free(s);
        return;
    }
    assert_int_equal(s->components, 3);
    assert_int_equal(s->largest_component, 4);
    assert_int_equal(s->num_pagerank, 6);
    for (int i = 1; i < 6; i++) assert_true(s->pagerank[i - 1].value >= s->pagerank[i].value);
    assert_int_equal(bridge_measure(&m, NULL, &f->dataset.splits[GAT_SPLIT_TRAIN], 6, NULL), GAT_OK);
    assert_int_equal(m.max_degree, s->max_degree);
    assert_true(fabs(m.mean_degree - s->mean_degree) < 1e-12);
    stats_free(s);
}

static void test_more_entities_than_ranked(void **state)
{
    (void)state;
    char name[2] = "A";
    gat_triple star[30];
    gat_dataset d = {.entities = intern_new(), .relations = intern_of(relations, 1)};
    gat_stats *s;
    for (int32_t i = 0; i < 20; i++, name[0]++) assert_int_equal(intern_add(d.entities, name, 1), i);
    for (int32_t i = 0; i < 30; i++) star[i] = (gat_triple){i % 20, 0, i < 20 ? 7 : 12};
    d.splits[GAT_SPLIT_TRAIN] = (gat_triples){star, 30, 30};
    assert_int_equal(stats_make(&s, &d, NULL), GAT_OK);
    if (bridge_built_in()) {
        assert_int_equal(s->num_pagerank, GAT_STATS_TOP);
        assert_string_equal(s->pagerank[0].name, "H");
        assert_string_equal(s->pagerank[1].name, "M");
        assert_string_equal(s->pagerank[2].name, "A");
    }
    stats_free(s);
    intern_free(d.entities);
    intern_free(d.relations);
}

static void test_empty(void **state)
{
    (void)state;
    gat_dataset d = {.entities = intern_new(), .relations = intern_new()};
    gat_stats *s;
    assert_int_equal(stats_make(&s, &d, NULL), GAT_OK);
    assert_int_equal(s->entities, 0);
    assert_int_equal(s->num_relation_stats, 0);
    assert_true(s->mean_degree == 0 && s->reverse_in_train == 0 && s->components <= 0);
    stats_free(s);
    stats_free(NULL);
    intern_free(d.entities);
    intern_free(d.relations);
}

static void test_failing_allocations(void **state)
{
    fixture *f = *state;
    gat_status st = GAT_ENOMEM;
    for (int64_t n = 1; st; n++) {
        gat_stats *s;
        gat_error err;
        memory_fail_at(n, false);
        st = stats_make(&s, &f->dataset, &err);
        memory_fail_at(0, false);
        assert_true(st == GAT_OK ? s != NULL && n > 12 : s == NULL && err.code == GAT_ENOMEM);
        stats_free(s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_counts),
        cmocka_unit_test(test_degrees),
        cmocka_unit_test(test_relations),
        cmocka_unit_test(test_graph_measures),
        cmocka_unit_test(test_more_entities_than_ranked),
        cmocka_unit_test(test_empty),
        cmocka_unit_test(test_failing_allocations),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}

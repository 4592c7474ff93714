/* The fit against what the features were drawn with, and the parts that features are made of. */
#include "grow/proposal_weights.h"

#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "base/parallel.h"
#include "base/random.h"
#include "grow/entity_fit.h"
#include "grow/relation_counts.h"
#include "support/check.h"
#include "support/small_model.h"

enum { ROWS = 20000 };

/* Two features count, one is the same everywhere. */
static void draw(float *f, uint8_t *right)
{
    random_fill_normal(f, (int64_t)ROWS * NUM_FEATURES, 1, 1, 2);
    for (int64_t i = 0; i < ROWS; i++) {
        float *row = f + i * NUM_FEATURES;
        row[3] = 7;
        double x = -2 + 1.5 * (double)row[0] - .5 * (double)row[1];
        right[i] = (double)random_uniform(1, 3, (uint64_t)i) < 1 / (1 + exp(-x));
    }
}

static void test_fit(void **state)
{
    (void)state;
    float *f = gat_alloc((int64_t)ROWS * NUM_FEATURES, sizeof *f);
    uint8_t *right = gat_alloc(ROWS, 1);
    proposal_weights w, again;
    bool found;
    draw(f, right);
    parallel_set_threads(1);
    assert_int_equal(proposal_weights_fit(&w, &found, f, NUM_FEATURES, right, ROWS, NULL), GAT_OK);
    assert_true(found);
    assert_at_most(fabs(w.shift + 2), .1);
    assert_at_most(fabs(w.weight[0] - 1.5), .1);
    assert_at_most(fabs(w.weight[1] + .5), .1);
    assert_true(w.weight[3] == 0);
    for (int k = 4; k < NUM_FEATURES; k++) assert_at_most(fabs(w.weight[k]), .1);
    for (FOR_THREADS(t)) {
        parallel_set_threads(thread_counts[t]);
        assert_int_equal(proposal_weights_fit(&again, &found, f, NUM_FEATURES, right, ROWS, NULL), GAT_OK);
        assert_memory_equal(&w, &again, sizeof w);
    }
    parallel_set_threads(0);
    gat_free(f);
    gat_free(right);
}

static void test_nothing_to_learn(void **state)
{
    (void)state;
    float f[50 * NUM_FEATURES] = {0};
    uint8_t right[50] = {1, 1, 1};
    proposal_weights w = {.shift = 5};
    bool found = true;
    assert_int_equal(proposal_weights_fit(&w, &found, f, NUM_FEATURES, right, 50, NULL), GAT_OK);
    assert_false(found);
    assert_true(w.shift == 5);
}

static gat_filter *filter_of(const gat_triple *facts, int64_t count, int32_t relations)
{
    gat_triples list = {0};
    const gat_triples *lists = &list;
    gat_filter *known;
    for (int64_t i = 0; i < count; i++) assert_int_equal(triples_push(&list, facts[i], NULL), GAT_OK);
    assert_int_equal(filter_build(&known, &lists, 1, relations, NULL), GAT_OK);
    triples_clear(&list);
    return known;
}

/* Relation 0: heads 0, 1 and 2 with one tail each; relation 1: head 0 with 0, 1, 2 and 4, head 3 with 0. */
static const gat_triple facts[] = {{0, 0, 4}, {1, 0, 4}, {2, 0, 3}, {0, 1, 1},
                                   {0, 1, 2}, {0, 1, 4}, {0, 1, 0}, {3, 1, 0}};

static void test_counts(void **state)
{
    (void)state;
    gat_filter *known = filter_of(facts, 8, 2);
    relation_counts *c;
    assert_int_equal(relation_counts_make(&c, known, 2, NULL), GAT_OK);
    assert_int_equal(c[0].facts, 3);
    assert_int_equal(c[0].entities, 3);
    assert_int_equal(c[0].most, 1);
    assert_int_equal(c[1].most, 4);
    assert_int_equal(c[2].most, 2); /* two heads have the tail 4 */
    assert_true(fabs(relation_continues(&c[1], 1) - log(1.5 / 1.5)) < 1e-12);
    assert_true(fabs(relation_continues(&c[1], 4) - log(.5 / 1.5)) < 1e-12);
    assert_true(relation_continues(&c[1], 0) == 0);
    relation_counts_free(c, 2);
    filter_free(known);
}

static void test_fits(void **state)
{
    (void)state;
    gat_filter *known = filter_of(facts, 8, 2);
    entity_types types = {0};
    entity_fit fit;
    gat_intern *names = intern_new();
    for (int i = 0; i < 5; i++) intern_add(names, (char[]){(char)('a' + i), 0}, 1);
    assert_int_equal(entity_fit_make(&fit, known, &types, 5, 2, NULL), GAT_OK);
    assert_true(entity_fits(&fit, 0, 0) == 1 && entity_fits(&fit, 0, 1) == 1);
    assert_true(entity_fits(&fit, 1, 1) > 0 &&
                entity_fits(&fit, 1, 1) < 1); /* heads of 0 are heads of 1 now and then */
    assert_true(entity_takes(&fit, 1, 1) && entity_in_type(&fit, 3, 0));
    entity_fit_clear(&fit);

    put_file("types.tsv", "a\tthing\na\tpart\nb\tthing\tignored\nnobody\tthing\nd\tother\nb\tthing\n");
    assert_int_equal(entity_types_read(&types, "types.tsv", names, NULL), GAT_OK);
    assert_int_equal(types.num_types, 3);
    assert_int_equal(entity_fit_make(&fit, known, &types, 5, 2, NULL), GAT_OK);
    assert_true(entity_in_type(&fit, 1, 0) && entity_in_type(&fit, 1, 1)); /* a is a head of both */
    assert_false(entity_in_type(&fit, 3, 0));                              /* no head of 0 is other */
    assert_true(entity_in_type(&fit, 2, 1));                               /* c has no type */
    entity_fit_clear(&fit);
    entity_types_clear(&types);
    intern_free(names);
    filter_free(known);
}

static void test_bad_types(void **state)
{
    (void)state;
    static const char *const cases[][2] = {{"a\tthing\nb\n", "bad.tsv:2: expected an entity and its type"},
                                           {"a\tthing\n\tthing\n", "bad.tsv:2: "},
                                           {"a\t\tthing\n", "bad.tsv:1: "},
                                           {"x\tthing\n", "no entity of the graph has a type"}};
    gat_intern *names = intern_new();
    intern_add(names, "a", 1);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        entity_types types;
        gat_error err = {0};
        put_file("bad.tsv", cases[i][0]);
        assert_int_equal(entity_types_read(&types, "bad.tsv", names, &err), GAT_EDATA);
        if (!strstr(err.message, cases[i][1])) fail_msg("\"%s\" lacks \"%s\"", err.message, cases[i][1]);
        assert_null(types.indptr);
    }
    intern_free(names);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fit),  cmocka_unit_test(test_nothing_to_learn), cmocka_unit_test(test_counts),
        cmocka_unit_test(test_fits), cmocka_unit_test(test_bad_types),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* New facts beside the training facts: names, numbers, repeated facts, and what a new entity is then known by. */
#include "support/small_model.h"

#include <math.h>

#include "support/check.h"
#include "tasks/joined_graph.h"
#include "tasks/neighbors.h"
#include "tasks/predict.h"
#include "tasks/similarity.h"

static gat_dataset *joined(const gat_model *m, const char *text)
{
    put_file("new.tsv", text);
    gat_dataset *d = dataset_of("new.tsv");
    assert_int_equal(graph_join_model(d, m, NULL), GAT_OK);
    return d;
}

static bool has_fact(const gat_dataset *d, const char *head, const char *relation, const char *tail)
{
    int32_t h = entity_id(d->entities, head), r = entity_id(d->relations, relation), t = entity_id(d->entities, tail);
    const gat_triples *facts = &d->splits[GAT_SPLIT_TRAIN];
    for (int64_t i = 0; i < facts->count; i++)
        if (facts->data[i].head == h && facts->data[i].relation == r && facts->data[i].tail == t) return true;
    return false;
}

static void test_names_and_facts(void **state)
{
    small_state *s = *state;
    const gat_model *m = s->gat;
    gat_dataset *d = joined(m, "new\tpart of\ta\na\tlikes\tb\nb\tlikes\tnew\n");
    assert_int_equal(intern_count(d->entities), intern_count(m->entities) + 1);
    for (int32_t i = 0; i < intern_count(m->entities); i++)
        assert_string_equal(intern_string(d->entities, i), intern_string(m->entities, i));
    assert_int_equal(d->splits[GAT_SPLIT_TRAIN].count, m->facts.count + 2); /* a likes b was there */
    assert_true(has_fact(d, "new", "part of", "a") && has_fact(d, "b", "likes", "new"));
    for (int64_t i = 0; i < m->facts.count; i++) {
        gat_triple f = m->facts.data[i];
        assert_true(has_fact(d, intern_string(m->entities, f.head), intern_string(m->relations, f.relation),
                             intern_string(m->entities, f.tail)));
    }
    dataset_free(d);
}

/* Nothing new: everything is as without it. */
static void test_known_facts_change_nothing(void **state)
{
    small_state *s = *state;
    gat_dataset *d = joined(s->gat, "a\tlikes\tb\n");
    double with, without;
    assert_int_equal(similarity_of(&with, s->gat, "c", "g", d, NULL), GAT_OK);
    assert_int_equal(similarity_of(&without, s->gat, "c", "g", NULL, NULL), GAT_OK);
    assert_at_most(fabs(with - without), 1e-6);
    dataset_free(d);
}

static void test_a_new_entity_is_asked_about(void **state)
{
    small_state *s = *state;
    gat_dataset *d = joined(s->gat, "new\tpart of\ta\nnew\tbeside\tfresh\n");
    gat_answer *answers;
    gat_neighbor *list;
    int64_t count;
    assert_int_equal(predict_answers(&answers, &count, s->gat, "new", "likes", "?", 100, false, d, NULL), GAT_OK);
    assert_int_equal(count, intern_count(d->entities)); /* every entity may be the answer: no fact is known */
    gat_free(answers);
    assert_int_equal(predict_answers(&answers, &count, s->gat, "new", "part of", "?", 100, false, d, NULL), GAT_OK);
    assert_int_equal(count, intern_count(d->entities) - 1);
    gat_free(answers);
    assert_int_equal(neighbors_list(&list, &count, s->gat, "new", GAT_BY_ATTENTION, 1, 10, d, NULL), GAT_OK);
    assert_int_equal(count, 2);
    gat_free(list);
    dataset_free(d);
}

static void test_failing_allocations(void **state)
{
    small_state *s = *state;
    put_file("new.tsv", "new\tpart of\ta\n");
    gat_status st = GAT_ENOMEM;
    for (int64_t n = 1; st; n++) {
        gat_dataset *d = dataset_of("new.tsv");
        gat_error err = {0};
        memory_fail_at(n, false);
        st = graph_join_model(d, s->gat, &err);
        memory_fail_at(0, false);
        assert_true(st == GAT_OK ? n > 3 : st == GAT_ENOMEM && err.code == GAT_ENOMEM);
        assert_int_equal(d->splits[GAT_SPLIT_TRAIN].count, st ? 1 : s->gat->facts.count + 1);
        dataset_free(d);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names_and_facts),
        cmocka_unit_test(test_known_facts_change_nothing),
        cmocka_unit_test(test_a_new_entity_is_asked_about),
        cmocka_unit_test(test_failing_allocations),
    };
    return cmocka_run_group_tests(tests, small_setup, small_teardown);
}

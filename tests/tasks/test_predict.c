/* Answers against the whole row of scores, sorted. */
#include "support/small_model.h"

#include <math.h>

#include "tasks/predict.h"
#include "tasks/top_list.h"

enum { ALL = 1000 };

typedef struct answers {
    gat_answer *list;
    int64_t count;
} answers;

static answers ask(const gat_model *m, const char *h, const char *r, const char *t, int64_t top, bool known,
                   const gat_dataset *graph)
{
    answers a;
    gat_error err = {0};
    if (predict_answers(&a.list, &a.count, m, h, r, t, top, known, graph, &err)) fail_msg("%s", err.message);
    return a;
}

static void assert_ordered(answers a)
{
    for (int64_t i = 1; i < a.count; i++) {
        assert_true(a.list[i - 1].score >= a.list[i].score);
        assert_true(a.list[i - 1].probability >= a.list[i].probability);
    }
}

static void test_tails(void **state)
{
    small_state *s = *state;
    const model_view *v = s->gat->view;
    answers all = ask(s->gat, "a", "likes", "?", ALL, true, NULL);
    float row[13];
    int32_t entity = entity_id(v->entities, "a"), relation = entity_id(s->gat->relations, "likes");
    double sum = 0;
    assert_int_equal(view_score(row, v, &entity, &relation, 1, NULL), GAT_OK);
    assert_int_equal(all.count, 13);
    assert_ordered(all);
    for (int64_t i = 0; i < all.count; i++) {
        assert_string_equal(all.list[i].head, "a");
        assert_string_equal(all.list[i].relation, "likes");
        assert_true(all.list[i].score == row[entity_id(v->entities, all.list[i].tail)]);
        sum += all.list[i].probability;
    }
    assert_true(fabs(sum - 1) < 1e-12);
    answers top = ask(s->gat, "a", "likes", "?", 3, true, NULL);
    assert_int_equal(top.count, 3);
    for (int i = 0; i < 3; i++) {
        assert_ptr_equal(top.list[i].tail, all.list[i].tail);
        assert_true(top.list[i].score == all.list[i].score && top.list[i].probability == all.list[i].probability);
    }
    gat_free(all.list);
    gat_free(top.list);
}

/* a likes a, b, c; e, f, d and a like a. */
static void test_known_facts_left_out(void **state)
{
    small_state *s = *state;
    answers tails = ask(s->gat, "a", "likes", "?", ALL, false, NULL),
            heads = ask(s->gat, "?", "likes", "a", ALL, false, NULL);
    answers all = ask(s->gat, "a", "likes", "?", ALL, true, NULL);
    assert_int_equal(tails.count, 10);
    assert_int_equal(heads.count, 9);
    for (int64_t i = 0; i < tails.count; i++) assert_null(strchr("abc", *tails.list[i].tail));
    for (int64_t i = 0; i < heads.count; i++) assert_true(!strchr("aedf", *heads.list[i].head));
    for (int64_t i = 0; i < all.count; i++)
        if (!strcmp(all.list[i].tail, tails.list[0].tail))
            assert_true(all.list[i].probability == tails.list[0].probability);
    assert_ordered(heads);
    gat_free(tails.list);
    gat_free(heads.list);
    gat_free(all.list);
}

static void test_relations(void **state)
{
    small_state *s = *state;
    answers all = ask(s->none, "a", "?", "e", ALL, true, NULL), open = ask(s->none, "a", "?", "e", ALL, false, NULL);
    assert_int_equal(all.count, 3);
    assert_int_equal(open.count, 2); /* a beside e is known */
    assert_ordered(all);
    for (int64_t i = 0; i < open.count; i++) assert_string_not_equal(open.list[i].relation, "beside");
    for (int64_t i = 0; i < all.count; i++) {
        answers tails = ask(s->none, "a", all.list[i].relation, "?", ALL, true, NULL);
        for (int64_t j = 0; j < tails.count; j++)
            if (!strcmp(tails.list[j].tail, "e")) assert_true(tails.list[j].score == all.list[i].score);
        gat_free(tails.list);
    }
    gat_free(all.list);
    gat_free(open.list);
}

/* Answers come from the graph's entities; facts of both graphs are known. */
static void test_graph(void **state)
{
    small_state *s = *state;
    put_file("other.tsv", "a\tlikes\tx\na\tbeside\tb\nc\tlikes\ty\n");
    gat_dataset *other = dataset_of("other.tsv");
    answers open = ask(s->gat, "a", "likes", "?", ALL, false, other),
            all = ask(s->gat, "a", "likes", "?", ALL, true, other);
    assert_int_equal(all.count, 5);
    assert_int_equal(open.count, 1); /* x by the graph; a, b, c by the training facts */
    assert_string_equal(open.list[0].tail, "y");
    gat_free(open.list);
    answers relations = ask(s->gat, "a", "?", "b", ALL, false, other);
    assert_int_equal(relations.count, 1);
    assert_string_equal(relations.list[0].relation, "part of");
    gat_free(relations.list);
    gat_free(all.list);
    dataset_free(other);
}

/* Each question as if asked alone, more of them than a block takes. */
static void test_many(void **state)
{
    enum { MANY = 150 };
    static const char *const asked[][3] = {
        {"a", "likes", "?"}, {"?", "beside", "b"}, {"a", "?", "e"}, {"nobody", "likes", "?"}, {"b", "likes", "?"}};
    small_state *s = *state;
    gat_question questions[MANY];
    gat_prediction found[MANY];
    for (int i = 0; i < MANY; i++) {
        const char *const *q = asked[i % 5];
        questions[i] = (gat_question){q[0], q[1], q[2], i % 7, i % 2};
    }
    assert_int_equal(predict_many(found, questions, MANY, s->gat, NULL, NULL), GAT_OK);
    for (int i = 0; i < MANY; i++) {
        gat_question q = questions[i];
        answers alone;
        gat_error err = {0};
        gat_status st =
            predict_answers(&alone.list, &alone.count, s->gat, q.head, q.relation, q.tail, q.top, q.known, NULL, &err);
        assert_int_equal(found[i].status, st);
        assert_string_equal(found[i].error.message, err.message);
        assert_int_equal(found[i].count, alone.count);
        for (int64_t k = 0; k < alone.count; k++)
            assert_memory_equal(&found[i].answers[k], &alone.list[k], sizeof *alone.list);
        gat_free(found[i].answers);
        gat_free(alone.list);
    }
    assert_int_equal(predict_many(found, questions, 0, s->gat, NULL, NULL), GAT_OK);
}

static void test_refused(void **state)
{
    small_state *s = *state;
    static const char *const cases[][4] = {
        {"a", "likes", "b", "found it in 0"},
        {"?", "likes", "?", "found it in 2"},
        {"latte", "likes", "?", "unknown entity \"latte\"; nearest: late"},
        {"?", "like", "b", "unknown relation \"like\"; nearest: likes"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        answers a = {(gat_answer *)1, 1};
        gat_error err = {0};
        assert_int_equal(
            predict_answers(&a.list, &a.count, s->gat, cases[i][0], cases[i][1], cases[i][2], 3, false, NULL, &err),
            GAT_EUSAGE);
        assert_null(a.list);
        assert_int_equal(a.count, 0);
        if (!strstr(err.message, cases[i][3])) fail_msg("\"%s\" lacks \"%s\"", err.message, cases[i][3]);
    }
    answers a;
    assert_int_equal(predict_answers(&a.list, &a.count, s->gat, "a", "likes", "?", 0, false, NULL, NULL), GAT_EUSAGE);
}

static void test_failing_allocations(void **state)
{
    small_state *s = *state;
    static const char *const questions[][3] = {{"a", "likes", "?"}, {"a", "?", "b"}};
    for (int i = 0; i < 4; i++) {
        gat_status st = GAT_ENOMEM;
        const char *const *q = questions[i % 2];
        for (int64_t n = 1; st; n++) {
            answers a;
            gat_error err = {0};
            memory_fail_at(n, false);
            st = predict_answers(&a.list, &a.count, s->gat, q[0], q[1], q[2], 3, false, i < 2 ? NULL : s->data, &err);
            memory_fail_at(0, false);
            assert_true(st == GAT_OK ? a.list != NULL : a.list == NULL && err.code == GAT_ENOMEM);
            gat_free(a.list);
        }
    }
}

static int descending(const void *a, const void *b)
{
    const top_item *x = a, *y = b;
    return x->value != y->value ? (x->value < y->value) - (x->value > y->value) : (x->id > y->id) - (x->id < y->id);
}

static void test_top_list(void **state)
{
    (void)state;
    top_item items[100];
    for (int64_t i = 0; i < 100; i++) items[i] = (top_item){(double)(i * 37 % 23), i};
    for (int64_t top = 1; top <= 130; top += 3) {
        top_list list;
        assert_int_equal(top_list_init(&list, top, 101, NULL), GAT_OK);
        top_list_add(&list, (double)NAN, 1000);
        for (int64_t i = 99; i >= 0; i--) top_list_add(&list, items[i].value, items[i].id);
        top_list_sort(&list);
        top_item sorted[100];
        memcpy(sorted, items, sizeof items);
        qsort(sorted, 100, sizeof *sorted, descending);
        for (int64_t i = 0; i < list.count && i < 100; i++) assert_int_equal(list.items[i].id, sorted[i].id);
        assert_int_equal(list.count, top < 101 ? top : 101);
        if (list.count == 101) assert_int_equal(list.items[100].id, 1000);
        top_list_clear(&list);
    }
}

/* Probabilities as without valid, the softmax; tests/model/test_judged_answers.c has the others. */
static int softmax_setup(void **state)
{
    int failed = small_setup(state);
    small_state *s = *state;
    s->gat->calibrated = s->none->calibrated = false;
    return failed;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tails),
        cmocka_unit_test(test_known_facts_left_out),
        cmocka_unit_test(test_relations),
        cmocka_unit_test(test_graph),
        cmocka_unit_test(test_many),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_failing_allocations),
        cmocka_unit_test(test_top_list),
    };
    return cmocka_run_group_tests(tests, softmax_setup, small_teardown);
}

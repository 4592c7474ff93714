/* Ranks of a small split, against counting in the rows that `score` writes. */
#include "support/small_model.h"

#include <math.h>

#include "tasks/evaluate.h"
#include "tasks/score_file.h"

static gat_evaluation *evaluate(const gat_model *m, const gat_dataset *d, gat_split split, const gat_dataset *graph)
{
    gat_evaluation *e;
    gat_error err = {0};
    const gat_evaluate_options options = {.split = split, .graph = graph};
    if (evaluate_split(&e, m, d, &options, &err)) fail_msg("%s", err.message);
    return e;
}

static void assert_close(double a, double b, double tolerance)
{
    if (!(fabs(a - b) <= tolerance)) fail_msg("%.12g and %.12g differ", a, b);
}

/* The questions of the test split, the tail's first, as `evaluate` asks them. */
static void put_questions(const gat_dataset *d)
{
    FILE *f = fopen("questions.tsv", "w");
    const gat_triples *test = &d->splits[GAT_SPLIT_TEST];
    for (int64_t i = 0; i < test->count; i++) {
        gat_triple t = test->data[i];
        const char *r = intern_string(d->relations, t.relation);
        fprintf(f, "%s\t%s\t?\n?\t%s\t%s\n", intern_string(d->entities, t.head), r, r,
                intern_string(d->entities, t.tail));
    }
    assert_int_equal(fclose(f), 0);
}

static bool is_fact(const gat_dataset *d, gat_triple f)
{
    for (int s = GAT_SPLIT_TRAIN; s <= GAT_SPLIT_TEST; s++)
        for (int64_t i = 0; i < d->splits[s].count; i++)
            if (!triple_compare(&d->splits[s].data[i], &f)) return true;
    return false;
}

static double reciprocal_rank(const float *row, const gat_dataset *d, gat_triple f, bool tail)
{
    int32_t answer = tail ? f.tail : f.head;
    double rank = 1;
    for (int32_t c = 0; c < intern_count(d->entities); c++) {
        gat_triple other = tail ? (gat_triple){f.head, f.relation, c} : (gat_triple){c, f.relation, f.tail};
        if (c == answer || is_fact(d, other)) continue;
        rank += row[c] > row[answer] ? 1 : row[c] == row[answer] ? 0.5 : 0;
    }
    return 1 / rank;
}

static void check_against_rows(const gat_dataset *d, const gat_model *m)
{
    gat_evaluation *e = evaluate(m, d, GAT_SPLIT_TEST, NULL);
    const gat_triples *test = &d->splits[GAT_SPLIT_TEST];
    int64_t rows, n = intern_count(d->entities);
    put_questions(d);
    assert_int_equal(score_file(m, "questions.tsv", "rows.npy", "names.txt", NULL, &rows, NULL), GAT_OK);
    assert_int_equal(rows, 2 * test->count);
    char *bytes = get_file("rows.npy", NULL);
    const float *scores = (const float *)(bytes + 128);
    double tail = 0, head = 0;
    for (int64_t i = 0; i < test->count; i++) {
        tail += reciprocal_rank(scores + 2 * i * n, d, test->data[i], true);
        head += reciprocal_rank(scores + (2 * i + 1) * n, d, test->data[i], false);
    }
    assert_close(e->tail.realistic.mrr, tail / (double)test->count, 1e-12);
    assert_close(e->head.realistic.mrr, head / (double)test->count, 1e-12);
    assert_close(e->both.realistic.mrr, (tail + head) / (double)(2 * test->count), 1e-12);
    gat_free(bytes);
    evaluation_free(e);
}

static void test_agrees_with_rows(void **state)
{
    small_state *s = *state;
    check_against_rows(s->data, s->gat);
    check_against_rows(s->data, s->none);
}

static void test_parts(void **state)
{
    small_state *s = *state;
    gat_evaluation *e = evaluate(s->gat, s->data, GAT_SPLIT_TEST, NULL);
    int64_t kinds = 0, relations = 0;
    assert_int_equal(e->split, GAT_SPLIT_TEST);
    assert_int_equal(e->both.queries, 12);
    assert_int_equal(e->tail.queries, 6);
    assert_int_equal(e->head.queries, 6);
    assert_int_equal(e->baseline.queries, 12);
    assert_int_equal(e->unseen, 1);
    assert_int_equal(e->in_graph, 0);
    assert_true(e->seconds >= 0);
    for (int k = 0; k < GAT_NUM_RELATION_KINDS; k++) kinds += e->kind[k].queries;
    assert_int_equal(kinds, 12);
    assert_int_equal(e->num_relations, 3);
    for (int64_t i = 0; i < 3; i++) {
        relations += e->relation[i].both.queries;
        assert_int_equal(e->relation[i].both.queries, 2 * e->relation[i].tail.queries);
        assert_true(i == 0 || e->relation[i - 1].both.queries >= e->relation[i].both.queries);
    }
    assert_int_equal(relations, 12);
    assert_string_equal(e->relation[0].name, "likes");
    assert_string_equal(e->relation[1].name, "part of");
    assert_int_equal(e->relation[1].kind, GAT_MANY_TO_ONE);
    evaluation_free(e);
    evaluation_free(NULL);
}

/* The reverse of "b likes a" is a training fact; of 13 candidates the filter leaves few. */
static void test_baseline(void **state)
{
    small_state *s = *state;
    gat_evaluation *e = evaluate(s->none, s->data, GAT_SPLIT_TEST, NULL);
    assert_true(e->baseline.realistic.mrr > 0.1 && e->baseline.realistic.mrr < 0.9);
    assert_true(e->baseline.optimistic.hits_at_1 >= e->baseline.realistic.hits_at_1);
    evaluation_free(e);
}

/* The same facts in another order are the same numbers, though every id differs; so is the training graph given as
 * a graph. */
static void test_names_are_matched(void **state)
{
    small_state *s = *state;
    mkdir("turned", 0777);
    put_file("turned/train.tsv", "l\tpart of\tb\nh\tbeside\tg\n" SMALL_TRAIN);
    put_file("turned/valid.tsv", SMALL_VALID);
    put_file("turned/test.tsv", SMALL_TEST);
    gat_dataset *turned = dataset_of("turned");
    gat_evaluation *e = evaluate(s->gat, s->data, GAT_SPLIT_TEST, NULL);
    gat_evaluation *f = evaluate(s->gat, turned, GAT_SPLIT_TEST, NULL);
    gat_evaluation *g = evaluate(s->gat, s->data, GAT_SPLIT_TEST, turned);
    assert_close(e->both.realistic.mrr, f->both.realistic.mrr, 1e-9);
    assert_close(e->both.realistic.mr, f->both.realistic.mr, 1e-9);
    assert_close(e->both.realistic.mrr, g->both.realistic.mrr, 1e-9);
    assert_close(e->baseline.realistic.mrr, f->baseline.realistic.mrr, 1e-12);
    assert_int_equal(f->unseen, 1);
    evaluation_free(e);
    evaluation_free(f);
    evaluation_free(g);
    dataset_free(turned);
}

/* 1 / rank of `answer` among the listed candidates, by the scores over the model's whole graph. */
static double reciprocal(const gat_model *m, const char *asked, bool heads, const char *answer, const char *candidates)
{
    float row[13], mine;
    double better = 0, equal = 0;
    int32_t entity = entity_id(m->view->entities, asked), relation = entity_id(m->relations, "likes");
    if (heads) relation += m->num_seen_relations;
    assert_int_equal(view_score(row, m->view, &entity, &relation, 1, NULL), GAT_OK);
    mine = row[entity_id(m->view->entities, answer)];
    for (const char *c = candidates; *c; c++) {
        float other = row[entity_id(m->view->entities, (const char[]){*c, 0})];
        better += other > mine;
        equal += other == mine;
    }
    return 1 / (1 + better + equal / 2);
}

/* Facts that are asked and seen at once, and data without most of the entities of the graph: these are not ranked, and their
 * messages count. Data of few entities that claims the model's digest is data of few entities. */
static void test_doubts(void **state)
{
    small_state *s = *state;
    gat_evaluation *e = evaluate(s->gat, s->data, GAT_SPLIT_TRAIN, NULL);
    assert_int_equal(e->in_graph, s->data->splits[GAT_SPLIT_TRAIN].count);
    evaluation_free(e);
    mkdir("few", 0777);
    put_file("few/train.tsv", "a\tlikes\tb\n");
    put_file("few/test.tsv", "a\tlikes\tc\nc\tlikes\te\n");
    gat_dataset *few = dataset_of("few");
    double tails = reciprocal(s->gat, "a", false, "c", "ae") + reciprocal(s->gat, "c", false, "e", "abc");
    double heads = reciprocal(s->gat, "c", true, "a", "bce") + reciprocal(s->gat, "e", true, "c", "abe");
    for (int claims = 0; claims < 2; claims++) {
        if (claims) memcpy(few->digest, s->gat->origin.data_digest, sizeof few->digest);
        e = evaluate(s->gat, few, GAT_SPLIT_TEST, NULL);
        assert_int_equal(e->candidates, 4);
        assert_int_equal(e->in_graph, 1);
        assert_close(e->tail.realistic.mrr, tails / 2, 1e-6);
        assert_close(e->head.realistic.mrr, heads / 2, 1e-6);
        evaluation_free(e);
    }
    dataset_free(few);
}

static void test_inductive(void **state)
{
    small_state *s = *state;
    gat_evaluation *e = evaluate(s->gat, s->data, GAT_SPLIT_IND_TEST, NULL);
    assert_int_equal(e->both.queries, 4);
    assert_int_equal(e->unseen, 2);
    assert_int_equal(e->candidates, 4);
    assert_true(e->both.pessimistic.mr <= 4);
    evaluation_free(e);
}

static void assert_refused(const gat_model *m, const char *folder, const char *words)
{
    gat_evaluation *e = (gat_evaluation *)1;
    gat_error err = {0};
    gat_dataset *d = dataset_of(folder);
    assert_int_equal(evaluate_split(&e, m, d, &(gat_evaluate_options){.split = GAT_SPLIT_TEST}, &err), GAT_EDATA);
    assert_null(e);
    if (!strstr(err.message, words)) fail_msg("\"%s\" lacks \"%s\"", err.message, words);
    dataset_free(d);
}

static void test_refused(void **state)
{
    small_state *s = *state;
    mkdir("no_test", 0777);
    put_file("no_test/train.tsv", SMALL_TRAIN);
    assert_refused(s->gat, "no_test", "no split test");
    mkdir("empty_test", 0777);
    put_file("empty_test/train.tsv", SMALL_TRAIN);
    put_file("empty_test/test.tsv", "");
    assert_refused(s->gat, "empty_test", "test: no facts");
    mkdir("rare", 0777);
    put_file("rare/train.tsv", SMALL_TRAIN);
    put_file("rare/test.tsv", "a\tlikes\tb\na\trare\tb\n");
    assert_refused(s->gat, "rare", "rare/test.tsv:2: relation \"rare\"");
}

static void test_failing_allocations(void **state)
{
    small_state *s = *state;
    const gat_split splits[] = {GAT_SPLIT_TEST, GAT_SPLIT_IND_TEST};
    for (int i = 0; i < 2; i++) {
        gat_status st = GAT_ENOMEM;
        for (int64_t n = 1; st; n++) {
            gat_evaluation *e;
            gat_error err = {0};
            memory_fail_at(n, false);
            const gat_evaluate_options options = {.split = splits[i]};
            st = evaluate_split(&e, s->gat, s->data, &options, &err);
            memory_fail_at(0, false);
            assert_true(st == GAT_OK ? e != NULL && n > 5 : e == NULL && err.code == GAT_ENOMEM);
            evaluation_free(e);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_agrees_with_rows),    cmocka_unit_test(test_parts),     cmocka_unit_test(test_baseline),
        cmocka_unit_test(test_names_are_matched),   cmocka_unit_test(test_inductive), cmocka_unit_test(test_refused),
        cmocka_unit_test(test_failing_allocations), cmocka_unit_test(test_doubts),
    };
    return cmocka_run_group_tests(tests, small_setup, small_teardown);
}

/* An embedding model beside a path model: weights that fit, files, views over other graphs, what is refused. */
#include "train/side_fit.h"

#include <math.h>
#include <string.h>
#include <sys/stat.h>

#include "base/memory.h"
#include "base/parallel.h"
#include "model/model_io.h"
#include "model/side_view.h"
#include "support/path_data.h"
#include "train/side_candidates.h"

typedef struct place {
    gat_dataset *data, *other;
} place;

static void train_into(const char *path, const gat_dataset *data, gat_config c)
{
    gat_model *m = ring_train(data, &c, NULL, GAT_OK);
    assert_int_equal(model_save(m, path, NULL), GAT_OK);
    model_free(m);
}

/* Trained once: what is put together is looked at here, not how it came about. */
static int setup(void **state)
{
    place *p = gat_calloc(1, sizeof *p);
    assert_non_null(p);
    p->data = ring_dataset(false);
    p->other = ring_dataset(true);
    *state = p;
    train_into("paths.gatkit", p->data, path_config(""));
    train_into("side.gatkit", p->data, ring_config("epochs=30"));
    train_into("elsewhere.gatkit", p->other, ring_config("epochs=1"));
    return 0;
}

static int teardown(void **state)
{
    place *p = *state;
    dataset_free(p->data);
    dataset_free(p->other);
    gat_free(p);
    return 0;
}

static gat_model *load(const char *path)
{
    gat_model *m;
    gat_error err = {0};
    if (model_load(&m, path, &err) || model_finish(m, &err)) fail_msg("%s", err.message);
    return m;
}

static gat_model *joined(const place *p, gat_side_report *report)
{
    gat_model *m = load("paths.gatkit"), *side = load("side.gatkit");
    gat_error err = {0};
    if (side_attach(m, &side, p->data, report, &err)) fail_msg("%s", err.message);
    assert_null(side);
    return m;
}

static void row(float *s, const model_view *v, int32_t entity, int32_t relation)
{
    assert_int_equal(view_score(s, v, &entity, &relation, 1, NULL), GAT_OK);
}

/* The softmax loss of all right answers of valid under the model's scores, with known answers left out. */
static double loss_of(const gat_model *m, const gat_triples *valid)
{
    double loss = 0;
    float s[RING];
    for (int64_t i = 0; i < 2 * valid->count; i++) {
        gat_triple f = valid->data[i / 2];
        int32_t entity = i % 2 ? f.tail : f.head, answer = i % 2 ? f.head : f.tail;
        int32_t r = f.relation + (i % 2 ? m->num_seen_relations : 0);
        double sum = 0;
        row(s, m->view, entity, r);
        for (int32_t e = 0; e < RING; e++) {
            bool right = false;
            for (int64_t k = 0; k < valid->count; k++) {
                gat_triple g = valid->data[k];
                right |= g.relation == f.relation &&
                         (i % 2 ? g.tail == entity && g.head == e : g.head == entity && g.tail == e);
            }
            if (e == answer ||
                (!right && !filter_contains(m->view->known, i % 2 ? e : entity, f.relation, i % 2 ? entity : e)))
                sum += exp((double)s[e]);
        }
        loss += log(sum) - (double)s[answer];
    }
    return loss;
}

/* Scores are the weighted sum, and fit the questions of valid better than paths alone. */
static void test_weights(void **state)
{
    const place *p = *state;
    gat_side_report report;
    gat_model *m = joined(p, &report), *alone = load("paths.gatkit");
    int32_t relations = 2 * m->num_seen_relations;
    float both[RING], paths[RING], side[RING];
    assert_true(report.answers > 0 && report.alone > 0 && report.alone <= 1 && report.both > 0 && report.both <= 1);
    for (int32_t r = 0; r < relations; r++) {
        row(both, m->view, 5, r);
        row(paths, alone->view, 5, r);
        row(side, m->side->view, 5, r);
        for (int e = 0; e < RING; e++) {
            double sum = m->side_weight[r] * (double)paths[e] + m->side_weight[relations + r] * (double)side[e];
            if (!(fabs(sum - (double)both[e]) < 1e-4 * (1 + fabs(sum)))) fail_msg("%g, not %g", (double)both[e], sum);
        }
    }
    double best = loss_of(m, &p->data->splits[GAT_SPLIT_VALID]);
    assert_true(best < loss_of(alone, &p->data->splits[GAT_SPLIT_VALID]));
    model_free(m);
    model_free(alone);
}

static void test_round_trip(void **state)
{
    const place *p = *state;
    gat_side_report report;
    gat_model *m = joined(p, &report), *alone = load("paths.gatkit"), *back = NULL;
    gat_error err = {0};
    float a[RING], b[RING];
    if (model_save(m, "joined.gatkit", &err) || model_load(&back, "joined.gatkit", &err) || model_finish(back, &err))
        fail_msg("%s", err.message);
    ring_digest first = ring_digest_of(m), second = ring_digest_of(back), other = ring_digest_of(alone);
    assert_same_digest(first, second);
    assert_other_digest(first, other);
    for (int32_t r = 0; r < 2 * m->num_seen_relations; r++) {
        row(a, m->view, 7, r);
        row(b, back->view, 7, r);
        assert_memory_equal(a, b, sizeof a);
    }
    model_free(m);
    model_free(alone);
    model_free(back);
}

/* A file whose side model is one of paths with weights of its own: once more of the same would never end. */
static void test_side_of_a_side(void **state)
{
    const place *p = *state;
    gat_side_report report;
    gat_model *m = joined(p, &report), *side = m->side, *paths = load("paths.gatkit"), *back = NULL;
    gat_error err = {0};
    model_sections s = {.count = 0};
    m->side = paths;
    assert_int_equal(sections_of_model(&s, m, NULL), GAT_OK);
    sections_add(&s, "side_join_weights", m->side_weight, side_weights(m) * (int64_t)sizeof *m->side_weight);
    assert_int_equal(model_file_write("nested.gatkit", s.list, s.count, NULL), GAT_OK);
    sections_clear(&s);
    m->side = side;
    assert_int_equal(model_load(&back, "nested.gatkit", &err), GAT_EMODEL);
    assert_non_null(strstr(err.message, "one of paths"));
    assert_null(back);
    model_free(m);
    model_free(paths);
}

/* Over another graph entities are found by name; those that the side model has never seen are built from their facts. */
static void test_other_graph(void **state)
{
    const place *p = *state;
    gat_side_report report;
    gat_model *m = joined(p, &report), *alone = load("paths.gatkit");
    int32_t relations = 2 * m->num_seen_relations;
    gat_intern *names = intern_new();
    gat_triples facts = {0};
    model_view *v, *paths, *side;
    float s[3], by_paths[3], by_side[3];
    assert_int_equal(intern_add(names, "e1", 2), 0);
    assert_int_equal(intern_add(names, "new", 3), 1);
    assert_int_equal(intern_add(names, "e2", 2), 2);
    assert_int_equal(triples_push(&facts, (gat_triple){1, 0, 0}, NULL), GAT_OK);
    assert_int_equal(triples_push(&facts, (gat_triple){0, 0, 2}, NULL), GAT_OK);
    assert_int_equal(view_build(&v, m, names, &facts, NULL), GAT_OK);
    assert_int_equal(view_build(&paths, alone, names, &facts, NULL), GAT_OK);
    assert_int_equal(view_build(&side, m->side, names, &facts, NULL), GAT_OK);
    for (int32_t e = 0; e < 3; e++) {
        row(s, v, e, 0);
        row(by_paths, paths, e, 0);
        row(by_side, side, e, 0);
        for (int i = 0; i < 3; i++) {
            double sum = m->side_weight[0] * (double)by_paths[i] + m->side_weight[relations] * (double)by_side[i];
            assert_true(isfinite(s[i]) && fabs(sum - (double)s[i]) <= 1e-4 * (1 + fabs(sum)));
        }
    }
    view_free(v);
    view_free(paths);
    view_free(side);
    model_free(alone);
    triples_clear(&facts);
    intern_free(names);
    model_free(m);
}

static void test_refused(void **state)
{
    const place *p = *state;
    gat_side_report report;
    gat_model *m = load("paths.gatkit"), *paths = load("paths.gatkit"), *side = load("side.gatkit"),
              *elsewhere = load("elsewhere.gatkit");
    gat_error err = {0};
    assert_int_equal(side_attach(m, &paths, p->data, &report, &err), GAT_EUSAGE);
    assert_int_equal(side_attach(m, &elsewhere, p->data, &report, &err), GAT_EUSAGE);
    assert_non_null(strstr(err.message, "other data"));
    assert_int_equal(side_attach(side, &elsewhere, p->data, &report, &err), GAT_EUSAGE);
    assert_non_null(paths);
    assert_non_null(elsewhere);
    memcpy(elsewhere->origin.data_digest, p->data->digest, sizeof p->data->digest);
    assert_true(intern_add(elsewhere->entities, "one more", 8) >= 0);
    assert_int_not_equal(intern_count(elsewhere->entities), intern_count(p->data->entities));
    assert_int_equal(side_attach(m, &elsewhere, p->data, &report, &err), GAT_EUSAGE);
    assert_int_equal(side_attach(m, &side, p->data, &report, &err), GAT_OK);
    side = load("side.gatkit");
    assert_int_equal(side_attach(m, &side, p->data, &report, &err), GAT_EUSAGE);
    model_free(m);
    model_free(paths);
    model_free(side);
    model_free(elsewhere);
}

enum { PAIRS = 700 };

/* Facts between two entities each: what no path reaches scores the same without profiles. */
static gat_dataset *pairs_dataset(void)
{
    gat_dataset *d;
    gat_error err = {0};
    mkdir("pairs", 0777);
    FILE *train = fopen("pairs/train.tsv", "wb"), *valid = fopen("pairs/valid.tsv", "wb");
    assert_true(train && valid);
    for (int i = 0; i < PAIRS; i++) fprintf(train, "a%d\tr\tb%d\n", i, i);
    fputs("a0\tr\tb1\na2\tr\tb3\n", valid);
    assert_int_equal(fclose(train) | fclose(valid), 0);
    if (dataset_load(&d, "pairs", NULL, &err)) fail_msg("%s", err.message);
    return d;
}

static void test_equal_scores(void **state)
{
    gat_config c = path_config("path-profile=no queries=8"), e = ring_config("epochs=1");
    gat_dataset *d = pairs_dataset();
    gat_model *m = ring_train(d, &c, NULL, GAT_OK);
    side_candidates found;
    side_view *side;
    gat_error err = {0};
    (void)state;
    m->side = ring_train(d, &e, NULL, GAT_OK);
    if (side_view_new(&side, m->view, &m->facts, true, &err)) fail_msg("%s", err.message);
    if (side_candidates_collect(&found, m->view, side, &d->splits[GAT_SPLIT_VALID], &err)) fail_msg("%s", err.message);
    assert_int_equal(found.num_questions, 4);
    for (int64_t i = 0; i < 4; i++)
        assert_true(found.question[i].count > SIDE_TIES && found.question[i].count <= 2 * SIDE_BEST + SIDE_TIES + 1);
    side_candidates_clear(&found);
    side_view_free(side);
    model_free(m);
    dataset_free(d);
}

static void test_threads(void **state)
{
    const place *p = *state;
    gat_side_report report;
    gat_model *m = joined(p, &report);
    ring_digest one = ring_digest_of(m);
    model_free(m);
    for (int t = 1; t < 3; t++) {
        parallel_set_threads(thread_counts[t]);
        m = joined(p, &report);
        ring_digest many = ring_digest_of(m);
        assert_same_digest(one, many);
        model_free(m);
    }
    parallel_set_threads(0);
}

static void test_failing_allocations(void **state)
{
    const place *p = *state;
    gat_status st = GAT_ENOMEM;
    parallel_set_threads(1);
    for (int64_t n = 1; st; n += n < 60 ? 1 : 19) {
        gat_side_report report;
        gat_model *m = load("paths.gatkit"), *side = load("side.gatkit");
        memory_fail_at(n, false);
        st = side_attach(m, &side, p->data, &report, NULL);
        memory_fail_at(0, false);
        assert_true(st == GAT_OK || st == GAT_ENOMEM);
        model_free(side);
        model_free(m);
    }
    parallel_set_threads(0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_weights),     cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_other_graph), cmocka_unit_test(test_side_of_a_side),
        cmocka_unit_test(test_refused),     cmocka_unit_test(test_equal_scores),
        cmocka_unit_test(test_threads),     cmocka_unit_test(test_failing_allocations),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}

/* The best answers of questions with known answers, against sorting whole rows; and the calibration in model files. */
#include "model/judged_answers.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "model/model_io.h"
#include "support/path_data.h"
#include "support/reseal.h"
#include "tasks/predict.h"
#include "train/calibrate.h"

typedef struct place {
    gat_dataset *data;
    gat_model *path, *gat;
} place;

static int setup(void **state)
{
    place *p = gat_calloc(1, sizeof *p);
    gat_config path = path_config(""), gat = ring_config("");
    assert_non_null(p);
    p->data = ring_dataset(false);
    p->path = ring_train(p->data, &path, NULL, GAT_OK);
    p->gat = ring_train(p->data, &gat, NULL, GAT_OK);
    *state = p;
    return 0;
}

static int teardown(void **state)
{
    place *p = *state;
    model_free(p->path);
    model_free(p->gat);
    dataset_free(p->data);
    gat_free(p);
    return 0;
}

static bool is_fact(const gat_triples *list, int32_t h, int32_t r, int32_t t)
{
    for (int64_t i = 0; i < list->count; i++)
        if (list->data[i].head == h && list->data[i].relation == r && list->data[i].tail == t) return true;
    return false;
}

/* One question, by hand: how many answers of it there are in the list, which must agree. */
static int64_t check_question(const judged_answer *found, const gat_model *m, const gat_triples *valid, int32_t entity,
                              int32_t relation)
{
    float s[RING];
    int32_t all = m->num_seen_relations, r = relation % all;
    bool heads = relation >= all, used[RING] = {false};
    assert_int_equal(view_score(s, m->view, &entity, &relation, 1, NULL), GAT_OK);
    double sum = 0;
    for (int32_t i = 0; i < RING; i++) {
        used[i] = is_fact(&m->facts, heads ? i : entity, r, heads ? entity : i);
        if (!used[i]) sum += exp((double)s[i]);
    }
    for (int k = 0; k < JUDGED_ANSWERS; k++) {
        int32_t best = -1;
        for (int32_t i = 0; i < RING; i++)
            if (!used[i] && (best < 0 || s[i] > s[best])) best = i;
        if (best < 0) return k;
        used[best] = true;
        double odds = (double)s[best] - log(sum - exp((double)s[best]));
        if (!(fabs(odds - found[k].odds) < 1e-4)) fail_msg("%g, not %g", found[k].odds, odds);
        assert_true(found[k].place <= k && found[k].heads == heads);
        assert_int_equal(found[k].right, is_fact(valid, heads ? best : entity, r, heads ? entity : best));
    }
    return JUDGED_ANSWERS;
}

static void test_against_rows(void **state)
{
    const place *p = *state;
    const gat_model *models[] = {p->path, p->gat};
    const gat_triples *valid = &p->data->splits[GAT_SPLIT_VALID];
    for (int k = 0; k < 2; k++) {
        const gat_model *m = models[k];
        judged_list list;
        int64_t at = 0;
        assert_int_equal(judge_answers(&list, m->view, valid, NULL), GAT_OK);
        for (int32_t e = 0; e < RING; e++)
            for (int32_t r = 0; r < 2 * m->num_seen_relations; r++) {
                bool asked = false;
                for (int64_t i = 0; i < valid->count; i++) {
                    gat_triple f = valid->data[i];
                    asked |=
                        (f.head == e && f.relation == r) || (f.tail == e && f.relation == r - m->num_seen_relations);
                }
                if (asked) at += check_question(list.items + at, m, valid, e, r);
            }
        assert_int_equal(at, list.count);
        assert_true(at > 0 && m->calibrated);
        judged_clear(&list);
    }
}

static void test_probabilities(void **state)
{
    const place *p = *state;
    gat_answer *a;
    int64_t count;
    assert_int_equal(predict_answers(&a, &count, p->path, "e3", "next", "?", RING, true, NULL, NULL), GAT_OK);
    assert_int_equal(count, RING);
    for (int64_t i = 0; i < count; i++) assert_true(a[i].probability > 0 && a[i].probability < 1);
    gat_free(a);
    assert_int_equal(predict_answers(&a, &count, p->path, "e3", "next", "?", RING, false, NULL, NULL), GAT_OK);
    for (int64_t i = 1; i < count; i++) assert_true(a[i].probability <= a[i - 1].probability);
    gat_free(a);
}

/* Written, read again, damaged; without, as earlier versions wrote it. */
static void test_file(void **state)
{
    const place *p = *state;
    gat_model *back;
    char *image;
    size_t size;
    assert_int_equal(model_save(p->path, "m.gatkit", NULL), GAT_OK);
    assert_int_equal(model_load(&back, "m.gatkit", NULL), GAT_OK);
    assert_true(back->calibrated);
    assert_memory_equal(&back->calibration, &p->path->calibration, sizeof back->calibration);
    back->calibrated = false;
    assert_int_equal(model_save(back, "old.gatkit", NULL), GAT_OK);
    model_free(back);
    assert_int_equal(model_load(&back, "old.gatkit", NULL), GAT_OK);
    assert_false(back->calibrated);
    model_free(back);
    assert_int_equal(file_read_all(&image, &size, "m.gatkit", NULL), GAT_OK);
    for (size_t e = ENTRY; e <= ENTRY * image_get(image, HEADER_COUNT, 4); e += ENTRY) {
        if (strcmp(image + e, "calibration")) continue;
        char *bytes = image + image_get(image, e + ENTRY_OFFSET, 8);
        image_put(bytes, 16, UINT64_MAX, 8);
        image_reseal(image, size);
        FILE *f = fopen("bad.gatkit", "wb");
        assert_non_null(f);
        assert_int_equal(fwrite(image, 1, size, f), size);
        assert_int_equal(fclose(f), 0);
    }
    gat_free(image);
    gat_error err = {0};
    assert_int_equal(model_load(&back, "bad.gatkit", &err), GAT_EMODEL);
    assert_non_null(strstr(err.message, "calibration"));
}

static void test_same_for_threads(void **state)
{
    const place *p = *state;
    answer_calibration first = p->gat->calibration;
    for (FOR_THREADS(t)) {
        parallel_set_threads(thread_counts[t]);
        assert_int_equal(calibrate_model(p->gat, p->data, NULL), GAT_OK);
        assert_memory_equal(&first, &p->gat->calibration, sizeof first);
    }
    parallel_set_threads(0);
}

static void test_failing_allocations(void **state)
{
    const place *p = *state;
    gat_status st = GAT_ENOMEM;
    parallel_set_threads(1);
    for (int64_t n = 1; st; n++) {
        judged_list list;
        memory_fail_at(n, false);
        st = judge_answers(&list, p->path->view, &p->data->splits[GAT_SPLIT_VALID], NULL);
        memory_fail_at(0, false);
        assert_true(st == GAT_ENOMEM || st == GAT_OK);
        judged_clear(&list);
    }
    parallel_set_threads(0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_against_rows),
        cmocka_unit_test(test_probabilities),
        cmocka_unit_test(test_file),
        cmocka_unit_test(test_same_for_threads),
        cmocka_unit_test(test_failing_allocations),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}

/* Runs of path models: stopped and resumed anywhere, measured in questions, judged by valid alone. */
#include <math.h>
#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "model/model_io.h"
#include "model/view.h"
#include "support/path_data.h"
#include "support/reseal.h"

static const char path[] = "run.checkpoint";

static int setup(void **state)
{
    *state = ring_dataset(false);
    return 0;
}

static int teardown(void **state)
{
    dataset_free(*state);
    return 0;
}

static void interrupt(const gat_dataset *data, const gat_config *c, int64_t steps)
{
    ring_watch w = {.stop_after_steps = steps};
    gat_train_options o = ring_watched(&w);
    o.checkpoint = path;
    assert_int_equal(file_remove(path, NULL), GAT_OK);
    ring_train(data, c, &o, GAT_EINTERRUPTED);
    assert_true(file_exists(path));
}

static void test_stop_at_any_step(void **state)
{
    static const char *const settings[] = {"", "path-gate=no path-profile=no keep=last", "path-hide=pair members=2",
                                           "path-budget=3 path-choice=learned path-global=each patience=1",
                                           "path-aggregation=mean-max-min-std keep=last"};
    for (int i = 0; i < 5; i++) {
        gat_config c = path_config(settings[i]);
        ring_watch all = {.stop_after_steps = 1000};
        gat_train_options o = ring_watched(&all), again = {.checkpoint = path, .resume = true};
        ring_digest whole = ring_run(*state, &c, &o);
        assert_true(all.steps > 5);
        for (int64_t k = 1; k < all.steps; k += i ? 8 : 3) {
            interrupt(*state, &c, k);
            ring_digest parts = ring_run(*state, &c, &again);
            assert_same_digest(whole, parts);
        }
    }
}

static void test_threads(void **state)
{
    gat_config c = path_config("");
    parallel_set_threads(1);
    ring_digest one = ring_run(*state, &c, NULL);
    for (FOR_THREADS(t)) {
        parallel_set_threads(thread_counts[t]);
        ring_digest many = ring_run(*state, &c, NULL);
        assert_same_digest(one, many);
    }
    parallel_set_threads(0);
}

static void test_seed_and_learning(void **state)
{
    gat_config c = path_config("queries=400 eval-queries=0 layers=3"),
               other = path_config("queries=400 seed=2 layers=3");
    ring_watch w = {0};
    gat_train_options o = ring_watched(&w);
    gat_model *m = ring_train(*state, &c, &o, GAT_OK);
    ring_digest first = ring_digest_of(m), second = ring_run(*state, &other, NULL);
    assert_other_digest(first, second);
    assert_true(w.epochs >= 8);
    assert_true(w.loss[w.epochs - 1] < .8 * w.loss[0]);
    assert_true(m->origin.has_valid && m->origin.valid.realistic.mrr > .3);
    assert_true(m->queries == 400 && m->best_queries <= m->queries && m->best_queries > 0);
    model_free(m);
}

/* Nothing but train is read: noise in test, and with --keep last in valid, changes nothing. */
static void test_noise_in_test(void **state)
{
    gat_dataset *noise = ring_dataset(true);
    gat_config c = path_config("");
    ring_digest a = ring_run(*state, &c, NULL), b = ring_run(noise, &c, NULL);
    assert_same_digest(a, b);
    dataset_free(noise);
}

static void test_epochs(void **state)
{
    gat_config c = path_config("queries=0 epochs=2 keep=last");
    gat_model *m = ring_train(*state, &c, NULL, GAT_OK);
    assert_int_equal(m->origin.epochs, 2);
    assert_true(m->queries > m->facts.count && m->queries <= 4 * m->facts.count);
    char settings[60];
    snprintf(settings, sizeof settings, "queries=%lld keep=last", (long long)m->queries);
    gat_config same = path_config(settings);
    ring_digest a = ring_digest_of(m), b = ring_run(*state, &same, NULL);
    assert_same_digest(a, b);
    model_free(m);
    c = path_config("queries=0 epochs=0");
    m = ring_train(*state, &c, NULL, GAT_OK);
    assert_int_equal(m->queries, 0);
    model_free(m);
}

/* A run is repeated by its number of questions and that between validations: a clock makes both smaller. */
static void test_told_numbers(void **state)
{
    gat_config c = path_config("queries=0 epochs=2 eval-queries=0");
    gat_model *m = ring_train(*state, &c, NULL, GAT_OK);
    char settings[120];
    assert_int_equal(m->eval_queries, (m->queries + 7) / 8);
    snprintf(settings, sizeof settings, "queries=%lld eval-queries=%lld", (long long)m->queries,
             (long long)m->eval_queries);
    c = path_config(settings);
    ring_digest first = ring_digest_of(m), again = ring_run(*state, &c, NULL);
    assert_same_digest(first, again);
    model_free(m);
}

/* A run of very many epochs ends with its time, however slow the machine is: with something learned and judged once there
 * is time enough, with next to nothing where there is none. */
static void test_time_limit(void **state)
{
    gat_config c = path_config("queries=0 epochs=100000 eval-queries=0 keep=last");
    gat_train_options o = {.time_limit = .25};
    gat_model *m = NULL;
    do {
        model_free(m);
        o.time_limit *= 2;
        m = ring_train(*state, &c, &o, GAT_OK);
    } while (!m->queries && o.time_limit < 100);
    assert_true(m->queries > 0 && m->eval_queries > 0 && m->origin.has_valid);
    model_free(m);
    o.spent = 2 * o.time_limit;
    m = ring_train(*state, &c, &o, GAT_OK);
    assert_true(m->queries < 1000);
    model_free(m);
}

static void test_refused(void **state)
{
    static const struct {
        const char *settings, *part;
    } cases[] = {{"dim=48", "multiple of 32"},
                 {"dim=512", "up to"},
                 {"n3=0.1", "n3 is no option of --model path"},
                 {"path-choice=learned", "needs path-budget above 0"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        gat_config c = path_config(cases[i].settings);
        gat_model *m;
        gat_error err = {0};
        assert_int_equal(train_model(&m, *state, &c, NULL, &err), GAT_EUSAGE);
        if (!strstr(err.message, cases[i].part)) fail_msg("%s", err.message);
    }
    gat_config c = path_config(""), other = path_config("lr=0.1");
    gat_train_options o = {.checkpoint = path, .resume = true};
    gat_model *m;
    gat_error err = {0};
    interrupt(*state, &c, 3);
    assert_int_equal(train_model(&m, *state, &other, &o, &err), GAT_EUSAGE);
    assert_non_null(strstr(err.message, "other options"));
}

/* Every word of the position, replaced by hostile values: refused, or the run ends somehow, but it ends. */
static void test_damaged_position(void **state)
{
    const double nan = (double)NAN;
    uint64_t values[] = {UINT64_MAX, INT64_MAX, (uint64_t)1 << 63, 0, 1, 100, 0};
    gat_config c = path_config("queries=56");
    gat_train_options o = {.checkpoint = path, .resume = true};
    size_t size, refused = 0, length = 0;
    char *image, *bytes = NULL;
    memcpy(&values[6], &nan, sizeof nan);
    interrupt(*state, &c, 5);
    assert_int_equal(file_read_all(&image, &size, path, NULL), GAT_OK);
    for (size_t e = ENTRY; e <= ENTRY * image_get(image, HEADER_COUNT, 4); e += ENTRY) {
        if (strcmp(image + e, "position")) continue;
        bytes = image + image_get(image, e + ENTRY_OFFSET, 8);
        length = image_get(image, e + ENTRY_LENGTH, 8);
    }
    assert_true(bytes && length >= 100);
    for (size_t at = 0; at < length; at += 8)
        for (int i = 0; i < 7; i++) {
            uint64_t kept = image_get(bytes, at, 8);
            gat_model *m;
            image_put(bytes, at, values[i], 8);
            image_reseal(image, size);
            FILE *f = fopen(path, "wb");
            assert_non_null(f);
            assert_int_equal(fwrite(image, 1, size, f), size);
            assert_int_equal(fclose(f), 0);
            gat_status st = train_model(&m, *state, &c, &o, NULL);
            assert_true(st == GAT_OK || st == GAT_EMODEL || st == GAT_EFAILED || st == GAT_EUSAGE);
            refused += st == GAT_EMODEL;
            model_free(m);
            image_put(bytes, at, kept, 8);
        }
    assert_true(refused > 20);
    gat_free(image);
}

static void test_failing_allocations(void **state)
{
    gat_config c = path_config("queries=16 eval-queries=0");
    gat_status st = GAT_ENOMEM;
    parallel_set_threads(1);
    for (int64_t n = 1; st; n += n < 60 ? 1 : 13) {
        gat_model *m = NULL;
        gat_error err = {0};
        memory_fail_at(n, false);
        st = train_model(&m, *state, &c, NULL, &err);
        memory_fail_at(0, false);
        assert_true(st == GAT_OK ? n > 60 : st == GAT_ENOMEM);
        assert_int_equal(err.code, st);
        assert_true(st == GAT_OK || m == NULL);
        model_free(m);
    }
    parallel_set_threads(0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_stop_at_any_step),
        cmocka_unit_test(test_threads),
        cmocka_unit_test(test_seed_and_learning),
        cmocka_unit_test(test_noise_in_test),
        cmocka_unit_test(test_epochs),
        cmocka_unit_test(test_told_numbers),
        cmocka_unit_test(test_time_limit),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_damaged_position),
        cmocka_unit_test(test_failing_allocations),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}

/* Several members in one model: its scores are the mean of theirs, each of them is the training of its own seed, a run that
 * is cut goes on to the same bits, and what cannot be joined is refused. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "model/embedding_view.h"
#include "model/members.h"
#include "model/model_io.h"
#include "support/all_scores.h"
#include "support/check.h"
#include "support/ring_data.h"

static const char path[] = "members.checkpoint";

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

/* What the members of a run are, each trained alone. */
static gat_model *alone(const gat_dataset *data, const gat_config *config, int64_t member)
{
    gat_config c = *config;
    c.members = 1;
    c.seed = (int64_t)member_seed((uint64_t)config->seed, member);
    return ring_train(data, &c, NULL, GAT_OK);
}

static void assert_mean_of_members(const gat_dataset *data, const char *settings)
{
    gat_config c = ring_config(settings);
    gat_model *joined = ring_train(data, &c, NULL, GAT_OK);
    int64_t count;
    float *together = all_scores(joined, &count);
    double *mean = gat_calloc(count, sizeof *mean), largest = 0;
    int64_t numbers = 0;
    assert_non_null(mean);
    for (int64_t k = 0; k < c.members; k++) {
        gat_model *one = alone(data, &c, k);
        float *scores = all_scores(one, &count);
        for (int64_t i = 0; i < count; i++) mean[i] += (double)scores[i] / (double)c.members;
        numbers += params_count(&one->params);
        gat_free(scores);
        model_free(one);
    }
    for (int64_t i = 0; i < count; i++) largest = fmax(largest, fabs(mean[i]));
    assert_true(largest > 0.01);
    for (int64_t i = 0; i < count; i++) assert_at_most(fabs(mean[i] - (double)together[i]), 1e-5 * largest);
    assert_int_equal(params_count(&joined->params), numbers);
    assert_int_equal(model_width(joined), c.dim * c.members);
    assert_null(joined->params.grad);
    gat_free(together);
    gat_free(mean);
    model_free(joined);
}

static void test_the_score_is_the_mean(void **state)
{
    static const char *const settings[] = {"model=none members=3", "model=none decoder=distmult members=4 dim=7",
                                           "model=none members=2 patience=1 epochs=12 relation-weight=0.5",
                                           "model=none members=2 negatives=6 optimizer=adam keep=last",
                                           "model=none members=2 softmax-draws=4 precision=bf16 lr-schedule=linear"};
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) assert_mean_of_members(*state, settings[i]);
}

/* What is told of the model is what it does as a whole. */
static void test_valid_is_of_the_whole(void **state)
{
    ring_watch w = {0};
    gat_config c = ring_config("model=none members=3 epochs=4");
    gat_train_options o = ring_watched(&w);
    gat_model *m = ring_train(*state, &c, &o, GAT_OK), *one = alone(*state, &c, 0);
    assert_int_equal(w.epochs, 12);
    assert_int_equal(m->origin.epochs, 4);
    assert_true(m->origin.has_valid && m->origin.valid.queries == one->origin.valid.queries);
    assert_true(m->origin.valid.realistic.mrr != one->origin.valid.realistic.mrr);
    assert_true(w.mrr[4] != w.mrr[0] && w.loss[4] != w.loss[0]); /* another seed, from the beginning */
    assert_true(w.loss[4] > w.loss[3]);
    assert_int_equal(m->config.seed, c.seed);
    model_free(m);
    model_free(one);
}

static void test_threads_and_order_of_nodes(void **state)
{
    gat_config c = ring_config("model=none members=3 precision=bf16"),
               by_degree = ring_config("model=none members=2 node-order=degree"),
               given = ring_config("model=none members=1 node-order=degree");
    parallel_set_threads(1);
    ring_digest one = ring_run(*state, &c, NULL);
    for (FOR_THREADS(t)) {
        parallel_set_threads(thread_counts[t]);
        ring_digest more = ring_run(*state, &c, NULL);
        assert_same_digest(one, more);
    }
    parallel_set_threads(2);
    gat_model *m = ring_train(*state, &by_degree, NULL, GAT_OK), *first = ring_train(*state, &given, NULL, GAT_OK);
    for (int32_t i = 0; i < intern_count(m->entities); i++)
        assert_string_equal(intern_string(m->entities, i), intern_string(first->entities, i));
    assert_memory_equal(m->facts.data, first->facts.data, (size_t)m->facts.count * sizeof *m->facts.data);
    const float *wide = param_value(&m->params, m->entity), *narrow = param_value(&first->params, first->entity);
    for (int64_t i = 0; i < m->num_seen; i++)
        for (int64_t half = 0; half < 2; half++)
            assert_memory_equal(wide + 16 * i + 8 * half, narrow + 8 * i + 4 * half, 4 * sizeof *wide);
    model_free(m);
    model_free(first);
}

static void test_save_and_load(void **state)
{
    gat_config c = ring_config("model=none members=3");
    gat_model *m = ring_train(*state, &c, NULL, GAT_OK), *again;
    int64_t count;
    assert_int_equal(model_save(m, "members.gatkit", NULL), GAT_OK);
    assert_int_equal(model_load(&again, "members.gatkit", NULL), GAT_OK);
    assert_int_equal(model_finish(again, NULL), GAT_OK);
    float *a = all_scores(m, &count), *b = all_scores(again, &count);
    assert_memory_equal(a, b, (size_t)count * sizeof *a);
    assert_int_equal(again->config.members, 3);
    ring_digest da = ring_digest_of(m), db = ring_digest_of(again);
    assert_same_digest(da, db);
    gat_free(a);
    gat_free(b);
    model_free(m);
    model_free(again);
}

/* ---- cut short ---- */

static void test_stop_and_resume(void **state)
{
    static const char *const settings[] = {"model=none members=3 epochs=2", "model=none members=2 patience=1 epochs=5",
                                           "model=none members=2 negatives=5 optimizer=adam keep=last"};
    for (int i = 0; i < 3; i++) {
        gat_config c = ring_config(settings[i]);
        ring_watch all = {.stop_after_steps = 1000};
        gat_train_options o = ring_watched(&all), p = {.checkpoint = path, .resume = true};
        gat_model *whole = ring_train(*state, &c, &o, GAT_OK);
        ring_digest digest = ring_digest_of(whole);
        for (int64_t k = 1; k < all.steps; k += i ? 5 : 2) {
            ring_watch w = {.stop_after_steps = k};
            o = ring_watched(&w);
            o.checkpoint = path;
            assert_int_equal(file_remove(path, NULL), GAT_OK);
            ring_train(*state, &c, &o, GAT_EINTERRUPTED);
            gat_model *parts = ring_train(*state, &c, &p, GAT_OK);
            ring_digest resumed = ring_digest_of(parts);
            assert_same_digest(digest, resumed);
            assert_memory_equal(&parts->origin, &whole->origin, sizeof whole->origin);
            model_free(parts);
        }
        model_free(whole);
    }
}

/* Between two members, and after the last epoch of the first. */
static void test_stop_after_epochs(void **state)
{
    gat_config c = ring_config("model=none members=2 epochs=3"), longer = ring_config("model=none members=2 epochs=4");
    gat_train_options p = {.checkpoint = path, .resume = true};
    ring_digest whole = ring_run(*state, &c, NULL);
    for (int64_t epochs = 1; epochs <= 6; epochs++) {
        ring_watch w = {.stop_after_epochs = epochs};
        gat_train_options o = ring_watched(&w);
        o.checkpoint = path;
        assert_int_equal(file_remove(path, NULL), GAT_OK);
        ring_train(*state, &c, &o, GAT_EINTERRUPTED);
        ring_train(*state, &longer, &p, GAT_EUSAGE); /* the first may be done already */
        ring_digest parts = ring_run(*state, &c, &p);
        assert_same_digest(whole, parts);
    }
}

/* The number of epochs and of members that is told repeats what a clock cut short. */
static void test_time_limit(void **state)
{
    gat_config c = ring_config("model=none members=3 epochs=1000000");
    gat_train_options o = {.time_limit = 0.5};
    double begun = clock_seconds();
    gat_model *m = ring_train(*state, &c, &o, GAT_OK);
    assert_at_most(clock_seconds() - begun, 5);
    assert_true(m->origin.epochs > 0 && m->config.members >= 1);
    c.epochs = m->origin.epochs;
    c.members = m->config.members;
    ring_digest limited = ring_digest_of(m), repeated = ring_run(*state, &c, NULL);
    assert_same_digest(limited, repeated);
    model_free(m);
}

static void test_no_time_and_no_epochs(void **state)
{
    gat_config c = ring_config("model=none members=3"), none = ring_config("model=none members=3 epochs=0"),
               one = ring_config("model=none epochs=0");
    gat_train_options o = {.time_limit = 1, .spent = 2};
    gat_model *m = ring_train(*state, &c, &o, GAT_OK), *untrained = ring_train(*state, &none, NULL, GAT_OK);
    assert_int_equal(m->config.members, 1);
    assert_int_equal(m->origin.epochs, 0);
    assert_int_equal(untrained->config.members, 3);
    ring_digest a = ring_digest_of(m), b = ring_run(*state, &one, NULL);
    assert_same_digest(a, b);
    model_free(m);
    model_free(untrained);
}

/* ---- refusals ---- */

static void test_refusals(void **state)
{
    static const char *const settings[] = {"members=2", "model=none decoder=transe members=2",
                                           "model=none decoder=rescal members=2", "model=none decoder=conve members=2"};
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) {
        gat_config c = ring_config(settings[i]);
        ring_train(*state, &c, NULL, GAT_EUSAGE);
    }
    gat_config one = ring_config("members=1"), former = ring_config("model=none path-members=2"),
               c = ring_config("model=none members=2");
    assert_int_equal(former.members, 2);
    model_free(ring_train(*state, &one, NULL, GAT_OK));
    ring_watch w = {.stop_after_steps = 2};
    gat_train_options o = ring_watched(&w);
    o.checkpoint = path;
    ring_train(*state, &c, &o, GAT_EINTERRUPTED);
    gat_config other = ring_config("model=none members=3");
    o = (gat_train_options){.checkpoint = path, .resume = true};
    ring_train(*state, &other, &o, GAT_EUSAGE);
}

static void test_failing_allocations(void **state)
{
    gat_config c = ring_config("model=none members=2 epochs=1 batch=40");
    gat_status st = GAT_ENOMEM;
    for (int64_t n = 1; st; n++) {
        gat_model *m;
        gat_error err = {0};
        memory_fail_at(n, n % 2);
        st = train_model(&m, *state, &c, NULL, &err);
        memory_fail_at(0, false);
        assert_true(st == GAT_OK ? n > 40 : st == GAT_ENOMEM && m == NULL && err.code == GAT_ENOMEM);
        model_free(m);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_score_is_the_mean),
        cmocka_unit_test(test_valid_is_of_the_whole),
        cmocka_unit_test(test_threads_and_order_of_nodes),
        cmocka_unit_test(test_save_and_load),
        cmocka_unit_test(test_stop_and_resume),
        cmocka_unit_test(test_stop_after_epochs),
        cmocka_unit_test(test_time_limit),
        cmocka_unit_test(test_no_time_and_no_epochs),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_failing_allocations),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}

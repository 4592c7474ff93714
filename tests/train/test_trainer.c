/* Training runs: they learn, they repeat to the bit, they see only what they may see, they end as asked. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "kernels/kernels.h"
#include "support/check.h"
#include "support/ring_data.h"

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

/* ---- learning ---- */

static void assert_loss_falls(const gat_dataset *data, const char *settings, double to)
{
    ring_watch w = {0};
    gat_config c = ring_config(settings);
    gat_train_options o = ring_watched(&w);
    ring_run(data, &c, &o);
    assert_int_equal(w.epochs, c.epochs);
    if (!(w.loss[w.epochs - 1] < to * w.loss[0]))
        fail_msg("%s: loss %g, then %g", settings, w.loss[0], w.loss[w.epochs - 1]);
}

static void test_every_score_function_learns(void **state)
{
    char settings[100];
    for (int score = 0; score < GAT_NUM_SCORES; score++) {
        snprintf(settings, sizeof settings, "attention=%s epochs=8 dropout=0 init=0.1", score_name((gat_score)score));
        assert_loss_falls(*state, settings, 0.85);
    }
}

static void test_every_decoder_learns(void **state)
{
    char settings[100];
    for (int decoder = 0; decoder < GAT_NUM_DECODERS; decoder++)
        for (int how = 0; how < 4; how++) {
            snprintf(settings, sizeof settings, "model=none epochs=10 decoder=%s loss=%s optimizer=%s",
                     decoder_name((gat_decoder)decoder), how & 1 ? "bce" : "ce", how & 2 ? "adam" : "adagrad");
            assert_loss_falls(*state, settings, 0.9);
        }
}

static void test_other_options_learn(void **state)
{
    static const char *const settings[] = {"epochs=8 layers=2 merge=mean activation=elu",
                                           "epochs=8 relation-weight=0.5 decoder=distmult",
                                           "epochs=8 norm=no residual=no",
                                           "epochs=8 label-smoothing=0.1 loss=bce",
                                           "epochs=8 lr-decay=0.9 warmup=2 weight-decay=0.001 decoder-dropout=0.1",
                                           "epochs=8 answer-degree=0.9",
                                           "epochs=8 model=none input-dropout=0.1 relation-dropout=0.1",
                                           "epochs=8 entity-dropout=0.1 decoder-dropout=0.1",
                                           "epochs=8 n3=0 dura=0.01 l2=0.001",
                                           "epochs=8 batch=1000000"};
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) assert_loss_falls(*state, settings[i], 0.97);
}

/* ---- repeating ---- */

static void test_threads_give_the_same_model(void **state)
{
    static const char *const settings[] = {"",
                                           "attention=mlp merge=mean layers=2 optimizer=adam",
                                           "attention=cosine relation-weight=1 decoder-dropout=0.2",
                                           "model=none decoder=rotate loss=bce",
                                           "decoder=rescal input-dropout=0.1 relation-dropout=0.1 entity-dropout=0.1",
                                           "decoder=tucker relation-dim=5 hidden-dropout=0.2 relation-dropout=0.1",
                                           "decoder=conve hidden-dropout=0.2 decoder-dropout=0.1 input-dropout=0.1"};
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) {
        gat_config c = ring_config(settings[i]);
        parallel_set_threads(1);
        ring_digest one = ring_run(*state, &c, NULL);
        for (FOR_THREADS(t)) {
            parallel_set_threads(thread_counts[t]);
            ring_digest more = ring_run(*state, &c, NULL);
            assert_same_digest(one, more);
        }
    }
    parallel_set_threads(2);
}

static void test_seeds(void **state)
{
    gat_config a = ring_config("seed=1"), b = ring_config("seed=2"), big = ring_config("seed=4294967297");
    ring_digest one = ring_run(*state, &a, NULL), two = ring_run(*state, &b, NULL), far = ring_run(*state, &big, NULL);
    assert_other_digest(one, two);
    assert_other_digest(one, far);
}

/* ---- seeing ---- */

/* Test facts are not read at all: noise in their place changes nothing. */
static void test_test_facts_do_not_matter(void **state)
{
    gat_dataset *data = *state, *noise = ring_dataset(true);
    gat_config c = ring_config("epochs=4 patience=2");
    assert_true(noise->splits[GAT_SPLIT_TEST].count > data->splits[GAT_SPLIT_TEST].count);
    assert_memory_not_equal(data->digest, noise->digest, sizeof data->digest);
    ring_digest a = ring_run(data, &c, NULL), b = ring_run(noise, &c, NULL);
    assert_same_digest(a, b);
    dataset_free(noise);
}

/* Validation facts choose the epoch; the parameters of an epoch do not depend on them. */
static void test_valid_facts_train_nothing(void **state)
{
    gat_dataset *data = *state;
    gat_config c = ring_config("keep=last");
    ring_digest with = ring_run(data, &c, NULL);
    int64_t count = data->splits[GAT_SPLIT_VALID].count;
    data->splits[GAT_SPLIT_VALID].count = 0;
    ring_digest without = ring_run(data, &c, NULL);
    data->splits[GAT_SPLIT_VALID].count = count;
    assert_same_digest(with, without);
}

/* A sample of valid judges the epochs; the parameters of an epoch do not depend on it. */
static void test_valid_sample(void **state)
{
    gat_dataset *data = *state;
    gat_config c = ring_config("keep=last valid-sample=3"), all = ring_config("keep=last valid-sample=1000");
    int64_t count = data->splits[GAT_SPLIT_VALID].count;
    gat_model *m = ring_train(data, &c, NULL, GAT_OK), *whole = ring_train(data, &all, NULL, GAT_OK);
    assert_int_equal(m->origin.valid.queries, 6);
    assert_int_equal(whole->origin.valid.queries, 2 * count);
    ring_digest a = ring_digest_of(m), b = ring_digest_of(whole);
    assert_same_digest(a, b);
    model_free(m);
    model_free(whole);
}

static void test_relation_of_valid_unseen_in_train(void **state)
{
    gat_dataset *data = *state;
    gat_config c = ring_config("");
    gat_model *m;
    gat_error err = {0};
    int32_t id = data->num_train_relations, kept = data->splits[GAT_SPLIT_VALID].data[0].relation;
    assert_int_equal(intern_add(data->relations, "late", 4), id);
    data->splits[GAT_SPLIT_VALID].data[0].relation = id;
    assert_int_equal(train_model(&m, data, &c, NULL, &err), GAT_EDATA);
    assert_non_null(strstr(err.message, "\"late\""));
    data->splits[GAT_SPLIT_VALID].data[0].relation = kept;
}

/* ---- ending ---- */

static void test_time_limit(void **state)
{
    gat_config c = ring_config("epochs=1000000"), all = c;
    gat_train_options o = {.time_limit = 0.4};
    double begun = clock_seconds();
    gat_model *m = ring_train(*state, &c, &o, GAT_OK);
    assert_at_most(clock_seconds() - begun, 5);
    assert_true(m->origin.epochs > 0 && m->origin.epochs < c.epochs);
    all.epochs = m->origin.epochs;
    ring_digest limited = ring_digest_of(m), repeated = ring_run(*state, &all, NULL);
    assert_same_digest(limited, repeated);
    model_free(m);
}

static void test_time_spent_before(void **state)
{
    gat_config c = ring_config("epochs=1000000"), none = ring_config("epochs=0");
    gat_train_options o = {.time_limit = 100, .spent = 101};
    gat_model *m = ring_train(*state, &c, &o, GAT_OK);
    assert_int_equal(m->origin.epochs, 0);
    ring_digest a = ring_digest_of(m), b = ring_run(*state, &none, NULL);
    assert_same_digest(a, b);
    model_free(m);
}

/* Time runs out before the first validation: what has been learnt is kept all the same. */
static void test_time_limit_before_a_validation(void **state)
{
    gat_config c = ring_config("epochs=1000000 eval-every=1000000"), all = c;
    gat_train_options o = {.time_limit = 0.3};
    gat_model *m = ring_train(*state, &c, &o, GAT_OK);
    assert_true(m->origin.best_epoch == m->origin.epochs && !m->origin.has_valid);
    all.epochs = m->origin.epochs;
    ring_digest limited = ring_digest_of(m), repeated = ring_run(*state, &all, NULL);
    assert_same_digest(limited, repeated);
    model_free(m);
}

/* Without steps nothing improves after the first validation. */
static void test_patience(void **state)
{
    static const char *const settings[] = {"lr=0 encoder-lr=0 epochs=50 patience=3",
                                           "lr=0 encoder-lr=0 epochs=50 patience=3 keep=last",
                                           "lr=0 encoder-lr=0 epochs=50 patience=3 eval-every=2",
                                           "lr=0 encoder-lr=0 epochs=50 patience=3 eval-every=2 keep=last"};
    for (int i = 0; i < 4; i++) {
        gat_config c = ring_config(settings[i]);
        ring_watch w = {0};
        gat_train_options o = ring_watched(&w);
        gat_model *m = ring_train(*state, &c, &o, GAT_OK);
        int64_t epochs = 4 * c.eval_every;
        assert_int_equal(w.epochs, epochs);
        assert_int_equal(m->origin.epochs, epochs);
        assert_int_equal(m->origin.best_epoch, c.keep == GAT_KEEP_LAST ? epochs : c.eval_every);
        model_free(m);
    }
}

static void test_best_and_last(void **state)
{
    ring_watch w = {0};
    gat_config best = ring_config("epochs=25 lr=1"), last = ring_config("epochs=25 lr=1 keep=last");
    gat_train_options o = ring_watched(&w);
    gat_model *b = ring_train(*state, &best, &o, GAT_OK), *l = ring_train(*state, &last, NULL, GAT_OK);
    double most = 0;
    for (int64_t i = 0; i < w.epochs; i++) most = fmax(most, w.mrr[i]);
    assert_true(b->origin.valid.realistic.mrr == most);
    assert_true(w.mrr[b->origin.best_epoch - 1] == most);
    assert_true(l->origin.valid.realistic.mrr == w.mrr[24]);
    assert_int_equal(l->origin.best_epoch, 25);
    gat_config shorter = best;
    shorter.epochs = b->origin.best_epoch;
    ring_digest kept = ring_digest_of(b), repeated = ring_run(*state, &shorter, NULL);
    assert_same_digest(kept, repeated);
    model_free(b);
    model_free(l);
}

static void test_no_epochs_and_no_valid(void **state)
{
    gat_dataset *data = *state;
    gat_config none = ring_config("epochs=0"), some = ring_config("");
    gat_model *m = ring_train(data, &none, NULL, GAT_OK);
    assert_false(m->origin.has_valid);
    assert_null(m->params.grad);
    model_free(m);
    int64_t count = data->splits[GAT_SPLIT_VALID].count;
    data->splits[GAT_SPLIT_VALID].count = 0;
    m = ring_train(data, &some, NULL, GAT_OK);
    assert_int_equal(m->origin.best_epoch, 3);
    assert_false(m->origin.has_valid);
    model_free(m);
    data->splits[GAT_SPLIT_VALID].count = count;
}

static void test_refusals(void **state)
{
    gat_config c = ring_config(""), wrong = ring_config("attn-heads=3"),
               diverging = ring_config("lr=100 weight-decay=1 epochs=30");
    gat_train_options o = {.max_memory = 1 << 16};
    ring_train(*state, &c, &o, GAT_ENOSPC);
    o.max_memory = (int64_t)1 << 32;
    model_free(ring_train(*state, &c, &o, GAT_OK));
    ring_train(*state, &wrong, NULL, GAT_EUSAGE);
    ring_train(*state, &diverging, NULL, GAT_EFAILED);
}

static void test_failing_allocations(void **state)
{
    static const char *const settings[] = {
        "epochs=1 batch=40 relation-weight=1", "epochs=1 batch=1 model=none decoder=transe",
        "epochs=1 batch=1000 decoder=tucker", "epochs=1 batch=1000 model=none decoder=conve input-dropout=0.1"};
    for (int i = 0; i < 4; i++) {
        gat_config c = ring_config(settings[i]);
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
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_score_function_learns),
        cmocka_unit_test(test_every_decoder_learns),
        cmocka_unit_test(test_other_options_learn),
        cmocka_unit_test(test_threads_give_the_same_model),
        cmocka_unit_test(test_seeds),
        cmocka_unit_test(test_test_facts_do_not_matter),
        cmocka_unit_test(test_valid_facts_train_nothing),
        cmocka_unit_test(test_valid_sample),
        cmocka_unit_test(test_time_limit),
        cmocka_unit_test(test_time_spent_before),
        cmocka_unit_test(test_time_limit_before_a_validation),
        cmocka_unit_test(test_patience),
        cmocka_unit_test(test_best_and_last),
        cmocka_unit_test(test_no_epochs_and_no_valid),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_failing_allocations),
        cmocka_unit_test(test_relation_of_valid_unseen_in_train), /* last: it adds a name */
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}

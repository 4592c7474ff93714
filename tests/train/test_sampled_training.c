/* Training on a sample: with everything in the sample it is training on all; it learns, repeats to the bit and leaves alone
 * what it has not touched. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "base/parallel.h"
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

static gat_model *train(const gat_dataset *data, const char *settings, const char *more)
{
    char text[300];
    snprintf(text, sizeof text, "%s %s", settings, more);
    gat_config c = ring_config(text);
    return ring_train(data, &c, NULL, GAT_OK);
}

/* Sums run in another order, and a step multiplies the difference a little. */
static void test_a_whole_sample(void **state)
{
    static const char *const settings[] = {
        "dropout=0 attn-dropout=0",
        "dropout=0 attn-dropout=0 layers=2 attention=dynamic loss=bce relation-weight=0.5 n3=0.01",
        "model=none decoder=transe n3=0 optimizer=adam lr=0.01",
        "model=none decoder=complex label-smoothing=0.1 answer-degree=0.5",
    };
    static const char *const whole[] = {"negatives=1000", "negatives=1000 fan-out=1000", "fan-out=1000"};
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) {
        gat_model *all = train(*state, settings[i], "epochs=2 batch=40");
        for (int how = 0; how < 3; how++) {
            char more[100];
            snprintf(more, sizeof more, "epochs=2 batch=40 %s", whole[how]);
            gat_model *m = train(*state, settings[i], more);
            double worst = 0;
            for (int64_t k = 0; k < all->params.size; k++)
                worst = fmax(worst, fabs((double)(m->params.value[k] - all->params.value[k])));
            assert_at_most(worst, 2e-5);
            model_free(m);
        }
        model_free(all);
    }
}

static void test_it_learns(void **state)
{
    static const char *const settings[] = {
        "negatives=4 fan-out=2",
        "negatives=6 fan-out=3 layers=2 optimizer=adam lr=0.05",
        "negatives=5 model=none decoder=rotate",
        "negatives=5 loss=bce",
        "fan-out=2 attention=mlp",
    };
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) {
        char text[200];
        ring_watch w = {0};
        snprintf(text, sizeof text, "epochs=20 dropout=0 %s", settings[i]);
        gat_config c = ring_config(text);
        gat_train_options o = ring_watched(&w);
        model_free(ring_train(*state, &c, &o, GAT_OK));
        if (!(w.mrr[19] > 1.5 * w.mrr[0] || w.mrr[19] > 0.5))
            fail_msg("%s: MRR %g, then %g", settings[i], w.mrr[0], w.mrr[19]);
    }
}

static void test_threads_and_seeds(void **state)
{
    static const char *const settings[] = {"negatives=5 fan-out=2 layers=2", "negatives=3 model=none loss=bce",
                                           "fan-out=3 attention=cosine relation-weight=1"};
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) {
        gat_config c = ring_config(settings[i]), other = c;
        parallel_set_threads(1);
        ring_digest one = ring_run(*state, &c, NULL);
        for (FOR_THREADS(t)) {
            parallel_set_threads(thread_counts[t]);
            ring_digest more = ring_run(*state, &c, NULL);
            assert_same_digest(one, more);
        }
        other.seed = 2;
        ring_digest seeded = ring_run(*state, &other, NULL);
        assert_other_digest(one, seeded);
    }
    parallel_set_threads(2);
}

/* One step of one question: embeddings that it did not touch are those of the start. */
static void test_untouched_rows(void **state)
{
    gat_config c = ring_config("model=none negatives=1 batch=1 epochs=1 n3=0.1 weight-decay=0.1 keep=last");
    gat_model *start, *after;
    c.epochs = 0;
    start = ring_train(*state, &c, NULL, GAT_OK);
    c.epochs = 1;
    gat_dataset *data = *state;
    int64_t all = data->splits[GAT_SPLIT_TRAIN].count;
    int32_t entities = data->num_train_entities;
    data->splits[GAT_SPLIT_TRAIN].count = 1;
    after = ring_train(data, &c, NULL, GAT_OK);
    data->splits[GAT_SPLIT_TRAIN].count = all;
    int64_t d = c.dim, moved = 0;
    for (int32_t v = 0; v < entities; v++)
        moved += memcmp(param_value(&start->params, start->entity) + v * d,
                        param_value(&after->params, after->entity) + v * d, (size_t)d * sizeof(float)) != 0;
    assert_true(moved >= 2 && moved <= 4); /* two ends and a negative for each of two questions */
    model_free(start);
    model_free(after);
}

static void test_failing_allocations(void **state)
{
    gat_config c = ring_config("epochs=1 batch=40 negatives=5 fan-out=2 layers=2 answer-degree=0.5");
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
        cmocka_unit_test(test_a_whole_sample),      cmocka_unit_test(test_it_learns),
        cmocka_unit_test(test_threads_and_seeds),   cmocka_unit_test(test_untouched_rows),
        cmocka_unit_test(test_failing_allocations),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}

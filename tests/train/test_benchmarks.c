/* Every score function learns UMLS and Kinship, and every decoder UMLS: in a few epochs the loss falls and the valid MRR passes a floor. Skipped
 * where the benchmarks are absent. */
#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "kernels/kernels.h"
#include "support/check.h"
#include "support/ring_data.h"

typedef struct benchmark {
    const char *name;
    double floor; /* of the valid MRR after EPOCHS; a constant score gets about .02 */
} benchmark;

static const benchmark benchmarks[] = {{"UMLS", 0.5}, {"Kinship", 0.5}};

static const char *path_of(const char *name)
{
    static char path[1000];
    const char *root = getenv("GATKIT_DATA");
    snprintf(path, sizeof path, "%s/linkpred/%s", root ? root : "absent", name);
    return path;
}

static void check(const gat_dataset *data, const benchmark *b, int score)
{
    char settings[200];
    ring_watch w = {0};
    gat_train_options o = ring_watched(&w);
    snprintf(settings, sizeof settings, "dim=32 batch=500 epochs=6 init=0.1 lr=0.3 attention=%s",
             score_name((gat_score)score));
    gat_config c = ring_config(settings);
    gat_model *m = ring_train(data, &c, &o, GAT_OK);
    double mrr = m->origin.valid.realistic.mrr;
    printf("%s %s: loss %.3f to %.3f, valid MRR %.3f\n", b->name, score_name((gat_score)score), w.loss[0], w.loss[5],
           mrr);
    for (int i = 1; i < 6; i++) assert_true(w.loss[i] < w.loss[i - 1]);
    assert_true(w.loss[5] < 0.8 * w.loss[0]);
    assert_true(mrr > b->floor);
    model_free(m);
}

static void run(const benchmark *b)
{
    gat_dataset *data;
    gat_error err = {0};
    if (dataset_load(&data, path_of(b->name), NULL, &err)) fail_msg("%s", err.message);
    for (int score = 0; score < GAT_NUM_SCORES; score++) check(data, b, score);
    dataset_free(data);
}

static void test_umls(void **state)
{
    (void)state;
    run(&benchmarks[0]);
}

static void test_kinship(void **state)
{
    (void)state;
    run(&benchmarks[1]);
}

/* Valid MRR of the decoders alone; test facts are not filtered out of it, so that .68 is about the most. */
static const struct decoder_case {
    const char *settings;
    double floor;
} decoders[GAT_NUM_DECODERS] = {
    {"decoder=distmult", 0.55},
    {"decoder=complex", 0.55},
    {"decoder=transe lr=0.5 init=0.5 n3=0", 0.45},
    {"decoder=rotate lr=0.5 init=0.5 n3=0", 0.45},
    {"decoder=rescal n3=0 dura=0.01 dura-query=1", 0.55},
    {"decoder=tucker relation-dim=16 n3=0 optimizer=adam lr=0.01 encoder-lr=0.003", 0.55},
    {"decoder=conve conv-channels=8 n3=0 optimizer=adam lr=0.01 encoder-lr=0.003", 0.45},
};

static void test_decoders(void **state)
{
    (void)state;
    gat_dataset *data;
    gat_error err = {0};
    if (dataset_load(&data, path_of("UMLS"), NULL, &err)) fail_msg("%s", err.message);
    for (int i = 0; i < GAT_NUM_DECODERS; i++) {
        char settings[200];
        snprintf(settings, sizeof settings, "model=none dim=32 batch=500 epochs=12 init=0.1 lr=0.2 %s",
                 decoders[i].settings);
        gat_config c = ring_config(settings);
        gat_model *m = ring_train(data, &c, NULL, GAT_OK);
        double mrr = m->origin.valid.realistic.mrr;
        printf("UMLS %s: valid MRR %.3f\n", decoder_name((gat_decoder)i), mrr);
        assert_int_equal(c.decoder, i);
        assert_true(mrr > decoders[i].floor);
        model_free(m);
    }
    dataset_free(data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_umls), cmocka_unit_test(test_kinship),
                                       cmocka_unit_test(test_decoders)};
    if (!file_is_folder(path_of("UMLS")) || !file_is_folder(path_of("Kinship"))) {
        puts("skipped: UMLS or Kinship is not below GATKIT_DATA");
        return 77;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}

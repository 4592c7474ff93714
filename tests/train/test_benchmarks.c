/* Every score function learns UMLS and Kinship: in a few epochs the loss falls and the valid MRR passes a floor. Skipped
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

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_umls), cmocka_unit_test(test_kinship)};
    if (!file_is_folder(path_of("UMLS")) || !file_is_folder(path_of("Kinship"))) {
        puts("skipped: UMLS or Kinship is not below GATKIT_DATA");
        return 77;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Answers for all sentences of a pair together: files, threads, figures, faults, failing allocations. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "base/parallel.h"
#include "gatkit.h"
#include "support/check.h"
#include "support/text_data.h"

static gat_relation_config *config;

static int setup(void **state)
{
    (void)state;
    if (gat_relation_config_new(&config, NULL)) return 1;
    return gat_relation_config_set(config, "members", "0", NULL) ||
           gat_relation_config_set(config, "folds", "2", NULL) ||
           gat_relation_config_set(config, "linear-c", "1", NULL);
}

static int teardown(void **state)
{
    (void)state;
    gat_relation_config_free(config);
    return 0;
}

static gat_relations *train(const char *file, const char *kg)
{
    gat_relations *m;
    gat_error err = {0};
    const gat_relation_inputs inputs = {.sentences = file, .kg = kg, .bags = true};
    if (gat_relations_train(&m, &inputs, config, &err)) fail_msg("%s", err.message);
    return m;
}

static void test_file(void **state)
{
    (void)state;
    gat_relation_info info[3];
    text_data_write("train.jsonl", 120, 0, 0, 1);
    for (int i = 0; i < 3; i++) {
        gat_relations *m = NULL;
        parallel_set_threads(i == 1 ? 3 : 1);
        if (i < 2) m = train("train.jsonl", NULL);
        else assert_int_equal(gat_relations_load(&m, "bags.gk", NULL), GAT_OK);
        assert_int_equal(gat_relations_describe(&info[i], m, NULL), GAT_OK);
        assert_true(info[i].bags);
        if (!i) assert_int_equal(gat_relations_save(m, "bags.gk", NULL), GAT_OK);
        assert_string_equal(info[i].digest, info[0].digest);
        gat_relations_free(m);
    }
    parallel_set_threads(1);
}

/* Perfect answers have an area of 1 and right answers alone in front. */
static void test_figures(void **state)
{
    (void)state;
    gat_relation_evaluation *e;
    gat_error err = {0};
    text_data_write("train.jsonl", 400, 0, 0, 1);
    gat_relations *m = train("train.jsonl", NULL);
    if (gat_relations_evaluate(&e, m, "train.jsonl", &err)) fail_msg("%s", err.message);
    assert_true(e->bags);
    assert_true(e->bag.pairs > 200 && e->bag.pairs < 400 && e->bag.seen == e->bag.pairs && e->bag.several > 10);
    assert_true(e->bag.ranking[GAT_BAG_ATTENTION].average_precision > 0.99);
    assert_true(e->bag.ranking[GAT_BAG_ATTENTION].at[0] > 0.99 &&
                e->bag.ranking[GAT_BAG_ATTENTION].at_recall[1] > 0.99);
    assert_true(e->bag.micro.f1 > 0.95);
    assert_true(e->calibration_error >= 0 && e->calibration_error < 0.5);
    gat_relation_evaluation_free(e);
    gat_relations_free(m);
}

/* Pairs told, and the sum of the attention of the last one. */
typedef struct told {
    int pairs, sentences, answers;
    double attention;
} told;

static int note(void *context, const gat_bag_extraction *x)
{
    told *t = context;
    t->pairs++;
    t->sentences += (int)x->num_sentences;
    t->answers += !x->answer[0].none;
    t->attention = 0;
    for (int64_t i = 0; i < x->num_sentences; i++) t->attention += x->attention[i];
    assert_true(fabs(t->attention - 1) < 1e-9);
    return 0;
}

static void test_extract(void **state)
{
    (void)state;
    told t = {0};
    gat_error err = {0};
    gat_extract_options options = {.on_pair = note, .context = &t};
    text_data_write("train.jsonl", 120, 0, 0, 1);
    gat_relations *m = train("train.jsonl", NULL);
    FILE *f = fopen("more.jsonl", "w");
    fputs("{\"id\":1,\"tokens\":[\"thing1\",\"causes\",\"it\"],\"e1\":[0,1],\"e2\":[2,3]}\n"
          "{\"id\":2,\"tokens\":[\"thing1\",\"contains\",\"it\"],\"e1\":[0,1],\"e2\":[2,3]}\n"
          "{\"id\":3,\"tokens\":[\"it\",\"causes\",\"thing1\"],\"e1\":[0,1],\"e2\":[2,3]}\n",
          f);
    fclose(f);
    if (gat_relations_extract_bags(m, "more.jsonl", &options, &err)) fail_msg("%s", err.message);
    assert_int_equal(t.pairs, 2);
    assert_int_equal(t.sentences, 3);
    options.relations = "Nothing";
    assert_int_equal(gat_relations_extract_bags(m, "more.jsonl", &options, &err), GAT_EUSAGE);
    options.relations = NULL;
    f = fopen("more.jsonl", "a");
    fputs("{\"id\":4,\"tokens\":[],\"e1\":[0,1],\"e2\":[2,3]}\n", f);
    fclose(f);
    t = (told){0};
    assert_int_equal(gat_relations_extract_bags(m, "more.jsonl", &options, &err), GAT_EDATA);
    assert_non_null(strstr(err.message, "more.jsonl:4:"));
    assert_int_equal(t.pairs, 2);
    gat_relations_free(m);
    const gat_relation_inputs plain = {.sentences = "train.jsonl"};
    assert_int_equal(gat_relations_train(&m, &plain, config, NULL), GAT_OK);
    assert_int_equal(gat_relations_extract_bags(m, "more.jsonl", &options, &err), GAT_EUSAGE);
    gat_relations_free(m);
}

static gat_status use_all(void)
{
    told t = {0};
    gat_relations *m = NULL;
    gat_relation_evaluation *e = NULL;
    const gat_extract_options options = {.on_pair = note, .context = &t};
    const gat_relation_inputs inputs = {.sentences = "few.jsonl", .kg = "kg.tsv", .bags = true};
    gat_status st = gat_relations_train(&m, &inputs, config, NULL);
    if (!st) st = gat_relations_extract_bags(m, "few.jsonl", &options, NULL);
    if (!st) st = gat_relations_evaluate(&e, m, "few.jsonl", NULL);
    gat_relation_evaluation_free(e);
    gat_relations_free(m);
    return st;
}

static void test_failing_allocations(void **state)
{
    (void)state;
    text_data_write("few.jsonl", 12, 1, 0, 1);
    FILE *f = fopen("kg.tsv", "w");
    for (int i = 0; i < 30; i++) fprintf(f, "x%d\tkind\tthing\ny%d\tkind\tobject\n", i, i);
    fclose(f);
    memory_fail_at(0, false);
    assert_int_equal(use_all(), GAT_OK);
    int64_t count = memory_count();
    for (int64_t n = 1; n <= count; n += 1 + n / 40) {
        memory_fail_at(n, false);
        gat_status st = use_all();
        memory_fail_at(0, false);
        if (st != GAT_ENOMEM && st != GAT_OK) fail_msg("allocation %lld: %d", (long long)n, st);
    }
}

/* A fault of the file while memory runs out: what could not be sorted is not told. */
static void test_failing_beside_a_fault(void **state)
{
    (void)state;
    told t = {0};
    const gat_extract_options options = {.on_pair = note, .context = &t};
    text_data_write("train.jsonl", 120, 0, 0, 1);
    gat_relations *m = train("train.jsonl", NULL);
    FILE *f = fopen("fault.jsonl", "w");
    fputs("{\"id\":1,\"tokens\":[\"a\",\"causes\",\"b\"],\"e1\":[0,1],\"e2\":[2,3]}\n[]\n", f);
    fclose(f);
    memory_fail_at(0, false);
    assert_int_equal(gat_relations_extract_bags(m, "fault.jsonl", &options, NULL), GAT_EDATA);
    int64_t count = memory_count();
    for (int64_t n = 1; n <= count; n++) {
        memory_fail_at(n, false);
        gat_status st = gat_relations_extract_bags(m, "fault.jsonl", &options, NULL);
        memory_fail_at(0, false);
        if (st != GAT_ENOMEM && st != GAT_EDATA) fail_msg("allocation %lld: %d", (long long)n, st);
    }
    gat_relations_free(m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_file), cmocka_unit_test(test_figures),
                                       cmocka_unit_test(test_extract), cmocka_unit_test(test_failing_allocations),
                                       cmocka_unit_test(test_failing_beside_a_fault)};
    parallel_set_threads(1);
    return cmocka_run_group_tests(tests, setup, teardown);
}

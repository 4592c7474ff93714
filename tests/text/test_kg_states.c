/* Models of a graph as context of a pair: files, threads, the closed gate, refused models, failing allocations. */
#include "base/parallel.h"
#include "gatkit.h"
#include "support/small_model.h"
#include "support/text_data.h"
#include "text/part_rows.h"
#include "text/sentence_file.h"

static gat_relation_config *config;

/* Learns a graph over the entities of text_data_write, with one more fact, into a file. */
static void make_graph(const char *file, const char *kind, const char *extra)
{
    gat_config c;
    gat_model *m = NULL;
    gat_error err = {0};
    const gat_dataset_options whole = {.whole = true};
    gat_dataset *d = NULL;
    FILE *f = fopen("kg.tsv", "w");
    for (int i = 0; i < 30; i++)
        fprintf(f, "x%d\tkind\tthing\ny%d\tkind\tobject\nx%d\tnear\tx%d\n", i, i, i, (i + 1) % 30);
    fputs(extra, f);
    fclose(f);
    config_init(&c);
    assert_int_equal(config_set(&c, "model", kind, NULL), GAT_OK);
    bool path = !strcmp(kind, "path");
    assert_int_equal(config_set(&c, "dim", path ? "32" : "8", NULL), GAT_OK);
    assert_int_equal(config_set(&c, path ? "queries" : "epochs", path ? "40" : "1", NULL), GAT_OK);
    if (strcmp(kind, "none")) assert_int_equal(config_set(&c, "attn-heads", "2", NULL), GAT_OK);
    if (dataset_load(&d, "kg.tsv", &whole, &err) || train_model(&m, d, &c, NULL, &err)) fail_msg("%s", err.message);
    assert_int_equal(gat_model_save(m, file, NULL), GAT_OK);
    model_free(m);
    dataset_free(d);
}

static int setup(void **state)
{
    (void)state;
    parallel_set_threads(1);
    text_data_write("train.jsonl", 60, 1, 0, 1);
    make_graph("none.gk", "none", "");
    make_graph("gat.gk", "gat", "");
    make_graph("path.gk", "path", "");
    const char *const settings[][2] = {{"members", "0"}, {"folds", "2"}, {"linear-c", "1"}};
    int failed = gat_relation_config_new(&config, NULL);
    for (int i = 0; !failed && i < 3; i++)
        failed = gat_relation_config_set(config, settings[i][0], settings[i][1], NULL);
    return failed;
}

static int teardown(void **state)
{
    (void)state;
    gat_relation_config_free(config);
    return 0;
}

static gat_status train(gat_relations **out, const char *kg, bool states, bool shuffle, gat_error *err)
{
    const gat_relation_inputs inputs = {
        .sentences = "train.jsonl", .kg = kg, .kg_states = states, .shuffle_kg = shuffle};
    return gat_relations_train(out, &inputs, config, err);
}

static void digest_of(char out[33], const gat_relations *m)
{
    gat_relation_info info;
    assert_int_equal(gat_relations_describe(&info, m, NULL), GAT_OK);
    assert_true(info.kg_states);
    memcpy(out, info.digest, 33);
}

/* Whatever the kind of the model, threads and a way through a file change nothing. */
static void test_kinds(void **state)
{
    (void)state;
    static const char *const files[] = {"none.gk", "gat.gk", "path.gk"};
    for (int i = 0; i < 6; i++) {
        gat_relations *m, *again, *back;
        gat_error err = {0};
        char digest[3][33];
        if (train(&m, files[i % 3], true, i > 2, &err)) fail_msg("%s", err.message);
        parallel_set_threads(3);
        assert_int_equal(train(&again, files[i % 3], true, i > 2, NULL), GAT_OK);
        parallel_set_threads(1);
        assert_int_equal(gat_relations_save(m, "m.gk", NULL), GAT_OK);
        if (gat_relations_load(&back, "m.gk", &err)) fail_msg("%s", err.message);
        digest_of(digest[0], m);
        digest_of(digest[1], again);
        digest_of(digest[2], back);
        assert_string_equal(digest[0], digest[1]);
        assert_string_equal(digest[0], digest[2]);
        gat_relations_free(m);
        gat_relations_free(again);
        gat_relations_free(back);
    }
}

static int64_t features(const gat_relations *m, float *numbers)
{
    sentence_list list;
    word_forms forms = {0};
    feature_row row = {0};
    assert_int_equal(sentence_list_init(&list, NULL), GAT_OK);
    assert_int_equal(sentence_file_load(&list, "train.jsonl", NULL), GAT_OK);
    assert_int_equal(word_forms_make(&forms, &list, NULL, NULL), GAT_OK);
    const sentence_source source = {&list, &forms};
    assert_int_equal(part_features(&row, m, GAT_PART_GRAPH, &source, 0, NULL), GAT_OK);
    int64_t count = row.count;
    *numbers = 0;
    for (int64_t i = 0; i < count; i++) *numbers += row.data[i].value * row.data[i].value;
    feature_row_clear(&row);
    word_forms_clear(&forms);
    sentence_list_clear(&list);
    return count;
}

/* Names have length 1; embeddings and scores as much as the gate lets through: both have a fact or three. */
static void test_gate(void **state)
{
    (void)state;
    gat_relations m = {.parts = GAT_NUM_RELATION_PARTS};
    float plain, open;
    assert_int_equal(kg_load(&m.kg, "gat.gk", &(kg_options){.states = false}, NULL), GAT_OK);
    int64_t few = features(&m, &plain);
    kg_clear(&m.kg);
    assert_int_equal(kg_load(&m.kg, "gat.gk", &(kg_options){.states = true}, NULL), GAT_OK);
    int64_t many = features(&m, &open);
    kg_clear(&m.kg);
    assert_int_equal(many - few, 3 * 8 + 2 * 2);
    assert_true(plain > 0.999f && plain < 1.001f);
    assert_true(open > 1.4f && open < 1.6f); /* 1 + 2 (1/2)^2: the tail has one fact */
}

/* A model that has learned a fact between the two of a sentence is refused, with the line; so is what is no model. */
static void test_refused(void **state)
{
    (void)state;
    gat_relations *m;
    gat_error err = {0};
    char extra[8000] = "";
    size_t used = 0;
    for (int i = 0; i < 30; i++)
        for (int k = 0; k < 10; k++)
            used += (size_t)snprintf(extra + used, sizeof extra - used, "x%d\tis\ty%d\n", i, (i + 3 * k) % 30);
    make_graph("joined.gk", "none", extra);
    assert_int_equal(train(&m, "joined.gk", true, false, &err), GAT_EDATA);
    assert_non_null(strstr(err.message, "train.jsonl:"));
    assert_non_null(strstr(err.message, "has learned a fact"));
    assert_int_equal(train(&m, "kg.tsv", true, false, &err), GAT_EUSAGE);
    assert_int_equal(train(&m, "joined.gk", false, false, &err), GAT_OK);
    gat_relations_free(m);
}

static gat_status use_all(void)
{
    gat_relations *m = NULL, *back = NULL;
    gat_status st = train(&m, "none.gk", true, true, NULL);
    if (!st) st = gat_relations_save(m, "m.gk", NULL);
    if (!st) st = gat_relations_load(&back, "m.gk", NULL);
    gat_relations_free(m);
    gat_relations_free(back);
    return st;
}

static void test_failing_allocations(void **state)
{
    (void)state;
    text_data_write("train.jsonl", 8, 1, 0, 1);
    memory_fail_at(0, false);
    assert_int_equal(use_all(), GAT_OK);
    int64_t count = memory_count();
    for (int64_t n = 1; n <= count; n += 1 + n / 10) {
        memory_fail_at(n, false);
        gat_status st = use_all();
        memory_fail_at(0, false);
        if (st != GAT_ENOMEM && st != GAT_OK) fail_msg("allocation %lld: %d", (long long)n, st);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_kinds), cmocka_unit_test(test_gate),
                                       cmocka_unit_test(test_refused), cmocka_unit_test(test_failing_allocations)};
    return cmocka_run_group_tests(tests, setup, teardown);
}

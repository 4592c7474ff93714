/* Folders and single files become data sets: ids, splits, warnings, texts, refusals, failing memory and files. */
#include "support/triple_files.h"

#include <errno.h>
#include <stdbool.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memory.h"
#include "io/dataset.h"

static char warnings[4000];

static void note(void *context, gat_log_level level, const char *message)
{
    size_t used = strlen(warnings);
    (void)context;
    assert_int_equal(level, GAT_LOG_WARNING);
    snprintf(warnings + used, sizeof warnings - used, "%s\n", message);
}

static gat_dataset *load(const char *path, gat_dataset_options options)
{
    gat_dataset *d;
    gat_error err;
    warnings[0] = 0;
    options.log.function = note;
    if (dataset_load(&d, path, &options, &err)) fail_msg("%s", err.message);
    return d;
}

static void folder(const char *name) { assert_true(mkdir(name, 0777) == 0 || errno == EEXIST); }

/* Entities of train: a b c; relations: likes knows. */
static void put_small(void)
{
    folder("small");
    put_text("small/train.tsv", "a\tlikes\tb\nb\tknows\tc\na\tlikes\tb\n");
    put_text("small/valid.csv", "c,likes,a\nd,likes,a\n");
    put_text("small/test.txt", "a\thates\tb\nd\tlikes\te\n");
    put_text("small/entity_name.tsv", "b\tBob\tmore\nzz\tnobody\na\tAnn\na\tagain\nc\t\n");
}

static void test_folder(void **state)
{
    (void)state;
    put_small();
    gat_dataset *d = load("small", (gat_dataset_options){0});
    static const char *const names = "abcde";
    assert_int_equal(intern_count(d->entities), 5);
    for (int32_t i = 0; i < 5; i++) assert_int_equal(intern_string(d->entities, i)[0], names[i]);
    assert_int_equal(intern_count(d->relations), 3);
    assert_int_equal(d->num_train_entities, 3);
    assert_int_equal(d->num_train_relations, 2);
    assert_int_equal(d->splits[GAT_SPLIT_TRAIN].count, 2);
    assert_int_equal(d->duplicates[GAT_SPLIT_TRAIN], 1);
    assert_int_equal(d->unseen[GAT_SPLIT_VALID], 1);
    assert_int_equal(d->unseen[GAT_SPLIT_TEST], 2);
    assert_true(d->present[GAT_SPLIT_TEST] && !d->present[GAT_SPLIT_IND_TRAIN]);
    assert_null(d->ind_entities);
    assert_true(d->holdout == 0);
    assert_string_equal(d->entity_text[0], "Ann");
    assert_string_equal(d->entity_text[1], "Bob");
    assert_null(d->entity_text[2]);
    assert_null(d->entity_text[4]);
    assert_null(d->relation_text);
    assert_string_equal(warnings,
                        "small/train.tsv: 1 repeated facts dropped\n"
                        "valid: 1 of 2 facts name an entity or relation that train does not have; they are kept\n"
                        "test: 2 of 2 facts name an entity or relation that train does not have; they are kept\n");
    dataset_free(d);
    d = load("small/", (gat_dataset_options){.whole = true});
    assert_int_equal(intern_count(d->entities), 3);
    assert_false(d->present[GAT_SPLIT_VALID]);
    dataset_free(d);
    dataset_free(NULL);
}

static void test_inductive(void **state)
{
    (void)state;
    folder("ind");
    put_text("ind/train.nt", "<x:a> <x:r> <x:b> .\n<x:a> <x:r> \"text\" .\n");
    put_text("ind/ind_train.nq", "<x:b> <x:r> <x:c> <x:g> .\n");
    put_text("ind/ind_test.ttl", "@prefix x: <x:> . x:c x:q x:d .");
    put_text("ind/relation_text.tsv", "x:r\tis related to\n");
    gat_dataset *d = load("ind", (gat_dataset_options){0});
    assert_int_equal(intern_count(d->entities), 2);
    assert_int_equal(intern_count(d->ind_entities), 3);
    assert_string_equal(intern_string(d->ind_entities, 0), "x:b");
    assert_int_equal(intern_count(d->relations), 2);
    assert_int_equal(d->num_train_relations, 1);
    assert_int_equal(d->unseen[GAT_SPLIT_IND_TRAIN], 0);
    assert_int_equal(d->unseen[GAT_SPLIT_IND_TEST], 1);
    assert_string_equal(d->relation_text[0], "is related to");
    assert_null(d->relation_text[1]);
    assert_non_null(strstr(warnings, "ind/train.nt: 1 statements about literals skipped"));
    dataset_free(d);
}

static void put_chain(const char *path, int n)
{
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    for (int i = 0; i < n; i++) fprintf(f, "e%d\tr%d\te%d\n", i, i % 3, i + 1);
    assert_int_equal(fclose(f), 0);
}

static bool same_split(const gat_dataset *a, const gat_dataset *b)
{
    return a->digest[0] == b->digest[0] && a->digest[1] == b->digest[1];
}

static void test_holdout(void **state)
{
    (void)state;
    put_chain("chain.tsv", 200);
    gat_dataset *d = load("chain.tsv", (gat_dataset_options){0});
    assert_int_equal(d->splits[GAT_SPLIT_TRAIN].count, 180);
    assert_int_equal(d->splits[GAT_SPLIT_VALID].count, 10);
    assert_int_equal(d->splits[GAT_SPLIT_TEST].count, 10);
    assert_true(d->present[GAT_SPLIT_VALID] && d->present[GAT_SPLIT_TEST]);
    assert_true(d->holdout == 0.05 && d->holdout_seed == 1);
    assert_int_equal(intern_count(d->entities), 201);
    for (int64_t i = 0; i < 180; i++) {
        assert_true(d->splits[0].data[i].head < d->num_train_entities);
        assert_true(d->splits[0].data[i].tail < d->num_train_entities);
    }
    /* Every fact of the chain is in one split. */
    bool seen[200] = {false};
    for (int s = 0; s < 3; s++)
        for (int64_t i = 0; i < d->splits[s].count; i++) {
            gat_triple t = d->splits[s].data[i];
            int head = atoi(intern_string(d->entities, t.head) + 1);
            assert_int_equal(atoi(intern_string(d->entities, t.tail) + 1), head + 1);
            assert_int_equal(atoi(intern_string(d->relations, t.relation) + 1), head % 3);
            assert_false(seen[head]);
            seen[head] = true;
        }
    gat_dataset *again = load("chain.tsv", (gat_dataset_options){.holdout = 0.05, .seed = 1});
    gat_dataset *other = load("chain.tsv", (gat_dataset_options){.seed = 2});
    assert_true(same_split(d, again));
    assert_false(same_split(d, other));
    dataset_free(d);
    dataset_free(again);
    dataset_free(other);
}

static void test_no_holdout(void **state)
{
    (void)state;
    put_chain("chain.tsv", 200);
    gat_dataset *none = load("chain.tsv", (gat_dataset_options){.holdout = -1});
    gat_dataset *whole = load("chain.tsv", (gat_dataset_options){.whole = true});
    assert_int_equal(none->splits[0].count, 200);
    assert_false(none->present[GAT_SPLIT_VALID]);
    assert_true(none->holdout == 0);
    assert_true(same_split(none, whole));
    dataset_free(none);
    dataset_free(whole);
    put_chain("few.tsv", 19);
    gat_dataset *few = load("few.tsv", (gat_dataset_options){0});
    assert_int_equal(few->splits[0].count, 19);
    assert_true(few->present[GAT_SPLIT_TEST]);
    assert_string_equal(warnings,
                        "few.tsv: 19 facts are too few to hold out a share of 0.05; valid and test stay empty\n");
    dataset_free(few);
}

/* The same facts in another format and packing give the same digest; another name another one. */
static void test_digest(void **state)
{
    (void)state;
    put_text("d1.tsv", "x:a\tx:r\tx:b\nx:b\tx:r\tx:c\n");
    put_text("d2.nt", "<x:a> <x:r> <x:b> .\n<x:b> <x:r> <x:c> .\n<x:a> <x:r> <x:b> .\n");
    put_text("d3.csv", "x:a,x:r,x:b\nx:b,x:r,x:d\n");
    gat_dataset *a = load("d1.tsv", (gat_dataset_options){0}), *b = load("d2.nt", (gat_dataset_options){0}),
                *c = load("d3.csv", (gat_dataset_options){0});
    assert_true(same_split(a, b));
    assert_false(same_split(a, c));
    dataset_free(a);
    dataset_free(b);
    dataset_free(c);
}

/* Names of all lengths, some longer than any buffer on the way, keep order and spelling. */
static void test_long_names(void **state)
{
    enum { COUNT = 300 };
    static char name[100001];
    (void)state;
    memset(name, 'n', sizeof name - 1);
    FILE *f = fopen("long.tsv", "w");
    assert_non_null(f);
    for (int i = 0; i < COUNT; i++) fprintf(f, "%.*s%d\tr\tt%d\n", i % 50 ? i : 100000 - i, name, i, i);
    assert_int_equal(fclose(f), 0);
    gat_dataset *d = load("long.tsv", (gat_dataset_options){.whole = true});
    assert_int_equal(d->splits[0].count, COUNT);
    for (int32_t i = 0; i < COUNT; i++) {
        assert_memory_equal(&d->splits[0].data[i], &((gat_triple){2 * i, 0, 2 * i + 1}), sizeof(gat_triple));
        int n = i % 50 ? i : 100000 - i;
        const char *s = intern_string(d->entities, 2 * i);
        assert_memory_equal(s, name, (size_t)n);
        assert_int_equal(atoi(s + n), i);
    }
    dataset_free(d);
}

static void test_empty_valid_is_a_warning(void **state)
{
    (void)state;
    folder("ev");
    put_text("ev/train.tsv", "a\tr\tb\n");
    put_text("ev/valid.tsv", "");
    gat_dataset *d = load("ev", (gat_dataset_options){0});
    assert_true(d->present[GAT_SPLIT_VALID]);
    assert_string_equal(warnings, "ev/valid.tsv: no facts\n");
    dataset_free(d);
}

static void test_refusals(void **state)
{
    static const struct {
        const char *path, *message;
        gat_status status;
    } cases[] = {
        {"bad/folders/empty_train", "train.tsv: no facts (the file is empty)", GAT_EDATA},
        {"bad/folders/empty_train/train.tsv", "train.tsv: no facts (the file is empty)", GAT_EDATA},
        {"bad/folders/missing_split", "missing_split: missing split: no train.tsv", GAT_EDATA},
        {"bad/folders/two_files", "two files for train: ", GAT_EDATA},
        {"bad/folders/two_files", "two_files/train.csv; keep one of them", GAT_EDATA},
        {"bad/folders/bad_text", "entity_name.tsv:1: expected 2 columns separated by tabs (id, text), found 1",
         GAT_EDATA},
        {"bad/folders/bad_valid", "valid.nt:2: expected a subject", GAT_EDATA},
        {"bad/folders/only_literals", "no facts between entities (1 statements about literals skipped)", GAT_EDATA},
        {"bad/folders/absent", "absent: no such file", GAT_EDATA},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        gat_dataset *d;
        gat_error err = {0};
        assert_int_equal(dataset_load(&d, test_path(cases[i].path), NULL, &err), cases[i].status);
        assert_null(d);
        if (!strstr(err.message, cases[i].message))
            fail_msg("expected \"%s\" in \"%s\"", cases[i].message, err.message);
    }
    gat_dataset *d;
    assert_int_equal(dataset_load(&d, "x", &(gat_dataset_options){.holdout = 0.5}, NULL), GAT_EUSAGE);
}

static void fails_cleanly(const char *path, bool files)
{
    gat_status st = GAT_EFAILED;
    for (int64_t n = 1; st; n++) {
        gat_dataset *d;
        gat_error err;
        if (files) file_fail_at(n, EIO);
        else memory_fail_at(n, false);
        st = dataset_load(&d, path, NULL, &err);
        file_fail_at(0, 0);
        memory_fail_at(0, false);
        assert_int_equal(st == GAT_OK, d != NULL);
        if (st) assert_int_equal(st, files ? GAT_EIO : GAT_ENOMEM);
        dataset_free(d);
    }
}

static void test_failures(void **state)
{
    (void)state;
    put_small();
    put_text("small/ind_train.tsv", "a\tlikes\tb\n");
    put_chain("chain.tsv", 1200);
    fails_cleanly("small", false);
    fails_cleanly("small", true);
    fails_cleanly("chain.tsv", false);
    fails_cleanly("chain.tsv", true);
    assert_int_equal(unlink("small/ind_train.tsv"), 0);
}

/* Counts of the published benchmarks. */
static void test_benchmarks(void **state)
{
    const char *data = getenv("GATKIT_DATA");
    char path[1000];
    (void)state;
    snprintf(path, sizeof path, "%s/linkpred/WN18RR", data ? data : "");
    if (!file_is_folder(path)) {
        print_message("no benchmarks here, skipped\n");
        skip();
    }
    gat_dataset *d = load(path, (gat_dataset_options){0});
    assert_int_equal(intern_count(d->entities), 40943);
    assert_int_equal(intern_count(d->relations), 11);
    assert_int_equal(d->splits[GAT_SPLIT_TRAIN].count, 86835);
    assert_int_equal(d->splits[GAT_SPLIT_VALID].count, 3034);
    assert_int_equal(d->splits[GAT_SPLIT_TEST].count, 3134);
    dataset_free(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_folder),     cmocka_unit_test(test_inductive),
        cmocka_unit_test(test_holdout),    cmocka_unit_test(test_no_holdout),
        cmocka_unit_test(test_digest),     cmocka_unit_test(test_empty_valid_is_a_warning),
        cmocka_unit_test(test_long_names), cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_failures),   cmocka_unit_test(test_benchmarks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

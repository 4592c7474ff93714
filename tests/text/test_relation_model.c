/* Models of relations: what they learn, files, threads, failing allocations, hidden facts of a graph. */
#include <math.h>
#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "model/model_io.h"
#include "support/check.h"
#include "support/text_data.h"
#include "text/relation_evaluate.h"
#include "text/relation_sections.h"
#include "text/part_rows.h"
#include "text/sureness.h"

static void configure(gat_relation_config *c, const char *members)
{
    relation_config_init(c);
    const char *const pairs[][2] = {{"members", members}, {"dim", "16"},     {"attn-heads", "2"}, {"epochs", "1"},
                                    {"folds", "2"},       {"linear-c", "1"}, {"batch", "20"}};
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        assert_int_equal(relation_config_set(c, pairs[i][0], pairs[i][1], NULL), GAT_OK);
}

static gat_relations *train(const char *file, const char *kg, const char *members)
{
    gat_relation_config c;
    gat_relations *m;
    gat_error err = {0};
    const gat_relation_inputs inputs = {.sentences = file, .kg = kg};
    configure(&c, members);
    if (relations_train(&m, &inputs, &c, &err)) fail_msg("%s", err.message);
    return m;
}

static double accuracy(const gat_relations *m, const char *file)
{
    gat_relation_evaluation *e;
    gat_error err = {0};
    if (relations_evaluate(&e, m, file, &err)) fail_msg("%s", err.message);
    double a = e->accuracy;
    relations_evaluation_free(e);
    return a;
}

static void test_learns(void **state)
{
    (void)state;
    text_data_write("train.jsonl", 120, 0, 1, 1);
    gat_relations *m = train("train.jsonl", NULL, "0");
    assert_true(accuracy(m, "train.jsonl") > 0.95);
    assert_true(m->part[0].held_out_f1 > 0.8);
    relations_free(m);
}

/* Rises with the probability, and is the same in a file. */
static void check_sureness(const gat_relations *m, const gat_relations *back)
{
    assert_true(m->sureness.count > 0 && m->sureness.count == back->sureness.count);
    for (int i = 0; i <= 20; i++) {
        double here = sureness_of(m, (float)i / 20), there = sureness_of(back, (float)i / 20);
        assert_true(fabs(here - there) < 1e-12 && here >= 0 && here <= 1);
        assert_true(!i || here >= sureness_of(m, (float)(i - 1) / 20));
    }
}

static void test_file(void **state)
{
    (void)state;
    text_data_write("train.jsonl", 80, 0, 0, 1);
    for (int threads = 1; threads < 4; threads += 2) {
        uint64_t a[2], b[2];
        gat_relations *back;
        parallel_set_threads(threads);
        gat_relations *m = train("train.jsonl", NULL, "2");
        assert_int_equal(relations_save(m, threads == 1 ? "one.gk" : "three.gk", NULL), GAT_OK);
        assert_int_equal(relations_load(&back, "one.gk", NULL), GAT_OK);
        assert_int_equal(relations_digest(a, m, NULL), GAT_OK);
        assert_int_equal(relations_digest(b, back, NULL), GAT_OK);
        assert_memory_equal(a, b, sizeof a);
        check_sureness(m, back);
        assert_true(fabs(accuracy(m, "train.jsonl") - accuracy(back, "train.jsonl")) < 1e-12);
        relations_free(back);
        relations_free(m);
    }
    parallel_set_threads(1);
}

/* What was answered, one after the other. */
typedef struct told {
    int count;
    double sum;
} told;

static int count_told(void *context, const gat_extraction *x)
{
    told *t = context;
    t->sum += x->answer[0].probability * (1 + t->count++);
    return 0;
}

/* A file and its bytes are answered alike; faults name the bytes. */
static void test_memory(void **state)
{
    (void)state;
    static const char bad[] = "{\"text\":\"a b\",\"e1\":[0,1],\"e2\":[2,3]}\n{\"text\":1}\n";
    text_data_write("train.jsonl", 80, 0, 0, 1);
    gat_relations *m = train("train.jsonl", NULL, "0");
    char *bytes;
    size_t size;
    gat_error err;
    told file = {0}, memory = {0};
    gat_extract_options options = {.on_sentence = count_told, .context = &file};
    assert_int_equal(file_read_all(&bytes, &size, "train.jsonl", NULL), GAT_OK);
    assert_int_equal(relations_extract(m, "train.jsonl", &options, NULL), GAT_OK);
    options.context = &memory;
    assert_int_equal(relations_extract_memory(m, bytes, size, "bytes", &options, NULL), GAT_OK);
    assert_true(file.count == 80 && memory.count == 80 && file.sum - memory.sum == 0);
    memory.count = 0;
    assert_int_equal(relations_extract_memory(m, bad, sizeof bad - 1, "bytes", &options, &err), GAT_EDATA);
    assert_non_null(strstr(err.message, "bytes:2: "));
    assert_int_equal(memory.count, 1);
    assert_int_equal(relations_extract_memory(m, "", 0, "bytes", &options, NULL), GAT_OK);
    options.relations = "nothing";
    assert_int_equal(relations_extract_memory(m, bytes, size, "bytes", &options, &err), GAT_EUSAGE);
    gat_free(bytes);
    relations_free(m);
}

/* A pair of x1 and y1 in a graph of these lines. */
static void features_in(feature_row *out, const char *facts)
{
    sentence_list list;
    word_forms forms = {0};
    gat_relations m = {.parts = 3};
    sentence *s;
    FILE *f = fopen("pair.tsv", "w");
    fputs(facts, f);
    fclose(f);
    assert_int_equal(sentence_list_init(&list, NULL), GAT_OK);
    assert_int_equal(sentence_begin(&s, &list, 1, NULL), GAT_OK);
    assert_int_equal(sentence_word(&list, "a", 1, NULL), GAT_OK);
    assert_int_equal(sentence_word(&list, "b", 1, NULL), GAT_OK);
    s->e[0] = (text_span){0, 1};
    s->e[1] = (text_span){1, 2};
    assert_int_equal(sentence_string(&s->entity[0], &list, "x1", 2, NULL), GAT_OK);
    assert_int_equal(sentence_string(&s->entity[1], &list, "y1", 2, NULL), GAT_OK);
    assert_int_equal(kg_load(&m.kg, "pair.tsv", &(kg_options){.seed = 1}, NULL), GAT_OK);
    assert_int_equal(word_forms_make(&forms, &list, NULL, NULL), GAT_OK);
    const sentence_source source = {&list, &forms};
    assert_int_equal(part_features(out, &m, GAT_PART_GRAPH, &source, 0, NULL), GAT_OK);
    kg_clear(&m.kg);
    word_forms_clear(&forms);
    sentence_list_clear(&list);
}

static void assert_same_features(const char *one, const char *other, bool same)
{
    feature_row a = {0}, b = {0};
    features_in(&a, one);
    features_in(&b, other);
    assert_true(a.count > 0);
    bool equal = a.count == b.count && !memcmp(a.data, b.data, (size_t)a.count * sizeof *a.data);
    assert_int_equal(equal, same);
    feature_row_clear(&a);
    feature_row_clear(&b);
}

/* Names of relations have the same numbers in all of these graphs. */
#define RELATIONS "p\tkind\tq\np\tsecret\tq\np\tother\tq\n"

/* Which facts join two entities leaves no trace in the features of their pair. */
static void test_hidden_facts(void **state)
{
    (void)state;
    const char *rest = RELATIONS "x1\tkind\tthing\ny1\tkind\tobject\nthing\tkind\tobject\n";
    char secret[256], other[256];
    snprintf(secret, sizeof secret, "%sx1\tsecret\ty1\n", rest);
    snprintf(other, sizeof other, "%sy1\tother\tx1\nx1\tkind\ty1\n", rest);
    assert_same_features(secret, other, true);
    assert_same_features(secret, RELATIONS "x1\tother\tthing\ny1\tkind\tobject\nx1\tsecret\ty1\n", false);
}

/* Nor whether one joins them: without, each loses a neighbour. Here each has one of a kind, or two. */
static void test_no_gap(void **state)
{
    (void)state;
    assert_same_features(RELATIONS "x1\tkind\ty1\n", RELATIONS "x1\tkind\tthing\ny1\tkind\tobject\n", true);
    assert_same_features(RELATIONS "x1\tkind\ty1\nx1\tkind\tthing\nobject\tkind\ty1\n",
                         RELATIONS "x1\tkind\tthing\nx1\tkind\tgroup\nobject\tkind\ty1\nrock\tkind\ty1\n", true);
}

static void test_graph(void **state)
{
    (void)state;
    text_data_write("train.jsonl", 80, 1, 0, 1);
    FILE *f = fopen("kg.tsv", "w");
    for (int i = 0; i < 30; i++) fprintf(f, "x%d\tkind\tthing\ny%d\tkind\tobject\n", i, i);
    fclose(f);
    gat_relations *m = train("train.jsonl", "kg.tsv", "0");
    assert_int_equal(m->parts, GAT_NUM_RELATION_PARTS);
    assert_true(accuracy(m, "train.jsonl") > 0.9);
    relations_free(m);
    gat_relation_config c;
    gat_error err = {0};
    const gat_relation_inputs inputs = {.sentences = "train.jsonl", .kg = "pair.tsv"};
    configure(&c, "0");
    assert_int_equal(relations_train(&m, &inputs, &c, &err), GAT_EDATA);
    assert_non_null(strstr(err.message, "train.jsonl:"));
    assert_non_null(strstr(err.message, "the graph has no entity"));
}

/* hostile.gk <- the model in m.gk with other bytes in one section, all checksums right; loading it says so. */
static void refuse_section(const char *name, const void *bytes, int64_t length, const char *says)
{
    static const char *const all[] = {RELATIONS_SECTION, "config",      "labels",      "seen_pairs",    "keys_0",
                                      "weights_0",       "sureness",    "net_header",  "calibration_0", "net_mixture",
                                      "net_labels",      "net_atoms_0", "net_atoms_1", "net_atoms_2",   "net_atoms_3",
                                      "net_atoms_4",     "net_atoms_5", "net_0",       "net_wide"};
    enum { COUNT = sizeof all / sizeof *all };
    gat_section list[COUNT];
    gat_model_file *file;
    gat_relations *m;
    gat_error err = {0};
    assert_int_equal(model_file_open(&file, "m.gk", NULL), GAT_OK);
    for (int i = 0; i < COUNT; i++) {
        list[i].name = all[i];
        assert_int_equal(model_file_section(&list[i].bytes, &list[i].length, file, all[i], 1, NULL), GAT_OK);
        if (!strcmp(all[i], name)) list[i] = (gat_section){name, bytes, length};
    }
    assert_int_equal(model_file_write("hostile.gk", list, COUNT, NULL), GAT_OK);
    model_file_close(file);
    assert_int_equal(relations_load(&m, "hostile.gk", &err), GAT_EMODEL);
    if (!strstr(err.message, says)) fail_msg("\"%s\" does not say \"%s\"", err.message, says);
}

static void test_hostile_files(void **state)
{
    (void)state;
    static const float share[] = {0.5f, 1.5f}, order[] = {0.5f, 0.25f, 0, 1};
    text_data_write("train.jsonl", 60, 0, 0, 1);
    gat_relations *m = train("train.jsonl", NULL, "1");
    char *config = gat_strdup(m->config_lines), *width = strstr(config, "wide-dim = 0");
    assert_non_null(width);
    width[strlen("wide-dim = ")] = '9';
    assert_int_equal(relations_save(m, "m.gk", NULL), GAT_OK);
    refuse_section("sureness", share, sizeof share, "a share of right answers");
    refuse_section("sureness", order, sizeof order, "out of order");
    refuse_section("config", config, (int64_t)strlen(config) + 1, "sparse part of the nets");
    refuse_section("net_wide", share, sizeof share, "sparse part of the nets");
    gat_free(config);
    relations_free(m);
}

/* Whichever allocation fails, the call ends in GAT_ENOMEM and leaves nothing behind (the sanitizer looks). */
static void test_failing_allocations(void **state)
{
    (void)state;
    gat_relation_config c;
    text_data_write("few.jsonl", 12, 0, 0, 1);
    const gat_relation_inputs inputs = {.sentences = "few.jsonl"};
    configure(&c, "1");
    bool done = false;
    for (int64_t n = 1; !done; n += n < 60 ? 1 : 17) {
        gat_relations *m = NULL;
        memory_fail_at(n, false);
        gat_status st = relations_train(&m, &inputs, &c, NULL);
        done = memory_count() < n;
        memory_fail_at(0, false);
        if (!done) assert_int_equal(st, GAT_ENOMEM);
        relations_free(m);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_learns),
                                       cmocka_unit_test(test_file),
                                       cmocka_unit_test(test_memory),
                                       cmocka_unit_test(test_hidden_facts),
                                       cmocka_unit_test(test_no_gap),
                                       cmocka_unit_test(test_graph),
                                       cmocka_unit_test(test_failing_allocations),
                                       cmocka_unit_test(test_hostile_files)};
    parallel_set_threads(1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}

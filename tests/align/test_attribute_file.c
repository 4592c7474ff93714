/* Values of attributes: which are read, what counts as a literal, likeness of entities, what is refused. */
#include "support/triple_files.h"

#include "align/attribute_file.h"
#include "base/memory.h"

static kg_side *side;

static int set_up(void **state)
{
    (void)state;
    put_text("kg.nt", "<urn:anna> <urn:likes> <urn:bob> .\n<urn:bob> <urn:likes> <urn:carl> .\n");
    return kg_side_load(&side, "kg.nt", 1, 1, NULL, NULL);
}

static int tear_down(void **state)
{
    (void)state;
    kg_side_free(side);
    return 0;
}

static int32_t id_of(const char *name) { return kg_side_find(side, name, strlen(name)); }

static attribute_values read_values(const char *path)
{
    attribute_values v;
    gat_error err;
    if (attribute_file_read(&v, path, side, NULL, &err)) fail_msg("%s", err.message);
    return v;
}

/* The values of an entity, joined by "|". */
static const char *values_of(const attribute_values *v, const char *name)
{
    static char text[300];
    int32_t x = id_of(name);
    *text = 0;
    for (int64_t i = v->start[x]; i < v->start[x + 1]; i++) {
        strcat(text, v->text[i]);
        strcat(text, "|");
    }
    return text;
}

static void test_read(void **state)
{
    (void)state;
    put_text("v.tsv", "urn:anna\tborn\t1990-01-01\nurn:bob\theight\t\"1.80\"^^<urn:m>\nurn:nobody\tx\ty\n"
                      "urn:anna\tlabel\t\"Anna\"@de\nurn:bob\tempty\t\"\"\n");
    attribute_values v = read_values("v.tsv");
    assert_int_equal(v.count, 3);
    assert_string_equal(values_of(&v, "urn:anna"), "1990-01-01|Anna|");
    assert_string_equal(values_of(&v, "urn:bob"), "1.80|");
    assert_string_equal(values_of(&v, "urn:carl"), "");
    attribute_values_clear(&v);
}

/* Facts between entities are no values. */
static void test_formats(void **state)
{
    (void)state;
    put_text("v.nt", "<urn:anna> <urn:likes> <urn:bob> .\n<urn:anna> <urn:n> \"A \\\"q\\\" \\u00e9\\tb\"@fr .\n"
                     "<urn:bob> <urn:n> \"7\"^^<urn:int> .\n");
    put_text("v.ttl",
             "<urn:anna> <urn:likes> <urn:bob> ; <urn:n> \"A \\\"q\\\" \\u00e9\\tb\"@fr .\n<urn:bob> <urn:n> 7 .\n");
    static const char *const files[] = {"v.nt", "v.ttl"};
    for (int i = 0; i < 2; i++) {
        attribute_values v = read_values(files[i]);
        assert_int_equal(v.count, 2);
        assert_string_equal(values_of(&v, "urn:anna"), "A \"q\" \xc3\xa9\tb|");
        assert_string_equal(values_of(&v, "urn:bob"), "7|");
        attribute_values_clear(&v);
    }
}

static void refuse(const char *path, const char *text, const char *says)
{
    attribute_values v;
    gat_error err;
    put_text(path, text);
    assert_int_equal(attribute_file_read(&v, path, side, NULL, &err), GAT_EDATA);
    assert_null(v.text);
    if (!strstr(err.message, says)) fail_msg("\"%s\" does not say \"%s\"", err.message, says);
}

static void test_refused(void **state)
{
    (void)state;
    refuse("v.tsv", "urn:anna\tborn\n", "v.tsv:1: expected 3 columns");
    refuse("v.tsv", "urn:nobody\tborn\t1\n", "no values for entities of KG1 (1 are for unknown ones)");
    refuse("v.nt", "<urn:anna> <urn:n> \"open .\n", "not closed");
    refuse("v.nt", "<urn:anna> <urn:likes> <urn:bob> .\n", "no values");
}

/* Equal values make entities alike, in whatever order, and a long text does not drown a short one. */
static void test_vectors(void **state)
{
    (void)state;
    name_vectors v[2];
    const int32_t counts[2] = {3, 3};
    put_text("v.tsv", "urn:anna\tp\tBerlin wall\nurn:anna\tq\t19900101\nurn:bob\tp\tOslo\nurn:carl\tp\tRome\n");
    put_text("w.tsv", "urn:anna\tx\t19900101\nurn:anna\ty\tberlin_wall\nurn:bob\tx\tOslo and a text that goes on for a "
                      "while\nurn:bob\tx\tOslo\n");
    attribute_values values[2] = {read_values("v.tsv"), read_values("w.tsv")};
    assert_int_equal(attribute_vectors_new(v, values, counts, NULL), GAT_OK);
    int32_t anna = id_of("urn:anna"), bob = id_of("urn:bob"), carl = id_of("urn:carl");
    assert_true(name_vectors_dot(&v[0], anna, &v[1], anna) > .99f);
    assert_true(name_vectors_dot(&v[0], bob, &v[1], bob) > .5f);
    assert_true(name_vectors_dot(&v[0], anna, &v[1], bob) < .1f);
    assert_int_equal(v[1].start[carl], v[1].start[carl + 1]);
    for (int k = 0; k < 2; k++) {
        name_vectors_clear(&v[k]);
        attribute_values_clear(&values[k]);
    }
}

static gat_status all(void)
{
    name_vectors v[2] = {{0}, {0}};
    const int32_t counts[2] = {3, 3};
    attribute_values values[2] = {{0}, {0}};
    gat_status st = attribute_file_read(&values[0], "v.tsv", side, NULL, NULL);
    if (!st) st = attribute_file_read(&values[1], "w.tsv", side, NULL, NULL);
    if (!st) st = attribute_vectors_new(v, values, counts, NULL);
    for (int k = 0; k < 2; k++) {
        name_vectors_clear(&v[k]);
        attribute_values_clear(&values[k]);
    }
    return st;
}

static void test_failing_memory(void **state)
{
    (void)state;
    gat_status st = GAT_ENOMEM;
    int64_t failed = 0;
    for (int64_t n = 1; st; n++, failed += st != GAT_OK) {
        memory_fail_at(n, false);
        st = all();
        memory_fail_at(0, false);
        if (st) assert_int_equal(st, GAT_ENOMEM);
    }
    assert_true(failed > 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_read),    cmocka_unit_test(test_formats),        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_vectors), cmocka_unit_test(test_failing_memory),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}

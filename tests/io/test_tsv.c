/* What counts as a triple in a TSV file; refusals have their files in tests/bad. */
#include "support/triple_files.h"

static void test_triples(void **state)
{
    (void)state;
    assert_reads(tsv_read, "", "");
    assert_reads(tsv_read, "a\tr\tb\n", "a|r|b\n");
    assert_reads(tsv_read, "a\tr\tb", "a|r|b\n");
    assert_reads(tsv_read, "\n  \n\t\n\t\t\n \t \t \na\tr\tb\r\n\n", "a|r|b\n");
    assert_reads(tsv_read, "a b\t r \t\"b\"\n", "a b| r |\"b\"\n");
    assert_reads(tsv_read,
                 "\xef\xbb\xbf"
                 "caf\xc3\xa9\tr\tb\n",
                 "caf\xc3\xa9|r|b\n");
    assert_reads(tsv_read, "head\trelation\ttail\n", "head|relation|tail\n");
}

static void test_line_numbers(void **state)
{
    static collected c;
    (void)state;
    assert_int_equal(read_bytes(&c, NULL, tsv_read, "\n\na\tr\tb\n", 8), GAT_OK);
    assert_int_equal(c.last_line, 3);
}

static gat_status refuse(void *context, gat_term h, gat_term r, gat_term t, const char *path, int64_t line,
                         gat_error *err)
{
    (void)h, (void)r, (void)t, (void)path;
    *(int64_t *)context = line;
    return error_set(err, GAT_EFAILED, "enough");
}

/* A failing sink ends the reading at once, in every format. */
static void test_failing_sink(void **state)
{
    static const struct {
        triple_read_function *read;
        const char *text;
    } cases[] = {
        {tsv_read, "a\tr\tb\na\tr\n"},
        {csv_read, "a,r,b\na\n"},
        {ntriples_read, "<x:a> <x:r> <x:b> .\n<\n"},
        {nquads_read, "<x:a> <x:r> <x:b> .\n<\n"},
        {turtle_read, "<x:a> <x:r> <x:b> .\n<\n"},
        {trig_read, "<x:a> <x:r> <x:b> .\n<\n"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int64_t line = -1;
        gat_error err;
        gat_reader *reader;
        triple_sink sink = {.add = refuse, .context = &line};
        assert_int_equal(reader_open_memory(&reader, cases[i].text, strlen(cases[i].text), "test", NULL), GAT_OK);
        assert_int_equal(cases[i].read(reader, &sink, &err), GAT_EFAILED);
        assert_string_equal(err.message, "enough");
        assert_int_equal(line, i < 4);
        reader_close(reader);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_triples),
        cmocka_unit_test(test_line_numbers),
        cmocka_unit_test(test_failing_sink),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* One file of tests/bad per rule: each is refused as bad data with its name, its line and what is wrong. */
#include "support/triple_files.h"

#include "base/memory.h"
#include "io/triple_file.h"

typedef struct refusal {
    const char *file, *message; /* message follows the path */
} refusal;

static const refusal refusals[] = {
    {"two_columns.tsv", ":2: expected 3 columns separated by tabs (head, relation, tail), found 2"},
    {"four_columns.tsv", ":2: expected 3 columns separated by tabs (head, relation, tail), found 4"},
    {"spaces.txt", ":1: expected 3 columns separated by tabs (head, relation, tail), found 1"},
    {"empty_head.tsv", ":1: the head is empty"},
    {"empty_relation.tsv", ":1: the relation is empty"},
    {"empty_tail.tsv", ":3: the tail is empty"},
    {"nul_byte.tsv", ":3: NUL byte in column 5"},
    {"bad_utf8.tsv", ":2: not valid UTF-8"},
    {"overlong.tsv", ":1: not valid UTF-8"},
    {"surrogate.tsv", ":1: not valid UTF-8"},
    {"utf16.tsv", ":1: NUL byte in column 4"},
    {"truncated.tsv.gz", ": compressed data ends too early (truncated file)"},
    {"damaged.tsv.gz", ": damaged gzip data"},
    {"trailing.tsv.gz", ": damaged gzip data"},
    {"truncated.tsv.zst", ": compressed data ends too early (truncated file)"},
    {"damaged.tsv.zst", ": damaged zstd data"},
    {"two_columns.csv", ":1: expected 3 columns separated by commas (head, relation, tail), found 2"},
    {"four_columns.csv", ":1: expected 3 columns separated by commas (head, relation, tail), found 4"},
    {"empty_field.csv", ":1: the relation is empty"},
    {"open_quote.csv", ":1: a quoted field is not closed on its line"},
    {"inner_quote.csv", ":1: a quote inside a field that is not quoted"},
    {"after_quote.csv", ":1: text after a closing quote"},
    {"tab.csv", ":1: a tab inside the tail"},
    {"no_dot.nt", ":2: expected '.' after the object"},
    {"relative_iri.nt", ":2: the IRI <s> is not absolute"},
    {"space_in_iri.nt", ":2: ' ' inside an IRI"},
    {"open_iri.nt", ":2: ' ' inside an IRI"},
    {"iri_escape.nt", ":2: an IRI may hold \\u and \\U escapes only"},
    {"short_escape.nt", ":2: an escape with fewer than 4 hexadecimal digits"},
    {"escaped_space.nt", ":2: escaped character U+0020 inside an IRI"},
    {"surrogate.nt", ":2: an escape that is no Unicode character"},
    {"too_large.nt", ":2: an escape that is no Unicode character"},
    {"literal_subject.nt", ":2: expected a subject: an IRI or a blank node"},
    {"blank_predicate.nt", ":2: expected a predicate: an IRI"},
    {"number.nt", ":2: expected an object: an IRI, a blank node or a literal"},
    {"two_statements.nt", ":2: text after the '.'"},
    {"open_literal.nt", ":2: a literal is not closed by '\"'"},
    {"literal_escape.nt", ":2: an unknown escape in a literal"},
    {"language.nt", ":2: an empty language tag"},
    {"datatype.nt", ":2: the IRI <t> is not absolute"},
    {"graph.nt", ":2: expected '.' after the object"},
    {"blank_label.nt", ":2: expected a blank node such as _:x"},
    {"literal_graph.nq", ":2: expected a graph name or '.'"},
    {"no_dot.nq", ":1: expected '.' after the object or the graph"},
    {"syntax.ttl", ":"},
    {"prefix.ttl", ":1: unknown prefix in e:a"},
    {"nested.ttl", ":1: brackets nested too deeply"},
    {"nested_list.ttl", ":1: brackets nested too deeply"},
    {"nested_after_comment.ttl", ":1: brackets nested too deeply"},
    {"nul_byte.ttl", ":2: NUL byte"},
    {"bad_utf8.ttl", ":1: invalid UTF-8"},
    {"surrogate.ttl", ":1: an IRI that is not valid UTF-8"},
    {"open_iri.ttl", ":"},
    {"syntax.trig", ":"},
    {"unknown.json", ": unknown kind of file; known endings: .tsv"},
};

static void test_refusals(void **state)
{
    static collected c;
    (void)state;
    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++) {
        char name[200], expected[1200];
        gat_error err = {0};
        triple_sink sink = {.add = collect, .context = &c};
        memset(&c, 0, sizeof c);
        snprintf(name, sizeof name, "bad/triples/%s", refusals[i].file);
        const char *path = test_path(name);
        gat_status st = triple_file_read(path, &sink, &err);
        snprintf(expected, sizeof expected, "%s%s", path, refusals[i].message);
        if (st != GAT_EDATA || strncmp(err.message, expected, strlen(expected)))
            fail_msg("expected \"%s\", got %d \"%s\"", expected, st, err.message);
    }
}

/* Turtle's statements come without their lines; the message names the two pages read last, the line among them. */
static void test_turtle_lines(void **state)
{
    static collected c;
    static char text[20000];
    size_t used = (size_t)snprintf(text, sizeof text, "@prefix e: <x:> .\n");
    gat_error err = {0};
    triple_sink sink = {.add = collect, .context = &c};
    long long first = 0, last = 0;
    (void)state;
    for (int line = 2; line <= 1000; line++)
        used += (size_t)snprintf(text + used, sizeof text - used, line == 700 ? "e:a e:p f:b .\n" : "e:a e:p e:b .\n");
    put_text("lines.ttl", text);
    assert_int_equal(triple_file_read("lines.ttl", &sink, &err), GAT_EDATA);
    assert_int_equal(sscanf(err.message, "lines.ttl:%lld-%lld: unknown prefix", &first, &last), 2);
    assert_true(first <= 700 && 700 <= last && last - first < 800);
}

/* The ending tells the format, before .gz and .zst; no ending at all is TSV. */
static void test_endings(void **state)
{
    static collected c;
    static const char *const tsv[] = {"a.tsv", "a.txt", "a", "a.b.tsv", "a.tsv.zst"};
    (void)state;
    for (size_t i = 0; i < sizeof tsv / sizeof *tsv; i++) {
        triple_sink sink = {.add = collect, .context = &c};
        memset(&c, 0, sizeof c);
        put_text(tsv[i], "a\tr\tb\n");
        assert_int_equal(triple_file_read(tsv[i], &sink, NULL), GAT_OK);
        assert_string_equal(c.text, "a|r|b\n");
    }
    assert_int_equal(triple_file_read("absent.tsv", &(triple_sink){.add = collect, .context = &c}, NULL), GAT_EDATA);
}

/* Formats, each once through every failing allocation; serd's own memory is not ours to fail. */
static void test_failing_allocations(void **state)
{
    static collected c;
    static const char *const file[] = {"m.tsv", "m.csv", "m.nt", "m.nq", "m.ttl", "m.trig"};
    static const char *const text[] = {"a\tr\tb\n",
                                       "a,\"r\"\"\",b\n",
                                       "<x:a> <x:\\u00e9> _:b .\n",
                                       "<x:a> <x:r> <x:b> <x:g> .\n",
                                       "@prefix e: <x:> . e:a e:r [] .",
                                       "<x:g> { <x:a> <x:r> <x:b> . }"};
    (void)state;
    for (size_t i = 0; i < sizeof file / sizeof *file; i++) {
        gat_status st = GAT_ENOMEM;
        put_text(file[i], text[i]);
        for (int64_t n = 1; st; n++) {
            triple_sink sink = {.add = collect, .context = &c};
            memset(&c, 0, sizeof c);
            memory_fail_at(n, false);
            st = triple_file_read(file[i], &sink, NULL);
            memory_fail_at(0, false);
            assert_true(st == GAT_OK || st == GAT_ENOMEM);
        }
        assert_non_null(strchr(c.text, '|'));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_turtle_lines),
        cmocka_unit_test(test_endings),
        cmocka_unit_test(test_failing_allocations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Line ends, marks, limits, and lines that lie across blocks. */
#include "support/triple_files.h"

#include "base/memory.h"
#include "io/lines.h"

enum { LONG = 3 * LINE_LIMIT };

/* All lines joined by '|', or the message. */
static gat_status read_lines(char *joined, size_t capacity, const char *bytes, size_t count, int64_t *number)
{
    gat_reader *reader = NULL;
    gat_lines *lines = NULL;
    gat_error err = {0};
    const char *text;
    size_t length, used = 0;
    joined[0] = 0;
    gat_status st = reader_open_memory(&reader, bytes, count, "test", &err);
    if (!st) st = lines_open(&lines, reader, &err);
    while (!st && !(st = lines_next(lines, &text, &length, &err)) && text) {
        assert_true(used + length + 2 < capacity);
        memcpy(joined + used, text, length);
        used += length;
        joined[used++] = '|';
        joined[used] = 0;
        if (number) *number = lines_number(lines);
    }
    if (st) snprintf(joined, capacity, "%s", err.message);
    lines_close(lines);
    reader_close(reader);
    return st;
}

static void expect(const char *text, size_t count, const char *joined)
{
    char got[1000];
    read_lines(got, sizeof got, text, count, NULL);
    assert_string_equal(got, joined);
}

static void test_line_ends(void **state)
{
    (void)state;
    expect("", 0, "");
    expect("\n", 1, "|");
    expect("a\nb\n", 4, "a|b|");
    expect("a\nb", 3, "a|b|");
    expect("a\r\n\r\nb\r", 7, "a||b|");
    expect("\xef\xbb\xbf"
           "a\nb\n",
           7, "a|b|");
    expect("\xef\xbb\xbf", 3, "");
    expect("a\n\xef\xbb\xbf"
           "b\n",
           7,
           "a|\xef\xbb\xbf"
           "b|");
}

static void test_refusals(void **state)
{
    (void)state;
    expect("a\nb\0c\n", 6, "test:2: NUL byte in column 2");
    expect("a\nb\n\xff\n", 6, "test:3: not valid UTF-8");
    expect("a\nb\n\xc3", 5, "test:3: not valid UTF-8");
    expect("\xc3\n\xa9", 3, "test:1: not valid UTF-8");
}

/* One byte at the limit decides; a line without an end is refused before it is all read. */
static void test_long_lines(void **state)
{
    char *text = gat_alloc(LONG, 1), *joined = gat_alloc(LONG, 1);
    (void)state;
    memset(text, 'x', LONG);
    assert_int_equal(read_lines(joined, LONG, text, LINE_LIMIT, NULL), GAT_OK);
    assert_int_equal(strlen(joined), LINE_LIMIT + 1);
    assert_int_equal(read_lines(joined, LONG, text, LINE_LIMIT + 1, NULL), GAT_EDATA);
    assert_string_equal(joined, "test:1: line longer than 1000000 bytes");
    text[LINE_LIMIT] = '\n';
    assert_int_equal(read_lines(joined, LONG, text, LINE_LIMIT + 10, NULL), GAT_OK);
    text[LINE_LIMIT] = '\r';
    text[LINE_LIMIT + 1] = '\n';
    assert_int_equal(read_lines(joined, LONG, text, LINE_LIMIT + 10, NULL), GAT_OK);
    memcpy(text, "a\nb\n", 4);
    text[LINE_LIMIT] = text[LINE_LIMIT + 1] = 'x';
    assert_int_equal(read_lines(joined, LONG, text, LONG, NULL), GAT_EDATA);
    assert_string_equal(joined, "test:3: line longer than 1000000 bytes");
    memset(text, 'x', LONG);
    gat_reader *reader;
    gat_lines *lines;
    const char *line;
    size_t length, rest = 0, got = 1;
    assert_int_equal(reader_open_memory(&reader, text, LONG, "test", NULL), GAT_OK);
    assert_int_equal(lines_open(&lines, reader, NULL), GAT_OK);
    assert_int_equal(lines_next(lines, &line, &length, NULL), GAT_EDATA);
    lines_close(lines);
    for (; got; rest += got) assert_int_equal(reader_read(reader, joined, LONG, &got, NULL), GAT_OK);
    assert_true(rest > LINE_LIMIT);
    reader_close(reader);
    gat_free(text);
    gat_free(joined);
}

/* Lines of all lengths, many blocks: nothing is lost, doubled or cut. */
static void test_across_blocks(void **state)
{
    enum { COUNT = 1500 };
    char *text = gat_alloc(LONG, 1), *joined = gat_alloc(LONG, 1);
    size_t used = 0;
    int64_t number = 0;
    (void)state;
    for (int i = 0; i < COUNT; i++) {
        memset(text + used, 'a' + i % 26, (size_t)i);
        used += (size_t)i;
        text[used++] = '\n';
    }
    assert_int_equal(read_lines(joined, LONG, text, used, &number), GAT_OK);
    for (size_t i = 0; i < used; i++)
        if (text[i] == '\n') text[i] = '|';
    assert_int_equal(strlen(joined), used);
    assert_memory_equal(joined, text, used);
    assert_int_equal(number, COUNT);
    gat_free(text);
    gat_free(joined);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_line_ends),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_long_lines),
        cmocka_unit_test(test_across_blocks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

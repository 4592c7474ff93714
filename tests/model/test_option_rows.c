/* A table of options over a struct: values in, text out, and back. */
#include "model/option_rows.h"

#include <stdint.h>
#include <string.h>

#include "base/memory.h"
#include "support/check.h"

typedef struct settings {
    int64_t width, kind;
    double rate;
} settings;

static const option_row rows[] = {
    {{"width", "N", "8", "", NULL}, OPTION_WHOLE, offsetof(settings, width), 1, 100},
    {{"kind", "plain|plainer|odd", "plainer", "", NULL}, OPTION_CHOICE, offsetof(settings, kind), 0, 0},
    {{"rate", "X", "0.1", "", NULL}, OPTION_REAL, offsetof(settings, rate), -1, 1},
};
static const option_rows table = {rows, 3, "tests"};

static gat_status set_any(void *config, const char *name, const char *value, gat_error *err)
{
    return option_rows_set(config, &table, name, value, err);
}

static void test_values(void **state)
{
    settings s = {0};
    char text[OPTION_TEXT];
    (void)state;
    option_rows_init(&s, &table);
    assert_true(s.width == 8 && s.kind == 1 && s.rate == 0.1);
    assert_int_equal(option_rows_set(&s, &table, "kind", "odd", NULL), GAT_OK);
    assert_int_equal(option_rows_set(&s, &table, "rate", "-0.25", NULL), GAT_OK);
    assert_true(option_rows_get(text, &table, &s, "kind"));
    assert_string_equal(text, "odd");
    assert_false(option_rows_get(text, &table, &s, "no such"));
    assert_string_equal(option_rows_at(&table, 2)->name, "rate");
    assert_null(option_rows_at(&table, 3));
    assert_null(option_rows_at(&table, -1));
}

static void test_lines(void **state)
{
    settings s = {.width = 77, .kind = 2, .rate = 1e-7}, back = {0};
    gat_error err = {0};
    (void)state;
    char *lines = option_rows_text(&table, &s);
    assert_string_equal(lines, "width = 77\nkind = odd\nrate = 1e-07\n");
    assert_int_equal(option_lines_read(&back, lines, set_any, &err), GAT_OK);
    assert_memory_equal(&s, &back, sizeof s);
    gat_free(lines);
    assert_int_equal(option_lines_read(&back, "width 3\n", set_any, &err), GAT_EMODEL);
    assert_int_equal(option_lines_read(&back, "width = 3\nlength = 4\n", set_any, &err), GAT_EUSAGE);
    assert_non_null(strstr(err.message, "\"length\" is no option of --task tests"));
    memory_fail_at(1, false);
    assert_null(option_rows_text(&table, &s));
    memory_fail_at(0, false);
}

static void test_refused(void **state)
{
    static const char *const wrong[][2] = {{"width", "0"},   {"width", "101"}, {"width", "2.5"},   {"width", "x"},
                                           {"width", ""},    {"kind", "plai"}, {"kind", "plain|"}, {"kind", ""},
                                           {"rate", "1.01"}, {"rate", "nan"},  {"rate", "0.5x"},   {"rate", "1e999"},
                                           {"kinds", "odd"}, {"width", "3 "}};
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        settings s = {.width = 5, .kind = 2, .rate = 0.5}, before = s;
        assert_int_equal(option_rows_set(&s, &table, wrong[i][0], wrong[i][1], NULL), GAT_EUSAGE);
        assert_memory_equal(&s, &before, sizeof s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_values), cmocka_unit_test(test_lines),
                                       cmocka_unit_test(test_refused)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Turtle and TriG: names are completed, literals counted, unnamed nodes kept apart by file. */
#include "support/triple_files.h"

static void test_names(void **state)
{
    (void)state;
    assert_reads(turtle_read, "", "");
    assert_reads(turtle_read, "@prefix e: <http://e/> .\ne:a a e:B ; e:p e:c , e:d .\n",
                 "http://e/a|http://www.w3.org/1999/02/22-rdf-syntax-ns#type|http://e/B\nhttp://e/a|http://e/p|http://"
                 "e/c\nhttp://e/a|http://e/p|http://e/d\n");
    assert_reads(turtle_read, "@base <http://e/x/> . <a> <../p> <#c> .", "http://e/x/a|http://e/p|http://e/x/#c\n");
    assert_reads(turtle_read, "<a> <p> <b> .", "a|p|b\n");
    assert_reads(turtle_read, "PREFIX : <http://e/>\n:a :p :caf\xc3\xa9 .",
                 "http://e/a|http://e/p|http://e/caf\xc3\xa9\n");
    assert_reads(turtle_read, "<x:a> <x:p> _:n , [ <x:q> <x:b> ] .",
                 "x:a|x:p|_:n\nx:a|x:p|_:test-b1\n_:test-b1|x:q|x:b\n");
    assert_reads(trig_read, "@prefix e: <x:> . e:g { e:a e:p e:b . } e:c e:p e:d .", "x:a|x:p|x:b\nx:c|x:p|x:d\n");
}

static void test_literals_are_counted(void **state)
{
    static const char text[] =
        "<x:a> <x:p> \"b\"@en , 5 , true , <x:c> , '''[[[ ( \n''' , \"\"\"a \"quoted\" [\"\"\" .";
    static collected c;
    int64_t literals;
    (void)state;
    assert_int_equal(read_bytes(&c, &literals, turtle_read, text, strlen(text)), GAT_OK);
    assert_int_equal(literals, 5);
    assert_string_equal(c.text, "x:a|x:p|x:c\n");
}

/* Brackets in strings, IRIs, comments and names are not nesting, however many there are. */
static void test_brackets_that_do_not_nest(void **state)
{
    static char text[8000], brackets[301];
    static collected c;
    (void)state;
    memset(brackets, '(', 300);
    snprintf(
        text, sizeof text,
        "# %s\n<x:%s> <x:p> '%s' , \"%s\" , \"\" , '''%s''' , \"\\\"%s\" .\n@prefix e: <x:> . e:a\\( <x:p> <x:b> .\n",
        brackets, brackets, brackets, brackets, brackets, brackets);
    assert_int_equal(read_bytes(&c, NULL, turtle_read, text, strlen(text)), GAT_OK);
    assert_string_equal(c.text, "x:a(|x:p|x:b\n");
}

/* 60 levels are fine, and many brackets one after the other. */
static void test_nesting(void **state)
{
    static char text[70000];
    static collected c;
    size_t used = 0;
    (void)state;
    for (int i = 0; i < 60; i++) used += (size_t)sprintf(text + used, "[ <x:p> ");
    used += (size_t)sprintf(text + used, "<x:a> ");
    for (int i = 0; i < 60; i++) used += (size_t)sprintf(text + used, "] ");
    for (int i = 0; i < 200; i++) used += (size_t)sprintf(text + used, ".\n[] <x:p> ( <x:b> ) ");
    snprintf(text + used, sizeof text - used, ".\n");
    gat_status st = read_bytes(&c, NULL, turtle_read, text, strlen(text));
    if (st) fail_msg("%s", c.text);
}

static void test_line_of_an_error(void **state)
{
    static collected c;
    static const char text[] = "<x:a> <x:p> <x:b> .\n\n<x:a> <x:p> ; .\n.\n";
    (void)state;
    assert_int_equal(read_bytes(&c, NULL, turtle_read, text, strlen(text)), GAT_EDATA);
    assert_int_equal(strncmp(c.text, "test:", 5), 0);
    assert_in_range(strtol(c.text + 5, NULL, 10), 3, 4);
}

/* Larger than serd's page, so that statements lie across pages. */
static void test_many_pages(void **state)
{
    static char text[60000];
    static collected c;
    size_t used = 0;
    (void)state;
    for (int i = 0; i < 1000; i++) used += (size_t)sprintf(text + used, "<x:s%d> <x:p> <x:\xc3\xa9%d> .\n", i, i);
    assert_int_equal(read_bytes(&c, NULL, turtle_read, text, used), GAT_OK);
    assert_non_null(strstr(c.text, "x:s999|x:p|x:\xc3\xa9"
                                   "999\n"));
    assert_int_equal(read_bytes(&c, NULL, turtle_read, text, used - used % 4096), GAT_EDATA);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_literals_are_counted),
        cmocka_unit_test(test_brackets_that_do_not_nest),
        cmocka_unit_test(test_nesting),
        cmocka_unit_test(test_line_of_an_error),
        cmocka_unit_test(test_many_pages),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

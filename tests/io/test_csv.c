/* Quoting after RFC 4180; refusals have their files in tests/bad. */
#include "support/triple_files.h"

static void test_fields(void **state)
{
    (void)state;
    assert_reads(csv_read, "", "");
    assert_reads(csv_read, "a,r,b\r\n\n  \nc,r,d", "a|r|b\nc|r|d\n");
    assert_reads(csv_read, "\"a\",\"r\",\"b\"\n", "a|r|b\n");
    assert_reads(csv_read, "\"Paris, France\",r,\"say \"\"hi\"\"\"\n", "Paris, France|r|say \"hi\"\n");
    assert_reads(csv_read, "\"\"\"\",r,\"\"\"a\"\"b\"\n", "\"|r|\"a\"b\n");
    assert_reads(csv_read, " a , r,b \n", " a | r|b \n");
}

static void test_heading(void **state)
{
    (void)state;
    assert_reads(csv_read, "head,relation,tail\na,r,b\n", "a|r|b\n");
    assert_reads(csv_read, "Subject,\"Predicate\",Object\na,r,b\n", "a|r|b\n");
    assert_reads(csv_read, "a,r,b\nhead,relation,tail\n", "a|r|b\nhead|relation|tail\n");
    assert_reads(csv_read, "head,relation,other\n", "head|relation|other\n");
}

static void test_refusals(void **state)
{
    (void)state;
    assert_reads(csv_read, ",,\n", "test:1: the head is empty");
    assert_reads(csv_read, "a,r,b,\n",
                 "test:1: expected 3 columns separated by commas (head, relation, tail), found 4");
    assert_reads(csv_read, "a,r,\"\n", "test:1: a quoted field is not closed on its line");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fields),
        cmocka_unit_test(test_heading),
        cmocka_unit_test(test_refusals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

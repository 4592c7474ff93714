/* Names folded and compared. */
#include <math.h>
#include <string.h>

#include "link/name_form.h"
#include "support/check.h"

static void assert_folds(const char *s, const char *expected)
{
    char out[40];
    assert_int_equal(name_fold(out, sizeof out, s, strlen(s)), strlen(expected));
    assert_string_equal(out, expected);
}

static void test_fold(void **state)
{
    (void)state;
    assert_folds("", "");
    assert_folds("Jimi_Hendrix", "jimi hendrix");
    assert_folds("  Z\xc3\xbcrich \t West ", "zurich west");
    assert_folds("STRA\xc3\x9f"
                 "E",
                 "strasse");
    assert_folds("\xef\xac\x81sh", "fish");
    assert_folds("no\xc2\xa0"
                 "break",
                 "no break");
    char out[8];
    assert_true(name_fold(out, sizeof out, "\xc3\xa6\xc3\xa6\xc3\xa6\xc3\xa6\xc3\xa6", 10) < sizeof out);
}

static void likeness(float f[NAME_LIKENESS], const char *mention, const char *title)
{
    name_form a, b;
    name_form_make(&a, mention);
    name_form_make(&b, title);
    name_likeness(f, &a, &b);
    for (int i = 0; i < NAME_LIKENESS; i++) assert_true(f[i] >= 0 && f[i] <= 1);
}

static void test_likeness(void **state)
{
    (void)state;
    float f[NAME_LIKENESS];
    likeness(f, "Paris", "paris");
    for (int i = 0; i < 9; i++) assert_true(fabsf(f[i] - 1) < 1e-6f);
    likeness(f, "Paris", "Paris,_Texas");
    assert_true(f[0] < 0.5f && f[2] > 0.5f && f[3] > 0.5f && f[4] < 0.5f && f[5] > 0.5f && fabsf(f[8] - 0.5f) < 1e-6f);
    likeness(f, "Mercury", "Mercury_(planet)");
    assert_true(f[0] < 0.5f && f[1] > 0.5f);
    likeness(f, "U.S.", "United_States");
    assert_true(f[9] > 0.5f && f[0] < 0.5f);
    likeness(f, "president Carter", "Carter");
    assert_true(f[6] > 0.5f && f[5] < 0.5f);
    likeness(f, "", "");
    likeness(f, "x", "");
}

/* Longer than a form keeps: cut, never overrun. */
static void test_long(void **state)
{
    (void)state;
    char name[2000];
    float f[NAME_LIKENESS];
    for (size_t i = 0; i < sizeof name; i++) name[i] = i % 7 ? (char)('a' + i % 26) : ' ';
    name[sizeof name - 1] = 0;
    likeness(f, name, name);
    assert_true(f[0] > 0.5f);
}

/* As many words as a form keeps, and more: as many initials, terminated. */
static void test_many_words(void **state)
{
    (void)state;
    static const char letters[] = "a b c d e f g h i j k l m n o p q r s t u v w x y z";
    float f[NAME_LIKENESS];
    name_form form;
    name_form_make(&form, letters);
    assert_int_equal(form.words, NAME_WORDS);
    assert_int_equal(strlen(form.initials), NAME_WORDS);
    likeness(f, letters, letters);
    assert_true(f[0] > 0.5f && f[8] > 0.5f);
    likeness(f, "abcdefghijklmnopqrstuvw", letters);
    assert_true(f[9] > 0.5f);
}

/* What does not fit ends the form, whatever follows. */
static void test_cut(void **state)
{
    (void)state;
    char out[5];
    assert_int_equal(name_fold(out, sizeof out,
                               "ab\xe4\xb8\xad"
                               "c",
                               6),
                     2);
    assert_string_equal(out, "ab");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fold),       cmocka_unit_test(test_likeness), cmocka_unit_test(test_long),
        cmocka_unit_test(test_many_words), cmocka_unit_test(test_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

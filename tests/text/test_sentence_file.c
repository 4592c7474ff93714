/* Files of sentences: every format, and what is refused with its line. */
#include <stdio.h>
#include <string.h>

#include "support/check.h"
#include "text/sentence_file.h"
#include "text/unicode_text.h"

static void put(const char *text)
{
    FILE *f = fopen("s", "w");
    assert_non_null(f);
    fputs(text, f);
    fclose(f);
}

static void read_all(sentence_list *list, const char *text)
{
    gat_error err = {0};
    put(text);
    assert_int_equal(sentence_list_init(list, NULL), GAT_OK);
    if (sentence_file_load(list, "s", &err)) fail_msg("%s", err.message);
}

static const char *word(const sentence_list *list, int64_t s, int32_t i)
{
    return list_string(list, list->token[list->data[s].first + i]);
}

static void test_json(void **state)
{
    (void)state;
    sentence_list l;
    read_all(
        &l,
        "{\"id\":7,\"tokens\":[\"a\",\"b\",\"c\"],\"e1\":[0,1],\"e2\":[2,3],\"label\":\"R(e1,e2)\",\"e1_id\":\"x\","
        "\"head\":[2,0,2],\"deprel\":[\"s\",\"ROOT\",\"o\"]}\n\n"
        "{\"text\":\"Größe's 3.5 km, ok\",\"e1\":[0,7],\"e2\":[16,18],\"label\":[\"p\",\"q\"]}\n"
        "{\"token\":[\"u\",\"v\"],\"h\":{\"name\":\"u\",\"id\":\"Q1\",\"pos\":[0,1]},\"t\":{\"id\":12,\"pos\":[1,2]},"
        "\"relation\":\"r\"}\n");
    assert_int_equal(l.count, 3);
    assert_string_equal(list_string(&l, l.data[0].id), "7");
    assert_string_equal(list_string(&l, l.data[0].entity[0]), "x");
    assert_int_equal(l.data[0].entity[1], -1);
    assert_true(l.data[0].parsed);
    assert_int_equal(l.governor[0], 1);
    assert_int_equal(l.governor[1], -1);
    assert_int_equal(l.data[1].num_tokens, 5);
    assert_string_equal(word(&l, 1, 0), "Größe's");
    assert_string_equal(word(&l, 1, 1), "3.5");
    assert_string_equal(word(&l, 1, 3), ",");
    assert_int_equal(l.data[1].num_labels, 2);
    assert_int_equal(l.data[1].e[1].from, 4);
    assert_int_equal(l.data[1].line, 3);
    assert_string_equal(list_string(&l, l.data[2].entity[0]), "Q1");
    assert_string_equal(list_string(&l, l.data[2].entity[1]), "12");
    assert_string_equal(list_string(&l, l.data[2].label[0]), "r");
    sentence_list_clear(&l);
}

static void test_semeval(void **state)
{
    (void)state;
    sentence_list l;
    read_all(&l, "1\t\"The <e1>big fire</e1> burnt a <e2>house</e2>.\"\nCause-Effect(e1,e2)\nComment: none\n\n"
                 "2\t\"A <e2>cup</e2> of <e1>tea</e1>\"\nOther\nComment:\n");
    assert_int_equal(l.count, 2);
    assert_int_equal(l.data[0].e[0].from, 1);
    assert_int_equal(l.data[0].e[0].to, 3);
    assert_string_equal(word(&l, 0, 5), "house");
    assert_string_equal(list_string(&l, l.data[0].label[0]), "Cause-Effect(e1,e2)");
    assert_int_equal(l.data[1].e[0].from, 3);
    assert_string_equal(list_string(&l, l.data[1].label[0]), "Other");
    sentence_list_clear(&l);
}

/* A batch never holds more than was asked for, blank lines or none, and a label is not torn from its sentence. */
static void test_semeval_batches(void **state)
{
    (void)state;
    sentence_list l;
    sentence_file *file;
    int64_t count, sizes[4] = {2, 2, 1, 0};
    put("1\t\"<e1>a</e1> <e2>b</e2>\"\nA\n2\t\"<e1>a</e1> <e2>b</e2>\"\nB\nComment:\n"
        "3\t\"<e1>a</e1> <e2>b</e2>\"\n4\t\"<e1>a</e1> <e2>b</e2>\"\nD\n\n5\t\"<e1>a</e1> <e2>b</e2>\"\nE");
    assert_int_equal(sentence_list_init(&l, NULL), GAT_OK);
    assert_int_equal(sentence_file_open(&file, "s", NULL), GAT_OK);
    for (int i = 0; i < 4; i++) {
        assert_int_equal(sentence_file_read(&count, file, &l, 2, NULL), GAT_OK);
        assert_int_equal(count, sizes[i]);
    }
    for (int i = 0; i < 5; i++) {
        assert_int_equal(l.data[i].num_labels, i == 2 ? -1 : 1);
        if (i != 2) assert_int_equal(*list_string(&l, l.data[i].label[0]), 'A' + i);
    }
    assert_int_equal(l.data[2].line, 6);
    assert_int_equal(l.data[3].line, 7);
    sentence_file_close(file);
    sentence_list_clear(&l);
}

static void test_nyt10(void **state)
{
    (void)state;
    sentence_list l;
    read_all(&l, "/m/1\t/m/2\tann_lee\toslo\t/people/place\tthe singer ann_lee lives in oslo . ###END###\n"
                 "/m/1\t/m/2\tann lee\toslo\tNA\tann lee left oslo\n");
    assert_int_equal(l.count, 2);
    assert_int_equal(l.data[0].num_tokens, 7);
    assert_int_equal(l.data[0].e[0].from, 2);
    assert_int_equal(l.data[0].e[1].from, 5);
    assert_int_equal(l.data[1].num_labels, 0);
    assert_int_equal(l.data[1].e[0].to, 2);
    sentence_list_clear(&l);
}

static void refuse(const char *text, const char *says)
{
    sentence_list l;
    gat_error err = {0};
    put(text);
    assert_int_equal(sentence_list_init(&l, NULL), GAT_OK);
    assert_int_equal(sentence_file_load(&l, "s", &err), GAT_EDATA);
    if (!strstr(err.message, says)) fail_msg("\"%s\" does not say \"%s\"", err.message, says);
    sentence_list_clear(&l);
}

#define GOOD "{\"tokens\":[\"a\",\"b\"],\"e1\":[0,1],\"e2\":[1,2]}\n"

static void test_refused(void **state)
{
    (void)state;
    refuse(GOOD "{\"tokens\":[\"a\",\"b\"],\"e1\":[0,1],\"e2\":[1,3]}\n", "s:2: e2 is outside the text");
    refuse("{\"tokens\":[\"a\",\"b\"],\"e1\":[0,2],\"e2\":[1,2]}\n", "s:1: e1 and e2 overlap");
    refuse("{\"tokens\":[\"a\",\"b\"],\"e1\":[-1,1],\"e2\":[1,2]}\n", "e1 is outside");
    refuse("{\"tokens\":[],\"e1\":[0,1],\"e2\":[1,2]}\n", "the sentence is empty");
    refuse("{\"text\":\"\",\"e1\":[0,1],\"e2\":[1,2]}\n", "the sentence is empty");
    refuse("{\"text\":\"ab cd\",\"e1\":[0,2],\"e2\":[3,9]}\n", "s:1: e2 is outside the text");
    refuse("{\"text\":\"ab cd\",\"e1\":[0,4],\"e2\":[3,5]}\n", "overlap");
    refuse("{\"text\":\"ab   cd\",\"e1\":[0,2],\"e2\":[3,4]}\n", "e2 has no word");
    refuse(GOOD "{\"tokens\":[\"a\",\"b\xff\"],\"e1\":[0,1],\"e2\":[1,2]}\n", "s:2: not valid UTF-8");
    refuse("{\"tokens\":[\"a\",\"b\"],\"e1\":[0,1]}\n", "e2 is missing");
    refuse("{\"tokens\":[\"a\",3],\"e1\":[0,1],\"e2\":[1,2]}\n", "token 1 is no string");
    refuse("{\"tokens\":[\"a\",\"b\"],\"e1\":[0,1],\"e2\":[1,2],\"e2_id\":[]}\n", "s:1: the id of e2 is neither");
    refuse("{\"tokens\":[\"a\",\"b\"],\"e1\":[0,1],\"e2\":[1,2],\"head\":[2,1],\"deprel\":[\"x\",\"y\"]}\n", "circle");
    refuse("{\"tokens\":[\"a\",\"b\"],\"e1\":[0,1],\"e2\":[1,2],\"head\":[2],\"deprel\":[\"x\"]}\n",
           "one entry a word");
    refuse("{nonsense\n", "no JSON");
    refuse("just text\n", "neither JSON lines");
    refuse("1\t\"no <e1>tags</e1> here\"\n", "<e1>, </e1>, <e2>, </e2>");
    refuse("/m/1\t/m/2\tann\toslo\tNA\tbob left oslo\n", "\"ann\" is not in the sentence");
}

/* A line of 1 MB ends in its number, whatever it holds; what stands before it stays. */
static void test_long_line(void **state)
{
    (void)state;
    sentence_list l;
    sentence_file *file;
    int64_t count;
    gat_error err = {0};
    FILE *f = fopen("s", "w");
    fputs(GOOD "{\"text\":\"", f);
    for (int i = 0; i < 300000; i++) fputs("word ", f);
    fputs("\",\"e1\":[0,4],\"e2\":[5,9]}\n", f);
    fclose(f);
    assert_int_equal(sentence_list_init(&l, NULL), GAT_OK);
    assert_int_equal(sentence_file_open(&file, "s", NULL), GAT_OK);
    assert_int_equal(sentence_file_read(&count, file, &l, 100, &err), GAT_EDATA);
    assert_int_equal(count, 1);
    assert_int_equal(l.count, 1);
    assert_non_null(strstr(err.message, "s:2: line longer"));
    sentence_file_close(file);
    sentence_list_clear(&l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_json),  cmocka_unit_test(test_semeval), cmocka_unit_test(test_semeval_batches),
        cmocka_unit_test(test_nyt10), cmocka_unit_test(test_refused), cmocka_unit_test(test_long_line)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

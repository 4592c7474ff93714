/* Vectors of names from vectors of words: the file's forms, likeness, what is refused. */
#include "support/triple_files.h"

#include "align/word_vectors.h"
#include "base/memory.h"

static char *first[] = {"The Dog", "a cat!", NULL, "unheard"}, *second[] = {"hound, the", "kitten_a"};
static char *const *const texts[2] = {first, second};
static const int32_t counts[2] = {4, 2};

static const char vectors[] =
    "dog 1 0 0\nhound .9 .1 0\ncat 0 1 .1\nkitten 0 1 .2\nThe 0.1 0.1 1\na .1 .1 .9\nother 1 1 1\n";

static float dot(const float *a, const float *b, int64_t n)
{
    float sum = 0;
    for (int64_t i = 0; i < n; i++) sum += a[i] * b[i];
    return sum;
}

static void test_likeness(void **state)
{
    (void)state;
    static const char *const headings[] = {"", "7 3\n"};
    for (int i = 0; i < 2; i++) {
        float *v[2];
        int64_t width;
        char text[400];
        snprintf(text, sizeof text, "%s%s", headings[i], vectors);
        put_text("words", text);
        assert_int_equal(word_vectors_new(v, &width, "words", texts, counts, NULL, NULL), GAT_OK);
        assert_int_equal(width, 3);
        assert_true(dot(v[0], v[1], 3) > .9f && dot(v[0] + 3, v[1] + 3, 3) > .9f);
        assert_true(dot(v[0], v[1] + 3, 3) < 0);
        for (int row = 2; row < 4; row++) assert_true(dot(v[0] + 3 * row, v[0] + 3 * row, 3) <= 0);
        gat_free(v[0]);
        gat_free(v[1]);
    }
}

static void refuse(const char *text, const char *says)
{
    float *v[2];
    int64_t width;
    gat_error err;
    put_text("words", text);
    assert_int_equal(word_vectors_new(v, &width, "words", texts, counts, NULL, &err), GAT_EDATA);
    assert_true(!v[0] && !v[1]);
    if (!strstr(err.message, says)) fail_msg("\"%s\" does not say \"%s\"", err.message, says);
}

static void test_refused(void **state)
{
    (void)state;
    refuse("dog 1 2\ncat 1\n", "words:2: expected 2 numbers behind the word as in the lines before, found 1");
    refuse("dog 1 x\n", "words:1: expected a word and its numbers");
    refuse("dog 1 nan\n", "words:1:");
    refuse("dog 1 3e38\n", "words:1:");
    refuse("dog\ncat\n", "words:1:");
    refuse("zebra 1 2\n", "no vector for any word");
}

static void test_failing_memory(void **state)
{
    (void)state;
    gat_status st = GAT_ENOMEM;
    int64_t failed = 0;
    put_text("words", vectors);
    for (int64_t n = 1; st; n++, failed += st != GAT_OK) {
        float *v[2];
        int64_t width;
        memory_fail_at(n, false);
        st = word_vectors_new(v, &width, "words", texts, counts, NULL, NULL);
        memory_fail_at(0, false);
        if (st) assert_true(st == GAT_ENOMEM && !v[0] && !v[1]);
        gat_free(v[0]);
        gat_free(v[1]);
    }
    assert_true(failed > 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_likeness),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_failing_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

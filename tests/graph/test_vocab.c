/* Nearest names against the whole table of edit distances, and the message a person gets. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>

#include <cmocka.h>
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/random.h"
#include "graph/vocab.h"

static int plain_distance(const char *a, const char *b)
{
    int d[40][40], n = (int)strlen(a), m = (int)strlen(b);
    for (int i = 0; i <= n; i++)
        for (int j = 0; j <= m; j++) {
            if (!i || !j) {
                d[i][j] = i + j;
                continue;
            }
            int best = d[i - 1][j - 1] + (tolower(a[i - 1]) != tolower(b[j - 1]));
            if (d[i - 1][j] + 1 < best) best = d[i - 1][j] + 1;
            if (d[i][j - 1] + 1 < best) best = d[i][j - 1] + 1;
            d[i][j] = best;
        }
    return d[n][m];
}

static void random_name(char *s, uint64_t seed)
{
    int64_t n = 1 + random_below(seed, 1, 0, 14);
    for (int64_t i = 0; i < n; i++) s[i] = "aAbBcd"[random_below(seed, 2, (uint64_t)i, 6)];
    s[n] = 0;
}

/* The largest distance of a suggestion: a third of the length, but room for two exchanged letters. */
static int farthest(int length) { return length / 3 > 2 ? length / 3 : length >= 4 ? 2 : length >= 2 ? 1 : 0; }

/* The distances of the names found are the smallest there are, in order; continuations come after. */
static void test_against_plain(void **state)
{
    enum { COUNT = 300, ASKED = 200, CAPACITY = 6 };
    gat_intern *names = intern_new();
    char s[40];
    (void)state;
    for (uint64_t i = 0; i < COUNT; i++) {
        random_name(s, i);
        intern_add(names, s, strlen(s));
    }
    for (uint64_t q = 0; q < ASKED; q++) {
        int32_t found[CAPACITY];
        int histogram[40] = {0}, n, at = 0;
        random_name(s, 1000 + q);
        for (int32_t i = 0; i < intern_count(names); i++) histogram[plain_distance(s, intern_string(names, i))]++;
        n = vocab_nearest(names, s, found, CAPACITY);
        for (int d = 0; d <= farthest((int)strlen(s)); d++)
            for (int k = 0; k < histogram[d] && at < CAPACITY; k++, at++) {
                assert_true(at < n);
                assert_int_equal(plain_distance(s, intern_string(names, found[at])), d);
            }
        for (; at < n; at++) assert_int_equal(strncasecmp(s, intern_string(names, found[at]), strlen(s)), 0);
    }
    intern_free(names);
}

static gat_intern *words(void)
{
    static const char *const list[] = {"dog.n.01",        "dot.n.01",    "dog.v.01", "cat.n.01",
                                       "doggedness.n.01", "caf\xc3\xa9", "Berlin"};
    gat_intern *names = intern_new();
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) intern_add(names, list[i], strlen(list[i]));
    return names;
}

static void expect_message(const gat_intern *names, const char *name, const char *message)
{
    gat_error err;
    int32_t id;
    assert_int_equal(vocab_lookup(&id, names, name, "entity", &err), GAT_EUSAGE);
    assert_string_equal(err.message, message);
}

static void test_messages(void **state)
{
    int32_t id;
    gat_intern *names = words();
    (void)state;
    assert_int_equal(vocab_lookup(&id, names, "cat.n.01", "entity", NULL), GAT_OK);
    assert_int_equal(id, 3);
    expect_message(names, "dgo.n.01", "unknown entity \"dgo.n.01\"; nearest: dog.n.01, dot.n.01");
    expect_message(names, "berlin", "unknown entity \"berlin\"; nearest: Berlin");
    expect_message(names, "dog", "unknown entity \"dog\"; nearest: dog.n.01, dog.v.01, doggedness.n.01");
    expect_message(names, "cafe", "unknown entity \"cafe\"; nearest: caf\xc3\xa9");
    expect_message(names, "", "unknown entity \"\"");
    expect_message(names, "zebra", "unknown entity \"zebra\"");
    intern_free(names);
}

/* Long names, asked for or known, are cut in the message and harm nothing. */
static void test_long_names(void **state)
{
    char text[2001], message[600];
    gat_intern *names = words();
    (void)state;
    memset(text, 'x', 2000);
    text[2000] = 0;
    snprintf(message, sizeof message, "unknown entity \"%.80s\"", text);
    expect_message(names, text, message);
    intern_add(names, text, 2000);
    snprintf(message, sizeof message, "unknown entity \"xxx\"; nearest: %.80s", text);
    expect_message(names, "xxx", message);
    text[VOCAB_LONGEST] = 0;
    intern_add(names, text, VOCAB_LONGEST - 1);
    int32_t found[2];
    assert_int_equal(vocab_nearest(names, text, found, 2), 2);
    intern_free(names);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_against_plain),
        cmocka_unit_test(test_messages),
        cmocka_unit_test(test_long_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

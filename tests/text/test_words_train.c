/* Word vectors: company counted by hand, eigenvectors against the matrix itself, files, refused input, memory that fails. */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/parallel.h"
#include "gatkit.h"
#include "support/check.h"
#include "text/word_embed.h"

static const char TEXT[] = "test_words_train.txt", OUT[] = "test_words_train.vec.gz", OTHER[] = "test_words_other.vec";

static void write_file(const char *path, const char *text)
{
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    assert_true(fputs(text, f) >= 0);
    assert_int_equal(fclose(f), 0);
}

static int teardown(void **state)
{
    (void)state;
    parallel_set_threads(1);
    unlink(TEXT);
    unlink(OUT);
    unlink(OTHER);
    return 0;
}

/* "a b c" and "a b": window 1 sees a-b twice and b-c once, each from both sides. */
static void test_company(void **state)
{
    (void)state;
    static const int64_t start[] = {0, 3, 5};
    static const int32_t word[] = {0, 1, 2, 0, 1};
    const word_texts texts = {2, start, word, 3};
    word_company c;
    assert_int_equal(word_company_make(&c, &texts, 1, NULL), GAT_OK);
    double total[] = {pow(2, .85), pow(3, .85), 1}, sum = total[0] + total[1] + total[2];
    double ab = log(2.0 / 6 / (total[0] * total[1] / sum / sum)) * 2 / 3;
    double bc = log(1.0 / 6 / (total[1] * total[2] / sum / sum)) / 2;
    assert_int_equal(c.start[1], 1);
    assert_int_equal(c.column[0], 1);
    assert_true(fabs((double)c.value[0] - ab) < 1e-6);
    assert_int_equal(c.start[3] - c.start[2], 1);
    assert_int_equal(c.column[c.start[2]], 1);
    assert_true(fabs((double)c.value[c.start[2]] - bc) < 1e-6);
    word_company_clear(&c);
    assert_int_equal(word_company_make(&c, &texts, 0, NULL), GAT_OK);
    assert_true(c.start[1] >= 1);
    word_company_clear(&c);
}

/* A matrix with eigenvalues that are known: 4 on the diagonal, 1 beside it. */
static void test_embed(void **state)
{
    (void)state;
    enum { N = 6 };
    int64_t start[N + 1] = {0};
    int32_t column[3 * N];
    float value[3 * N], x[N * N];
    int64_t at = 0;
    for (int i = 0; i < N; i++) {
        for (int j = i ? i - 1 : 0; j < N && j <= i + 1; j++, at++) {
            column[at] = j;
            value[at] = i == j ? 4 : 1;
        }
        start[i + 1] = at;
    }
    const word_company m = {N, start, column, value};
    const word_embed_plan plan = {.dim = N, .rounds = 3, .seed = 1};
    assert_int_equal(word_embed(x, &m, &plan, NULL), GAT_OK);
    for (int i = 0; i < N; i++)
        for (int j = 0; j < N; j++) { /* all of it, so that the product of the vectors is the matrix */
            double sum = 0;
            for (int k = 0; k < N; k++) sum += (double)x[i * N + k] * (double)x[j * N + k];
            assert_true(fabs(sum - (i == j ? 4 : i - j == 1 || j - i == 1)) < 1e-4);
        }
    double first = 0;
    for (int i = 0; i < N; i++) first += (double)x[i * N] * (double)x[i * N];
    assert_true(fabs(first - (4 + 2 * cos(3.14159265358979 / 7))) < 1e-4);
}

static gat_status train(gat_words_info *info, const char *out, int64_t dim, gat_error *err)
{
    const gat_words_options options = {.text = TEXT, .dim = dim, .min_count = 2, .seed = 1};
    return gat_words_train(info, &options, out, err);
}

static void write_text(void)
{
    char text[8192] = "";
    for (int i = 0; i < 20; i++)
        strcat(text, i % 2 ? "the red cat chased a small mouse\na red cat saw the mouse\n"
                           : "{\"tokens\": [\"the\", \"old\", \"king\", \"ruled\", \"a\", \"land\"]}\n");
    write_file(TEXT, text);
}

static void test_threads(void **state)
{
    (void)state;
    gat_words_info info[3];
    gat_error err = {0};
    write_text();
    for (int t = 0; t < 3; t++) {
        parallel_set_threads(t + 1);
        if (train(&info[t], t ? OTHER : OUT, 4, &err)) fail_msg("%s", err.message);
        assert_string_equal(info[t].digest, info[0].digest);
    }
    assert_int_equal(info[0].words, 12);
    assert_int_equal(info[0].lines, 30);
    assert_int_equal(info[0].dim, 4);
}

/* On the second question. */
static int stop_later(void *context) { return ++*(int *)context == 2; }

static void test_interrupted(void **state)
{
    (void)state;
    gat_words_info info;
    gat_error err = {0};
    int asked = 0;
    write_text();
    unlink(OTHER);
    const gat_words_options options = {
        .text = TEXT, .dim = 4, .min_count = 2, .should_stop = stop_later, .context = &asked};
    assert_int_equal(gat_words_train(&info, &options, OTHER, &err), GAT_EINTERRUPTED);
    assert_int_equal(asked, 2);
    assert_int_not_equal(access(OTHER, F_OK), 0);
}

static void test_refused(void **state)
{
    (void)state;
    gat_words_info info;
    gat_error err = {0};
    write_file(TEXT, "{\"text\": \"a b a b\"}\n{\"id\": 1}\n");
    assert_int_equal(train(&info, OTHER, 4, &err), GAT_EDATA);
    assert_non_null(strstr(err.message, "test_words_train.txt:2: neither"));
    write_file(TEXT, "each word once\n");
    assert_int_equal(train(&info, OTHER, 4, &err), GAT_EDATA);
    write_file(TEXT, "a \xff b\n");
    assert_int_equal(train(&info, OTHER, 4, &err), GAT_EDATA);
    write_file(TEXT, "");
    assert_int_equal(train(&info, OTHER, 4, &err), GAT_EDATA);
    write_text();
    assert_int_equal(train(&info, OTHER, 5000, &err), GAT_EUSAGE);
    const gat_words_options small = {.text = TEXT, .min_count = 1, .max_memory = 10};
    assert_int_equal(gat_words_train(&info, &small, OTHER, &err), GAT_ENOSPC);
}

static void test_failing_allocations(void **state)
{
    (void)state;
    gat_words_info info;
    gat_error err = {0};
    write_text();
    memory_fail_at(0, false);
    assert_int_equal(train(&info, OUT, 4, &err), GAT_OK);
    int64_t count = memory_count();
    for (int64_t n = 1; n <= count; n++) {
        memory_fail_at(n, false);
        gat_status st = train(&info, OUT, 4, &err);
        memory_fail_at(0, false);
        if (st && st != GAT_ENOMEM) fail_msg("allocation %lld: %s", (long long)n, err.message);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_company),
        cmocka_unit_test(test_embed),
        cmocka_unit_test_teardown(test_threads, teardown),
        cmocka_unit_test_teardown(test_interrupted, teardown),
        cmocka_unit_test_teardown(test_refused, teardown),
        cmocka_unit_test_teardown(test_failing_allocations, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Names: normalisation, unit length, the best pairs against all pairs. */
#include "support/check.h"

#include <math.h>

#include "align/name_vectors.h"
#include "base/memory.h"
#include "base/parallel.h"

static char *first[] = {"Berlin", "New_York", "東京", NULL, "Strasse", "Saint Denis"};
static char *second[] = {"berlin", "New York", "東京都", "München", "STRASSE", "Denis", "York"};
enum { FIRST = 6, SECOND = 7 };

static void make(name_vectors v[2])
{
    char *const *const texts[2] = {first, second};
    const int32_t counts[2] = {FIRST, SECOND};
    assert_int_equal(name_vectors_new(v, texts, counts, NULL), GAT_OK);
}

static void test_equal_names(void **state)
{
    (void)state;
    name_vectors v[2];
    make(v);
    assert_at_most(fabs((double)name_vectors_dot(&v[0], 0, &v[1], 0) - 1), 1e-5); /* case */
    assert_at_most(fabs((double)name_vectors_dot(&v[0], 1, &v[1], 1) - 1), 1e-5); /* underscore */
    assert_at_most(fabs((double)name_vectors_dot(&v[0], 4, &v[1], 4) - 1), 1e-5);
    assert_true(name_vectors_dot(&v[0], 2, &v[1], 2) > .2f); /* a part in another script */
    assert_true(name_vectors_dot(&v[0], 0, &v[1], 2) <= 0);
    assert_int_equal(v[0].start[3], v[0].start[4]); /* no name */
    name_vectors_clear(&v[0]);
    name_vectors_clear(&v[1]);
}

static void test_best(void **state)
{
    (void)state;
    static const int8_t block_a[FIRST] = {0, 0, 0, 0, -1, 1}, block_b[SECOND] = {0, 0, 0, 0, 0, 1, -1};
    for (FOR_THREADS(t)) {
        name_vectors v[2];
        pair_matrix *m;
        parallel_set_threads(thread_counts[t]);
        make(v);
        assert_int_equal(name_vectors_best(&m, &v[0], &v[1], block_a, block_b, SECOND, NULL), GAT_OK);
        for (int32_t x = 0; x < FIRST; x++)
            for (int32_t y = 0; y < SECOND; y++) {
                float dot = block_a[x] == block_b[y] && block_a[x] >= 0 ? name_vectors_dot(&v[0], x, &v[1], y) : 0;
                int64_t e = pair_matrix_find(m, x, y);
                assert_at_most(fabs((double)((e < 0 ? 0 : m->value[e]) - dot)), 1e-6);
            }
        pair_matrix_free(m);
        name_vectors_clear(&v[0]);
        name_vectors_clear(&v[1]);
    }
}

static void test_failing_memory(void **state)
{
    (void)state;
    gat_status st = GAT_ENOMEM;
    for (int64_t n = 1; st; n++) {
        name_vectors v[2];
        char *const *const texts[2] = {first, second};
        const int32_t counts[2] = {FIRST, SECOND};
        memory_fail_at(n, false);
        st = name_vectors_new(v, texts, counts, NULL);
        memory_fail_at(0, false);
        assert_true(n < 100 && (!st || st == GAT_ENOMEM));
        name_vectors_clear(&v[0]);
        name_vectors_clear(&v[1]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_equal_names),
        cmocka_unit_test(test_best),
        cmocka_unit_test(test_failing_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Ranks sought in bf16 against score_all and rank_filtered: equal, whatever lies about the answer. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/parallel.h"
#include "base/random.h"
#include "eval/near_rank.h"
#include "kernels/bf16.h"
#include "kernels/kernels.h"
#include "support/check.h"

enum { MOST_KNOWN = 8 };

typedef struct rank_case {
    int64_t n, b, d;
    float *x, *q, *scores;
    int32_t *known;
    near_question *question;
    gat_rank *right, *found;
} rank_case;

static int compare_ids(const void *a, const void *b)
{
    const int32_t *x = a, *y = b;
    return *x < *y ? -1 : *x > *y;
}

/* Up to MOST_KNOWN known answers, the own one among them in every other question; repeats happen. */
static void fill_questions(rank_case *c)
{
    for (int64_t j = 0; j < c->b; j++) {
        int32_t *known = c->known + j * MOST_KNOWN;
        int64_t count = j % (MOST_KNOWN + 1);
        c->question[j].answer = (int32_t)random_below(1, 1, (uint64_t)j, c->n);
        for (int64_t i = 0; i < count; i++) known[i] = (int32_t)random_below(1, 2, (uint64_t)(j * 100 + i), c->n);
        if (count && j % 2) known[0] = c->question[j].answer;
        qsort(known, (size_t)count, sizeof *known, compare_ids);
        c->question[j].known = known;
        c->question[j].num_known = count;
    }
}

static void case_init(rank_case *c, int64_t n, int64_t b, int64_t d)
{
    *c = (rank_case){.n = n, .b = b, .d = d};
    c->x = gat_alloc(n * d, sizeof *c->x);
    c->q = gat_alloc(b * d, sizeof *c->q);
    c->scores = gat_alloc(b * n, sizeof *c->scores);
    c->known = gat_alloc(b * MOST_KNOWN, sizeof *c->known);
    c->question = gat_alloc(b, sizeof *c->question);
    c->right = gat_alloc(b, sizeof *c->right);
    c->found = gat_alloc(b, sizeof *c->found);
    assert_true(c->x && c->q && c->scores && c->known && c->question && c->right && c->found);
    random_fill_normal(c->x, n * d, 1, 1, 1);
    random_fill_normal(c->q, b * d, 1, 1, 2);
    fill_questions(c);
}

static void case_clear(rank_case *c)
{
    gat_free(c->x);
    gat_free(c->q);
    gat_free(c->scores);
    gat_free(c->known);
    gat_free(c->question);
    gat_free(c->right);
    gat_free(c->found);
}

static bool find(rank_case *c)
{
    near_index index;
    assert_int_equal(near_index_build(&index, c->x, c->n, c->d, NULL), GAT_OK);
    bool done = near_ranks(c->found, &index, c->q, c->question, c->b);
    near_index_clear(&index);
    return done;
}

static void check(rank_case *c)
{
    for (FOR_VARIANTS(v)) {
        score_all(c->scores, c->q, c->x, NULL, c->b, c->n, c->d, GAT_COMPARE_DOT);
        for (int64_t j = 0; j < c->b; j++)
            c->right[j] = rank_filtered(c->scores + j * c->n, c->n, c->question[j].answer, c->question[j].known,
                                        c->question[j].num_known);
        for (FOR_THREADS(t)) {
            parallel_set_threads(thread_counts[t]);
            assert_true(find(c));
            for (int64_t j = 0; j < c->b; j++)
                if (c->found[j].above != c->right[j].above || c->found[j].equal != c->right[j].equal)
                    fail_msg("%s, question %d of (%d, %d): %d above, %d beside; right: %d, %d", variant_names[v],
                             (int)j, (int)c->n, (int)c->d, c->found[j].above, c->found[j].equal, c->right[j].above,
                             c->right[j].equal);
        }
    }
    parallel_set_threads(2);
    kernels_select("auto");
}

static const int64_t sizes[][3] = {{1, 1, 1},     {2, 3, 7},    {16, 47, 8},    {17, 48, 9},
                                   {511, 49, 33}, {512, 9, 64}, {513, 17, 257}, {1100, 97, 31}};
#define FOR_SIZES(i)                  \
    size_t i = 0;                     \
    i < sizeof sizes / sizeof *sizes; \
    i++

static void test_random(void **state)
{
    (void)state;
    for (FOR_SIZES(i)) {
        rank_case c;
        case_init(&c, sizes[i][0], sizes[i][1], sizes[i][2]);
        check(&c);
        case_clear(&c);
    }
}

/* Candidates in families: the same row, its negative, its double, and the row with one number moved by a unit in the last
 * place, so that most scores are equal to the answer's or beside it in the last bits. */
static void test_ties(void **state)
{
    (void)state;
    for (FOR_SIZES(i)) {
        rank_case c;
        case_init(&c, sizes[i][0], sizes[i][1], sizes[i][2]);
        for (int64_t k = 1; k < c.n; k++) {
            float *row = c.x + k * c.d, *number = row + k % c.d;
            memcpy(row, c.x, (size_t)c.d * sizeof *row);
            if (k % 4 == 1) *number = nextafterf(*number, k % 3 ? 10 : -10);
            for (int64_t j = 0; k % 16 == 2 && j < c.d; j++) row[j] = -row[j];
            for (int64_t j = 0; k % 16 == 3 && j < c.d; j++) row[j] = 2 * row[j];
        }
        check(&c);
        case_clear(&c);
    }
}

/* Numbers that bf16 does not tell apart, and those it rounds the worst. */
static void test_neighbours_in_bf16(void **state)
{
    (void)state;
    rank_case c;
    case_init(&c, 700, 60, 16);
    for (int64_t k = 0; k < c.n * c.d; k++) c.x[k] = 1 + (float)(k * 7919 % 129) * 0x1p-15f;
    for (int64_t k = 0; k < c.b * c.d; k++) c.q[k] = 1 + (float)(k * 104729 % 257) * 0x1p-16f;
    check(&c);
    for (int64_t k = 0; k < c.n * c.d; k++) c.x[k] = k % 3 ? 1.00390625f : -1.0039061f;
    check(&c);
    case_clear(&c);
}

static void test_zeros_and_small_numbers(void **state)
{
    (void)state;
    rank_case c;
    case_init(&c, 300, 20, 9);
    memset(c.q, 0, (size_t)(5 * c.d) * sizeof *c.q);
    memset(c.x, 0, (size_t)(100 * c.d) * sizeof *c.x);
    check(&c);
    for (int64_t k = 0; k < c.n * c.d; k++) c.x[k] *= 1e-30f;
    check(&c);
    for (int64_t k = 0; k < c.b * c.d; k++) c.q[k] *= 1e-9f;
    check(&c);
    for (int64_t k = 0; k < c.n * c.d; k++) c.x[k] *= 1e-10f;
    check(&c);
    case_clear(&c);
}

/* What no bound covers is left to f32. */
static void test_wild_numbers_are_refused(void **state)
{
    (void)state;
    static const float wild[] = {NAN, INFINITY, 1e16f};
    for (size_t i = 0; i < sizeof wild / sizeof *wild; i++) {
        rank_case c;
        case_init(&c, 40, 50, 5);
        assert_true(find(&c));
        c.x[77] = wild[i];
        assert_false(find(&c));
        c.x[77] = 0;
        c.q[249] = wild[i];
        assert_false(find(&c));
        case_clear(&c);
    }
}

static void test_failing_allocations(void **state)
{
    (void)state;
    float x[40] = {0};
    for (int64_t n = 1; n <= 2; n++) {
        near_index index;
        gat_error err = {0};
        memory_fail_at(n, false);
        assert_int_equal(near_index_build(&index, x, 10, 4, &err), GAT_ENOMEM);
        memory_fail_at(0, false);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_random),
        cmocka_unit_test(test_ties),
        cmocka_unit_test(test_neighbours_in_bf16),
        cmocka_unit_test(test_zeros_and_small_numbers),
        cmocka_unit_test(test_wild_numbers_are_refused),
        cmocka_unit_test(test_failing_allocations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

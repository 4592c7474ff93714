/* Philox against the known answers published with Random123; the rest against what a uniform source does. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/random.h"

enum { MANY = 100000 };

static float sample[MANY];

static void test_known_answers(void **state)
{
    (void)state;
    static const struct {
        uint64_t seed, stream, index;
        uint32_t want[4];
    } known[] = {
        {0, 0, 0, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
        {UINT64_MAX, UINT64_MAX, UINT64_MAX, {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
        {0x299f31d0a4093822, 0x0370734413198a2e, 0x85a308d3243f6a88, {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
    };
    for (int i = 0; i < 3; i++) {
        gat_random4 r = random_4x32(known[i].seed, known[i].stream, known[i].index);
        for (int j = 0; j < 4; j++) assert_int_equal(r.v[j], known[i].want[j]);
    }
}

static void test_every_argument_matters(void **state)
{
    (void)state;
    uint32_t base = random_4x32(1, 2, 3).v[0];
    assert_true(base != random_4x32(2, 2, 3).v[0] && base != random_4x32(1, 3, 3).v[0] &&
                base != random_4x32(1, 2, 4).v[0]);
    assert_true(random_stream(1, 2, 3) != random_stream(2, 2, 3));
    assert_true(random_stream(1, 2, 3) != random_stream(1, 3, 2));
    assert_true(random_uniform(1, 2, 3) == random_uniform(1, 2, 3));
}

static void test_uniform(void **state)
{
    (void)state;
    double sum = 0;
    int64_t cells[16] = {0};
    for (uint64_t i = 0; i < MANY; i++) {
        float u = random_uniform(1, 5, i);
        assert_true(u >= 0 && u < 1);
        sum += u;
        cells[(int)(16 * u)]++;
    }
    assert_true(fabs(sum / MANY - 0.5) < 0.005);
    for (int i = 0; i < 16; i++) assert_true(fabs((double)cells[i] - MANY / 16.0) < 5 * sqrt(MANY / 16.0));
}

static void test_below(void **state)
{
    (void)state;
    int64_t cells[7] = {0};
    for (uint64_t i = 0; i < MANY; i++) {
        int64_t x = random_below(1, 6, i, 7);
        assert_in_range(x, 0, 6);
        cells[x]++;
        assert_int_equal(random_below(1, 6, i, 1), 0);
        assert_true(random_below(1, 6, i, INT64_MAX) >= 0);
    }
    for (int i = 0; i < 7; i++) assert_true(fabs((double)cells[i] - MANY / 7.0) < 5 * sqrt(MANY / 7.0));
}

static void moments(double *mean, double *deviation, const float *x)
{
    double sum = 0, squares = 0;
    for (int64_t i = 0; i < MANY; i++) {
        assert_true(isfinite(x[i]));
        sum += x[i];
        squares += (double)x[i] * x[i];
    }
    *mean = sum / MANY;
    *deviation = sqrt(squares / MANY - *mean * *mean);
}

static void test_fills(void **state)
{
    (void)state;
    double mean, deviation;
    random_fill_normal(sample, MANY, 2, 1, 7);
    moments(&mean, &deviation, sample);
    assert_true(fabs(mean) < 0.03 && fabs(deviation - 2) < 0.03);
    random_fill_uniform(sample, MANY, 3, 1, 8);
    moments(&mean, &deviation, sample);
    assert_true(fabs(mean) < 0.03 && fabs(deviation - sqrt(3)) < 0.03);
    for (int64_t i = 0; i < MANY; i++) assert_true(sample[i] >= -3 && sample[i] < 3);
}

/* A value depends on its index alone: a shorter fill is a prefix, and nothing is written behind it. */
static void test_fill_lengths(void **state)
{
    (void)state;
    float all[40], some[40];
    random_fill_normal(all, 40, 1, 3, 9);
    for (int64_t n = 0; n < 40; n++) {
        for (int i = 0; i < 40; i++) some[i] = 77;
        random_fill_normal(some, n, 1, 3, 9);
        for (int64_t i = 0; i < 40; i++) assert_true(some[i] == (i < n ? all[i] : 77));
    }
}

static void test_shuffle(void **state)
{
    (void)state;
    int64_t ids[257], again[257], first[5] = {0};
    for (int64_t n = 0; n <= 257; n += 1 + n / 3) {
        bool seen[257] = {false};
        for (int64_t i = 0; i < n; i++) ids[i] = again[i] = i;
        random_shuffle(ids, n, 1, (uint64_t)n);
        random_shuffle(again, n, 1, (uint64_t)n);
        for (int64_t i = 0; i < n; i++) {
            assert_in_range(ids[i], 0, n - 1);
            assert_false(seen[ids[i]]);
            assert_int_equal(ids[i], again[i]);
            seen[ids[i]] = true;
        }
    }
    for (uint64_t stream = 0; stream < 5000; stream++) {
        int64_t five[5] = {0, 1, 2, 3, 4};
        random_shuffle(five, 5, 1, stream);
        first[five[0]]++;
    }
    for (int i = 0; i < 5; i++) assert_true(fabs((double)first[i] - 1000) < 150);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_known_answers), cmocka_unit_test(test_every_argument_matters),
        cmocka_unit_test(test_uniform),       cmocka_unit_test(test_below),
        cmocka_unit_test(test_fills),         cmocka_unit_test(test_fill_lengths),
        cmocka_unit_test(test_shuffle),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

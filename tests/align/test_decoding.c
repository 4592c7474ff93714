/* One-to-one assignment against all permutations, calibration, held-back metrics, CSLS. */
#include "support/check.h"

#include <math.h>

#include "align/calibration.h"
#include "align/decode.h"
#include "align/hold_out.h"
#include "align/one_to_one.h"
#include "base/memory.h"
#include "base/random.h"
#include "support/align_graphs.h"

/* The largest sum from row on, columns in `used` taken. */
static double best_sum(const pair_matrix *m, int32_t row, unsigned used)
{
    if (row == m->rows) return 0;
    double best = best_sum(m, row + 1, used);
    for (int64_t e = m->start[row]; e < m->start[row + 1]; e++) {
        unsigned bit = 1u << m->column[e];
        if (!(used & bit)) best = fmax(best, (double)m->value[e] + best_sum(m, row + 1, used | bit));
    }
    return best;
}

static void test_one_to_one(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 20; seed++) {
        pair_matrix *m = align_graphs_random(8, 7, 3, seed);
        int64_t entry[8];
        double sum = 0;
        unsigned used = 0;
        assert_int_equal(one_to_one(entry, m, NULL), GAT_OK);
        for (int32_t i = 0; i < 8; i++) {
            if (entry[i] < 0) continue;
            assert_true(entry[i] >= m->start[i] && entry[i] < m->start[i + 1]);
            assert_false(used & 1u << m->column[entry[i]]);
            used |= 1u << m->column[entry[i]];
            sum += (double)m->value[entry[i]];
        }
        assert_at_most(best_sum(m, 0, 0) - sum, 8 * ONE_TO_ONE_STEP + 1e-6);
        pair_matrix_free(m);
    }
}

/* Right with probability belief^2: the fit is monotone and near to that. */
static void test_calibration(void **state)
{
    (void)state;
    enum { POINTS = 4000 };
    static calibration_point points[POINTS];
    calibration c;
    for (int i = 0; i < POINTS; i++) {
        double belief = (double)random_uniform(1, 1, (uint64_t)i);
        points[i] = (calibration_point){belief, (double)random_uniform(1, 2, (uint64_t)i) < belief * belief};
    }
    assert_int_equal(calibration_fit(&c, points, POINTS, NULL), GAT_OK);
    double before = 0, sum = 0;
    for (double b = 0; b <= 1; b += .01) {
        double confidence = calibration_apply(&c, b);
        assert_true(confidence >= before && confidence <= 1);
        assert_at_most(fabs(confidence - b * b), .2);
        sum += fabs(confidence - b * b) / 100;
        before = confidence;
    }
    assert_at_most(sum, .03);
    calibration_clear(&c);
}

/* A later run of the same answers has larger beliefs, the square root of the first ones: confidences stay. */
static void test_carried_calibration(void **state)
{
    (void)state;
    enum { POINTS = 1000 };
    static calibration_point points[POINTS];
    static double from[POINTS], to[POINTS], expected[10];
    calibration c;
    for (int i = 0; i < POINTS; i++) {
        double belief = (double)random_uniform(1, 1, (uint64_t)i);
        points[i] = (calibration_point){belief, (double)random_uniform(1, 2, (uint64_t)i) < belief};
        from[i] = belief;
        to[POINTS - 1 - i] = sqrt(belief);
    }
    assert_int_equal(calibration_fit(&c, points, POINTS, NULL), GAT_OK);
    for (int i = 0; i < 10; i++) expected[i] = calibration_apply(&c, (i + .5) / 10);
    calibration_carry(&c, from, POINTS, to, 0);
    for (int i = 0; i < 10; i++) assert_true(fabs(calibration_apply(&c, (i + .5) / 10) - expected[i]) < 1e-12);
    calibration_carry(&c, from, POINTS, to, POINTS);
    for (int i = 0; i < 10; i++) assert_at_most(fabs(calibration_apply(&c, sqrt((i + .5) / 10)) - expected[i]), .01);
    calibration_clear(&c);
}

/* Sure pairs are all 1, before and after: those who share a belief keep their confidence. */
static void test_carried_ties(void **state)
{
    (void)state;
    enum { POINTS = 40 };
    calibration_point points[POINTS];
    double from[POINTS], to[POINTS];
    calibration c;
    for (int i = 0; i < POINTS; i++) {
        points[i] = (calibration_point){i < 20 ? .25 : 1, i % 2 || i >= 20};
        from[i] = points[i].belief;
        to[i] = i < 20 ? .5 : 1;
    }
    assert_int_equal(calibration_fit(&c, points, POINTS, NULL), GAT_OK);
    double low = calibration_apply(&c, .25), high = calibration_apply(&c, 1);
    calibration_carry(&c, from, POINTS, to, POINTS);
    assert_true(fabs(calibration_apply(&c, .5) - low) < 1e-12 && fabs(calibration_apply(&c, 1) - high) < 1e-12);
    calibration_clear(&c);
}

/* No answer has a say in its own confidence, and the error is that of the confidences. */
static void test_cross_fit(void **state)
{
    (void)state;
    enum { POINTS = 500, FLIPPED = 137 };
    static calibration_point points[POINTS];
    static double before[POINTS], after[POINTS];
    for (int i = 0; i < POINTS; i++) {
        double belief = (double)random_uniform(1, 1, (uint64_t)i);
        points[i] = (calibration_point){belief, (double)random_uniform(1, 2, (uint64_t)i) < belief};
    }
    assert_int_equal(calibration_cross_fit(before, points, POINTS, NULL), GAT_OK);
    assert_at_most(calibration_error(before, points, POINTS), .06);
    points[FLIPPED].right = !points[FLIPPED].right;
    assert_int_equal(calibration_cross_fit(after, points, POINTS, NULL), GAT_OK);
    assert_true(fabs(before[FLIPPED] - after[FLIPPED]) < 1e-12);
    double sum = 0;
    for (int i = 0; i < POINTS; i++) sum += fabs(before[i] - after[i]);
    assert_true(sum > 0);
    calibration_point two[] = {{.2, false}, {.2, true}};
    double sure[] = {.7, .8};
    assert_true(fabs(calibration_error(sure, two, 2) - (.7 + .2) / 2) < 1e-12);
}

static void test_calibration_of_nothing(void **state)
{
    (void)state;
    calibration c;
    assert_int_equal(calibration_fit(&c, NULL, 0, NULL), GAT_OK);
    assert_true(fabs(calibration_apply(&c, .3) - .3) < 1e-12 && calibration_apply(&c, 2) <= 1);
    calibration_clear(&c);
    calibration_point one[] = {{.5, true}};
    assert_int_equal(calibration_fit(&c, one, 1, NULL), GAT_OK);
    assert_true(calibration_apply(&c, .1) > .9);
    calibration_clear(&c);
}

static void test_metrics(void **state)
{
    (void)state;
    pair_matrix *m;
    gat_link links[] = {{0, 1, 1}, {1, 0, 2}, {1, 2, 3}};
    link_list held = {links, 3, 3};
    assert_int_equal(pair_matrix_new(&m, 2, 3, 4, NULL), GAT_OK);
    static const int32_t column[] = {0, 1, 0, 1};
    static const float value[] = {.25f, .75f, .5f, .5f};
    m->start[1] = 2;
    m->start[2] = 4;
    for (int i = 0; i < 4; i++) {
        m->column[i] = column[i];
        m->value[i] = value[i];
    }
    held_metrics got = held_evaluate(m, &held); /* ranks 1, 1.5, none */
    assert_at_most(fabs(got.hits_at_1 - 1. / 3), 1e-12);
    assert_at_most(fabs(got.hits_at_10 - 2. / 3), 1e-12);
    assert_at_most(fabs(got.mrr - (1 + 1 / 1.5) / 3), 1e-12);
    pair_matrix_free(m);
}

static void test_hold_out(void **state)
{
    (void)state;
    gat_link links[50];
    link_list all = {links, 50, 50}, kept, held;
    int seen[50] = {0};
    for (int32_t i = 0; i < 50; i++) links[i] = (gat_link){i, i, i};
    assert_int_equal(hold_out(&kept, &held, &all, .2, 7, NULL), GAT_OK);
    assert_int_equal(held.count, 10);
    assert_int_equal(kept.count, 40);
    for (int i = 0; i < 40; i++) seen[kept.data[i].source]++;
    for (int i = 0; i < 10; i++) seen[held.data[i].source]++;
    for (int i = 0; i < 50; i++) assert_int_equal(seen[i], 1);
    link_list_clear(&kept);
    link_list_clear(&held);
}

/* A hub that is near to everybody loses to the partner that is near to one alone. */
static void test_csls(void **state)
{
    (void)state;
    pair_matrix *m, *values;
    static const uint8_t all[] = {1, 1, 1}, none_of_first[] = {0, 1, 1};
    static const float score[3][2] = {{.8f, .7f}, {.8f, .1f}, {.8f, .1f}};
    assert_int_equal(pair_matrix_new(&m, 3, 2, 6, NULL), GAT_OK);
    for (int i = 0; i < 6; i++) {
        m->column[i] = i % 2;
        m->value[i] = score[i / 2][i % 2];
    }
    for (int i = 0; i < 3; i++) m->start[i + 1] = 2 * (i + 1);
    assert_int_equal(decode_values(&values, GAT_DECODE_CSLS, m, m, all, all, NULL), GAT_OK);
    assert_true(values->value[1] > values->value[0]);
    pair_matrix_free(values);
    assert_int_equal(decode_values(&values, GAT_DECODE_COSINE, m, m, none_of_first, all, NULL), GAT_OK);
    assert_int_equal(pair_matrix_count(values), 4);
    assert_int_equal(values->start[1], 0);
    pair_matrix_free(values);
    pair_matrix_free(m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_to_one),
        cmocka_unit_test(test_calibration),
        cmocka_unit_test(test_calibration_of_nothing),
        cmocka_unit_test(test_carried_calibration),
        cmocka_unit_test(test_carried_ties),
        cmocka_unit_test(test_cross_fit),
        cmocka_unit_test(test_metrics),
        cmocka_unit_test(test_hold_out),
        cmocka_unit_test(test_csls),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

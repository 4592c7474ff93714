/* Probabilities fitted to answers that are right as often as a known line says. */
#include "support/check.h"

#include <math.h>

#include "base/memory.h"
#include "base/random.h"
#include "eval/answer_calibration.h"

static void assert_near(double a, double b, double tolerance)
{
    if (!(fabs(a - b) <= tolerance)) fail_msg("%.12g and %.12g differ", a, b);
}

static void test_odds(void **state)
{
    const float s[] = {1, -2, 0.5f, 3, 0.25f, 1000, -1000};
    const int32_t known[] = {1, 3};
    (void)state;
    answer_mass m = answer_mass_of(s, 5, known, 2);
    double sum = exp(1.) + exp(.5) + exp(.25);
    assert_near(answer_odds(m, s[0], true), log(exp(1.) / (sum - exp(1.))), 1e-12);
    assert_near(answer_odds(m, s[3], false), log(exp(3.) / sum), 1e-12);
    m = answer_mass_of(s, 7, NULL, 0);
    double low = answer_odds(m, s[6], true), high = answer_odds(m, s[5], true);
    assert_true(isfinite(low) && isfinite(high) && low < -20 && high > 20);
    const int32_t all[] = {0, 1, 2};
    m = answer_mass_of(s, 3, all, 3);
    assert_true(isfinite(answer_odds(m, s[0], false)));
    m = answer_mass_of(s, 1, NULL, 0);
    assert_true(answer_odds(m, s[0], true) > 20);
}

/* Ten answers a question. */
static judged_answer *drawn(const answer_calibration *c, int64_t count, uint64_t seed)
{
    judged_answer *a = gat_alloc(count, sizeof *a);
    assert_non_null(a);
    for (int64_t i = 0; i < count; i++) {
        double odds = -4 + 8 * (double)random_uniform(seed, 1, (uint64_t)i);
        a[i] = (judged_answer){odds, (int32_t)(i % 10), i % 3 == 0, 0};
        a[i].right = (double)random_uniform(seed, 2, (uint64_t)i) < answer_probability(c, odds, a[i].place, a[i].heads);
    }
    return a;
}

static void test_fit(void **state)
{
    const answer_calibration truth = {{-1, .5}, {1.5, .7}, {.4, 1.1}};
    answer_calibration found = {0};
    (void)state;
    judged_answer *a = drawn(&truth, 20000, 1), *b = drawn(&truth, 8000, 2);
    assert_true(answer_calibration_fit(&found, a, 20000));
    for (int h = 0; h < 2; h++) {
        assert_near(found.shift[h], truth.shift[h], .25);
        assert_near(found.slope[h], truth.slope[h], .15);
        assert_near(found.fall[h], truth.fall[h], .15);
    }
    assert_true(answer_calibration_error(&found, b, 8000, false) < .025);
    assert_true(answer_calibration_error(&found, b, 8000, true) < .07);
    const answer_calibration sure = {{3, 3}, {1, 1}, {0, 0}};
    assert_true(answer_calibration_error(&sure, b, 8000, false) > .1);
    gat_free(a);
    gat_free(b);
}

/* Where larger scores are worse, order must not turn: the share of right answers remains. */
static void test_wrong_way(void **state)
{
    const answer_calibration turned = {{-1, -1}, {-1.5, -1.5}, {-.5, -.5}};
    answer_calibration found = {0};
    (void)state;
    judged_answer *a = drawn(&turned, 20000, 3);
    double right = 0;
    for (int i = 0; i < 20000; i++) right += a[i].right;
    assert_true(answer_calibration_fit(&found, a, 20000));
    for (int h = 0; h < 2; h++) {
        assert_true(found.slope[h] >= 0 && found.fall[h] >= 0);
        assert_near(answer_probability(&found, 1, 2, h), right / 20000, .03);
    }
    gat_free(a);
}

static void test_too_few(void **state)
{
    answer_calibration c = {{7, 7}, {7, 7}, {7, 7}};
    judged_answer wrong[3] = {{0}}, separable[8];
    (void)state;
    assert_false(answer_calibration_fit(&c, NULL, 0));
    assert_false(answer_calibration_fit(&c, wrong, 3));
    assert_true(c.shift[0] > 6 && c.fall[1] > 6);
    for (int i = 0; i < 8; i++) separable[i] = (judged_answer){i < 4 ? -5 : 5, i, i % 2 != 0, i >= 4};
    assert_true(answer_calibration_fit(&c, separable, 8));
    for (int h = 0; h < 2; h++) {
        double low = answer_probability(&c, -5, 0, h), high = answer_probability(&c, 5, 0, h);
        assert_true(low >= 0 && low < .3 && high > .7 && high <= 1);
    }
    assert_near(answer_calibration_error(&c, NULL, 0, false), 0, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_odds),
        cmocka_unit_test(test_fit),
        cmocka_unit_test(test_wrong_way),
        cmocka_unit_test(test_too_few),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

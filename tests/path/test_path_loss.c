/* The masked softmax of one question against the same sums in double precision, near and far answers alike. */
#include <math.h>
#include <stdbool.h>

#include "kernels/kernels.h"
#include "path/path_loss.h"
#include "support/check.h"

enum { N = 37, ANSWERS = 7, KNOWN = 10 };

static const int32_t answer[ANSWERS] = {0, 3, 4, 11, 17, 30, 36};
static const int32_t known[KNOWN] = {0, 3, 4, 7, 11, 17, 21, 30, 33, 36};

static bool is_known(int32_t i)
{
    for (int k = 0; k < KNOWN; k++)
        if (known[k] == i) return true;
    return false;
}

/* log of e^own + the sum over the others */
static double log_sum(const float *s, float own)
{
    double top = own, sum = 0;
    for (int32_t i = 0; i < N; i++)
        if (!is_known(i) && s[i] > top) top = s[i];
    for (int32_t i = 0; i < N; i++)
        if (!is_known(i)) sum += exp(s[i] - top);
    return top + log(sum + exp(own - top));
}

static double reference(double *slope, const float *s, double weight)
{
    double loss = 0;
    for (int32_t i = 0; i < N; i++) slope[i] = 0;
    for (int a = 0; a < ANSWERS; a++) {
        float own = s[answer[a]];
        double all = log_sum(s, own);
        loss += all - own;
        slope[answer[a]] += weight * expm1(own - all);
        for (int32_t i = 0; i < N; i++)
            if (!is_known(i)) slope[i] += weight * exp(s[i] - all);
    }
    return loss;
}

/* Answers lie up to `spread` above and below the others. */
static void check_spread(float spread)
{
    float s[N], before[N], e[N], kept[ANSWERS];
    double slope[N];
    for (int i = 0; i < N; i++) before[i] = s[i] = 2 * sinf((float)i);
    for (int a = 0; a < ANSWERS; a++) before[answer[a]] = s[answer[a]] = spread * ((float)a / (ANSWERS - 1) * 2 - 1);
    double expected = reference(slope, before, .25);
    double loss = path_loss(s, e, kept, answer, ANSWERS, known, KNOWN, N, .25F);
    assert_at_most(fabs(loss - expected), 2e-6 * (1 + fabs(expected)));
    for (int i = 0; i < N; i++) assert_at_most(fabs(s[i] - slope[i]), 2e-6);
}

static void near_answers(void **state)
{
    (void)state;
    for (FOR_VARIANTS(v)) check_spread(3);
}

/* One answer far above the others must not take them from an answer far below. */
static void far_answers(void **state)
{
    (void)state;
    for (FOR_VARIANTS(v)) {
        check_spread(60);
        check_spread(300);
    }
}

static void no_other_entity(void **state)
{
    (void)state;
    float s[3] = {1, -200, 200}, e[3], kept[3];
    const int32_t all[3] = {0, 1, 2};
    assert_true(path_loss(s, e, kept, all, 3, all, 3, 3, 1) == 0);
    for (int i = 0; i < 3; i++) assert_true(s[i] == 0);
}

/* Other scores that are no numbers must not make the answers certain. */
static void not_a_number(void **state)
{
    (void)state;
    float s[3] = {1, NAN, NAN}, e[3], kept[1];
    const int32_t one[1] = {0};
    assert_true(isnan(path_loss(s, e, kept, one, 1, one, 1, 3, 1)));
    s[0] = NAN, s[1] = 0, s[2] = 1;
    assert_true(isnan(path_loss(s, e, kept, one, 1, one, 1, 3, 1)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(near_answers),
        cmocka_unit_test(far_answers),
        cmocka_unit_test(no_other_entity),
        cmocka_unit_test(not_a_number),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Expected calibration error by hand. */
#include <math.h>

#include "support/check.h"
#include "text/reliability.h"

static void test_error(void **state)
{
    (void)state;
    reliability r = {{0}, {0}, {0}};
    assert_true(reliability_error(&r) == 0);
    for (int i = 0; i < 4; i++) reliability_add(&r, 0.75, i < 3);
    assert_true(reliability_error(&r) < 1e-12); /* right as often as said */
    for (int i = 0; i < 4; i++) reliability_add(&r, 1, i < 2);
    assert_true(fabs(reliability_error(&r) - 0.25) < 1e-12); /* half of the answers are off by one half */
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_error)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

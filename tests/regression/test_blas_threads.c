/* openblas_set_num_threads of OpenBLAS's OpenMP flavour sets the caller's OpenMP threads as well: after the first product
 * everything ran on one core. A matrix product must leave our threads as they were. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/parallel.h"
#include "kernels/linear.h"

static void test_threads_survive_a_product(void **state)
{
    float x[6] = {1, 2, 3, 4, 5, 6}, w[4] = {1, 0, 0, 1}, y[6];
    (void)state;
    parallel_set_threads(3);
    int before = parallel_threads();
    linear_forward(y, x, w, NULL, 3, 2, 2);
    assert_int_equal(parallel_threads(), before);
    assert_memory_equal(x, y, sizeof x);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_threads_survive_a_product)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

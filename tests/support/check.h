/* cmocka with the headers it wants, and loops over instruction sets and numbers of threads. */
#ifndef GAT_TESTS_CHECK_H
#define GAT_TESTS_CHECK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* assert_true(value <= bound) that says both. */
#define assert_at_most(value, bound)                                                     \
    do {                                                                                 \
        double value_ = (double)(value), bound_ = (double)(bound);                       \
        if (!(value_ <= bound_)) fail_msg("%s is %g, above %g", #value, value_, bound_); \
    } while (0)

/* for (FOR_VARIANTS(v)): every instruction set of this machine, chosen while the body runs. */
static const char *const variant_names[] = {"portable", "avx2", "avx512"};
#define FOR_VARIANTS(v) \
    int v = 0;          \
    v < 3; v++) if (kernels_select(variant_names[v])

static const int thread_counts[] = {1, 2, 3, 8};
#define FOR_THREADS(t) \
    int t = 0;         \
    t < 4;             \
    t++

#endif

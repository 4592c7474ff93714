/* The choice of threads on made-up clocks: near the better of the two ways on a quiet machine and on a busy one. */
#include "train/thread_pace.h"

#include "base/parallel.h"
#include "support/check.h"

/* Seconds of a step alone and with all threads, before and after a moment. */
typedef struct machine {
    double alone, all, after, alone_then, all_then;
} machine;

/* Seconds that so many steps take; *threads: how many the last one ran on. */
static double run(const machine *m, int steps, int *threads)
{
    thread_pace p;
    double now = 100;
    parallel_set_threads(2);
    pace_start(&p, true, now);
    for (int i = 0; i < steps; i++) {
        bool then = now - 100 > m->after;
        pace_step_begin(&p, now);
        *threads = parallel_threads();
        if (*threads == 1) now += then ? m->alone_then : m->alone;
        else now += then ? m->all_then : m->all;
        pace_step_end(&p, now);
        if (i % 3) continue;
        pace_rest(&p);
        assert_int_equal(parallel_threads(), 2);
    }
    pace_stop(&p);
    assert_int_equal(parallel_threads(), 2);
    return now - 100;
}

static void test_small_steps_on_a_quiet_machine(void **state)
{
    (void)state;
    const machine quiet = {.alone = 0.004, .all = 0.0025, .after = 1e9};
    int threads;
    assert_at_most(run(&quiet, 10000, &threads), 1.05 * 25);
    assert_int_equal(threads, 2);
}

static void test_small_steps_on_a_busy_machine(void **state)
{
    (void)state;
    const machine busy = {.alone = 0.004, .all = 0.4, .after = 1e9};
    int threads;
    assert_at_most(run(&busy, 10000, &threads), 1.1 * 40);
    assert_int_equal(threads, 1);
    assert_at_most(run(&busy, 200, &threads), 1.3);
    const machine a_little = {.alone = 0.004, .all = 0.007, .after = 1e9};
    assert_at_most(run(&a_little, 10000, &threads), 1.1 * 40);
    assert_int_equal(threads, 1);
}

static void test_large_steps_take_all(void **state)
{
    (void)state;
    const machine large = {.alone = 0.1, .all = 0.06, .after = 1e9}, huge = {.alone = 9, .all = 5, .after = 1e9};
    int threads;
    assert_at_most(run(&large, 100, &threads), 100 * 0.06 + 3 * 0.04 + 1e-9);
    assert_int_equal(threads, 2);
    assert_at_most(run(&huge, 10, &threads), 10 * 5 + 4 + 1e-9);
}

/* Other work begins: the first step that shows it is the last that suffers for a while. */
static void test_a_machine_that_gets_busy(void **state)
{
    (void)state;
    const machine m = {.alone = 0.004, .all = 0.0025, .after = 5, .alone_then = 0.005, .all_then = 0.3};
    int threads;
    assert_at_most(run(&m, 5000, &threads), 5 + 1.2 * 0.005 * 3100);
    assert_int_equal(threads, 1);
    const machine back = {.alone = 0.005, .all = 0.3, .after = 10, .alone_then = 0.004, .all_then = 0.0025};
    run(&back, 20000, &threads);
    assert_int_equal(threads, 2);
}

/* Where there is no choice there is none. */
static void test_no_choice(void **state)
{
    (void)state;
    thread_pace p;
    parallel_set_threads(1);
    pace_start(&p, true, 0);
    pace_step_begin(&p, 0);
    pace_step_end(&p, 1);
    pace_stop(&p);
    assert_int_equal(parallel_threads(), 1);
    parallel_set_threads(2);
    pace_start(&p, false, 0);
    pace_step_begin(&p, 0);
    assert_int_equal(parallel_threads(), 2);
    pace_step_end(&p, 1e-6);
    pace_step_begin(&p, 1);
    assert_int_equal(parallel_threads(), 2);
}

/* Built without threads there is nothing to choose. */
static bool has_threads(void)
{
    parallel_set_threads(2);
    return parallel_threads() == 2;
}

int main(void)
{
    if (!has_threads()) return 0;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_small_steps_on_a_quiet_machine),
        cmocka_unit_test(test_small_steps_on_a_busy_machine),
        cmocka_unit_test(test_large_steps_take_all),
        cmocka_unit_test(test_a_machine_that_gets_busy),
        cmocka_unit_test(test_no_choice),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

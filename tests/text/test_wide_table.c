/* The sparse half of a net: touched rows alone give what Adam over all rows gives. */
#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "base/random.h"
#include "support/check.h"
#include "text/wide_table.h"

enum { COLUMNS = 12, WIDTH = 3, ROWS = 4, ENTRIES = 3, STEPS = 40 };

/* Adam over the whole table in double. */
typedef struct dense {
    double w[COLUMNS * WIDTH], m[COLUMNS * WIDTH], v[COLUMNS * WIDTH];
} dense;

static void dense_step(dense *d, const double *grad, int step, double rate)
{
    for (int i = 0; i < COLUMNS * WIDTH; i++) {
        d->m[i] = 0.9 * d->m[i] + 0.1 * grad[i];
        d->v[i] = 0.999 * d->v[i] + 0.001 * grad[i] * grad[i];
        double m = d->m[i] / (1 - pow(0.9, step)), v = d->v[i] / (1 - pow(0.999, step));
        if (v > 0) d->w[i] -= rate * m / (sqrt(v) + 1e-8);
    }
}

/* Column 0 is in every batch, the others now and then. */
static void draw_batch(int64_t *first, int32_t *column, float *value, float *dy, int step)
{
    for (int r = 0; r < ROWS; r++) {
        first[r] = r * ENTRIES;
        for (int e = 0; e < ENTRIES; e++) {
            int at = r * ENTRIES + e;
            column[at] = e ? (int32_t)random_below(3, (uint64_t)step, (uint64_t)at, COLUMNS) : 0;
            value[at] = 0.5f + 0.1f * (float)e;
        }
    }
    first[ROWS] = ROWS * ENTRIES;
    random_fill_normal(dy, ROWS * WIDTH, 1, 9, (uint64_t)step);
}

static void test_as_dense(void **state)
{
    (void)state;
    int64_t first[ROWS + 1];
    int32_t column[ROWS * ENTRIES];
    float value[ROWS * ENTRIES], dy[ROWS * WIDTH];
    dense d;
    wide_table table;
    wide_trainer trainer;
    memset(&d, 0, sizeof d);
    assert_int_equal(wide_table_init(&table, COLUMNS, WIDTH, NULL), GAT_OK);
    assert_int_equal(wide_trainer_init(&trainer, &table, ROWS * ENTRIES, NULL), GAT_OK);
    for (int step = 1; step <= STEPS; step++) {
        double grad[COLUMNS * WIDTH] = {0};
        const wide_step now = {step, 0.01f, 0};
        const bag_rows batch = {ROWS, first, column, value};
        draw_batch(first, column, value, dy, step);
        wide_begin(&trainer, &batch, &now);
        wide_end(&trainer, &batch, dy, &now);
        for (int r = 0; r < ROWS; r++)
            for (int e = r * ENTRIES; e < (r + 1) * ENTRIES; e++)
                for (int k = 0; k < WIDTH; k++)
                    grad[column[e] * WIDTH + k] += (double)value[e] * (double)dy[r * WIDTH + k];
        dense_step(&d, grad, step, 0.01);
    }
    const wide_step last = {STEPS, 0.01f, 0};
    wide_finish(&trainer, &last);
    /* The correction of the moments of early steps is that of the step at which a row is made up for. */
    for (int i = 0; i < COLUMNS * WIDTH; i++)
        assert_true(fabs((double)table.w[i] - d.w[i]) < (i < WIDTH ? 1e-5 : 0.03));
    wide_trainer_clear(&trainer);
    wide_table_clear(&table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_as_dense)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

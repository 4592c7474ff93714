/* The loss over pairs against a double-precision reference, whose mean and deviation are held where they are. */
#include <math.h>

#include "base/memory.h"
#include "kernels/contrast_loss.h"
#include "kernels/kernels.h"
#include "ref/differences.h"
#include "support/check.h"

enum { MOST = 200 };

typedef struct contrast_case {
    tensor x;
    int64_t n, d, b;
    int32_t anchor[MOST], partner[MOST];
    contrast_options how;
    double mean[MOST], deviation[MOST];
} contrast_case;

static double margin(const contrast_case *c, int64_t i, int64_t e)
{
    const double *x = c->x.ref, *a = x + c->anchor[i] * c->d;
    double near = 0, far = 0;
    if (e == c->anchor[i] || e == c->partner[i]) return 0;
    for (int64_t k = 0; k < c->d; k++) {
        near += pow(a[k] - x[c->partner[i] * c->d + k], 2);
        far += pow(a[k] - x[e * c->d + k], 2);
    }
    return near - far + c->how.gamma;
}

static void hold_moments(contrast_case *c)
{
    for (int64_t i = 0; i < c->b; i++) {
        double sum = 0, squares = 0, count = (double)(c->how.to - c->how.from);
        for (int64_t e = c->how.from; e < c->how.to; e++) sum += margin(c, i, e);
        c->mean[i] = sum / count;
        for (int64_t e = c->how.from; e < c->how.to; e++) squares += pow(margin(c, i, e) - c->mean[i], 2);
        c->deviation[i] = sqrt(squares / count);
    }
}

static double reference(void *context)
{
    contrast_case *c = context;
    double loss = 0;
    for (int64_t i = 0; i < c->b; i++) {
        double sum = 0;
        for (int64_t e = c->how.from; e < c->how.to; e++)
            sum += exp(c->how.lambda * (margin(c, i, e) - c->mean[i]) / c->deviation[i]);
        loss += c->how.weight * log(sum);
    }
    return loss;
}

static void case_init(contrast_case *c, int64_t n, int64_t d, int64_t b, int64_t from)
{
    c->x = tensor_normal(n * d, 0.5, 1);
    c->n = n;
    c->d = d;
    c->b = b;
    c->how = (contrast_options){1, 3, 0.1f, from, from ? n - 1 : n};
    for (int64_t i = 0; i < b; i++) {
        c->anchor[i] = (int32_t)(i % n);
        c->partner[i] = (int32_t)((i * 7 + 1) % n);
    }
    hold_moments(c);
}

static void test_values_and_slopes(void **state)
{
    (void)state;
    static const struct {
        int64_t n, d, b, from;
    } sizes[] = {{3, 2, 1, 0}, {30, 5, 12, 0}, {600, 4, 9, 0}, {40, 3, MOST, 0}, {30, 5, 12, 4}, {700, 4, 9, 95}};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        contrast_case c;
        case_init(&c, sizes[i].n, sizes[i].d, sizes[i].b, sizes[i].from);
        float *scratch = gat_calloc(contrast_scratch(c.n, c.d), sizeof *scratch);
        assert_non_null(scratch);
        tensor_differentiate(&c.x, reference, &c, 40);
        tensor_restart(&c.x);
        double loss = contrast_loss(c.x.grad, scratch, c.x.x, c.n, c.d, c.anchor, c.partner, c.b, &c.how);
        assert_at_most(fabs(loss - reference(&c)), 1e-4 * fabs(loss));
        assert_at_most(tensor_error(&c.x), 3e-4);
        assert_sign_error_is_caught(&c.x, 3e-4);
        gat_free(scratch);
        tensor_free(&c.x);
    }
}

/* All rows equal: no deviation, and no number that is none. */
static void test_equal_rows(void **state)
{
    (void)state;
    float x[12] = {0}, dx[12] = {0}, *scratch = gat_calloc(contrast_scratch(4, 3), sizeof *scratch);
    int32_t anchor = 0, partner = 1;
    contrast_options how = {0, 30, 1, 0, 4};
    assert_non_null(scratch);
    assert_true(isfinite(contrast_loss(dx, scratch, x, 4, 3, &anchor, &partner, 1, &how)));
    for (int i = 0; i < 12; i++) assert_true(dx[i] == 0);
    gat_free(scratch);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values_and_slopes),
        cmocka_unit_test(test_equal_rows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

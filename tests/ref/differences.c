#include "ref/differences.h"

#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "base/random.h"
#include "support/check.h"

enum { STREAM_TENSOR = 0x7e57 };

tensor tensor_normal(int64_t count, double scale, uint64_t seed)
{
    tensor t = {.count = count};
    t.x = gat_calloc(count, sizeof *t.x);
    t.grad = gat_calloc(count, sizeof *t.grad);
    t.ref = gat_calloc(count, sizeof *t.ref);
    t.slope = gat_calloc(count, sizeof *t.slope);
    assert_true(t.x && t.grad && t.ref && t.slope);
    random_fill_normal(t.x, count, (float)scale, seed, STREAM_TENSOR);
    for (int64_t i = 0; i < count; i++) t.slope[i] = (double)NAN;
    tensor_sync(&t);
    tensor_restart(&t);
    return t;
}

void tensor_free(tensor *t)
{
    gat_free(t->x);
    gat_free(t->grad);
    gat_free(t->ref);
    gat_free(t->slope);
    *t = (tensor){0};
}

void tensor_sync(tensor *t)
{
    for (int64_t i = 0; i < t->count; i++) t->ref[i] = (double)t->x[i];
}

void tensor_restart(tensor *t)
{
    for (int64_t i = 0; i < t->count; i++) t->grad[i] = GRADIENT_START;
}

/* The step balances the error of the formula, about h^2, and the rounding of f, about 1e-16 / h. */
double ref_derivative(ref_function *f, void *context, double *x)
{
    double before = *x, h = 1e-5;
    *x = before + h;
    double above = f(context);
    *x = before - h;
    double below = f(context);
    *x = before;
    return (above - below) / (2 * h);
}

void tensor_differentiate(tensor *t, ref_function *f, void *context, int64_t most)
{
    int64_t taken = t->count < most ? t->count : most;
    for (int64_t j = 0; j < taken; j++) {
        int64_t i = j * t->count / taken;
        t->slope[i] = ref_derivative(f, context, &t->ref[i]);
    }
}

static double largest_slope(const tensor *t)
{
    double largest = SMALLEST_SLOPE;
    for (int64_t i = 0; i < t->count; i++)
        if (!isnan(t->slope[i])) largest = fmax(largest, fabs(t->slope[i]));
    return largest;
}

double tensor_error(const tensor *t)
{
    double worst = 0;
    for (int64_t i = 0; i < t->count; i++) {
        double error = fabs((double)t->grad[i] - (double)GRADIENT_START - t->slope[i]);
        if (isnan(t->grad[i])) return INFINITY;
        if (!isnan(t->slope[i])) worst = fmax(worst, error);
    }
    return worst / largest_slope(t);
}

double largest_difference(const float *a, const double *b, int64_t n)
{
    double worst = 0, largest = SMALLEST_SLOPE;
    for (int64_t i = 0; i < n; i++) {
        if (isnan(a[i])) return INFINITY;
        worst = fmax(worst, fabs((double)a[i] - b[i]));
        largest = fmax(largest, fabs(b[i]));
    }
    return worst / largest;
}

void assert_sign_error_is_caught(tensor *t, double tolerance)
{
    double largest = largest_slope(t);
    int tried = 0;
    assert_true(tensor_error(t) < tolerance);
    for (int64_t i = 0; i < t->count; i++) {
        if (isnan(t->slope[i]) || fabs(t->slope[i]) < 0.01 * largest) continue;
        float right = t->grad[i];
        t->grad[i] = 2 * GRADIENT_START - right;
        assert_true(tensor_error(t) > tolerance);
        t->grad[i] = right;
        tried++;
    }
    assert_true(tried > 0);
}

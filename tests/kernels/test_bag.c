/* The small kernels of models of text against plain double ones and their differences. */
#include "kernels/bag.h"

#include <math.h>

#include "ref/differences.h"
#include "support/check.h"

enum { ROWS = 5, TABLE = 7, D = 9, LABELS = 6 };

static const int64_t first[ROWS + 1] = {0, 3, 3, 4, 8, 9};
static const int32_t column[] = {0, 6, 0, 2, 1, 1, 5, 3, 6};
static const float value[] = {1, -0.5f, 2, 0.25f, 1, 1, -3, 0.125f, 1};
static const bag_rows bag = {ROWS, first, column, value};

/* Tensors of a case, and a weight for every output, so that the sum of outputs has a gradient everywhere. */
typedef struct world {
    tensor a, b, weight;
    const uint8_t *truth;
    bool several;
} world;

static double ref_bag(void *context)
{
    const world *w = context;
    double sum = 0;
    for (int i = 0; i < ROWS; i++)
        for (int64_t e = first[i]; e < first[i + 1]; e++)
            for (int k = 0; k < D; k++)
                sum += w->weight.ref[i * D + k] * (double)value[e] * w->a.ref[column[e] * D + k];
    return sum;
}

static void test_bag(void **state)
{
    (void)state;
    world w = {.a = tensor_normal(TABLE * D, 1, 1), .weight = tensor_normal(ROWS * D, 1, 2)};
    float y[ROWS * D];
    double sum = 0;
    bag_forward(y, &bag, w.a.x, D);
    for (int i = 0; i < ROWS * D; i++) sum += (double)y[i] * w.weight.ref[i];
    assert_true(fabs(sum - ref_bag(&w)) < 1e-4);
    for (int k = 0; k < D; k++) assert_true(y[D + k] == 0); /* a row without entries */
    bag_backward(w.a.grad, &bag, w.weight.x, D);
    tensor_differentiate(&w.a, ref_bag, &w, 100);
    assert_at_most(tensor_error(&w.a), 1e-5);
    assert_sign_error_is_caught(&w.a, 1e-5);
    tensor_free(&w.a);
    tensor_free(&w.weight);
}

static double ref_product(void *context)
{
    const world *w = context;
    double sum = 0;
    for (int i = 0; i < D; i++) sum += w->weight.ref[i] * w->a.ref[i] * w->b.ref[i];
    return sum;
}

static void test_product(void **state)
{
    (void)state;
    world w = {.a = tensor_normal(D, 1, 1), .b = tensor_normal(D, 1, 2), .weight = tensor_normal(D, 1, 3)};
    float y[D];
    product_forward(y, w.a.x, w.b.x, D);
    for (int i = 0; i < D; i++) assert_true(y[i] == w.a.x[i] * w.b.x[i]);
    product_backward(w.a.grad, w.b.grad, w.weight.x, w.a.x, w.b.x, D);
    tensor_differentiate(&w.a, ref_product, &w, 100);
    tensor_differentiate(&w.b, ref_product, &w, 100);
    assert_at_most(tensor_error(&w.a), 1e-5);
    assert_at_most(tensor_error(&w.b), 1e-5);
    tensor_free(&w.a);
    tensor_free(&w.b);
    tensor_free(&w.weight);
}

static const double SMOOTHING = 0.1;

static double ref_row(const double *z, const uint8_t *truth, bool several)
{
    double sum = 0, loss = 0;
    for (int l = 0; l < LABELS; l++) sum += exp(z[l]);
    for (int l = 0; l < LABELS; l++) {
        double target = (truth[l] ? 1 - SMOOTHING : 0) + SMOOTHING / LABELS;
        if (several) loss += log(1 + exp(truth[l] ? -z[l] : z[l]));
        else loss -= target * (z[l] - log(sum));
    }
    return loss;
}

static double ref_loss(void *context)
{
    const world *w = context;
    double loss = 0;
    for (int i = 0; i < ROWS; i++) loss += ref_row(w->a.ref + i * LABELS, w->truth + i * LABELS, w->several);
    return loss / ROWS;
}

static void test_loss(void **state)
{
    (void)state;
    uint8_t truth[ROWS * LABELS] = {0};
    for (int i = 0; i < ROWS; i++) truth[i * LABELS + i] = 1;
    for (int several = 0; several < 2; several++) {
        world w = {.a = tensor_normal(ROWS * LABELS, 2, 4), .truth = truth, .several = several != 0};
        if (several) truth[0] = 0, truth[2 * LABELS] = 1; /* none, and two */
        double loss = label_loss(w.a.grad, w.a.x, truth, ROWS, LABELS, several != 0, (float)SMOOTHING);
        assert_true(fabs(loss - ref_loss(&w)) < 1e-5);
        tensor_differentiate(&w.a, ref_loss, &w, 100);
        assert_at_most(tensor_error(&w.a), 1e-5);
        tensor_free(&w.a);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_bag), cmocka_unit_test(test_product),
                                       cmocka_unit_test(test_loss)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

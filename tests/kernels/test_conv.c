/* The convolution over pictures against double precision: gradients, pictures that do not feel each other, threads. */
#include "kernels/conv.h"

#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "base/parallel.h"
#include "kernels/kernels.h"
#include "ref/differences.h"
#include "ref/ref_decoder.h"
#include "support/check.h"

typedef struct conv_case {
    conv_shape shape;
    int64_t area, map;
    tensor x, filter, bias, weight;
    float *y, *scratch;
    double *ref;
} conv_case;

static void case_init(conv_case *c, int64_t pictures, int64_t height, int64_t width, int64_t channels)
{
    *c = (conv_case){.shape = {pictures, height, width, channels}, .area = height * width};
    c->map = channels * conv_places(&c->shape);
    c->x = tensor_normal(pictures * c->area, 1, 1);
    c->filter = tensor_normal(channels * CONV_TAPS, 1, 2);
    c->bias = tensor_normal(channels, 1, 3);
    c->weight = tensor_normal(pictures * c->map, 1, 4);
    c->y = gat_calloc(pictures * c->map, sizeof *c->y);
    c->scratch = gat_calloc(conv_scratch(&c->shape), sizeof *c->scratch);
    c->ref = gat_calloc(c->map, sizeof *c->ref);
    assert_true(c->y && c->scratch && c->ref);
}

static void case_clear(conv_case *c)
{
    tensor_free(&c->x);
    tensor_free(&c->filter);
    tensor_free(&c->bias);
    tensor_free(&c->weight);
    gat_free(c->y);
    gat_free(c->scratch);
    gat_free(c->ref);
}

/* Also the largest error of the forward pass, in *worst. */
static double compare(conv_case *c, double *worst)
{
    double sum = 0;
    for (int64_t b = 0; b < c->shape.pictures; b++) {
        ref_conv(c->ref, c->x.ref + b * c->area, c->filter.ref, c->bias.ref, c->shape.height, c->shape.width,
                 c->shape.channels);
        for (int64_t k = 0; k < c->map; k++) {
            sum += c->weight.ref[b * c->map + k] * c->ref[k];
            if (worst) *worst = fmax(*worst, fabs((double)c->y[b * c->map + k] - c->ref[k]));
        }
    }
    return sum;
}

static double loss(void *context) { return compare(context, NULL); }

static void run(conv_case *c)
{
    tensor_restart(&c->x);
    tensor_restart(&c->filter);
    tensor_restart(&c->bias);
    conv_forward(c->y, c->scratch, c->x.x, c->filter.x, c->bias.x, &c->shape);
    conv_backward(c->x.grad, c->filter.grad, c->bias.grad, c->scratch, c->weight.x, c->x.x, c->filter.x, &c->shape);
}

static void differentiate(conv_case *c, int64_t most)
{
    tensor_differentiate(&c->x, loss, c, most);
    tensor_differentiate(&c->filter, loss, c, most);
    tensor_differentiate(&c->bias, loss, c, most);
}

static void test_shapes(void **state)
{
    (void)state;
    static const int64_t shapes[][4] = {{1, 3, 3, 1},  {2, 4, 3, 7},    {7, 3, 9, 8}, {17, 8, 8, 9},
                                        {33, 5, 7, 3}, {3, 20, 20, 32}, {0, 4, 4, 2}};
    for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++) {
        conv_case c;
        case_init(&c, shapes[s][0], shapes[s][1], shapes[s][2], shapes[s][3]);
        differentiate(&c, 10);
        for (FOR_VARIANTS(v)) {
            double worst = 0;
            run(&c);
            compare(&c, &worst);
            assert_at_most(worst, 1e-5);
            assert_at_most(tensor_error(&c.x), 1e-4);
            assert_at_most(tensor_error(&c.filter), 1e-4);
            assert_at_most(tensor_error(&c.bias), 1e-4);
        }
        kernels_select("auto");
        case_clear(&c);
    }
}

static void test_sign_errors_are_caught(void **state)
{
    (void)state;
    conv_case c;
    case_init(&c, 3, 5, 6, 4);
    differentiate(&c, INT64_MAX);
    run(&c);
    assert_sign_error_is_caught(&c.x, 1e-4);
    assert_sign_error_is_caught(&c.filter, 1e-4);
    assert_sign_error_is_caught(&c.bias, 1e-4);
    case_clear(&c);
}

static void test_pictures_alone(void **state)
{
    (void)state;
    conv_case all, one;
    case_init(&all, 40, 10, 20, 32);
    case_init(&one, 1, 10, 20, 32);
    run(&all);
    for (int64_t b = 0; b < 40; b += 3) {
        memcpy(one.x.x, all.x.x + b * all.area, (size_t)all.area * sizeof(float));
        run(&one);
        assert_memory_equal(one.y, all.y + b * all.map, (size_t)all.map * sizeof(float));
    }
    case_clear(&all);
    case_clear(&one);
}

static void test_threads_give_equal_bits(void **state)
{
    (void)state;
    conv_case one, more;
    case_init(&one, 50, 6, 9, 5);
    case_init(&more, 50, 6, 9, 5);
    parallel_set_threads(1);
    run(&one);
    for (FOR_THREADS(t)) {
        parallel_set_threads(thread_counts[t]);
        run(&more);
        assert_memory_equal(one.y, more.y, (size_t)(50 * one.map) * sizeof(float));
        assert_memory_equal(one.x.grad, more.x.grad, (size_t)one.x.count * sizeof(float));
        assert_memory_equal(one.filter.grad, more.filter.grad, (size_t)one.filter.count * sizeof(float));
        assert_memory_equal(one.bias.grad, more.bias.grad, (size_t)one.bias.count * sizeof(float));
    }
    parallel_set_threads(2);
    case_clear(&one);
    case_clear(&more);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_shapes),
        cmocka_unit_test(test_sign_errors_are_caught),
        cmocka_unit_test(test_pictures_alone),
        cmocka_unit_test(test_threads_give_equal_bits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

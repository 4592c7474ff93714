/* Mixing two judges: the better one weighs more, powers undo what was too sure, one row at a time and many agree. */
#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "base/random.h"
#include "support/check.h"
#include "text/net_mixture.h"
#include "text/probability.h"

enum { ROWS = 600, LABELS = 3 };

/* Logits that speak for the truth, with noise; loud: how sure they pretend to be. */
static void draw(float *p, const uint8_t *truth, float noise, float loud, uint64_t seed)
{
    float z[ROWS * LABELS];
    random_fill_normal(z, ROWS * LABELS, noise, seed, 1);
    for (int i = 0; i < ROWS; i++) {
        for (int l = 0; l < LABELS; l++) z[i * LABELS + l] = loud * (z[i * LABELS + l] + truth[i * LABELS + l]);
        probabilities(p + i * LABELS, z + i * LABELS, LABELS, false);
    }
}

typedef struct case_of {
    uint8_t truth[ROWS * LABELS];
    float linear[ROWS * LABELS], nets[ROWS * LABELS];
} case_of;

static void make(case_of *c, float linear_noise, float net_noise, float loud)
{
    memset(c->truth, 0, sizeof c->truth);
    for (int i = 0; i < ROWS; i++) c->truth[i * LABELS + (int)random_below(5, 1, (uint64_t)i, LABELS)] = 1;
    draw(c->linear, c->truth, linear_noise, 1, 7);
    draw(c->nets, c->truth, net_noise, loud, 8);
}

static void test_weights(void **state)
{
    (void)state;
    static case_of c;
    const mixture_view view = {ROWS, LABELS, false};
    net_mixture good, bad, fixed;
    make(&c, 1, 0.3f, 1);
    assert_int_equal(net_mixture_fit(&good, c.linear, c.nets, c.truth, &view, -1, NULL), GAT_OK);
    make(&c, 0.3f, 1, 1);
    assert_int_equal(net_mixture_fit(&bad, c.linear, c.nets, c.truth, &view, -1, NULL), GAT_OK);
    assert_true(good.weight > 0.5f && bad.weight < 0.5f);
    assert_int_equal(net_mixture_fit(&fixed, c.linear, c.nets, c.truth, &view, 0.25, NULL), GAT_OK);
    assert_true(fabsf(fixed.weight - 0.25f) < 1e-6f);
}

static void test_powers(void **state)
{
    (void)state;
    static case_of c;
    const mixture_view view = {ROWS, LABELS, false}, nothing = {.n = 0};
    net_mixture quiet, loud, none;
    make(&c, 1, 1, 1);
    assert_int_equal(net_mixture_fit(&quiet, c.linear, c.nets, c.truth, &view, -1, NULL), GAT_OK);
    make(&c, 1, 1, 2);
    assert_int_equal(net_mixture_fit(&loud, c.linear, c.nets, c.truth, &view, -1, NULL), GAT_OK);
    assert_true(fabsf(loud.sharpness * 2 - quiet.sharpness) < 0.3f);
    assert_int_equal(net_mixture_fit(&none, NULL, NULL, NULL, &nothing, -1, NULL), GAT_OK);
    assert_true(fabsf(none.weight - 0.5f) < 1e-6f && fabsf(none.scale - 1) < 1e-6f);
}

/* Rows by themselves give what all give together, and probabilities. */
static void test_apply(void **state)
{
    (void)state;
    static case_of c;
    float one[LABELS];
    const net_mixture mixture = {1.5f, 0.3f, 0.8f};
    const mixture_view view = {ROWS, LABELS, false}, single = {1, LABELS, false};
    make(&c, 1, 1, 1);
    memcpy(one, c.linear + 9, sizeof one);
    net_mixture_apply(one, c.nets + 9, &single, &mixture);
    net_mixture_apply(c.linear, c.nets, &view, &mixture);
    assert_memory_equal(one, c.linear + 9, sizeof one);
    assert_true(fabsf(one[0] + one[1] + one[2] - 1) < 1e-5f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_weights), cmocka_unit_test(test_powers),
                                       cmocka_unit_test(test_apply)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Votes of candidates against a double-precision reference, their gradients against its differences. */
#include <math.h>
#include <string.h>

#include "autodiff/vote_ops.h"
#include "base/memory.h"
#include "kernels/kernels.h"
#include "ref/differences.h"
#include "support/check.h"

enum { NODES = 6, EDGES = 8, HEADS = 2, DIM = 8, KINDS = 3, GROUPS = 3, WIDE = 2 * HEADS, WIDTH = DIM / HEADS };

static const int64_t indptr[NODES + 1] = {0, 2, 3, 5, 5, 7, 8}; /* node 3 hears nobody */
static const int32_t source[EDGES] = {3, 5, 2, 0, 4, 1, 3, 0};
static const uint8_t kind[EDGES] = {0, 1, 2, 0, 1, 1, 2, 0};
static const int64_t first[GROUPS + 1] = {0, 2, 5, 6};
static const float size[GROUPS] = {2, 1, 3};
static const vote_edges edges = {NODES, DIM, HEADS, indptr, source, kind};
static const vote_groups groups = {GROUPS, first, size};

/* score (N): belief; out: weights of the summed outputs [m | z | context | loss]. */
typedef struct vote_case {
    tensor q, k, v, bias, message, score, h, out;
    float wanted[NODES];
} vote_case;

enum { OUT_M = NODES * DIM, OUT_Z = NODES * 3 * HEADS, OUT_ALL = 2 * OUT_M + OUT_Z };

static void tensors_of(tensor *list[8], vote_case *c)
{
    tensor *all[] = {&c->q, &c->k, &c->v, &c->bias, &c->message, &c->score, &c->h, &c->out};
    memcpy(list, all, sizeof all);
}

static void case_init(vote_case *c)
{
    c->q = tensor_normal(NODES * DIM, 1, 1);
    c->k = tensor_normal(NODES * DIM, 1, 2);
    c->v = tensor_normal(NODES * DIM, 1, 3);
    c->bias = tensor_normal(EDGES * WIDE, 1, 4);
    c->message = tensor_normal(KINDS * DIM, 1, 5);
    c->score = tensor_normal(NODES, 1, 6);
    c->h = tensor_normal(NODES * DIM, 1, 7);
    c->out = tensor_normal(OUT_ALL, 1, 8);
    memset(c->wanted, 0, sizeof c->wanted);
    c->wanted[1] = 2;
    c->wanted[3] = 1;
}

static void case_clear(vote_case *c)
{
    tensor *list[8];
    tensors_of(list, c);
    for (int i = 0; i < 8; i++) tensor_free(list[i]);
}

/* ---- reference ------------------------------------------------------------------------------------------- */

static void ref_belief(double *belief, const double *score)
{
    for (int g = 0; g < GROUPS; g++) {
        double sum = 0;
        for (int64_t n = first[g]; n < first[g + 1]; n++) sum += exp(score[n]);
        for (int64_t n = first[g]; n < first[g + 1]; n++) belief[n] = exp(score[n]) / sum;
    }
}

static void ref_vote(double *m, double *total, const vote_case *c, const double *belief)
{
    memset(m, 0, OUT_M * sizeof *m);
    memset(total, 0, NODES * WIDE * sizeof *total);
    for (int i = 0; i < NODES; i++)
        for (int h = 0; h < HEADS; h++) {
            for (int64_t e = indptr[i]; e < indptr[i + 1]; e++) {
                double x = c->bias.ref[e * WIDE + h];
                int j = source[e];
                for (int f = h * WIDTH; f < (h + 1) * WIDTH; f++)
                    x += c->q.ref[i * DIM + f] * c->k.ref[j * DIM + f] / sqrt(WIDTH);
                double w = exp(fmin(fmax(x, -8), 8)) * belief[j];
                total[i * WIDE + h] += w;
                total[i * WIDE + HEADS + h] += belief[j] / (1 + exp(-x - c->bias.ref[e * WIDE + HEADS + h]));
                for (int f = h * WIDTH; f < (h + 1) * WIDTH; f++)
                    m[i * DIM + f] += w * (c->v.ref[j * DIM + f] + c->message.ref[kind[e] * DIM + f]);
            }
            for (int f = h * WIDTH; f < (h + 1) * WIDTH; f++) m[i * DIM + f] /= 0.1 + total[i * WIDE + h];
        }
}

static void ref_summary(double *z, const double *total)
{
    for (int g = 0; g < GROUPS; g++)
        for (int h = 0; h < HEADS; h++) {
            double most = 0;
            for (int64_t n = first[g]; n < first[g + 1]; n++) most = fmax(most, total[n * WIDE + HEADS + h]);
            for (int64_t n = first[g]; n < first[g + 1]; n++) {
                z[n * 3 * HEADS + h] = log1p(total[n * WIDE + HEADS + h]);
                z[n * 3 * HEADS + HEADS + h] = log1p(total[n * WIDE + h]);
                z[n * 3 * HEADS + 2 * HEADS + h] = total[n * WIDE + HEADS + h] - most;
            }
        }
}

static double ref_context(const vote_case *c, const double *belief, int64_t node, int d)
{
    double sum = 0, own = 0, mentions = 0;
    for (int g = 0; g < GROUPS; g++) {
        bool here = node >= first[g] && node < first[g + 1];
        if (here) own = (double)size[g];
        mentions += (double)size[g];
        for (int64_t n = first[g]; !here && n < first[g + 1]; n++)
            sum += (double)size[g] * belief[n] * c->h.ref[n * DIM + d];
    }
    return sum / fmax(1, mentions - own);
}

static double ref_all(double out[OUT_ALL], const vote_case *c)
{
    double belief[NODES], total[NODES * WIDE], loss = 0;
    ref_belief(belief, c->score.ref);
    ref_vote(out, total, c, belief);
    ref_summary(out + OUT_M, total);
    for (int i = 0; i < OUT_M; i++) out[OUT_M + OUT_Z + i] = ref_context(c, belief, i / DIM, i % DIM);
    for (int n = 0; n < NODES; n++) loss -= 0.5 * (double)c->wanted[n] * log(belief[n]);
    return loss;
}

static double reference(void *context)
{
    const vote_case *c = context;
    double out[OUT_ALL], sum = ref_all(out, c);
    for (int i = 0; i < OUT_ALL; i++) sum += out[i] * c->out.ref[i];
    return sum;
}

/* ---- the tape -------------------------------------------------------------------------------------------- */

static gat_mat *wrap(gat_tape *t, tensor *x, int64_t rows)
{
    gat_mat *m = tape_mat(t, rows, x->count / rows);
    assert_non_null(m);
    m->data = x->x;
    m->grad = x->grad;
    return m;
}

static double run(float out[OUT_ALL], gat_tape *t, vote_case *c)
{
    gat_mat *score = wrap(t, &c->score, NODES), *h = wrap(t, &c->h, NODES), *total;
    gat_mat *belief = ad_belief(t, score, &groups);
    const vote_terms terms = {wrap(t, &c->q, NODES),    wrap(t, &c->k, NODES),       wrap(t, &c->v, NODES),
                              wrap(t, &c->bias, EDGES), wrap(t, &c->message, KINDS), belief};
    gat_mat *parts[] = {ad_vote(&total, t, &edges, &terms, NULL), NULL, ad_belief_context(t, h, belief, &groups)};
    parts[1] = ad_vote_summary(t, total, &groups);
    double loss = ad_belief_loss(t, score, c->wanted, &groups, 0.5f);
    for (int p = 0, at = 0; p < 3; p++) {
        int64_t n = parts[p]->rows * parts[p]->cols;
        memcpy(out + at, parts[p]->data, (size_t)n * sizeof *out);
        memcpy(parts[p]->grad, c->out.x + at, (size_t)n * sizeof *out);
        at += (int)n;
    }
    return loss;
}

static void test_forward_and_gradients(void **state)
{
    (void)state;
    vote_case c;
    tensor *list[8];
    float out[OUT_ALL];
    double expected[OUT_ALL];
    gat_tape *t = tape_new(true);
    assert_non_null(t);
    case_init(&c);
    tensors_of(list, &c);
    double loss = run(out, t, &c);
    assert_true(fabs(loss - ref_all(expected, &c)) < 1e-5);
    assert_true(largest_difference(out, expected, OUT_ALL) < 1e-5);
    assert_int_equal(tape_backward(t, NULL), GAT_OK);
    for (int i = 0; i < 7; i++) {
        tensor_differentiate(list[i], reference, &c, 1000);
        if (tensor_error(list[i]) > 1e-4) fail_msg("tensor %d: error %g", i, tensor_error(list[i]));
        assert_sign_error_is_caught(list[i], 1e-4);
    }
    tape_free(t);
    case_clear(&c);
}

/* A node that nobody votes for is silent, and a weight beyond the clip has no gradient. */
static void test_edge_cases(void **state)
{
    (void)state;
    vote_case c;
    float out[OUT_ALL];
    gat_tape *t = tape_new(true);
    assert_non_null(t);
    case_init(&c);
    for (int h = 0; h < HEADS; h++) c.bias.x[h] = 50;
    tensor_sync(&c.bias);
    run(out, t, &c);
    for (int d = 0; d < DIM; d++) assert_true(fabsf(out[3 * DIM + d]) <= 0);
    assert_int_equal(tape_backward(t, NULL), GAT_OK);
    for (int h = 0; h < HEADS; h++) assert_true(fabsf(c.bias.grad[h] - GRADIENT_START) < 1e-4f);
    tape_free(t);
    case_clear(&c);
}

/* After a failure the tape's operations do nothing and accept what earlier ones did not give. */
static void test_failed_tape(void **state)
{
    (void)state;
    const vote_terms none = {NULL, NULL, NULL, NULL, NULL, NULL};
    gat_mat *total;
    gat_tape *t = tape_new(true);
    assert_non_null(t);
    tape_fail(t, GAT_ENOMEM);
    assert_null(ad_vote(&total, t, &edges, &none, NULL));
    assert_null(total);
    assert_null(ad_vote_summary(t, NULL, &groups));
    assert_null(ad_belief(t, NULL, &groups));
    assert_null(ad_belief_context(t, NULL, NULL, &groups));
    assert_true(ad_belief_loss(t, NULL, NULL, &groups, 1) <= 0);
    tape_free(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_forward_and_gradients),
        cmocka_unit_test(test_edge_cases),
        cmocka_unit_test(test_failed_tape),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Decoders against double precision: queries, both views of a score, gradients with repeated ids. */
#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "base/parallel.h"
#include "base/random.h"
#include "ref/differences.h"
#include "ref/ref_score.h"
#include "support/check.h"

enum { ENTITIES = 6, RELATIONS = 3 };

/* Rows name few entities, so that several share one; in a pair both ends may be the same. */
typedef struct decoder_case {
    int64_t b, d;
    gat_decoder decoder;
    tensor x, r, weight;
    int32_t *entity, *relation, *tail;
    float *q;
    double *ref;
} decoder_case;

static void case_init(decoder_case *c, int64_t b, int64_t d, gat_decoder decoder)
{
    *c = (decoder_case){.b = b, .d = d, .decoder = decoder};
    c->x = tensor_normal(ENTITIES * d, 1, 1);
    c->r = tensor_normal(RELATIONS * decoder_relation_width(decoder, d), 1, 2);
    c->weight = tensor_normal(b * d, 1, 3);
    c->entity = gat_calloc(b, sizeof(int32_t));
    c->relation = gat_calloc(b, sizeof(int32_t));
    c->tail = gat_calloc(b, sizeof(int32_t));
    c->q = gat_calloc(b * d, sizeof(float));
    c->ref = gat_calloc(b * d, sizeof(double));
    assert_true(c->entity && c->relation && c->tail && c->q && c->ref);
    for (int64_t j = 0; j < b; j++) {
        c->entity[j] = (int32_t)random_below(5, 1, (uint64_t)j, ENTITIES);
        c->relation[j] = (int32_t)random_below(5, 2, (uint64_t)j, RELATIONS);
        c->tail[j] = j % 4 == 3 ? c->entity[j] : (int32_t)random_below(5, 3, (uint64_t)j, ENTITIES);
    }
}

static void case_clear(decoder_case *c)
{
    tensor_free(&c->x);
    tensor_free(&c->r);
    tensor_free(&c->weight);
    gat_free(c->entity);
    gat_free(c->relation);
    gat_free(c->tail);
    gat_free(c->q);
    gat_free(c->ref);
}

static double compose_loss(void *context)
{
    decoder_case *c = context;
    double sum = 0;
    ref_compose(c->ref, c->x.ref, c->r.ref, c->entity, c->relation, c->b, c->d, c->decoder);
    for (int64_t i = 0; i < c->b * c->d; i++) sum += c->weight.ref[i] * c->ref[i];
    return sum;
}

/* <z, w> of a pair is the score of the fact whose relation is w. */
static double pair_loss(void *context)
{
    decoder_case *c = context;
    double sum = 0;
    for (int64_t j = 0; j < c->b; j++)
        sum += ref_fact_score(c->x.ref + c->entity[j] * c->d, c->weight.ref + j * c->d, c->x.ref + c->tail[j] * c->d,
                              c->d, c->decoder);
    return sum;
}

static void check_compose(decoder_case *c)
{
    tensor_differentiate(&c->x, compose_loss, c, 200);
    tensor_differentiate(&c->r, compose_loss, c, 200);
    compose_loss(c);
    for (int64_t i = 0; i < c->b * c->d; i++) c->q[i] = 99;
    compose_forward(c->q, c->x.x, c->r.x, c->entity, c->relation, c->b, c->d, c->decoder);
    assert_at_most(largest_difference(c->q, c->ref, c->b * c->d), 1e-5);
    compose_backward(c->x.grad, c->r.grad, c->weight.x, c->x.x, c->r.x, c->entity, c->relation, c->b, c->d, c->decoder);
    assert_at_most(tensor_error(&c->x), 1e-4);
    assert_at_most(tensor_error(&c->r), 1e-4);
}

/* The query builder and the comparator together are the score of the paper. */
static void check_score(decoder_case *c)
{
    for (int64_t j = 0; j < c->b; j++) {
        const double *tail = c->x.ref + c->tail[j] * c->d, *head = c->x.ref + c->entity[j] * c->d;
        double right = ref_fact_score(head, c->r.ref + c->relation[j] * decoder_relation_width(c->decoder, c->d), tail,
                                      c->d, c->decoder);
        double q[600];
        for (int64_t i = 0; i < c->d; i++) q[i] = (double)c->q[j * c->d + i];
        assert_at_most(fabs(ref_compare(q, tail, c->d, decoder_comparator(c->decoder)) - right),
                       1e-5 * fmax(1, fabs(right)));
    }
}

static void check_pair(decoder_case *c)
{
    if (!decoder_has_pairs(c->decoder)) return;
    double right = pair_loss(c), sum = 0;
    tensor_restart(&c->x);
    tensor_differentiate(&c->x, pair_loss, c, 200);
    pair_forward(c->q, c->x.x, c->entity, c->tail, c->b, c->d, c->decoder);
    for (int64_t i = 0; i < c->b * c->d; i++) sum += (double)c->q[i] * c->weight.ref[i];
    assert_at_most(fabs(sum - right), 1e-5 * fmax(1, fabs(right)) * sqrt((double)(c->b * c->d)));
    pair_backward(c->x.grad, c->weight.x, c->x.x, c->entity, c->tail, c->b, c->d, c->decoder);
    assert_at_most(tensor_error(&c->x), 1e-4);
}

static void test_decoders(void **state)
{
    (void)state;
    static const int64_t widths[] = {2, 8, 16, 32, 34, 64, 258}, odd[] = {1, 7, 9, 31, 33, 257};
    for (int decoder = 0; decoder < GAT_NUM_COMPOSED; decoder++)
        for (int i = 0; i < 13; i++) {
            bool complex = decoder_is_complex((gat_decoder)decoder);
            if (i >= 7 && complex) continue;
            decoder_case c;
            case_init(&c, 1 + 3 * i, i < 7 ? widths[i] : odd[i - 7], (gat_decoder)decoder);
            check_compose(&c);
            check_score(&c);
            check_pair(&c);
            case_clear(&c);
        }
}

static void test_threads_give_equal_bits(void **state)
{
    (void)state;
    for (int decoder = 0; decoder < GAT_NUM_COMPOSED; decoder++) {
        decoder_case one, more;
        case_init(&one, 500, 34, (gat_decoder)decoder);
        case_init(&more, 500, 34, (gat_decoder)decoder);
        parallel_set_threads(1);
        check_compose(&one);
        for (FOR_THREADS(t)) {
            parallel_set_threads(thread_counts[t]);
            tensor_restart(&more.x);
            tensor_restart(&more.r);
            check_compose(&more);
            assert_memory_equal(one.q, more.q, 500 * 34 * sizeof(float));
            assert_memory_equal(one.x.grad, more.x.grad, (size_t)one.x.count * sizeof(float));
            assert_memory_equal(one.r.grad, more.r.grad, (size_t)one.r.count * sizeof(float));
        }
        case_clear(&one);
        case_clear(&more);
    }
    parallel_set_threads(2);
}

static void test_sign_errors_are_caught(void **state)
{
    (void)state;
    for (int decoder = 0; decoder < GAT_NUM_COMPOSED; decoder++) {
        decoder_case c;
        case_init(&c, 9, 8, (gat_decoder)decoder);
        check_compose(&c);
        assert_sign_error_is_caught(&c.x, 1e-4);
        assert_sign_error_is_caught(&c.r, 1e-4);
        case_clear(&c);
    }
}

static void test_names(void **state)
{
    (void)state;
    for (int i = 0; i < GAT_NUM_DECODERS; i++) assert_int_equal(decoder_by_name(decoder_name((gat_decoder)i)), i);
    assert_int_equal(decoder_by_name("compgcn"), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_decoders),
        cmocka_unit_test(test_threads_give_equal_bits),
        cmocka_unit_test(test_sign_errors_are_caught),
        cmocka_unit_test(test_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Attention over the sentences of a pair: the formula, its gradient, what it learns. */
#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "base/random.h"
#include "support/check.h"
#include "text/bag_pool.h"

enum { LABELS = 5, MOST = 7, BAGS = 60 };

/* Bags of 1 to MOST sentences of drawn numbers. */
typedef struct data {
    float z[BAGS][MOST][LABELS], view[BAGS][LABELS];
    const float *row[BAGS][MOST];
    uint8_t none[LABELS], truth[BAGS][LABELS];
    bag_view bag[BAGS];
} data;

static double draw(uint64_t a, uint64_t b) { return (double)random_below(3, a, b, 4001) / 1000 - 2; }

static void make(data *d, bool graph)
{
    memset(d, 0, sizeof *d);
    d->none[0] = 1;
    for (int b = 0; b < BAGS; b++) {
        for (int i = 0; i < MOST; i++) {
            d->row[b][i] = d->z[b][i];
            for (int l = 0; l < LABELS; l++) d->z[b][i][l] = (float)draw((uint64_t)(b * MOST + i), (uint64_t)l);
        }
        for (int l = 0; l < LABELS; l++) d->view[b][l] = (float)draw((uint64_t)(1000 + b), (uint64_t)l);
        d->bag[b] = (bag_view){d->row[b], graph ? d->view[b] : NULL, d->none, 1 + b % MOST, LABELS};
    }
}

static void some_pool(bag_pool *p)
{
    bag_pool_init(p);
    p->sharp = 0.7;
    p->scale = 1.3;
    p->graph = 0.4;
    p->several = -0.2;
    for (int l = 0; l < LABELS; l++) {
        p->agree[l] = draw(7, (uint64_t)l) / 2;
        p->offset[l] = draw(8, (uint64_t)l);
    }
}

/* The same, written down anew from the header. */
static void reference(double logit[LABELS], const bag_pool *p, const bag_view *b)
{
    for (int r = 0; r < LABELS; r++) {
        double e[MOST], sum = 0, heard = 0;
        for (int64_t i = 0; i < b->n; i++) {
            e[i] = p->sharp * (double)b->z[i][r];
            for (int k = 0; b->view && k < LABELS; k++)
                e[i] += p->agree[k] * (double)b->z[i][k] / (1 + exp(-(double)b->view[k]));
            sum += exp(e[i]);
        }
        for (int64_t i = 0; i < b->n; i++) heard += exp(e[i]) / sum * (double)b->z[i][r];
        double v = b->view ? (double)b->view[r] : 0;
        logit[r] = b->none[r] ? 0 : p->scale * heard + p->graph * v + p->several * log((double)b->n) + p->offset[r];
    }
}

static void test_forward(void **state)
{
    (void)state;
    static data d;
    bag_pool p;
    double logit[LABELS], wanted[LABELS], alpha[MOST * LABELS];
    some_pool(&p);
    for (int graph = 0; graph < 2; graph++) {
        make(&d, graph);
        for (int b = 0; b < BAGS; b++) {
            bag_pool_forward(logit, alpha, &p, &d.bag[b]);
            reference(wanted, &p, &d.bag[b]);
            for (int r = 0; r < LABELS; r++) {
                double sum = 0;
                for (int64_t i = 0; i < d.bag[b].n; i++) sum += alpha[i * LABELS + r];
                assert_true(fabs(sum - 1) < 1e-12);
                assert_true(fabs(logit[r] - wanted[r]) < 1e-10);
            }
        }
    }
}

static double loss(const bag_pool *p, const bag_view *b, const double weight[LABELS])
{
    double logit[LABELS], sum = 0;
    reference(logit, p, b);
    for (int r = 0; r < LABELS; r++) sum += weight[r] * logit[r];
    return sum;
}

/* Every number of the pool against central differences of the reference. */
static void test_gradient(void **state)
{
    (void)state;
    static data d;
    static bag_pool p, slope;
    const double weight[LABELS] = {0.5, -1, 0.3, 2, -0.7}, h = 1e-5;
    double logit[LABELS], alpha[MOST * LABELS], agreed[MOST];
    make(&d, true);
    some_pool(&p);
    double *x = (double *)&p, *g = (double *)&slope;
    for (int b = 0; b < MOST; b++) {
        memset(&slope, 0, sizeof slope);
        bag_pool_forward(logit, alpha, &p, &d.bag[b]);
        bag_pool_backward(&slope, agreed, &p, &d.bag[b], alpha, weight);
        for (size_t k = 0; k < sizeof p / sizeof *x; k++) {
            double kept = x[k];
            x[k] = kept + h;
            double up = loss(&p, &d.bag[b], weight);
            x[k] = kept - h;
            double down = loss(&p, &d.bag[b], weight);
            x[k] = kept;
            assert_true(fabs((up - down) / (2 * h) - g[k]) < 1e-6);
        }
    }
}

/* A relation holds where the sentence that agrees with the graph says so: to be learned from the graph alone. */
static void test_fit(void **state)
{
    (void)state;
    static data d;
    bag_pool p;
    int right = 0;
    double logit[LABELS], alpha[MOST * LABELS];
    make(&d, true);
    for (int b = 0; b < BAGS; b++)
        for (int l = 1; l < LABELS; l++) d.truth[b][l] = d.view[b][l] > 0;
    const bag_lesson lesson = {d.bag, d.truth[0], BAGS};
    assert_int_equal(bag_pool_fit(&p, &lesson, NULL), GAT_OK);
    assert_true(p.graph > 0.5);
    for (int b = 0; b < BAGS; b++) {
        bag_pool_forward(logit, alpha, &p, &d.bag[b]);
        for (int l = 1; l < LABELS; l++) right += (1 / (1 + exp(-logit[l])) >= p.threshold) == d.truth[b][l];
    }
    assert_true(right > BAGS * (LABELS - 1) * 9 / 10);
}

static void test_failing_allocations(void **state)
{
    (void)state;
    static data d;
    bag_pool p;
    make(&d, false);
    const bag_lesson lesson = {d.bag, d.truth[0], 2};
    bool done = false;
    for (int64_t n = 1; !done; n++) {
        memory_fail_at(n, false);
        gat_status st = bag_pool_fit(&p, &lesson, NULL);
        done = memory_count() < n;
        memory_fail_at(0, false);
        assert_int_equal(st, done ? GAT_OK : GAT_ENOMEM);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_forward), cmocka_unit_test(test_gradient),
                                       cmocka_unit_test(test_fit), cmocka_unit_test(test_failing_allocations)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

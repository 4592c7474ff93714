/* The nearest rows against all products; the sketch of facts against the sums it stands for. */
#include "support/check.h"

#include <math.h>
#include <stdlib.h>

#include "align/propagation.h"
#include "align/third_order.h"
#include "align/vector_top.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "base/random.h"
#include "support/align_graphs.h"

enum { ROWS = 150, COLUMNS = 300, WIDTH = 33, TOP = 7 };

static float product(const float *a, const float *b, int64_t n)
{
    double sum = 0;
    for (int64_t i = 0; i < n; i++) sum += (double)a[i] * (double)b[i];
    return (float)sum;
}

static void check_row(const pair_matrix *m, const float *a, const float *b, const int8_t *block_b, int32_t x)
{
    float least = 1e30f;
    assert_int_equal(m->start[x + 1] - m->start[x], TOP);
    for (int64_t e = m->start[x]; e < m->start[x + 1]; e++) {
        float exact = product(a + x * WIDTH, b + m->column[e] * WIDTH, WIDTH);
        assert_at_most(fabs((double)(exact - m->value[e])), 1e-4);
        assert_int_equal(block_b[m->column[e]], 0);
        least = fminf(least, exact);
    }
    for (int32_t y = 0; y < COLUMNS; y++)
        if (!block_b[y] && pair_matrix_find(m, x, y) < 0)
            assert_at_most(product(a + x * WIDTH, b + y * WIDTH, WIDTH), least + 1e-4f);
}

static void test_top(void **state)
{
    (void)state;
    static float a[ROWS * WIDTH], b[COLUMNS * WIDTH];
    static int8_t block_a[ROWS], block_b[COLUMNS];
    random_fill_normal(a, ROWS * WIDTH, 1, 1, 1);
    random_fill_normal(b, COLUMNS * WIDTH, 1, 1, 2);
    block_a[3] = -1;
    for (int y = 0; y < COLUMNS; y += 3) block_b[y] = -1;
    for (FOR_THREADS(t)) {
        pair_matrix *m;
        parallel_set_threads(thread_counts[t]);
        assert_int_equal(vector_top(&m, a, b, WIDTH, WIDTH, block_a, block_b, ROWS, COLUMNS, TOP, NULL), GAT_OK);
        assert_int_equal(m->start[4], m->start[3]);
        for (int32_t x = 0; x < ROWS; x++)
            if (x != 3) check_row(m, a, b, block_b, x);
        pair_matrix_free(m);
    }
}

/* Sum over all pairs of facts of x and y of relation times neighbour. */
static double fact_product(const kg_side *a, int32_t x, const kg_side *b, int32_t y, const propagation *p, int sa,
                           int sb)
{
    double sum = 0;
    for (int64_t e = a->edge_start[x]; e < a->edge_start[x + 1]; e++)
        for (int64_t h = b->edge_start[y]; h < b->edge_start[y + 1]; h++) {
            const float *r = p->relation[sa] + a->relation[e] * p->width,
                        *z = p->entity[sa] + a->neighbor[e] * p->width;
            const float *s = p->relation[sb] + b->relation[h] * p->width,
                        *w = p->entity[sb] + b->neighbor[h] * p->width;
            sum += (double)product(r, s, p->width) * (double)product(z, w, p->width);
        }
    return sum;
}

static void test_sketch(void **state)
{
    (void)state;
    enum { SKETCH = 8192 };
    align_graphs_write(20, 60, 10, 4);
    kg_side *a = align_graphs_load(1), *b = align_graphs_load(2);
    pair_matrix *belief = align_graphs_random(a->num_entities, b->num_entities, 1, 5);
    propagation p;
    float *v[2];
    assert_int_equal(propagation_init(&p, a, b, belief, 64, 1, NULL), GAT_OK);
    assert_int_equal(third_order_vectors(v, SKETCH, a, b, &p, 1, NULL), GAT_OK);
    for (int32_t x = 0; x < a->num_entities; x++)
        for (int32_t y = 0; y < b->num_entities; y++) {
            double length = sqrt(fact_product(a, x, a, x, &p, 0, 0) * fact_product(b, y, b, y, &p, 1, 1));
            double exact = length > 0 ? fact_product(a, x, b, y, &p, 0, 1) / length : 0;
            assert_at_most(fabs(exact - (double)product(v[0] + x * SKETCH, v[1] + y * SKETCH, SKETCH)), .2);
        }
    gat_free(v[0]);
    gat_free(v[1]);
    propagation_clear(&p);
    pair_matrix_free(belief);
    kg_side_free(a);
    kg_side_free(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_top), cmocka_unit_test(test_sketch)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

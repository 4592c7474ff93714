/* Measured return probabilities against powers of the transition matrix. */
#include "graph/random_walk.h"

#include <math.h>
#include <string.h>

#include "base/parallel.h"
#include "support/check.h"
#include "support/tiny_graphs.h"

enum { DIM = 6, MOST_NODES = 300 };

static gat_skeleton skeleton_of(tiny_shape shape)
{
    gat_skeleton s;
    gat_graph *g = tiny_graph(shape);
    assert_int_equal(skeleton_init(&s, g, NULL), GAT_OK);
    graph_free(g);
    return s;
}

/* Probability of being back at `start` after `steps` steps. */
static double exact(const gat_skeleton *s, int32_t start, int steps)
{
    double at[MOST_NODES] = {0}, next[MOST_NODES];
    at[start] = 1;
    for (int step = 0; step < steps; step++) {
        memset(next, 0, sizeof next);
        for (int32_t v = 0; v < s->num_nodes; v++)
            for (int64_t i = s->indptr[v]; i < s->indptr[v + 1]; i++)
                next[s->indices[i]] += at[v] / (double)skeleton_degree(s, v);
        memcpy(at, next, sizeof at);
    }
    return skeleton_degree(s, start) ? at[start] : 0;
}

/* Within five standard errors, of 4096 walks. */
static void test_against_powers(void **state)
{
    (void)state;
    static const tiny_shape shapes[] = {TINY_MIXED, TINY_STAR, TINY_EMPTY};
    static float x[MOST_NODES * DIM];
    for (int i = 0; i < 3; i++) {
        gat_skeleton s = skeleton_of(shapes[i]);
        random_walk_returns(x, &s, DIM, 1);
        for (int32_t v = 0; v < s.num_nodes; v++)
            for (int k = 0; k < DIM; k++) {
                double p = exact(&s, v, k + 2);
                assert_at_most(fabs((double)x[v * DIM + k] - p), 5 * sqrt(p * (1 - p) / 4096) + 1e-6);
            }
        skeleton_clear(&s);
    }
}

static void test_threads_and_seeds(void **state)
{
    (void)state;
    static float one[MOST_NODES * DIM], more[MOST_NODES * DIM];
    gat_skeleton s = skeleton_of(TINY_MANY);
    parallel_set_threads(1);
    random_walk_returns(one, &s, DIM, 1);
    for (FOR_THREADS(t)) {
        parallel_set_threads(thread_counts[t]);
        random_walk_returns(more, &s, DIM, 1);
        assert_memory_equal(one, more, sizeof one);
    }
    parallel_set_threads(2);
    random_walk_returns(more, &s, DIM, 2);
    assert_true(memcmp(one, more, sizeof one) != 0);
    skeleton_clear(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_against_powers),
        cmocka_unit_test(test_threads_and_seeds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

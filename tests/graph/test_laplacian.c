/* Eigenvectors of plain graphs whose spectrum is known, and of the graph beneath facts. */
#include "graph/laplacian.h"

#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "base/parallel.h"
#include "graph/igraph_bridge.h"
#include "support/check.h"
#include "support/tiny_graphs.h"

enum { MOST_NODES = 400, MOST_DIM = 16 };

/* The plain graph of pairs; nodes without one are left alone. */
static gat_skeleton skeleton_of(const int32_t (*pairs)[2], int64_t count, int32_t nodes)
{
    gat_skeleton s;
    gat_graph *g;
    gat_triples facts = {0};
    for (int64_t i = 0; i < count; i++)
        assert_int_equal(triples_push(&facts, (gat_triple){pairs[i][0], 0, pairs[i][1]}, NULL), GAT_OK);
    assert_int_equal(graph_build(&g, &facts, nodes, 1, NULL), GAT_OK);
    assert_int_equal(skeleton_init(&s, g, NULL), GAT_OK);
    graph_free(g);
    triples_clear(&facts);
    return s;
}

static gat_skeleton ring(int32_t length, int32_t nodes)
{
    int32_t pairs[MOST_NODES][2];
    for (int32_t i = 0; i < length; i++) pairs[i][0] = i, pairs[i][1] = (i + 1) % length;
    return skeleton_of((const int32_t(*)[2])pairs, length, nodes);
}

static double dot(const float *x, int i, int j, int64_t n, int dim)
{
    double sum = 0;
    for (int64_t v = 0; v < n; v++) sum += (double)x[v * dim + i] * (double)x[v * dim + j];
    return sum;
}

static int64_t connected(const gat_skeleton *s)
{
    int64_t count = 0;
    for (int64_t v = 0; v < s->num_nodes; v++) count += skeleton_degree(s, v) > 0;
    return count;
}

/* values[k] <- the eigenvalue of column k; the columns are eigenvectors of S, of the promised size and sign, and
 * orthogonal to each other. */
static void check_vectors(double *values, const float *x, const gat_skeleton *s, int dim, int there)
{
    gat_laplacian l;
    double in[MOST_NODES], out[MOST_NODES];
    int64_t n = s->num_nodes;
    assert_int_equal(laplacian_init(&l, s, NULL), GAT_OK);
    for (int k = 0; k < dim; k++) {
        double square = dot(x, k, k, n, dim), largest = 0;
        int64_t first = 0;
        if (k >= there) assert_true(square == 0);
        if (k >= there) continue;
        assert_at_most(fabs(square / (double)connected(s) - 1), 1e-5);
        for (int64_t v = 0; v < n; v++) {
            in[v] = (double)x[v * dim + k];
            largest = fmax(largest, fabs(in[v]));
        }
        while (fabs(in[first]) < largest * (1 - 1e-5)) first++;
        assert_true(in[first] > 0);
        laplacian_multiply(out, in, &l);
        values[k] = 0;
        for (int64_t v = 0; v < n; v++) values[k] += in[v] * out[v] / square;
        for (int64_t v = 0; v < n; v++) assert_at_most(fabs(out[v] - values[k] * in[v]), 1e-3);
        for (int j = 0; j < k; j++) assert_at_most(fabs(dot(x, j, k, n, dim)) / square, 1e-4);
        if (k) assert_true(values[k] < values[k - 1] + 1e-5);
    }
    laplacian_clear(&l);
}

static void find(double *values, float *x, const gat_skeleton *s, int dim, int there)
{
    gat_error err = {0};
    for (int64_t i = 0; i < s->num_nodes * dim; i++) x[i] = 99;
    if (laplacian_vectors(x, s, dim, &err)) fail_msg("%s", err.message);
    check_vectors(values, x, s, dim, there);
}

static void test_rings(void **state)
{
    (void)state;
    static const int32_t lengths[] = {3, 4, 12, 50};
    static float x[MOST_NODES * MOST_DIM];
    double values[MOST_DIM];
    for (int i = 0; i < 4; i++) {
        int32_t n = lengths[i];
        gat_skeleton s = ring(n, n + 2); /* and two nodes alone */
        int there = n - 1 < 6 ? n - 1 : 6;
        find(values, x, &s, 6, there);
        for (int k = 0; k < there; k++)
            assert_at_most(fabs(values[k] - cos(2 * 3.14159265358979 * (double)((k + 2) / 2) / n)), 1e-5);
        for (int k = 0; k < 12; k++) assert_true(x[(int64_t)n * 6 + k] == 0);
        skeleton_clear(&s);
    }
}

/* A star's other eigenvalues are 0 and -1, a complete graph's all -1 / (n - 1), and of one pair there is -1. */
static void test_repeated_eigenvalues(void **state)
{
    (void)state;
    static const int32_t star[][2] = {{0, 1}, {0, 2}, {0, 3}, {4, 0}}, pair[][2] = {{0, 1}};
    int32_t complete[15][2], count = 0;
    float x[6 * MOST_DIM];
    double values[MOST_DIM];
    gat_skeleton s = skeleton_of(star, 4, 5);
    find(values, x, &s, 4, 4);
    assert_at_most(fabs(values[0]) + fabs(values[2]) + fabs(values[3] + 1), 1e-5);
    skeleton_clear(&s);
    for (int32_t i = 0; i < 6; i++)
        for (int32_t j = 0; j < i; j++) complete[count][0] = i, complete[count++][1] = j;
    s = skeleton_of((const int32_t(*)[2])complete, count, 6);
    find(values, x, &s, 5, 5);
    assert_at_most(fabs(values[0] + 0.2) + fabs(values[4] + 0.2), 1e-5);
    skeleton_clear(&s);
    s = skeleton_of(pair, 1, 2);
    find(values, x, &s, 3, 1);
    assert_at_most(fabs(values[0] + 1), 1e-5);
    skeleton_clear(&s);
}

/* Each component gives up its own trivial vector, so no eigenvalue 1 is left. */
static void test_components(void **state)
{
    (void)state;
    static const int32_t pairs[][2] = {{0, 1}, {1, 2}, {2, 3}, {3, 4}, {5, 6}, {6, 7}, {7, 5}, {8, 9}};
    float x[11 * 8];
    double values[8];
    gat_skeleton s = skeleton_of(pairs, 8, 11);
    find(values, x, &s, 8, 7);
    assert_at_most(fabs(values[0] - sqrt(0.5)), 1e-5); /* of the path of five */
    skeleton_clear(&s);
}

static void test_graphs_without_vectors(void **state)
{
    (void)state;
    static const tiny_shape shapes[] = {TINY_NOTHING, TINY_EMPTY};
    for (int i = 0; i < 2; i++) {
        float x[9] = {99, 99, 99, 99, 99, 99, 99, 99, 99};
        gat_graph *g = tiny_graph(shapes[i]);
        gat_skeleton s;
        assert_int_equal(skeleton_init(&s, g, NULL), GAT_OK);
        assert_int_equal(laplacian_vectors(x, &s, 3, NULL), GAT_OK);
        for (int j = 0; j < 3 * s.num_nodes; j++) assert_true(x[j] == 0);
        skeleton_clear(&s);
        graph_free(g);
    }
}

/* Repeated facts, both directions and self-loops come to one edge or none. */
static void test_skeleton(void **state)
{
    (void)state;
    gat_graph *g = tiny_graph(TINY_MIXED);
    gat_skeleton s;
    assert_int_equal(skeleton_init(&s, g, NULL), GAT_OK);
    static const int32_t of_two[] = {0, 1, 4};
    assert_int_equal(skeleton_degree(&s, 2), 3);
    assert_memory_equal(s.indices + s.indptr[2], of_two, sizeof of_two);
    assert_int_equal(skeleton_degree(&s, 5), 1);
    assert_int_equal(skeleton_degree(&s, 8), 0);
    skeleton_clear(&s);
    graph_free(g);
}

static void test_threads_give_equal_bits(void **state)
{
    (void)state;
    static float one[300 * MOST_DIM], more[300 * MOST_DIM];
    gat_graph *g = tiny_graph(TINY_MANY);
    gat_skeleton s;
    double values[MOST_DIM];
    assert_int_equal(skeleton_init(&s, g, NULL), GAT_OK);
    parallel_set_threads(1);
    find(values, one, &s, MOST_DIM, MOST_DIM);
    for (FOR_THREADS(t)) {
        parallel_set_threads(thread_counts[t]);
        find(values, more, &s, MOST_DIM, MOST_DIM);
        assert_int_equal(parallel_threads(), thread_counts[t]);
        assert_memory_equal(one, more, sizeof one);
    }
    parallel_set_threads(2);
    skeleton_clear(&s);
    graph_free(g);
}

static void test_failing_allocations(void **state)
{
    (void)state;
    gat_graph *g = tiny_graph(TINY_MIXED);
    float x[9 * 3];
    gat_status st = GAT_ENOMEM;
    int64_t n;
    for (n = 1; st; n++) {
        gat_skeleton s;
        memory_fail_at(n, false);
        st = skeleton_init(&s, g, NULL);
        if (!st) st = laplacian_vectors(x, &s, 3, NULL);
        memory_fail_at(0, false);
        assert_true(st == GAT_OK || st == GAT_ENOMEM);
        skeleton_clear(&s);
    }
    assert_true(n > 8);
    graph_free(g);
}

static void test_not_built_in(void **state)
{
    (void)state;
    gat_error err = {0};
    float x[12];
    gat_skeleton s = ring(4, 4);
    assert_int_equal(laplacian_vectors(x, &s, 3, &err), GAT_EUSAGE);
    assert_non_null(strstr(err.message, "GATKIT_IGRAPH"));
    skeleton_clear(&s);
}

int main(void)
{
    const struct CMUnitTest without[] = {cmocka_unit_test(test_not_built_in), cmocka_unit_test(test_skeleton)};
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rings),
        cmocka_unit_test(test_repeated_eigenvalues),
        cmocka_unit_test(test_components),
        cmocka_unit_test(test_graphs_without_vectors),
        cmocka_unit_test(test_skeleton),
        cmocka_unit_test(test_threads_give_equal_bits),
        cmocka_unit_test(test_failing_allocations),
    };
    if (!bridge_built_in()) return cmocka_run_group_tests(without, NULL, NULL);
    return cmocka_run_group_tests(tests, NULL, NULL);
}

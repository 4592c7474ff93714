/* Maps of entities: the plane against what was planted, neighbours against all pairs, clusters that stay apart, the same bytes
 * for any number of threads. */
#include "support/small_model.h"

#include <math.h>

#include "base/parallel.h"
#include "base/random.h"
#include "graph/igraph_bridge.h"
#include "support/check.h"
#include "tasks/entity_map.h"
#include "tasks/near_points.h"
#include "tasks/neighbor_layout.h"
#include "tasks/principal.h"

enum { POINTS = 300, DIM = 20, CLUSTERS = 5, NEAREST = 10 };

/* ---- the plane ---- */

/* Rows that vary along two known directions by 9 and 4, and a little everywhere; shifted. */
static void plant(float *x)
{
    float noise[POINTS * DIM], along[POINTS * 2];
    random_fill_normal(noise, POINTS * DIM, .1f, 3, 1);
    random_fill_normal(along, POINTS * 2, 1, 3, 2);
    for (int i = 0; i < POINTS; i++)
        for (int j = 0; j < DIM; j++) {
            float first = j == 2 ? .8f : j == 5 ? .6f : 0, second = j == 2 ? -.6f : j == 5 ? .8f : 0;
            x[i * DIM + j] = noise[i * DIM + j] + 9 * along[2 * i] * first + 4 * along[2 * i + 1] * second + 7;
        }
}

static double covariance_of(const double *place, int a, int b)
{
    double sum = 0;
    for (int i = 0; i < POINTS; i++) sum += place[2 * i + a] * place[2 * i + b];
    return sum / POINTS;
}

/* Uncorrelated, the larger first, and no variance lost that a plane could hold. */
static void test_principal_plane(void **state)
{
    (void)state;
    float x[POINTS * DIM], centred[POINTS * DIM];
    double place[POINTS * 2], all = 0;
    plant(x);
    assert_int_equal(principal_plane(place, x, POINTS, DIM, NULL), GAT_OK);
    double first = covariance_of(place, 0, 0), second = covariance_of(place, 1, 1);
    assert_true(first > 60 && first < 110 && second > 10 && second < 25);
    assert_true(fabs(covariance_of(place, 0, 1)) < 1e-4 * first);
    for (int i = 0; i < POINTS * DIM; i++) all += (double)x[i] * (double)x[i] / POINTS;
    assert_true(first + second > .99 * all && first + second <= 1.0001 * all);
    for (FOR_THREADS(t)) {
        double again[POINTS * 2];
        plant(centred);
        parallel_set_threads(thread_counts[t]);
        assert_int_equal(principal_plane(again, centred, POINTS, DIM, NULL), GAT_OK);
        assert_memory_equal(again, place, sizeof place);
    }
    parallel_set_threads(2);
}

/* Nothing to vary along. */
static void test_flat_planes(void **state)
{
    (void)state;
    float x[6] = {1, 1, 1, 1, 1, 1}, line[3] = {1, 2, 4};
    double place[6];
    assert_int_equal(principal_plane(place, x, 3, 2, NULL), GAT_OK);
    for (int i = 0; i < 6; i++) assert_true(fabs(place[i]) < 1e-12);
    assert_int_equal(principal_plane(place, line, 3, 1, NULL), GAT_OK);
    assert_true(fabs(place[4] - place[0] - 3) < 1e-5 && fabs(place[1]) < 1e-12);
    assert_int_equal(principal_plane(place, x, 1, 2, NULL), GAT_OK);
    assert_int_equal(principal_plane(place, x, 0, 2, NULL), GAT_OK);
}

/* ---- neighbours ---- */

static void plant_clusters(float *x)
{
    random_fill_normal(x, POINTS * DIM, 1, 4, 1);
    for (int i = 0; i < POINTS; i++) x[i * DIM + i % CLUSTERS] += 9;
}

static double distance_of(const float *x, int i, int j)
{
    double sum = 0;
    for (int k = 0; k < DIM; k++) sum += pow((double)x[i * DIM + k] - (double)x[j * DIM + k], 2);
    return sqrt(sum);
}

static void test_near_points(void **state)
{
    (void)state;
    static near_point near[POINTS * NEAREST];
    float x[POINTS * DIM];
    plant_clusters(x);
    assert_int_equal(near_points(near, x, POINTS, DIM, NEAREST, NULL), GAT_OK);
    for (int i = 0; i < POINTS; i++) {
        const near_point *of = near + i * NEAREST;
        int nearer = 0;
        double last = distance_of(x, i, of[NEAREST - 1].id);
        for (int j = 0; j < POINTS; j++) nearer += j != i && distance_of(x, i, j) < last - 1e-3;
        assert_true(nearer <= NEAREST - 1);
        for (int k = 0; k < NEAREST; k++) {
            assert_true(of[k].id != i && fabs((double)of[k].distance - distance_of(x, i, of[k].id)) < 1e-2);
            assert_true(!k || of[k].distance >= of[k - 1].distance);
        }
    }
}

/* Points of a cluster end nearer to each other than to others, wherever they start. */
static void test_clusters_stay_apart(void **state)
{
    (void)state;
    static near_point near[POINTS * NEAREST];
    float x[POINTS * DIM], start[POINTS * 2];
    double place[POINTS * 2], again[POINTS * 2], other[POINTS * 2], within = 0, between = 0;
    int64_t inside = 0, outside = 0;
    plant_clusters(x);
    random_fill_uniform(start, POINTS * 2, 1, 5, 1);
    for (int i = 0; i < POINTS * 2; i++) place[i] = again[i] = other[i] = (double)start[i];
    assert_int_equal(near_points(near, x, POINTS, DIM, NEAREST, NULL), GAT_OK);
    assert_int_equal(neighbor_layout(place, near, POINTS, NEAREST, 1, NULL), GAT_OK);
    for (int i = 0; i < POINTS; i++)
        for (int j = 0; j < i; j++) {
            double d = hypot(place[2 * i] - place[2 * j], place[2 * i + 1] - place[2 * j + 1]);
            bool same = i % CLUSTERS == j % CLUSTERS;
            assert_true(isfinite(d));
            *(same ? &within : &between) += d;
            ++*(same ? &inside : &outside);
        }
    within /= (double)inside, between /= (double)outside;
    assert_at_most(within, .5 * between);
    assert_int_equal(neighbor_layout(again, near, POINTS, NEAREST, 1, NULL), GAT_OK);
    assert_memory_equal(again, place, sizeof place);
    assert_int_equal(neighbor_layout(other, near, POINTS, NEAREST, 2, NULL), GAT_OK);
    assert_memory_not_equal(other, place, sizeof place);
}

/* ---- of a model ---- */

static gat_map_point *map_of(int64_t *count, const gat_model *m, gat_map_options o)
{
    gat_map_point *p;
    gat_error err = {0};
    if (entity_map(&p, count, m, &o, &err)) fail_msg("%s", err.message);
    return p;
}

static void test_of_a_model(void **state)
{
    small_state *s = *state;
    for (int method = GAT_MAP_PCA; method <= GAT_MAP_UMAP; method++) {
        int64_t count, few;
        gat_map_options o = {.method = (gat_map_method)method, .seed = 1}, least = o;
        least.top = 4;
        gat_map_point *p = map_of(&count, s->gat, o), *q = map_of(&few, s->gat, least), *again;
        assert_true(count == 13 && few == 4);
        assert_string_equal(p[0].entity, "a");
        for (int64_t i = 0; i < count; i++) {
            assert_true(isfinite(p[i].x) && isfinite(p[i].y) && (!i || p[i].facts <= p[i - 1].facts));
            assert_true(bridge_built_in() ? p[i].community >= 0 && p[i].community < 13 : p[i].community == -1);
            if (i < few) assert_string_equal(q[i].entity, p[i].entity);
        }
        parallel_set_threads(1);
        again = map_of(&few, s->gat, o);
        parallel_set_threads(2);
        for (int64_t i = 0; i < count; i++)
            assert_true(again[i].entity == p[i].entity && again[i].community == p[i].community &&
                        !memcmp(&again[i].x, &p[i].x, 2 * sizeof p[i].x));
        gat_free(p);
        gat_free(q);
        gat_free(again);
    }
}

static void test_communities(void **state)
{
    (void)state;
    gat_triples two = {0};
    int32_t community[13], others[13];
    if (!bridge_built_in()) {
        assert_int_equal(bridge_communities(community, &two, 13, 7, 1, NULL), GAT_EUSAGE);
        return;
    }
    for (int32_t i = 0; i < 6; i++)
        for (int32_t j = 0; j < i; j++) {
            triples_push(&two, (gat_triple){i, 0, j}, NULL);
            triples_push(&two, (gat_triple){6 + j, 1, 6 + i}, NULL);
        }
    triples_push(&two, (gat_triple){0, 0, 6}, NULL);
    assert_int_equal(bridge_communities(community, &two, 13, 7, 1, NULL), GAT_OK);
    assert_int_equal(bridge_communities(others, &two, 13, 7, 1, NULL), GAT_OK);
    assert_memory_equal(community, others, sizeof community);
    for (int i = 1; i < 6; i++)
        assert_true(community[i] == community[0] && community[6 + i] == community[6] && community[0] != community[6]);
    assert_true(community[12] != community[0] && community[12] != community[6]);
    two.count = 0;
    assert_int_equal(bridge_communities(community, &two, 3, 7, 1, NULL), GAT_OK);
    assert_int_equal(bridge_communities(community, &two, 0, 7, 1, NULL), GAT_OK);
    triples_clear(&two);
}

static void test_failing_allocations(void **state)
{
    small_state *s = *state;
    int64_t count;
    gat_map_point *p;
    gat_map_options o = {.method = GAT_MAP_UMAP, .seed = 1};
    memory_fail_at(0, false);
    gat_free(map_of(&count, s->none, o));
    int64_t all = memory_count();
    for (int64_t n = 1; n <= all; n++) {
        memory_fail_at(n, true);
        gat_status st = entity_map(&p, &count, s->none, &o, NULL);
        memory_fail_at(0, false);
        assert_int_equal(st, GAT_ENOMEM);
        assert_null(p);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_principal_plane),     cmocka_unit_test(test_flat_planes),
        cmocka_unit_test(test_near_points),         cmocka_unit_test(test_clusters_stay_apart),
        cmocka_unit_test(test_of_a_model),          cmocka_unit_test(test_communities),
        cmocka_unit_test(test_failing_allocations),
    };
    return cmocka_run_group_tests(tests, small_setup, small_teardown);
}

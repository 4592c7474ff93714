/* The numeric parts against plain double-precision ones: inverse, solution, all pairs, factors, singular vectors; gradients of
 * LightGCN and of the net by central differences. */
#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "base/parallel.h"
#include "base/random.h"
#include "recommend/history_training.h"
#include "recommend/item_pairs.h"
#include "recommend/light_graph.h"
#include "recommend/matrix_factors.h"
#include "recommend/pair_fit.h"
#include "recommend/spd_inverse.h"
#include "recommend/spectral.h"
#include "support/check.h"

enum { USERS = 5, ITEMS = 6, EVENTS = 13 };

/* Five users, six items. */
static histories small_histories(void)
{
    static const int64_t start[] = {0, 3, 5, 8, 10, 13};
    static const int32_t item[] = {0, 1, 2, 1, 3, 0, 2, 4, 3, 5, 1, 4, 5};
    static const uint8_t level[] = {0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 1, 0, 1};
    histories h = {.users = USERS, .items = ITEMS, .levels = 2, .count = EVENTS};
    h.start = gat_alloc(USERS + 1, sizeof *h.start);
    h.item = gat_alloc(EVENTS, sizeof *h.item);
    h.level = gat_alloc(EVENTS, sizeof *h.level);
    memcpy(h.start, start, sizeof start);
    memcpy(h.item, item, sizeof item);
    memcpy(h.level, level, sizeof level);
    assert_int_equal(histories_turn(&h, NULL), GAT_OK);
    return h;
}

static void test_inverse(void **state)
{
    enum { N = 140 };
    float *a = gat_alloc(N * N, sizeof *a), *x = gat_alloc(N * N, sizeof *x), *b[2];
    (void)state;
    random_fill_normal(x, N * N, 1, 1, 1);
    for (int i = 0; i < N; i++)
        for (int j = 0; j < N; j++) {
            double sum = i == j ? N : 0;
            for (int k = 0; k < N; k++) sum += (double)x[i * N + k] * (double)x[j * N + k];
            a[i * N + j] = (float)sum;
        }
    for (int t = 0; t < 2; t++) {
        parallel_set_threads(t + 1);
        b[t] = gat_alloc(N * N, sizeof **b);
        memcpy(b[t], a, N * N * sizeof *a);
        assert_int_equal(spd_inverse(b[t], N, NULL), GAT_OK);
    }
    assert_memory_equal(b[0], b[1], N * N * sizeof *a);
    double worst = 0;
    for (int i = 0; i < N; i++)
        for (int j = 0; j < N; j++) {
            double sum = i == j ? -1 : 0;
            for (int k = 0; k < N; k++) sum += (double)a[i * N + k] * (double)b[0][k * N + j];
            worst = fmax(worst, fabs(sum));
        }
    assert_at_most(worst, 1e-4);
    a[0] = -1;
    assert_int_equal(spd_inverse(a, N, NULL), GAT_EFAILED);
    gat_free(a), gat_free(x), gat_free(b[0]), gat_free(b[1]);
}

static void test_solve(void **state)
{
    double a[] = {4, 2, 0, 2, 5, 1, 0, 1, 3}, b[] = {8, 15, 11}; /* of 1, 2, 3 */
    (void)state;
    b[0] = 4 * 1 + 2 * 2, b[1] = 2 * 1 + 5 * 2 + 3, b[2] = 2 + 9;
    assert_true(spd_solve(a, b, 3));
    for (int i = 0; i < 3; i++) assert_true(fabs(b[i] - (i + 1)) < 1e-12);
}

/* Cosines by hand; a list of one keeps the best. */
static void test_neighbors(void **state)
{
    histories h = small_histories();
    item_pairs p;
    float row[ITEMS] = {0}, gram[ITEMS * ITEMS];
    const int32_t one = 0;
    const rec_history only = {&one, NULL, 1};
    (void)state;
    assert_int_equal(item_neighbors_make(&p, &h, ITEMS, 0, NULL), GAT_OK);
    item_pairs_add(row, &p, &only, 1);
    assert_true(fabsf(row[2] - 1) < 1e-6f);                    /* both users of 0 and 2 are the same */
    assert_true(fabsf(row[1] - (float)(1 / sqrt(6))) < 1e-6f); /* one of 2 and 3 */
    assert_true(row[0] <= 0 && row[3] <= 0);
    item_gram(gram, &h);
    assert_true(fabsf(gram[0 * ITEMS + 2] - 2) < 1e-6f && fabsf(gram[1 * ITEMS + 1] - 3) < 1e-6f);
    item_pairs_clear(&p);
    histories_clear(&h);
}

/* What two items share, by hand: relation and node, over the number of items there. */
static void test_shared(void **state)
{
    gat_triple list[] = {{0, 0, 6}, {1, 0, 6}, {2, 1, 6}, {6, 0, 3}, {6, 0, 4}};
    gat_triples facts = {list, 5, 5};
    float side[ITEMS * ITEMS] = {0};
    (void)state;
    assert_int_equal(pair_fit_shared(side, &facts, ITEMS, NULL), GAT_OK);
    assert_true(fabsf(side[0 * ITEMS + 1] - .5f) < 1e-6f && fabsf(side[3 * ITEMS + 4] - .5f) < 1e-6f);
    assert_true(fabsf(side[0 * ITEMS + 2]) < 1e-6f && fabsf(side[0 * ITEMS + 3]) < 1e-6f);
}

/* Orthonormal, and the vector that is known to have the value one lies in their span: the roots of the items' numbers. */
static void test_spectral(void **state)
{
    histories h = small_histories();
    int64_t k = 3;
    float *v;
    (void)state;
    assert_int_equal(spectral_make(&v, &k, &h, 1, NULL), GAT_OK);
    assert_int_equal(k, 3);
    for (int a = 0; a < 3; a++)
        for (int b = 0; b < 3; b++) {
            double dot = a == b ? -1 : 0;
            for (int i = 0; i < ITEMS; i++) dot += (double)v[i * 3 + a] * (double)v[i * 3 + b];
            assert_true(fabs(dot) < 1e-5);
        }
    double length = 0;
    for (int a = 0; a < 3; a++) {
        double dot = 0;
        for (int i = 0; i < ITEMS; i++)
            dot += (double)v[i * 3 + a] * sqrt((double)(h.item_start[i + 1] - h.item_start[i]) / EVENTS);
        length += dot * dot;
    }
    assert_true(fabs(length - 1) < 1e-3);
    gat_free(v);
    histories_clear(&h);
}

/* Factors reproduce what was chosen better than what was not. */
static void test_factors(void **state)
{
    histories h = small_histories();
    const factor_plan plan = {4, 10, .1, 1};
    float items[ITEMS * 4], user[4];
    double gram[16], scratch[20];
    (void)state;
    assert_int_equal(matrix_factors_make(items, &h, &plan, NULL, NULL, NULL), GAT_OK);
    matrix_factors_gram(gram, items, ITEMS, 4, plan.l2);
    for (int u = 0; u < USERS; u++) {
        rec_history history = history_of(&h, u);
        float least = 9, most = -9;
        matrix_factors_user(user, items, gram, &history, &plan, scratch);
        for (int i = 0, at = 0; i < ITEMS; i++) {
            float dot = 0;
            for (int c = 0; c < 4; c++) dot += user[c] * items[i * 4 + c];
            if (at < history.count && history.item[at] == i) least = fminf(least, dot), at++;
            else most = fmaxf(most, dot);
        }
        assert_true(least > most);
    }
    histories_clear(&h);
}

/* ---- gradients ------------------------------------------------------------------------------------------- */

static void test_light_gradient(void **state)
{
    static const int32_t pairs[] = {0, 1, 3, 2, 4, 1, 4, 5, 0, 1, 3, 5};
    histories h = small_histories();
    light_graph g;
    (void)state;
    assert_int_equal(light_graph_init(&g, &h, 3, 2, 1, NULL), GAT_OK);
    int64_t n = (USERS + ITEMS) * 3;
    random_fill_normal(g.value, n, 1, 5, 5);
    float *grad = gat_alloc(n, sizeof *grad);
    light_graph_loss(&g, pairs, 4, .01);
    memcpy(grad, g.grad, (size_t)n * sizeof *grad);
    for (int64_t i = 0; i < n; i++) {
        const float step = 1e-2f, kept = g.value[i];
        g.value[i] = kept + step;
        double up = light_graph_loss(&g, pairs, 4, .01);
        g.value[i] = kept - step;
        double down = light_graph_loss(&g, pairs, 4, .01);
        g.value[i] = kept;
        assert_at_most(fabs((up - down) / (2 * (double)step) - (double)grad[i]), 2e-4 + 1e-2 * fabs((double)grad[i]));
    }
    gat_free(grad);
    light_graph_clear(&g);
    histories_clear(&h);
}

typedef struct net_case {
    history_net net;
    reading_graph graph;
    gat_tape *tape;
    int64_t first[4];
} net_case;

static double net_loss(net_case *c)
{
    static const int32_t answer[] = {5, 3, 4, 0};
    const gat_rows rows = {3, c->first, answer};
    const gat_loss_options how = {.kind = GAT_LOSS_CE, .compare = GAT_COMPARE_DOT, .total = 4};
    tape_restart(c->tape, true);
    gat_mat *x = history_net_encode(c->tape, &c->net, c->net.graph, 1, NULL);
    gat_mat *u = history_net_read(c->tape, &c->net, x, &c->graph, 2, NULL);
    double loss = ad_loss_one_vs_all(c->tape, u, history_net_items(c->tape, &c->net, x, ITEMS), &rows, &how);
    assert_int_equal(tape_backward(c->tape, NULL), GAT_OK);
    return loss;
}

static void check_net_gradient(const char *attention)
{
    gat_triple list[] = {{0, 0, 6}, {1, 0, 6}, {2, 1, 7}, {5, 1, 7}, {3, 0, 7}};
    const gat_triples facts = {list, 5, 5};
    histories h = small_histories();
    rec_history read[3] = {history_of(&h, 0), history_of(&h, 2), history_of(&h, 3)};
    gat_recommend_config config;
    net_case c = {.tape = tape_new(true), .first = {0, 1, 3, 4}};
    recommend_config_init(&config);
    config.dim = 8, config.attn_heads = 2, config.dropout = config.attn_dropout = 0;
    assert_int_equal(recommend_config_set(&config, "attention", attention, NULL), GAT_OK);
    assert_int_equal(history_net_init(&c.net, &config, ITEMS, 2, 2, 2, &facts, true, NULL), GAT_OK);
    history_net_draw(&c.net, 3);
    assert_int_equal(reading_graph_make(&c.graph, read, 3, 2, c.net.nodes - 1, NULL), GAT_OK);
    gat_params *p = &c.net.params;
    for (int64_t i = 0; i < p->size; i++) p->value[i] += .05f * (float)sin(1.7 * (double)i);
    net_loss(&c);
    float *grad = gat_alloc(p->size, sizeof *grad);
    memcpy(grad, p->grad, (size_t)p->size * sizeof *grad);
    for (int k = 0; k < p->count; k++)
        for (int64_t i = k % 3; i < param_size(p, k); i += 1 + param_size(p, k) / 2) {
            float *x = param_value(p, k) + i, kept = *x;
            const double step = 2e-3, wanted = (double)grad[p->list[k].offset + i];
            *x = kept + (float)step;
            double up = net_loss(&c);
            *x = kept - (float)step;
            double down = net_loss(&c), found = (up - down) / (2 * step);
            *x = kept;
            if (fabs(found - wanted) > 3e-4 + .02 * fabs(wanted))
                fail_msg("%s, %s %lld: %g by differences, %g", attention, p->list[k].name, (long long)i, found, wanted);
        }
    gat_free(grad);
    reading_graph_clear(&c.graph);
    history_net_clear(&c.net);
    tape_free(c.tape);
    histories_clear(&h);
}

static void test_net_gradient(void **state)
{
    (void)state;
    for (int s = 0; s < GAT_NUM_SCORES; s++) check_net_gradient(score_name((gat_score)s));
}

/* Hidden and visible parts: both there, all of it, another one in another epoch. */
static void test_hide(void **state)
{
    int64_t a[10], b[10];
    (void)state;
    assert_int_equal(history_hide(a, 10, .5, 1, 0, 3), 5);
    history_hide(b, 10, .5, 1, 1, 3);
    assert_memory_not_equal(a, b, sizeof a);
    int seen = 0;
    for (int i = 0; i < 10; i++) seen |= 1 << a[i];
    assert_int_equal(seen, 1023);
    assert_int_equal(history_hide(a, 2, .99, 1, 0, 0), 1);
    assert_int_equal(history_hide(a, 2, .01, 1, 0, 0), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_inverse),        cmocka_unit_test(test_solve),        cmocka_unit_test(test_neighbors),
        cmocka_unit_test(test_shared),         cmocka_unit_test(test_spectral),     cmocka_unit_test(test_factors),
        cmocka_unit_test(test_light_gradient), cmocka_unit_test(test_net_gradient), cmocka_unit_test(test_hide),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

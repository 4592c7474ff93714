/* What a step takes away: as much as asked, both directions, the same again from the same key, and nothing of what is
 * hidden comes back through the start of a dropped entity. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "autodiff/ops.h"
#include "base/parallel.h"
#include "base/random.h"
#include "model/view.h"
#include "support/check.h"
#include "support/ring_data.h"
#include "support/tiny_graphs.h"
#include "train/drop.h"

static void test_facts(void **state)
{
    (void)state;
    gat_graph *g = tiny_graph(TINY_MANY);
    uint8_t *hidden = calloc((size_t)g->num_edges, 1), *again = calloc((size_t)g->num_edges, 1);
    int64_t count = 0;
    drop_facts(hidden, g, 0, 5);
    for (int64_t e = 0; e < g->num_edges; e++) assert_int_equal(hidden[e], 0);
    drop_facts(hidden, g, 0.3, 5);
    for (int64_t f = 0; f < g->num_facts; f++) {
        assert_int_equal(hidden[g->fact_edges[2 * f]], hidden[g->fact_edges[2 * f + 1]]);
        count += hidden[g->fact_edges[2 * f]];
    }
    assert_true(fabs((double)count / (double)g->num_facts - 0.3) < 0.05);
    for (int64_t e = 0; e < g->num_edges; e++)
        if (g->in_relation[e] == 2 * g->num_relations) assert_int_equal(hidden[e], 0);
    drop_facts(again, g, 0.3, 5);
    assert_memory_equal(hidden, again, (size_t)g->num_edges);
    memset(again, 0, (size_t)g->num_edges);
    drop_facts(again, g, 0.3, 6);
    assert_memory_not_equal(hidden, again, (size_t)g->num_edges);
    free(hidden);
    free(again);
    graph_free(g);
}

static gat_model *model_of(const gat_dataset *data, const char *settings)
{
    gat_config c = ring_config(settings);
    return ring_train(data, &c, NULL, GAT_OK);
}

static gat_mat *dropped(gat_tape *t, const gat_model *m, const uint8_t *hidden, uint32_t key)
{
    return drop_entities(t, m, ad_param(t, &m->params, m->entity), m->view->graph, hidden, key);
}

static void test_no_share_is_the_table_itself(void **state)
{
    gat_model *m = model_of(*state, "epochs=0");
    gat_tape *t = tape_new(false);
    gat_mat *x = drop_entities(t, m, ad_param(t, &m->params, m->entity), m->view->graph, NULL, 1);
    assert_ptr_equal(x->data, param_value(&m->params, m->entity));
    tape_free(t);
    model_free(m);
}

/* Rows that differ from the table. */
static int64_t changed(uint8_t *which, const gat_mat *x, const gat_model *m)
{
    int64_t count = 0;
    const float *table = param_value(&m->params, m->entity);
    for (int64_t i = 0; i < x->rows; i++)
        count += which[i] = memcmp(x->data + i * x->cols, table + i * x->cols, (size_t)x->cols * sizeof(float)) != 0;
    return count;
}

static void test_a_share_of_entities(void **state)
{
    gat_model *m = model_of(*state, "epochs=0 unknown-entities=0.4");
    uint8_t first[RING], which[RING];
    int64_t total = 0, differ = 0;
    for (uint32_t key = 0; key < 100; key++) {
        gat_tape *t = tape_new(false);
        total += changed(which, dropped(t, m, NULL, key), m);
        if (!key) memcpy(first, which, sizeof first);
        differ += memcmp(first, which, sizeof first) != 0;
        tape_reset(t);
        uint8_t again[RING];
        changed(again, dropped(t, m, NULL, key), m);
        assert_memory_equal(which, again, sizeof which);
        tape_free(t);
    }
    assert_true(fabs((double)total / (100 * RING) - 0.4) < 0.05 && differ > 90);
    model_free(m);
}

/* With every edge of an entity hidden, or every entity dropped, nothing is left but the common row. */
static void test_nothing_to_go_by(void **state)
{
    static const char *const settings[] = {"epochs=0 unknown-entities=1", "epochs=0 unknown-entities=0.5"};
    for (int i = 0; i < 2; i++) {
        gat_model *m = model_of(*state, settings[i]);
        gat_graph *g = m->view->graph;
        uint8_t *hidden = calloc((size_t)g->num_edges, 1), which[RING];
        float *row = param_value(&m->params, m->unknown);
        for (int64_t j = 0; j < m->config.dim; j++) row[j] = (float)(j + 1);
        if (i) memset(hidden, 1, (size_t)g->num_edges);
        gat_tape *t = tape_new(false);
        gat_mat *x = dropped(t, m, hidden, 3);
        int64_t count = changed(which, x, m);
        assert_true(i ? count > 0 && count < RING : count == RING);
        for (int64_t e = 0; e < RING; e++)
            if (which[e]) assert_memory_equal(x->data + e * x->cols, row, (size_t)x->cols * sizeof *row);
        tape_free(t);
        free(hidden);
        model_free(m);
    }
}

/* Entity 0 is dropped and one of its facts hidden: the other end of that fact may change as it likes. */
static void test_hidden_facts_do_not_leak(void **state)
{
    gat_model *m = model_of(*state, "epochs=0 unknown-entities=0.3");
    gat_graph *g = m->view->graph;
    uint8_t *hidden = calloc((size_t)g->num_edges, 1), which[RING];
    float *table = param_value(&m->params, m->entity);
    int64_t checked = 0, d = m->config.dim;
    for (int64_t f = 0; f < g->num_facts; f++) {
        gat_triple fact = m->facts.data[f];
        float before[64];
        gat_tape *t = tape_new(false);
        memset(hidden, 0, (size_t)g->num_edges);
        for (int64_t k = 0; k < g->num_facts; k++) /* all facts between the two */
            if ((m->facts.data[k].head == fact.head && m->facts.data[k].tail == fact.tail) ||
                (m->facts.data[k].head == fact.tail && m->facts.data[k].tail == fact.head))
                hidden[g->fact_edges[2 * k]] = hidden[g->fact_edges[2 * k + 1]] = 1;
        gat_mat *x = dropped(t, m, hidden, (uint32_t)f);
        changed(which, x, m);
        if (which[fact.head] && !which[fact.tail]) {
            memcpy(before, x->data + fact.head * d, (size_t)d * sizeof *before);
            table[fact.tail * d] += 10;
            tape_reset(t);
            x = dropped(t, m, hidden, (uint32_t)f);
            assert_memory_equal(before, x->data + fact.head * d, (size_t)d * sizeof *before);
            table[fact.tail * d] -= 10;
            checked++;
        }
        tape_free(t);
    }
    assert_true(checked > 3);
    free(hidden);
    model_free(m);
}

/* ---- through training ---- */

static void test_other_models_for_other_shares(void **state)
{
    static const char *const settings[] = {"", "edge-drop=0.3", "unknown-entities=0.3",
                                           "unknown-entities=0.3 unknown=common"};
    ring_digest d[4];
    for (int i = 0; i < 4; i++) {
        gat_config c = ring_config(settings[i]);
        d[i] = ring_run(*state, &c, NULL);
        for (int k = 0; k < i; k++) assert_other_digest(d[k], d[i]);
    }
}

static void test_threads_give_equal_bits(void **state)
{
    static const char *const settings[] = {"edge-drop=0.3 unknown-entities=0.3 layers=2",
                                           "edge-drop=0.3 unknown-entities=0.3 layers=2 fan-out=3 negatives=9"};
    for (int i = 0; i < 2; i++) {
        gat_config c = ring_config(settings[i]);
        ring_digest first = ring_run(*state, &c, NULL);
        for (FOR_THREADS(t)) {
            parallel_set_threads(thread_counts[t]);
            ring_digest d = ring_run(*state, &c, NULL);
            assert_same_digest(first, d);
        }
        parallel_set_threads(2);
    }
}

/* In a sampled step too an entity is built from what the step has of its facts. */
static void test_sampled_steps(void **state)
{
    static const char *const settings[] = {"fan-out=3", "fan-out=3 edge-drop=0.5", "fan-out=3 unknown-entities=0.5",
                                           "fan-out=3 unknown-entities=0.5 unknown=common"};
    ring_digest d[4];
    for (int i = 0; i < 4; i++) {
        gat_config c = ring_config(settings[i]);
        d[i] = ring_run(*state, &c, NULL);
        for (int k = 0; k < i; k++) assert_other_digest(d[k], d[i]);
    }
}

/* The common row is learnt where nothing else is there. */
static void test_common_row_learns(void **state)
{
    gat_model *m = model_of(*state, "epochs=2 unknown-entities=0.5 unknown=common");
    double sum = 0;
    for (int64_t j = 0; j < m->config.dim; j++) sum += fabs((double)param_value(&m->params, m->unknown)[j]);
    assert_true(sum > 0);
    model_free(m);
}

static int setup(void **state)
{
    *state = ring_dataset(false);
    return 0;
}

static int teardown(void **state)
{
    dataset_free(*state);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_facts),
        cmocka_unit_test(test_no_share_is_the_table_itself),
        cmocka_unit_test(test_a_share_of_entities),
        cmocka_unit_test(test_nothing_to_go_by),
        cmocka_unit_test(test_hidden_facts_do_not_leak),
        cmocka_unit_test(test_other_models_for_other_shares),
        cmocka_unit_test(test_threads_give_equal_bits),
        cmocka_unit_test(test_sampled_steps),
        cmocka_unit_test(test_common_row_learns),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}

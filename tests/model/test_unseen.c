/* What stands in for the embedding of a new entity: against sums made by hand, for every choice and decoder. */
#include "support/small_model.h"

#include <math.h>

#include "base/random.h"
#include "model/embedding_view.h"
#include "model/unseen.h"
#include "support/check.h"

enum { DIM = 8 };

/* new likes a; b is part of new; new beside other; other likes new. "alone" has no facts. */
static const char NEWCOMERS[] = "new\tlikes\ta\nb\tpart of\tnew\nnew\tbeside\tother\nother\tlikes\tnew\na\tlikes\tb\n";

typedef struct place {
    gat_dataset *data;
    model_view *view;
} place;

static gat_model *make_model(const gat_dataset *data, const char *unknown, const char *decoder)
{
    gat_config config;
    gat_model *m;
    const char *const settings[][2] = {{"model", "none"}, {"dim", "8"},         {"epochs", "0"},
                                       {"init", "1"},     {"decoder", decoder}, {"unknown", unknown}};
    config_init(&config);
    for (int i = 0; i < 6; i++) assert_int_equal(config_set(&config, settings[i][0], settings[i][1], NULL), GAT_OK);
    assert_int_equal(train_model(&m, data, &config, NULL, NULL), GAT_OK);
    return m;
}

/* A view over the entities and facts of a text. Relations are numbered as in the model's data, by name. */
static place open_place(const gat_model *m, const char *text)
{
    place p;
    gat_triples facts = {0};
    put_file("graph.tsv", text);
    p.data = dataset_of("graph.tsv");
    for (int64_t i = 0; i < p.data->splits[0].count; i++) {
        gat_triple f = p.data->splits[0].data[i];
        const char *name = intern_string(p.data->relations, f.relation);
        f.relation = intern_find(m->relations, name, strlen(name));
        assert_int_equal(triples_push(&facts, f, NULL), GAT_OK);
    }
    assert_int_equal(view_build(&p.view, m, p.data->entities, &facts, NULL), GAT_OK);
    triples_clear(&facts);
    return p;
}

static void close_place(place *p)
{
    view_free(p->view);
    dataset_free(p->data);
}

static const float *row_of(const place *p, const char *name)
{
    return embedding_view_of(p->view)->encoded + entity_id(p->data->entities, name) * embedding_view_of(p->view)->dim;
}

static const float *table_row(const gat_model *m, const char *name)
{
    return param_value(&m->params, m->entity) + entity_id(m->entities, name) * m->config.dim;
}

static void test_neighbors(void **state)
{
    gat_model *m = make_model(*state, "neighbors", "complex");
    place p = open_place(m, NEWCOMERS);
    for (int j = 0; j < DIM; j++)
        assert_float_equal(row_of(&p, "new")[j], (table_row(m, "a")[j] + table_row(m, "b")[j]) / 2, 1e-6);
    assert_memory_equal(row_of(&p, "a"), table_row(m, "a"), DIM * sizeof(float));
    close_place(&p);
    model_free(m);
}

/* "new likes a" asks (a, likes backwards, ?); "b part of new" asks (b, part of, ?). Other newcomers say nothing. */
static void test_facts(void **state)
{
    for (int decoder = 0; decoder < GAT_NUM_DECODERS; decoder++) {
        gat_model *m = make_model(*state, "facts", decoder_name((gat_decoder)decoder));
        place p = open_place(m, NEWCOMERS);
        const gat_intern *names = m->view->entities;
        int32_t entity[] = {entity_id(names, "b"), entity_id(names, "a")};
        int32_t relation[] = {intern_find(m->relations, "part of", 7),
                              intern_find(m->relations, "likes", 5) + m->num_seen_relations};
        float query[2 * DIM];
        assert_int_equal(embedding_queries(query, embedding_view_of(m->view), entity, relation, 2, NULL), GAT_OK);
        for (int j = 0; j < DIM; j++) assert_float_equal(row_of(&p, "new")[j], (query[j] + query[DIM + j]) / 2, 1e-5);
        close_place(&p);
        model_free(m);
    }
}

/* Without a fact that could fill it: the mean of all, as with `common` always. */
static void test_common(void **state)
{
    static const char *const choices[] = {"common", "facts"};
    for (int i = 0; i < 2; i++) {
        gat_model *m = make_model(*state, choices[i], "complex");
        place p = open_place(m, "new\tlikes\tother\nother\tlikes\tnew\n");
        for (int j = 0; j < DIM; j++) {
            double mean = 0;
            for (int32_t e = 0; e < m->num_seen; e++)
                mean += (double)param_value(&m->params, m->entity)[e * DIM + j] / m->num_seen;
            assert_float_equal(row_of(&p, "new")[j], mean, 1e-5);
        }
        close_place(&p);
        model_free(m);
    }
}

/* Other names, other numbers, another order of the facts: the same vector but for the rounding of sums. */
static void test_names_and_order_do_not_matter(void **state)
{
    gat_model *models[] = {make_model(*state, "facts", "complex"), small_model(*state, "gat")};
    for (int i = 0; i < 2; i++) {
        place p = open_place(models[i], NEWCOMERS);
        place q =
            open_place(models[i], "a\tlikes\tb\nzzz\tlikes\tyyy\nb\tpart of\tyyy\nyyy\tbeside\tzzz\nyyy\tlikes\ta\n");
        for (int64_t j = 0; j < DIM; j++) {
            assert_float_equal(row_of(&p, "new")[j], row_of(&q, "yyy")[j], 1e-5);
            assert_float_equal(row_of(&p, "other")[j], row_of(&q, "zzz")[j], 1e-5);
        }
        close_place(&p);
        close_place(&q);
        model_free(models[i]);
    }
}

/* A fact more tells: every support fact of the entity is read. */
static void test_each_fact_counts(void **state)
{
    static const char *const fewer[] = {"b\tpart of\tnew\nnew\tbeside\tother\nother\tlikes\tnew\na\tlikes\tb\n",
                                        "new\tlikes\ta\nnew\tbeside\tother\nother\tlikes\tnew\na\tlikes\tb\n",
                                        "new\tlikes\ta\nb\tpart of\tnew\nother\tlikes\tnew\na\tlikes\tb\n"};
    gat_model *m = small_model(*state, "gat");
    place all = open_place(m, NEWCOMERS);
    for (int i = 0; i < 3; i++) {
        place less = open_place(m, fewer[i]);
        double difference = 0;
        for (int j = 0; j < DIM; j++)
            difference += fabs((double)row_of(&all, "new")[j] - (double)row_of(&less, "new")[j]);
        assert_true(difference > 1e-6);
        close_place(&less);
    }
    close_place(&all);
    model_free(m);
}

/* A hub with more facts than are gathered at once. */
static void test_many_facts(void **state)
{
    enum { LEAVES = 5000 };
    const gat_dataset *data = *state;
    gat_model *m = make_model(data, "neighbors", "complex");
    gat_triples facts = {0};
    for (int i = 0; i < LEAVES; i++)
        assert_int_equal(triples_push(&facts, (gat_triple){i % 3, 0, m->num_seen}, NULL), GAT_OK);
    gat_graph *g;
    float x[64 * DIM];
    uint8_t source[64] = {0};
    int32_t n = m->num_seen + 1;
    assert_true(n <= 64);
    assert_int_equal(graph_build(&g, &facts, n, m->num_seen_relations, NULL), GAT_OK);
    random_fill_normal(x, n * DIM, 1, 1, 1);
    source[m->num_seen] = GAT_ROW_COMMON;
    unseen_sources(source, &m->config, g, NULL);
    assert_int_equal(source[m->num_seen], GAT_ROW_FILLED);
    assert_int_equal(unseen_fill(x, source, m, g, NULL, NULL), GAT_OK);
    for (int j = 0; j < DIM; j++) {
        double mean = 0;
        for (int i = 0; i < LEAVES; i++) mean += (double)x[i % 3 * DIM + j] / LEAVES;
        assert_float_equal(x[m->num_seen * DIM + j], mean, 1e-4);
    }
    graph_free(g);
    triples_clear(&facts);
    model_free(m);
}

static void test_hidden_edges_say_nothing(void **state)
{
    gat_model *m = make_model(*state, "neighbors", "complex");
    gat_triple list[] = {{0, 0, 2}, {1, 0, 2}};
    gat_triples facts = {list, 2, 2};
    gat_graph *g;
    float x[3 * DIM];
    uint8_t source[] = {GAT_ROW_OWN, GAT_ROW_OWN, GAT_ROW_COMMON}, hidden[16] = {0};
    assert_int_equal(graph_build(&g, &facts, 3, m->num_seen_relations, NULL), GAT_OK);
    random_fill_normal(x, 3 * DIM, 1, 1, 1);
    hidden[g->fact_edges[0]] = hidden[g->fact_edges[1]] = 1;
    unseen_sources(source, &m->config, g, hidden);
    assert_int_equal(unseen_fill(x, source, m, g, hidden, NULL), GAT_OK);
    assert_memory_equal(x + 2 * DIM, x + DIM, DIM * sizeof *x);
    hidden[g->fact_edges[2]] = hidden[g->fact_edges[3]] = 1;
    source[2] = GAT_ROW_COMMON;
    unseen_sources(source, &m->config, g, hidden);
    assert_int_equal(source[2], GAT_ROW_COMMON);
    graph_free(g);
    model_free(m);
}

/* Far edges stand for paths. Their relations have no vectors, and the decoder must not look for them. */
static void test_far_edges_say_nothing(void **state)
{
    static const char *const choices[][2] = {{"facts", "complex"}, {"facts", "tucker"}, {"neighbors", "complex"}};
    const reach_plan plan = {.reach = GAT_REACH_HOPS, .hops = 2, .edges = 4, .seed = 1};
    for (int i = 0; i < 3; i++) {
        gat_model *m = make_model(*state, choices[i][0], choices[i][1]);
        const gat_graph *g = m->view->graph;
        gat_graph *far;
        float x[64 * DIM], y[64 * DIM];
        uint8_t source[64], other[64];
        int32_t n = g->num_nodes;
        assert_true(n <= 64);
        assert_int_equal(reach_build(&far, g, &plan, NULL), GAT_OK);
        assert_true(far->num_far > 0);
        for (int32_t j = 0; j < n; j++) source[j] = other[j] = j % 3 ? GAT_ROW_OWN : GAT_ROW_COMMON;
        random_fill_normal(x, n * DIM, 1, 1, 1);
        memcpy(y, x, sizeof x);
        unseen_sources(source, &m->config, g, NULL);
        unseen_sources(other, &m->config, far, NULL);
        assert_memory_equal(source, other, (size_t)n);
        assert_int_equal(unseen_fill(x, source, m, g, NULL, NULL), GAT_OK);
        assert_int_equal(unseen_fill(y, other, m, far, NULL, NULL), GAT_OK);
        assert_memory_equal(x, y, (size_t)(n * DIM) * sizeof *x);
        graph_free(far);
        model_free(m);
    }
}

static void test_failing_allocations(void **state)
{
    gat_model *m = make_model(*state, "facts", "complex");
    gat_triple list[] = {{0, 0, m->num_seen}};
    gat_triples facts = {list, 1, 1};
    gat_graph *g;
    float x[64 * DIM] = {0};
    uint8_t source[64] = {0};
    gat_status st = GAT_ENOMEM;
    assert_int_equal(graph_build(&g, &facts, m->num_seen + 1, m->num_seen_relations, NULL), GAT_OK);
    source[m->num_seen] = GAT_ROW_FILLED;
    for (int64_t n = 1; st; n++) {
        gat_error err = {0};
        memory_fail_at(n, false);
        st = unseen_common_row(x, m, &err);
        if (!st) st = unseen_fill(x, source, m, g, NULL, &err);
        memory_fail_at(0, false);
        assert_true(st == GAT_OK ? n > 3 : st == GAT_ENOMEM && err.code == GAT_ENOMEM);
    }
    graph_free(g);
    model_free(m);
}

static int setup(void **state)
{
    *state = small_dataset();
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
        cmocka_unit_test(test_neighbors),
        cmocka_unit_test(test_facts),
        cmocka_unit_test(test_common),
        cmocka_unit_test(test_names_and_order_do_not_matter),
        cmocka_unit_test(test_each_fact_counts),
        cmocka_unit_test(test_many_facts),
        cmocka_unit_test(test_hidden_edges_say_nothing),
        cmocka_unit_test(test_far_edges_say_nothing),
        cmocka_unit_test(test_failing_allocations),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}

/* Views of a model: its own graph, the same graph under other ids, other graphs with entities it has never seen. */
#include "support/small_model.h"

#include <math.h>

#include "base/parallel.h"
#include "model/ranker.h"
#include "ref/ref_score.h"
#include "support/check.h"

static model_view *build(const gat_model *m, const gat_intern *entities, const gat_triples *facts)
{
    model_view *v;
    gat_error err = {0};
    if (view_build(&v, m, entities, facts, &err)) fail_msg("%s", err.message);
    return v;
}

static size_t encoded_bytes(const model_view *v)
{
    return (size_t)(v->num_entities * embedding_view_of(v)->dim) * sizeof(float);
}

static const gat_model *model_of(small_state *s, int i) { return i ? s->none : s->gat; }

static void test_own_view_equals_a_rebuilt_one(void **state)
{
    for (int i = 0; i < 2; i++) {
        const gat_model *m = model_of(*state, i);
        gat_intern *copy = intern_clone(m->entities);
        assert_non_null(copy);
        model_view *own = build(m, m->entities, &m->facts), *named = build(m, copy, &m->facts);
        assert_memory_equal(embedding_view_of(m->view)->encoded, embedding_view_of(own)->encoded, encoded_bytes(own));
        assert_memory_equal(embedding_view_of(m->view)->squares, embedding_view_of(own)->squares,
                            (size_t)own->num_entities * sizeof(float));
        assert_memory_equal(embedding_view_of(own)->encoded, embedding_view_of(named)->encoded, encoded_bytes(own));
        view_free(own);
        view_free(named);
        intern_free(copy);
    }
    view_free(NULL);
}

/* Entities counted backwards: only the order of sums changes. */
static void test_other_ids_same_names(void **state)
{
    for (int i = 0; i < 2; i++) {
        const gat_model *m = model_of(*state, i);
        int32_t n = intern_count(m->entities);
        gat_intern *names = intern_new();
        gat_triples facts = {0};
        for (int32_t e = n - 1; e >= 0; e--)
            assert_int_equal(intern_add(names, intern_string(m->entities, e), strlen(intern_string(m->entities, e))),
                             n - 1 - e);
        for (int64_t f = 0; f < m->facts.count; f++) {
            gat_triple t = m->facts.data[f];
            assert_int_equal(triples_push(&facts, (gat_triple){n - 1 - t.head, t.relation, n - 1 - t.tail}, NULL),
                             GAT_OK);
        }
        model_view *v = build(m, names, &facts);
        for (int64_t e = 0; e < n; e++)
            for (int64_t j = 0; j < embedding_view_of(v)->dim; j++)
                assert_float_equal(embedding_view_of(v)->encoded[(n - 1 - e) * embedding_view_of(v)->dim + j],
                                   embedding_view_of(m->view)->encoded[e * embedding_view_of(v)->dim + j], 1e-5f);
        view_free(v);
        triples_clear(&facts);
        intern_free(names);
    }
}

static double difference(const model_view *v, int64_t a, int64_t b)
{
    double sum = 0;
    for (int64_t j = 0; j < embedding_view_of(v)->dim; j++)
        sum += fabs((double)(embedding_view_of(v)->encoded[a * embedding_view_of(v)->dim + j] -
                             embedding_view_of(v)->encoded[b * embedding_view_of(v)->dim + j]));
    return sum;
}

/* Unseen entities start from the mean: alike without an encoder, told apart by their facts with one. */
static void test_graph_of_unseen_entities(void **state)
{
    small_state *s = *state;
    const gat_triples *facts = &s->data->splits[GAT_SPLIT_IND_TRAIN];
    assert_true(facts->count > 2);
    model_view *none = build(s->none, s->data->ind_entities, facts), *gat = build(s->gat, s->data->ind_entities, facts);
    int64_t n = none->num_entities, d = embedding_view_of(none)->dim;
    const float *table = param_value(&s->none->params, s->none->entity);
    assert_int_equal(n, intern_count(s->data->ind_entities));
    for (int64_t j = 0; j < d; j++) {
        double mean = 0;
        for (int32_t e = 0; e < s->none->num_seen; e++) mean += (double)table[e * d + j] / s->none->num_seen;
        for (int64_t e = 0; e < n; e++)
            assert_at_most(fabs((double)embedding_view_of(none)->encoded[e * d + j] - mean), 1e-6);
    }
    for (int64_t e = 1; e < n; e++) {
        assert_true(difference(none, 0, e) < 1e-6);
        assert_true(difference(gat, 0, e) > 1e-6);
    }
    view_free(none);
    view_free(gat);
}

/* "late" is in the vocabulary and has no fact in training. */
static void test_unseen_entity_of_the_vocabulary(void **state)
{
    small_state *s = *state;
    int32_t late = entity_id(s->none->entities, "late");
    assert_true(late >= s->none->num_seen);
    const model_view *v = s->none->view;
    const float *table = param_value(&s->none->params, s->none->entity);
    for (int64_t j = 0; j < embedding_view_of(v)->dim; j++) {
        double mean = 0;
        for (int32_t e = 0; e < s->none->num_seen; e++)
            mean += (double)table[e * embedding_view_of(v)->dim + j] / s->none->num_seen;
        assert_at_most(fabs((double)embedding_view_of(v)->encoded[late * embedding_view_of(v)->dim + j] - mean), 1e-6);
    }
}

/* A known name keeps its embedding in another graph; a fact of a relation unseen in training says nothing. */
static void test_mixed_graph(void **state)
{
    small_state *s = *state;
    const gat_model *m = s->none;
    gat_intern *names = intern_new();
    int32_t fresh = intern_add(names, "fresh", 5), b = intern_add(names, "b", 1);
    gat_triple facts[] = {
        {fresh, 0, b}, {b, m->num_seen_relations, fresh}, {b, m->num_seen_relations + 5, b}, {fresh, 0, b}};
    gat_triples list = {facts, 4, 4};
    model_view *v = build(m, names, &list);
    assert_int_equal(filter_num_answers(v->known), 2); /* one fact, said twice */
    assert_int_equal(v->graph->num_facts, 2);
    assert_true(filter_contains(v->known, fresh, 0, b));
    assert_memory_equal(embedding_view_of(v)->encoded + b * embedding_view_of(v)->dim,
                        param_value(&m->params, m->entity) + entity_id(m->entities, "b") * embedding_view_of(v)->dim,
                        (size_t)embedding_view_of(v)->dim * sizeof(float));
    view_free(v);
    intern_free(names);
}

static void test_empty_graphs(void **state)
{
    for (int i = 0; i < 2; i++) {
        const gat_model *m = model_of(*state, i);
        gat_intern *names = intern_new();
        gat_triples none = {0};
        model_view *v = build(m, names, &none);
        assert_int_equal(v->num_entities, 0);
        view_free(v);
        intern_add(names, "alone", 5);
        v = build(m, names, &none);
        for (int64_t j = 0; j < embedding_view_of(v)->dim; j++) assert_true(isfinite(embedding_view_of(v)->encoded[j]));
        view_free(v);
        intern_free(names);
    }
}

static void test_scores(void **state)
{
    for (int i = 0; i < 2; i++) {
        const gat_model *m = model_of(*state, i);
        const model_view *v = m->view;
        int32_t entity[] = {0, 3, 1}, relation[] = {0, 1, m->num_seen_relations};
        float scores[3 * 20];
        double x[20 * 8], r[8];
        assert_true(v->num_entities <= 20 && embedding_view_of(v)->dim == 8);
        for (int64_t j = 0; j < v->num_entities * 8; j++) x[j] = (double)embedding_view_of(v)->encoded[j];
        assert_int_equal(view_score(scores, v, entity, relation, 3, NULL), GAT_OK);
        for (int b = 0; b < 3; b++) {
            for (int j = 0; j < 8; j++) r[j] = (double)param_value(&m->params, m->relation)[relation[b] * 8 + j];
            for (int64_t e = 0; e < v->num_entities; e++) {
                double right = ref_fact_score(x + entity[b] * 8, r, x + e * 8, 8, (gat_decoder)m->config.decoder);
                assert_at_most(fabs((double)scores[b * v->num_entities + e] - right), 1e-4);
            }
        }
    }
}

static void test_attention(void **state)
{
    small_state *s = *state;
    const model_view *v = s->gat->view;
    const gat_graph *g = v->graph;
    int32_t nodes[] = {2, 0, 2, (int32_t)v->num_entities - 1};
    float *alpha, *at;
    gat_error err = {0};
    assert_int_equal(embedding_attention(&alpha, embedding_view_of(v), nodes, 4, &err), GAT_OK);
    at = alpha;
    for (int i = 0; i < 4; i++) {
        int64_t edges = g->in_indptr[nodes[i] + 1] - g->in_indptr[nodes[i]];
        for (int h = 0; h < 2; h++) {
            double sum = 0;
            for (int64_t e = 0; e < edges; e++) sum += (double)at[e * 2 + h];
            assert_at_most(fabs(sum - 1), 1e-5);
        }
        at += 2 * edges;
    }
    gat_free(alpha);
    assert_int_equal(embedding_attention(&alpha, embedding_view_of(v), nodes, 0, &err), GAT_OK);
    gat_free(alpha);
    assert_int_equal(embedding_attention(&alpha, embedding_view_of(s->none->view), nodes, 1, &err), GAT_EUSAGE);
    assert_null(alpha);
}

static void test_refresh(void **state)
{
    small_state *s = *state;
    gat_model *m = s->none;
    model_view *v = build(m, m->entities, &m->facts);
    float before = embedding_view_of(v)->encoded[0];
    param_value(&m->params, m->entity)[0] += 1;
    assert_int_equal(view_refresh(v, NULL), GAT_OK);
    assert_float_equal(embedding_view_of(v)->encoded[0], before + 1, 1e-6f);
    param_value(&m->params, m->entity)[0] = before;
    view_free(v);
}

static void test_threads_give_equal_bits(void **state)
{
    const gat_model *m = model_of(*state, 0);
    for (FOR_THREADS(t)) {
        parallel_set_threads(thread_counts[t]);
        model_view *v = build(m, m->entities, &m->facts);
        assert_memory_equal(embedding_view_of(m->view)->encoded, embedding_view_of(v)->encoded, encoded_bytes(v));
        view_free(v);
    }
    parallel_set_threads(2);
}

static void test_failing_allocations(void **state)
{
    const gat_model *m = model_of(*state, 0);
    gat_status st = GAT_ENOMEM;
    for (int64_t n = 1; st; n++) {
        model_view *v = NULL;
        float *alpha = NULL;
        gat_error err = {0};
        int32_t node = 0;
        memory_fail_at(n, false);
        st = view_build(&v, m, m->entities, &m->facts, &err);
        if (!st) st = embedding_attention(&alpha, embedding_view_of(v), &node, 1, &err);
        memory_fail_at(0, false);
        assert_true(st == GAT_OK ? n > 15 : st == GAT_ENOMEM && err.code == GAT_ENOMEM);
        gat_free(alpha);
        view_free(v);
    }
}

/* ---- ranks ---- */

/* Rank by counting, straight from the definition. */
static gat_rank counted(const model_view *v, const gat_filter *known, int32_t entity, int32_t relation, int32_t answer)
{
    float scores[20];
    gat_rank rank = {0};
    assert_int_equal(view_score(scores, v, &entity, &relation, 1, NULL), GAT_OK);
    for (int32_t e = 0; e < v->num_entities; e++) {
        if (e == answer || filter_contains(known, entity, relation, e)) continue;
        rank.above += scores[e] > scores[answer];
        rank.equal += scores[e] == scores[answer];
    }
    return rank;
}

static void test_ranks(void **state)
{
    small_state *s = *state;
    const gat_triples *lists[] = {&s->data->splits[GAT_SPLIT_TRAIN], &s->data->splits[GAT_SPLIT_VALID],
                                  &s->data->splits[GAT_SPLIT_TEST]};
    const gat_triples *test = lists[2];
    for (int i = 0; i < 2; i++) {
        const gat_model *m = model_of(s, i);
        gat_filter *known;
        gat_rank ranks[2 * 20];
        gat_ranking means;
        assert_int_equal(filter_build(&known, lists, 3, m->num_seen_relations, NULL), GAT_OK);
        const rank_way way = {.precision = GAT_PRECISION_F32};
        assert_int_equal(rank_facts(ranks, m->view, test->data, test->count, known, &way, NULL), GAT_OK);
        for (int64_t f = 0; f < test->count; f++) {
            gat_triple t = test->data[f];
            gat_rank tail = counted(m->view, known, t.head, t.relation, t.tail),
                     head = counted(m->view, known, t.tail, t.relation + m->num_seen_relations, t.head);
            assert_memory_equal(&ranks[2 * f], &tail, sizeof tail);
            assert_memory_equal(&ranks[2 * f + 1], &head, sizeof head);
        }
        assert_int_equal(rank_means(&means, m->view, test, known, GAT_PRECISION_BF16, NULL), GAT_OK);
        assert_int_equal(means.queries, 2 * test->count);
        filter_free(known);
    }
}

/* A model whose scores are all alike knows nothing: its MRR is near 2 / N, not 1. */
static void test_constant_scores_rank_in_the_middle(void **state)
{
    small_state *s = *state;
    gat_model *m = s->none;
    size_t size = (size_t)m->params.size * sizeof(float);
    float *kept = gat_alloc(m->params.size, sizeof *kept);
    gat_filter *known;
    gat_ranking means;
    gat_triples nothing = {0};
    const gat_triples *lists[] = {&nothing};
    assert_non_null(kept);
    memcpy(kept, m->params.value, size);
    memset(m->params.value, 0, size);
    assert_int_equal(view_refresh(m->view, NULL), GAT_OK);
    assert_int_equal(filter_build(&known, lists, 1, m->num_seen_relations, NULL), GAT_OK);
    assert_int_equal(rank_means(&means, m->view, &s->data->splits[GAT_SPLIT_VALID], known, GAT_PRECISION_F32, NULL),
                     GAT_OK);
    double n = (double)m->view->num_entities;
    assert_at_most(fabs(means.realistic.mrr - 2 / (n + 1)), 1e-6);
    assert_at_most(fabs(means.optimistic.mrr - 1), 1e-6);
    assert_at_most(fabs(means.pessimistic.mrr - 1 / n), 1e-6);
    memcpy(m->params.value, kept, size);
    assert_int_equal(view_refresh(m->view, NULL), GAT_OK);
    filter_free(known);
    gat_free(kept);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_own_view_equals_a_rebuilt_one),
        cmocka_unit_test(test_other_ids_same_names),
        cmocka_unit_test(test_graph_of_unseen_entities),
        cmocka_unit_test(test_unseen_entity_of_the_vocabulary),
        cmocka_unit_test(test_mixed_graph),
        cmocka_unit_test(test_empty_graphs),
        cmocka_unit_test(test_scores),
        cmocka_unit_test(test_attention),
        cmocka_unit_test(test_refresh),
        cmocka_unit_test(test_threads_give_equal_bits),
        cmocka_unit_test(test_failing_allocations),
        cmocka_unit_test(test_ranks),
        cmocka_unit_test(test_constant_scores_rank_in_the_middle),
    };
    return cmocka_run_group_tests(tests, small_setup, small_teardown);
}

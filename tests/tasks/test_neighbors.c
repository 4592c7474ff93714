/* Neighbours of a graph small enough to walk by hand. */
#include "support/small_model.h"

#include <math.h>

#include "tasks/neighbors.h"
#include "tasks/similarity.h"

enum { ALL = 1000 };

typedef struct beside {
    gat_neighbor *list;
    int64_t count;
} beside;

static beside find(const gat_model *m, const char *entity, gat_neighbor_order order, int hops, int64_t top,
                   const gat_dataset *graph)
{
    beside b;
    gat_error err = {0};
    if (neighbors_list(&b.list, &b.count, m, entity, order, hops, top, graph, &err)) fail_msg("%s", err.message);
    return b;
}

static const gat_neighbor *entry(beside b, const char *entity, const char *relation, int outgoing)
{
    for (int64_t i = 0; i < b.count; i++)
        if (!strcmp(b.list[i].entity, entity) && !strcmp(b.list[i].relation, relation) &&
            b.list[i].outgoing == outgoing)
            return &b.list[i];
    return NULL;
}

static void assert_ordered(beside b)
{
    for (int64_t i = 1; i < b.count; i++) assert_true(b.list[i - 1].weight >= b.list[i].weight);
}

/* Facts of g: c beside g, g beside h, h beside g, a part of g, b part of g. */
static void check_facts_of_g(beside b)
{
    assert_int_equal(b.count, 5);
    assert_non_null(entry(b, "c", "beside", 0));
    assert_non_null(entry(b, "h", "beside", 0));
    assert_non_null(entry(b, "h", "beside", 1));
    assert_non_null(entry(b, "a", "part of", 0));
    assert_non_null(entry(b, "b", "part of", 0));
    for (int64_t i = 0; i < b.count; i++) assert_int_equal(b.list[i].hops, 1);
    assert_ordered(b);
}

static void test_attention(void **state)
{
    small_state *s = *state;
    const model_view *v = s->gat->view;
    beside b = find(s->gat, "g", GAT_BY_ATTENTION, 1, ALL, NULL);
    check_facts_of_g(b);
    float *alpha;
    int32_t g = entity_id(v->entities, "g");
    assert_int_equal(embedding_attention(&alpha, embedding_view_of(v), &g, 1, NULL), GAT_OK);
    double sum = 0, loop = 0;
    for (int64_t i = 0; i < b.count; i++) sum += b.list[i].weight;
    for (int64_t e = v->graph->in_indptr[g]; e < v->graph->in_indptr[g + 1]; e++)
        for (int h = 0; v->graph->in_relation[e] == 6 && h < 2; h++)
            loop += (double)alpha[(e - v->graph->in_indptr[g]) * 2 + h] / 2;
    assert_true(loop > 0 && fabs(sum + loop - 1) < 1e-5);
    gat_free(alpha);
    beside few = find(s->gat, "g", GAT_BY_ATTENTION, 1, 2, NULL);
    assert_int_equal(few.count, 2);
    assert_memory_equal(few.list, b.list, 2 * sizeof *few.list);
    gat_free(few.list);
    gat_free(b.list);
}

static void test_graph_order(void **state)
{
    small_state *s = *state;
    beside b = find(s->none, "g", GAT_BY_GRAPH, 1, ALL, NULL);
    check_facts_of_g(b);
    assert_true(entry(b, "h", "beside", 0)->weight == 1.0 / 3);
    assert_true(entry(b, "b", "part of", 0)->weight == 1.0 / 8);
    assert_int_equal(b.list[0].outgoing, 1); /* of equal weights the entity's own fact comes first */
    gat_free(b.list);
}

/* Best product over all walks of at most `hops` edges, by trying them all. */
static void walk(double *best, const model_view *v, const double *const *weights, int32_t node, double weight, int hops)
{
    if (weight > best[node]) best[node] = weight;
    if (!hops) return;
    int64_t first = v->graph->in_indptr[node];
    for (int64_t e = first; e < v->graph->in_indptr[node + 1]; e++)
        if (v->graph->in_relation[e] < 6)
            walk(best, v, weights, v->graph->in_indices[e], weight * weights[node][e - first], hops - 1);
}

static void check_paths(const gat_model *m, gat_neighbor_order order)
{
    const model_view *v = m->view;
    double *weights[13], best[13];
    int32_t start = entity_id(v->entities, "g");
    for (int32_t i = 0; i < 13; i++) assert_int_equal(edge_weights(&weights[i], v, &i, 1, order, NULL), GAT_OK);
    for (int hops = 2; hops <= 4; hops++) {
        beside b = find(m, "g", order, hops, ALL, NULL);
        int64_t reached = 0;
        for (int i = 0; i < 13; i++) best[i] = 0;
        walk(best, v, (const double *const *)weights, start, 1, hops);
        for (int i = 0; i < 13; i++) reached += i != start && best[i] > 0;
        assert_int_equal(b.count, reached);
        assert_ordered(b);
        for (int64_t i = 0; i < b.count; i++) {
            int32_t id = entity_id(v->entities, b.list[i].entity);
            assert_true(fabs(b.list[i].weight - best[id]) < 1e-12);
            assert_true(b.list[i].hops >= 1 && b.list[i].hops <= hops);
            best[id] = -1; /* each once */
        }
        gat_free(b.list);
    }
    for (int i = 0; i < 13; i++) gat_free(weights[i]);
}

static void test_paths(void **state)
{
    small_state *s = *state;
    check_paths(s->gat, GAT_BY_ATTENTION);
    check_paths(s->none, GAT_BY_GRAPH);
}

static void test_embedding(void **state)
{
    small_state *s = *state;
    beside b = find(s->none, "a", GAT_BY_EMBEDDING, 1, ALL, NULL);
    double likeness;
    assert_int_equal(b.count, 12);
    assert_ordered(b);
    for (int64_t i = 0; i < b.count; i++) {
        assert_int_equal(similarity_of(&likeness, s->none, b.list[i].entity, "a", NULL, NULL), GAT_OK);
        assert_true(fabs(likeness - b.list[i].weight) < 1e-12);
        assert_string_equal(b.list[i].relation, "");
        assert_int_equal(b.list[i].outgoing, -1);
        assert_int_equal(b.list[i].hops, 0);
    }
    gat_free(b.list);
    assert_int_equal(similarity_of(&likeness, s->gat, "a", "a", NULL, NULL), GAT_OK);
    assert_true(fabs(likeness - 1) < 1e-12);
    assert_int_equal(similarity_of(&likeness, s->gat, "a", "latte", NULL, NULL), GAT_EUSAGE);
}

static void test_other_graph(void **state)
{
    small_state *s = *state;
    put_file("other.tsv", "x\tlikes\ty\nz\tbeside\tx\n");
    gat_dataset *other = dataset_of("other.tsv");
    double likeness;
    beside b = find(s->gat, "x", GAT_BY_ATTENTION, 1, ALL, other);
    assert_int_equal(b.count, 2);
    assert_non_null(entry(b, "y", "likes", 1));
    assert_non_null(entry(b, "z", "beside", 0));
    gat_free(b.list);
    assert_int_equal(similarity_of(&likeness, s->gat, "x", "y", other, NULL), GAT_OK);
    dataset_free(other);
}

/* What the model does not know about is refused, not left out in silence. */
static void test_relation_unseen_in_training(void **state)
{
    small_state *s = *state;
    put_file("unheard.tsv", "x\tlikes\ty\n\nx\tunheard of\tz\nz\tunheard of\tx\n");
    gat_dataset *other = dataset_of("unheard.tsv");
    beside b;
    gat_error err = {0};
    assert_int_equal(neighbors_list(&b.list, &b.count, s->gat, "x", GAT_BY_ATTENTION, 1, ALL, other, &err), GAT_EDATA);
    assert_non_null(strstr(err.message, "unheard.tsv:3: relation \"unheard of\""));
    assert_non_null(strstr(err.message, "2 of 3 facts"));
    assert_null(b.list);
    remove("unheard.tsv");
    assert_int_equal(neighbors_list(&b.list, &b.count, s->gat, "x", GAT_BY_ATTENTION, 1, ALL, other, &err), GAT_EDATA);
    assert_non_null(strstr(err.message, "train: relation \"unheard of\""));
    dataset_free(other);
}

static void test_no_neighbors(void **state)
{
    small_state *s = *state;
    beside b = find(s->gat, "late", GAT_BY_ATTENTION, 1, ALL, NULL);
    assert_int_equal(b.count, 0);
    gat_free(b.list);
    b = find(s->gat, "late", GAT_BY_ATTENTION, 3, ALL, NULL);
    assert_int_equal(b.count, 0);
    gat_free(b.list);
}

static void assert_refused(const gat_model *m, const char *entity, gat_neighbor_order order, int hops, int64_t top,
                           const char *words)
{
    beside b = {(gat_neighbor *)1, 1};
    gat_error err = {0};
    assert_int_equal(neighbors_list(&b.list, &b.count, m, entity, order, hops, top, NULL, &err), GAT_EUSAGE);
    assert_null(b.list);
    if (!strstr(err.message, words)) fail_msg("\"%s\" lacks \"%s\"", err.message, words);
}

static void test_refused(void **state)
{
    small_state *s = *state;
    assert_refused(s->none, "a", GAT_BY_ATTENTION, 1, 5, "--by embedding");
    assert_refused(s->gat, "latte", GAT_BY_ATTENTION, 1, 5, "nearest: late");
    assert_refused(s->gat, "a", GAT_BY_ATTENTION, 0, 5, "at least 1 hop");
    assert_refused(s->gat, "a", GAT_BY_GRAPH, 1, 0, "at least 1");
    assert_refused(s->gat, "a", GAT_BY_EMBEDDING, 2, 5, "hops go along facts");
}

static void test_failing_allocations(void **state)
{
    small_state *s = *state;
    static const struct {
        gat_neighbor_order order;
        int hops;
    } cases[] = {{GAT_BY_ATTENTION, 1}, {GAT_BY_ATTENTION, 2}, {GAT_BY_GRAPH, 2}, {GAT_BY_EMBEDDING, 1}};
    for (int i = 0; i < 8; i++) {
        gat_status st = GAT_ENOMEM;
        for (int64_t n = 1; st; n++) {
            beside b;
            gat_error err = {0};
            memory_fail_at(n, false);
            st = neighbors_list(&b.list, &b.count, s->gat, "a", cases[i / 2].order, cases[i / 2].hops, 5,
                                i % 2 ? s->data : NULL, &err);
            memory_fail_at(0, false);
            assert_true(st == GAT_OK ? b.list != NULL : b.list == NULL && err.code == GAT_ENOMEM);
            gat_free(b.list);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_attention),
        cmocka_unit_test(test_graph_order),
        cmocka_unit_test(test_paths),
        cmocka_unit_test(test_embedding),
        cmocka_unit_test(test_other_graph),
        cmocka_unit_test(test_relation_unseen_in_training),
        cmocka_unit_test(test_no_neighbors),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_failing_allocations),
    };
    return cmocka_run_group_tests(tests, small_setup, small_teardown);
}

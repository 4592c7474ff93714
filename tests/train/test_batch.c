/* Batches: an epoch asks every question once, with all its answers, and hides the edges of what it asks. */
#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "model/embedding_model.h"
#include "model/encoder.h"
#include "support/check.h"
#include "support/ring_data.h"
#include "support/tiny_graphs.h"
#include "train/batch.h"

typedef struct batch_case {
    gat_triples facts;
    int32_t nodes, relations;
    gat_filter *questions;
    gat_graph *graph;
    gat_batches b;
} batch_case;

static void case_init(batch_case *c, tiny_shape shape, int64_t batch)
{
    *c = (batch_case){.facts = tiny_facts(shape),
                      .nodes = tiny_nodes(shape),
                      .relations = tiny_relations(shape),
                      .graph = tiny_graph(shape)};
    const gat_triples *lists[] = {&c->facts};
    assert_int_equal(filter_build(&c->questions, lists, 1, c->relations, NULL), GAT_OK);
    assert_int_equal(batches_init(&c->b, c->questions, c->graph, c->nodes, c->relations, batch, 0, NULL), GAT_OK);
}

static void case_clear(batch_case *c)
{
    batches_clear(&c->b);
    filter_free(c->questions);
    graph_free(c->graph);
}

/* The answers of row j are those of its question, and facts repeat the row. */
static void check_row(const batch_case *c, int64_t j)
{
    const gat_batches *b = &c->b;
    int64_t count, first = b->rows.first[j];
    const int32_t *answers = filter_answers(c->questions, b->entity[j], b->relation[j], &count);
    assert_int_equal(b->rows.first[j + 1] - first, count);
    assert_memory_equal(b->rows.answer + first, answers, (size_t)count * sizeof *answers);
    for (int64_t i = first; i < first + count; i++) {
        assert_int_equal(b->fact_head[i], b->entity[j]);
        assert_int_equal(b->fact_relation[i], b->relation[j]);
        assert_int_equal(b->fact_first[i], i);
    }
}

static void check_weights(const batch_case *c)
{
    const gat_batches *b = &c->b;
    float *entity = gat_calloc(c->nodes, sizeof *entity), *relation = gat_calloc(2 * c->relations, sizeof *relation);
    assert_true(entity && relation);
    for (int64_t i = 0; i < (int64_t)b->total; i++) {
        entity[b->fact_head[i]]++;
        entity[b->answer[i]]++;
        relation[b->fact_relation[i]]++;
    }
    assert_memory_equal(entity, b->entity_weight, (size_t)c->nodes * sizeof *entity);
    assert_memory_equal(relation, b->relation_weight, (size_t)(2 * c->relations) * sizeof *relation);
    gat_free(entity);
    gat_free(relation);
}

/* Is the fact h -r-> t (r in either direction) one of the batch? */
static bool in_batch(const gat_batches *b, int32_t h, int32_t r, int32_t t)
{
    for (int64_t i = 0; i < (int64_t)b->total; i++)
        if (b->fact_head[i] == h && b->fact_relation[i] == r && b->answer[i] == t) return true;
    return false;
}

/* An edge u -r-> v is hidden when the batch asks for its fact from either end. Of a fact that the data repeat, one edge is
 * hidden; data sets have no repeated facts. */
static void check_hidden(const batch_case *c)
{
    const gat_graph *g = c->graph;
    for (int32_t v = 0; v < g->num_nodes; v++)
        for (int64_t e = g->in_indptr[v]; e < g->in_indptr[v + 1]; e++) {
            int32_t u = g->in_indices[e], r = g->in_relation[e], turned = (r + c->relations) % (2 * c->relations);
            bool loop = r == 2 * c->relations,
                 asked = !loop && (in_batch(&c->b, u, r, v) || in_batch(&c->b, v, turned, u));
            assert_int_equal(c->b.hidden[e], asked);
        }
}

/* The many-fact graph without its repeated facts. */
static void unique_facts(batch_case *c)
{
    static gat_triple room[2000];
    gat_triples list = {room, c->facts.count, 2000};
    int64_t removed;
    memcpy(room, c->facts.data, (size_t)c->facts.count * sizeof *room);
    assert_int_equal(triples_unique(&list, &removed, NULL), GAT_OK);
    c->facts = list;
}

static void unique_case(batch_case *c, tiny_shape shape, int64_t batch)
{
    *c = (batch_case){.facts = tiny_facts(shape), .nodes = tiny_nodes(shape), .relations = tiny_relations(shape)};
    unique_facts(c);
    const gat_triples *lists[] = {&c->facts};
    assert_int_equal(graph_build(&c->graph, &c->facts, c->nodes, c->relations, NULL), GAT_OK);
    assert_int_equal(filter_build(&c->questions, lists, 1, c->relations, NULL), GAT_OK);
    assert_int_equal(batches_init(&c->b, c->questions, c->graph, c->nodes, c->relations, batch, 0, NULL), GAT_OK);
}

static void test_an_epoch(void **state)
{
    (void)state;
    static const int64_t sizes[] = {1, 7, 64, 100000};
    for (int shape = TINY_MIXED; shape <= TINY_STAR; shape++)
        for (int i = 0; i < 4; i++) {
            batch_case c;
            int64_t rows = 0, answers = 0;
            unique_case(&c, (tiny_shape)shape, sizes[i]);
            batches_shuffle(&c.b, 1, 0);
            for (int64_t step = 0; step < batches_count(&c.b); step++) {
                assert_int_equal(batches_take(&c.b, step, NULL), GAT_OK);
                assert_true(c.b.rows.count > 0 && c.b.rows.count <= sizes[i]);
                for (int64_t j = 0; j < c.b.rows.count; j++) check_row(&c, j);
                check_weights(&c);
                check_hidden(&c);
                rows += c.b.rows.count;
                answers += (int64_t)c.b.total;
            }
            assert_int_equal(rows, c.b.num_rows);
            assert_int_equal(answers, 2 * c.facts.count);
            case_clear(&c);
        }
}

static void test_every_question_once(void **state)
{
    (void)state;
    batch_case c;
    int64_t count;
    case_init(&c, TINY_MANY, 64);
    count = filter_num_queries(c.questions);
    uint8_t *seen = gat_calloc(count, 1);
    assert_non_null(seen);
    batches_shuffle(&c.b, 3, 2);
    for (int64_t i = 0; i < count; i++) {
        assert_in_range(c.b.order[i], 0, count - 1);
        assert_int_equal(seen[c.b.order[i]]++, 0);
    }
    assert_int_equal(count, c.b.num_rows);
    gat_free(seen);
    case_clear(&c);
}

static void test_order_depends_on_seed_and_epoch(void **state)
{
    (void)state;
    batch_case a, b;
    case_init(&a, TINY_MANY, 64);
    case_init(&b, TINY_MANY, 50);
    size_t size = (size_t)a.b.num_rows * sizeof *a.b.order;
    batches_shuffle(&a.b, 1, 4);
    batches_shuffle(&b.b, 1, 3);
    assert_memory_not_equal(a.b.order, b.b.order, size);
    batches_shuffle(&b.b, 1, 4);
    assert_memory_equal(a.b.order, b.b.order, size);
    batches_shuffle(&b.b, 2, 4);
    assert_memory_not_equal(a.b.order, b.b.order, size);
    case_clear(&a);
    case_clear(&b);
}

static void test_nothing_to_ask(void **state)
{
    (void)state;
    batch_case c;
    case_init(&c, TINY_EMPTY, 10);
    assert_int_equal(batches_count(&c.b), 0);
    batches_shuffle(&c.b, 1, 0);
    case_clear(&c);
}

/* What the encoder makes of the graph with the batch's edges hidden is what it makes of a graph without these facts: what
 * a fact says about itself cannot reach its own score. */
static void test_hidden_facts_leave_no_trace(void **state)
{
    (void)state;
    batch_case c;
    unique_case(&c, TINY_MIXED, 5);
    batches_shuffle(&c.b, 1, 0);
    assert_int_equal(batches_take(&c.b, 0, NULL), GAT_OK);
    gat_triples rest = {0};
    for (int64_t i = 0; i < c.facts.count; i++) {
        gat_triple f = c.facts.data[i];
        if (in_batch(&c.b, f.head, f.relation, f.tail) || in_batch(&c.b, f.tail, f.relation + c.relations, f.head))
            continue;
        assert_int_equal(triples_push(&rest, f, NULL), GAT_OK);
    }
    assert_true(rest.count > 0 && rest.count < c.facts.count);
    gat_graph *without;
    assert_int_equal(graph_build(&without, &rest, c.nodes, c.relations, NULL), GAT_OK);
    gat_model m = {.config = ring_config("layers=2 attention=dynamic"),
                   .num_seen = c.nodes,
                   .num_seen_relations = c.relations,
                   .members = 1};
    assert_int_equal(embedding_declare(&m, NULL), GAT_OK);
    assert_int_equal(params_allocate(&m.params, 0, NULL), GAT_OK);
    embedding_init_params(&m);
    gat_tape *tape = tape_new(false);
    assert_non_null(tape);
    encoder_pass hiding = {.graph = c.graph, .hidden = c.b.hidden, .config = &m.config},
                 seeing = {.graph = c.graph, .config = &m.config}, rebuilt = {.graph = without, .config = &m.config};
    gat_mat *x = ad_param(tape, &m.params, m.entity);
    gat_mat *a = encoder_forward(tape, &m.encoder, &m.params, x, &hiding),
            *b = encoder_forward(tape, &m.encoder, &m.params, x, &rebuilt);
    gat_mat *all = encoder_forward(tape, &m.encoder, &m.params, x, &seeing);
    double away = 0;
    for (int64_t i = 0; i < a->rows * a->cols; i++) {
        assert_float_equal(a->data[i], b->data[i], 1e-6f);
        away = fmax(away, fabs((double)(a->data[i] - all->data[i])));
    }
    assert_true(away > 1e-4);
    tape_free(tape);
    params_clear(&m.params);
    encoder_clear(&m.encoder);
    graph_free(without);
    triples_clear(&rest);
    case_clear(&c);
}

/* What is hidden beside the batch is in sight again with the next one. */
static void test_hidden_by_others(void **state)
{
    (void)state;
    batch_case c;
    unique_case(&c, TINY_MANY, 20);
    c.b.hides_more = true;
    batches_shuffle(&c.b, 1, 0);
    for (int64_t step = 0; step < 3; step++) {
        assert_int_equal(batches_take(&c.b, step, NULL), GAT_OK);
        check_hidden(&c);
        memset(c.b.hidden, 1, (size_t)c.graph->num_edges);
    }
    case_clear(&c);
}

static void test_without_a_graph(void **state)
{
    (void)state;
    batch_case c;
    case_init(&c, TINY_STAR, 4);
    batches_clear(&c.b);
    assert_int_equal(batches_init(&c.b, c.questions, NULL, c.nodes, c.relations, 4, 0, NULL), GAT_OK);
    assert_null(c.b.hidden);
    batches_shuffle(&c.b, 1, 0);
    for (int64_t step = 0; step < batches_count(&c.b); step++) assert_int_equal(batches_take(&c.b, step, NULL), GAT_OK);
    case_clear(&c);
}

/* The hub's question has more answers than a batch makes room for at first. */
static void test_failing_allocations(void **state)
{
    (void)state;
    batch_case c;
    case_init(&c, TINY_STAR, 4);
    gat_status st = GAT_ENOMEM;
    for (int64_t n = 1; st; n++) {
        gat_batches b;
        memory_fail_at(n, false);
        st = batches_init(&b, c.questions, c.graph, c.nodes, c.relations, 4, 0, NULL);
        if (!st) batches_shuffle(&b, 1, 0);
        for (int64_t step = 0; !st && step < batches_count(&b); step++) st = batches_take(&b, step, NULL);
        memory_fail_at(0, false);
        assert_true(st == GAT_OK ? n > 14 : st == GAT_ENOMEM);
        batches_clear(&b);
    }
    case_clear(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_an_epoch),
        cmocka_unit_test(test_every_question_once),
        cmocka_unit_test(test_order_depends_on_seed_and_epoch),
        cmocka_unit_test(test_nothing_to_ask),
        cmocka_unit_test(test_hidden_facts_leave_no_trace),
        cmocka_unit_test(test_hidden_by_others),
        cmocka_unit_test(test_without_a_graph),
        cmocka_unit_test(test_failing_allocations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

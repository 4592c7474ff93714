/* Local batches: the same batch under other numbers, with fair candidates, their chances and the right masks; and the rows
 * that questions with many answers are cut into. */
#include "train/local_batch.h"

#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "base/parallel.h"
#include "support/check.h"
#include "support/tiny_graphs.h"

typedef struct local_case {
    gat_triples facts;
    int32_t nodes, relations;
    gat_filter *questions;
    gat_batches b;
    local_batch l;
    gat_arena *arena;
} local_case;

static void case_init(local_case *c, tiny_shape shape, int64_t batch, int64_t most_answers, int64_t negatives)
{
    *c = (local_case){.facts = tiny_facts(shape),
                      .nodes = tiny_nodes(shape),
                      .relations = tiny_relations(shape),
                      .arena = arena_new()};
    const gat_triples *lists[] = {&c->facts};
    assert_non_null(c->arena);
    assert_int_equal(filter_build(&c->questions, lists, 1, c->relations, NULL), GAT_OK);
    assert_int_equal(batches_init(&c->b, c->questions, NULL, c->nodes, c->relations, batch, most_answers, NULL),
                     GAT_OK);
    assert_int_equal(local_batch_init(&c->l, c->questions, c->nodes, negatives, NULL), GAT_OK);
    batches_shuffle(&c->b, 1, 0);
}

static void case_clear(local_case *c)
{
    batches_clear(&c->b);
    local_batch_clear(&c->l);
    filter_free(c->questions);
    arena_free(c->arena);
}

static void take(local_case *c, int64_t step, uint32_t key)
{
    arena_reset(c->arena);
    assert_int_equal(batches_take(&c->b, step, NULL), GAT_OK);
    assert_int_equal(local_batch_make(&c->l, &c->b, key, c->arena, NULL), GAT_OK);
}

/* ---- rows with few answers ---- */

/* Every answer of every question once in an epoch, in rows of at most `most`. */
static void check_epoch(tiny_shape shape, int64_t batch, int64_t most)
{
    local_case c;
    case_init(&c, shape, batch, most, 0);
    int64_t answers = filter_num_answers(c.questions);
    char *asked = gat_calloc(answers, 1);
    assert_non_null(asked);
    for (int64_t step = 0; step < batches_count(&c.b); step++) {
        assert_int_equal(batches_take(&c.b, step, NULL), GAT_OK);
        for (int64_t j = 0; j < c.b.rows.count; j++) {
            const gat_query *whole = &c.b.asked[j];
            assert_true(c.b.first[j + 1] - c.b.first[j] <= most && c.b.first[j + 1] > c.b.first[j]);
            assert_true(whole->entity == c.b.entity[j] && whole->relation == c.b.relation[j]);
            for (int64_t i = c.b.first[j]; i < c.b.first[j + 1]; i++)
                for (int64_t k = whole->first; k < whole->first + whole->count; k++)
                    if (filter_answer_array(c.questions)[k] == c.b.answer[i]) asked[k]++;
        }
    }
    for (int64_t i = 0; i < answers; i++) assert_int_equal(asked[i], 1);
    gat_free(asked);
    case_clear(&c);
}

static void test_rows_of_few_answers(void **state)
{
    (void)state;
    for (int shape = TINY_EMPTY; shape < TINY_SHAPES; shape++)
        for (int64_t most = 1; most < 200; most = 3 * most + 1) {
            check_epoch((tiny_shape)shape, 5, most);
            check_epoch((tiny_shape)shape, 1000, most);
        }
}

/* ---- the same batch ---- */

static void check_translation(const local_case *c)
{
    const gat_batches *b = &c->b, *l = &c->l.batch;
    const int32_t *nodes = c->l.nodes.nodes;
    assert_int_equal(l->rows.count, b->rows.count);
    assert_true(l->total == b->total && l->rows.first == b->rows.first && l->relation == b->relation);
    for (int64_t j = 0; j < b->rows.count; j++) assert_int_equal(nodes[l->entity[j]], b->entity[j]);
    for (int64_t i = 0; i < b->first[b->rows.count]; i++) {
        assert_int_equal(nodes[l->answer[i]], b->answer[i]);
        assert_int_equal(nodes[l->fact_head[i]], b->fact_head[i]);
        assert_true(l->answer[i] < c->l.candidates.count);
    }
    double weight = 0, right = 0;
    for (int64_t i = 0; i < l->num_entities; i++) {
        assert_true(l->entity_weight[i] == b->entity_weight[nodes[i]]);
        weight += (double)l->entity_weight[i];
    }
    for (int32_t v = 0; v < c->nodes; v++) right += (double)b->entity_weight[v];
    assert_true(weight == right);
    assert_int_equal(l->num_entities, c->l.nodes.count);
}

static bool listed(const int32_t *list, int64_t first, int64_t end, int32_t value)
{
    for (int64_t i = first; i < end; i++)
        if (list[i] == value) return true;
    return false;
}

/* Masked is what is known to the question and not the row's own. */
static void check_masks(const local_case *c)
{
    const gat_candidates *k = &c->l.candidates;
    for (int64_t j = 0; j < c->b.rows.count; j++)
        for (int32_t i = 0; i < k->count; i++) {
            int32_t node = c->l.nodes.nodes[i];
            bool known = filter_contains(c->questions, c->b.entity[j], c->b.relation[j], node);
            bool own = listed(c->b.answer, c->b.first[j], c->b.first[j + 1], node);
            assert_int_equal(listed(k->masked, k->masked_first[j], k->masked_first[j + 1], i), known && !own);
        }
}

static void test_translation_and_masks(void **state)
{
    (void)state;
    static const int64_t negatives[] = {0, 1, 3, 40, 1000};
    for (int shape = TINY_MIXED; shape < TINY_SHAPES; shape++)
        for (int i = 0; i < 5; i++)
            for (int64_t most = 2; most < 200; most *= 8) {
                local_case c;
                case_init(&c, (tiny_shape)shape, 40, most, negatives[i]);
                for (int64_t step = 0; step < batches_count(&c.b); step += 3) {
                    take(&c, step, (uint32_t)step);
                    check_translation(&c);
                    check_masks(&c);
                }
                case_clear(&c);
            }
}

/* ---- candidates ---- */

static void test_all_entities(void **state)
{
    (void)state;
    local_case c;
    case_init(&c, TINY_MANY, 40, 0, 0);
    take(&c, 1, 7);
    assert_int_equal(c.l.candidates.count, c.nodes);
    for (int32_t v = 0; v < c.nodes; v++) {
        assert_int_equal(c.l.nodes.nodes[v], v);
        assert_true(c.l.candidates.log_chance[v] == 0);
    }
    case_clear(&c);
    case_init(&c, TINY_MANY, 40, 2, 1000000); /* more than there are */
    take(&c, 1, 7);
    assert_int_equal(c.l.candidates.count, c.nodes);
    for (int32_t v = 0; v < c.nodes; v++) assert_true(c.l.candidates.log_chance[v] == 0);
    case_clear(&c);
}

/* Over many epochs an entity is a candidate as often as its chance says. */
static void test_chances(void **state)
{
    (void)state;
    enum { EPOCHS = 60 };
    local_case c;
    case_init(&c, TINY_MANY, 100, 3, 20);
    double *times = gat_calloc(c.nodes, sizeof *times), *chance = gat_calloc(c.nodes, sizeof *chance);
    assert_true(times && chance);
    int64_t steps = (batches_count(&c.b) - 1) * EPOCHS; /* the last batch is smaller */
    for (int64_t s = 0; s < steps; s++) {
        if (s % (batches_count(&c.b) - 1) == 0) batches_shuffle(&c.b, 1, s);
        take(&c, s % (batches_count(&c.b) - 1), (uint32_t)(1000 + s));
        for (int64_t i = 0; i < c.l.candidates.count; i++) {
            times[c.l.nodes.nodes[i]]++;
            chance[c.l.nodes.nodes[i]] = exp((double)c.l.candidates.log_chance[i]);
        }
    }
    assert_true(steps > 500);
    double worst = 0;
    for (int32_t v = 0; v < c.nodes; v++) {
        double expected = chance[v] * (double)steps;
        worst = fmax(worst, fabs(times[v] - expected) / sqrt(expected));
    }
    assert_at_most(worst, 4.5); /* of 300 */
    gat_free(times);
    gat_free(chance);
    case_clear(&c);
}

static void test_key_and_threads(void **state)
{
    (void)state;
    local_case a, b;
    case_init(&a, TINY_STAR, 40, 3, 20);
    case_init(&b, TINY_STAR, 40, 3, 20);
    parallel_set_threads(1);
    take(&a, 2, 5);
    size_t size = (size_t)a.l.nodes.count * sizeof(int32_t);
    for (FOR_THREADS(t)) {
        parallel_set_threads(thread_counts[t]);
        take(&b, 2, 5);
        assert_int_equal(a.l.nodes.count, b.l.nodes.count);
        assert_memory_equal(a.l.nodes.nodes, b.l.nodes.nodes, size);
        int64_t masked = a.l.candidates.masked_first[a.b.rows.count];
        assert_int_equal(masked, b.l.candidates.masked_first[b.b.rows.count]);
        assert_memory_equal(a.l.candidates.masked, b.l.candidates.masked, (size_t)masked * sizeof(int32_t));
    }
    take(&b, 2, 6);
    assert_true(a.l.nodes.count != b.l.nodes.count || memcmp(a.l.nodes.nodes, b.l.nodes.nodes, size));
    parallel_set_threads(2);
    case_clear(&a);
    case_clear(&b);
}

static void test_failing_allocations(void **state)
{
    (void)state;
    gat_status st = GAT_ENOMEM;
    local_case c;
    case_init(&c, TINY_MANY, 300, 3, 20);
    assert_int_equal(batches_take(&c.b, 0, NULL), GAT_OK);
    for (int64_t n = 1; st; n++) {
        gat_error err = {0};
        local_batch l = {0};
        gat_arena *arena = arena_new();
        memory_fail_at(n, false);
        st = local_batch_init(&l, c.questions, c.nodes, 20, &err);
        if (!st) st = local_batch_make(&l, &c.b, 1, arena, &err);
        memory_fail_at(0, false);
        assert_true(st == GAT_OK ? n > 3 : st == GAT_ENOMEM && err.code == GAT_ENOMEM);
        local_batch_clear(&l);
        arena_free(arena);
    }
    case_clear(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows_of_few_answers), cmocka_unit_test(test_translation_and_masks),
        cmocka_unit_test(test_all_entities),        cmocka_unit_test(test_chances),
        cmocka_unit_test(test_key_and_threads),     cmocka_unit_test(test_failing_allocations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

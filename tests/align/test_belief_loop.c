/* What is carried between rounds and shots: seeds stand, others are settled or forgotten. */
#include "support/check.h"

#include "align/belief_loop.h"
#include "base/memory.h"
#include "support/align_graphs.h"

enum { THINGS = 40 };

static link_list first_links(const kg_side *a, const kg_side *b, int count)
{
    link_list l = {.data = gat_calloc(count, sizeof *l.data), .count = count, .capacity = count};
    assert_non_null(l.data);
    for (int32_t i = 0; i < count; i++) l.data[i] = (gat_link){.source = a->entity_id[i], .target = b->entity_id[i]};
    return l;
}

/* Only pairs that are each other's best stay, as certain, and all of them. */
static void test_settle(void **state)
{
    (void)state;
    align_graphs_write(THINGS, 200, 10, 4);
    kg_side *a = align_graphs_load(1), *b = align_graphs_load(2);
    link_list seeds = first_links(a, b, 5);
    pair_matrix *random = align_graphs_random(a->num_entities, b->num_entities, 6, 9);
    belief_loop l;
    assert_int_equal(belief_loop_init(&l, a, b, &seeds, NULL, NULL, NULL, NULL), GAT_OK);
    assert_int_equal(belief_loop_adopt(&l, random, NULL), GAT_OK);
    paired_entities before;
    assert_int_equal(paired_entities_init(&before, l.belief, .5f, NULL), GAT_OK);
    assert_int_equal(belief_loop_settle(&l, .5f, NULL), GAT_OK);
    int settled = 0;
    for (int32_t x = 0; x < a->num_entities; x++) {
        int64_t at = l.belief->start[x], count = l.belief->start[x + 1] - at;
        assert_int_equal(count, before.partner[x] >= 0);
        if (!count) continue;
        assert_int_equal(l.belief->column[at], before.partner[x]);
        assert_true(l.belief->value[at] >= 1 && l.belief->value[at] <= 1);
        settled++;
    }
    assert_true(settled > 5 && settled < a->num_entities);
    for (int i = 0; i < 5; i++)
        assert_true(pair_matrix_find(l.belief, seeds.data[i].source, seeds.data[i].target) >= 0);
    gat_status st = GAT_ENOMEM;
    for (int64_t n = 1; st; n++) {
        memory_fail_at(n, false);
        st = belief_loop_settle(&l, .5f, NULL);
        memory_fail_at(0, false);
        if (st) assert_int_equal(st, GAT_ENOMEM);
    }
    paired_entities_clear(&before);
    belief_loop_clear(&l);
    pair_matrix_free(random);
    link_list_clear(&seeds);
    kg_side_free(a);
    kg_side_free(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_settle)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

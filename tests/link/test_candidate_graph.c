/* Candidate graphs: groups of equal mentions, kinds of edges, what is wanted. */
#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "link/candidate_graph.h"
#include "support/check.h"

/* Entities 0 and 2 are candidates of the first and the last mention, 1 of the second, 3 of the third; 4 lends its links. */
static const link_edge links[] = {{0, 1}, {1, 0}, {2, 1}, {0, 4}, {3, 4}};
static int32_t pair[] = {0, 2}, single[] = {1}, far[] = {3};
static link_entity entities[5];
static link_mention mentions[4];

static const lexicon nothing; /* no names and no words */

static link_document document(void)
{
    static const char *const names[] = {"Alpha", "Beta", "Alpha_(city)", "Delta", "Epsilon"};
    link_document d = {
        .line = 1, .id = "d", .entity = entities, .mention = mentions, .num_entities = 5, .num_mentions = 4};
    static link_edge copy[5];
    memcpy(copy, links, sizeof links);
    d.edge = copy;
    d.num_edges = 5;
    for (int i = 0; i < 5; i++)
        entities[i] = (link_entity){-1, names[i], names[i], i == 1 ? "GPE" : "", (float)i, 1, -1};
    mentions[0] = (link_mention){
        .text = "alpha", .context = "alpha", .from = 0, .to = 1, .gold = 0, .num_candidates = 2, .candidate = pair};
    mentions[1] = (link_mention){.text = "beta",
                                 .context = "beta",
                                 .from = 1,
                                 .to = 2,
                                 .gold = GOLD_NIL,
                                 .num_candidates = 1,
                                 .candidate = single};
    mentions[2] = (link_mention){.text = "delta",
                                 .context = "delta",
                                 .from = 2,
                                 .to = 3,
                                 .gold = GOLD_OPEN,
                                 .num_candidates = 1,
                                 .candidate = far};
    mentions[3] = (link_mention){
        .text = "alpha", .context = "alpha", .from = 3, .to = 4, .gold = 2, .num_candidates = 2, .candidate = pair};
    return d;
}

/* Edge from entity a to entity b's node, or -1. */
static int64_t edge_between(const candidate_graph *g, int32_t a, int32_t b)
{
    for (int64_t n = 0; n < g->nodes; n++)
        for (int64_t e = g->indptr[n]; g->entity[n] == b && e < g->indptr[n + 1]; e++)
            if (g->entity[g->source[e]] == a) return e;
    return -1;
}

static void assert_sort(const candidate_graph *g, int32_t a, int32_t b, edge_sort sort)
{
    int64_t e = edge_between(g, a, b);
    assert_true(e >= 0);
    assert_int_equal(g->kind[e], sort);
    for (int s = 0; s < NUM_EDGE_SORTS; s++) assert_int_equal(g->edge_x[e * EDGE_FEATURES + s] > 0.5f, s == (int)sort);
}

static void test_graph(void **state)
{
    (void)state;
    link_document d = document();
    candidate_graph g;
    gat_arena *arena = arena_new();
    gat_intern *types = intern_new();
    assert_non_null(arena);
    assert_int_equal(intern_add(types, "GPE", 3), 0);
    assert_int_equal(candidate_graph_make(&g, &d, &nothing, types, arena, NULL), GAT_OK);
    assert_int_equal(g.num_groups, 3);
    assert_int_equal(g.nodes, 4);
    assert_true(g.size[0] > 1.5f && g.size[1] < 1.5f);
    assert_int_equal(g.group_of[3], 0);
    assert_sort(&g, 1, 0, EDGE_BOTH);
    assert_sort(&g, 0, 1, EDGE_BOTH);
    assert_sort(&g, 1, 2, EDGE_OUT);
    assert_sort(&g, 2, 1, EDGE_IN);
    assert_sort(&g, 0, 3, EDGE_SHARED);           /* by entity 4, which two entities link to */
    assert_int_equal(edge_between(&g, 0, 2), -1); /* of one group */
    int64_t shared = edge_between(&g, 3, 0);
    assert_true(fabsf(g.edge_x[shared * EDGE_FEATURES + EDGE_COMMON] - log1pf(1 / logf(4))) < 1e-6f);
    assert_true(g.wanted[0] > 0.5f && g.wanted[1] > 0.5f && g.num_wanted < 2.5f);
    for (int64_t i = 0; i < g.nodes * NODE_FEATURES; i++) assert_true(isfinite(g.x[i]));
    assert_true(g.x[2 * NODE_FEATURES + NODE_PLAIN] > 0.5f); /* the type of entity 1 */
    intern_free(types);
    arena_free(arena);
}

/* A document in which nothing can be meant. */
static void test_empty(void **state)
{
    (void)state;
    link_document d = document();
    candidate_graph g;
    gat_arena *arena = arena_new();
    gat_intern *types = intern_new();
    for (int i = 0; i < 4; i++) mentions[i].num_candidates = 0;
    assert_int_equal(candidate_graph_make(&g, &d, &nothing, types, arena, NULL), GAT_OK);
    assert_int_equal(g.nodes + g.edges + g.num_groups, 0);
    assert_int_equal(g.group_of[0], -1);
    intern_free(types);
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_graph),
        cmocka_unit_test(test_empty),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Rules of graphs: each is kept by one graph and broken by another; files that are no rules. */
#include <string.h>

#include "base/memory.h"
#include "generate/graph_data.h"
#include "generate/graph_rules.h"

static const char RULES[] = "rules.json";

typedef struct world {
    gat_intern *entities, *relations;
    graph_set train;
    seen_roles roles;
} world;

/* r and s join a, b, c and d in all ways but loops of s; year joins a with 10 and 9; e is in nothing. */
static void world_init(world *w)
{
    static const char *const entities[] = {"a", "b", "c", "d", "9", "10", "e"}, *const relations[] = {"r", "s", "y",
                                                                                                      "z"};
    memset(w, 0, sizeof *w);
    w->entities = intern_new();
    w->relations = intern_new();
    for (int i = 0; i < 7; i++) intern_add(w->entities, entities[i], strlen(entities[i]));
    for (int i = 0; i < 4; i++) intern_add(w->relations, relations[i], 1);
    for (int32_t i = 0; i < 4; i++)
        for (int32_t j = 0; j < 4; j++) {
            const gat_triple both[] = {{i, 0, j}, {i, 1, (i + 1) % 4}};
            assert_int_equal(graph_set_push(&w->train, both, 2, NULL), GAT_OK);
        }
    const gat_triple years[] = {{0, 2, 4}, {0, 2, 5}, {0, 3, 4}, {0, 3, 5}};
    assert_int_equal(graph_set_push(&w->train, years, 4, NULL), GAT_OK);
    assert_int_equal(seen_roles_make(&w->roles, &w->train, 7, 4, NULL), GAT_OK);
}

static void world_clear(world *w)
{
    intern_free(w->entities);
    intern_free(w->relations);
    graph_set_clear(&w->train);
    seen_roles_clear(&w->roles);
}

static int broken_by(const world *w, const char *rules, const gat_triple *facts, int64_t n)
{
    graph_rules r;
    gat_error err = {0};
    if (rules) write_text(RULES, rules);
    if (graph_rules_read(&r, rules ? RULES : NULL, w->relations, &err)) fail_msg("%s", err.message);
    int broken = graph_rules_broken(&r, &w->roles, w->entities, facts, n);
    graph_rules_clear(&r);
    return broken;
}

static void test_roles(void **state)
{
    (void)state;
    world w;
    world_init(&w);
    assert_true(w.roles.kind[1] == w.roles.kind[2] && w.roles.kind[0] != w.roles.kind[1]);
    assert_true(w.roles.kind[4] == w.roles.kind[5] && w.roles.kind[4] != w.roles.kind[6]);
    assert_true(w.roles.loop[0] && !w.roles.loop[1]);
    assert_true(seen_fact(&w.roles, &(gat_triple){0, 2, 5}) && !seen_fact(&w.roles, &(gat_triple){1, 2, 5}));
    assert_false(seen_fact(&w.roles, &(gat_triple){0, 2, 7}));
    assert_int_equal(w.roles.as_head[0], 4 + 4 + 4);
    world_clear(&w);
}

static void test_usual_rules(void **state)
{
    (void)state;
    world w;
    world_init(&w);
    const gat_triple good[] = {{0, 0, 1}, {1, 1, 2}, {3, 0, 2}}, apart[] = {{0, 0, 1}, {2, 0, 3}},
                     twice[] = {{0, 0, 1}, {0, 0, 1}}, side[] = {{0, 0, 4}};
    assert_int_equal(broken_by(&w, NULL, good, 3), -1);
    assert_int_equal(broken_by(&w, NULL, apart, 2), RULE_CONNECTED);
    assert_int_equal(broken_by(&w, NULL, twice, 2), RULE_REPEATED);
    assert_int_equal(broken_by(&w, NULL, side, 1), RULE_ROLES);
    assert_int_equal(broken_by(&w, NULL, good, 0), RULE_SIZE);
    assert_int_equal(broken_by(&w, "{\"connected\": false}", apart, 2), -1);
    assert_int_equal(broken_by(&w, "{\"triples\": [1, 2]}", good, 3), RULE_SIZE);
    world_clear(&w);
}

static void test_paths(void **state)
{
    (void)state;
    world w;
    world_init(&w);
    const gat_triple path[] = {{2, 0, 3}, {0, 0, 1}, {1, 1, 2}}, star[] = {{0, 0, 1}, {0, 0, 2}},
                     ring[] = {{0, 0, 1}, {1, 0, 2}, {2, 0, 0}}, meet[] = {{0, 0, 1}, {2, 0, 1}}, loop[] = {{0, 0, 0}},
                     two[] = {{3, 0, 3}, {0, 0, 1}};
    static const char rules[] = "{\"path\": true}";
    assert_int_equal(broken_by(&w, rules, path, 3), -1);
    assert_int_equal(broken_by(&w, rules, star, 2), RULE_CONNECTED);
    assert_int_equal(broken_by(&w, rules, ring, 3), RULE_CONNECTED);
    assert_int_equal(broken_by(&w, rules, meet, 2), RULE_CONNECTED);
    assert_int_equal(broken_by(&w, rules, loop, 1), RULE_CONNECTED);
    assert_int_equal(broken_by(&w, rules, two, 2), RULE_CONNECTED);
    world_clear(&w);
}

static void test_rules_of_relations(void **state)
{
    (void)state;
    world w;
    world_init(&w);
    const gat_triple r[] = {{1, 0, 2}}, s[] = {{1, 1, 2}}, loop[] = {{1, 0, 1}}, kinds[] = {{0, 0, 1}},
                     years[] = {{0, 2, 4}, {0, 3, 5}}, late[] = {{0, 2, 5}, {0, 3, 4}};
    static const char rules[] = "{\"relations\": {\"r\": {\"count\": [0, 1], \"loop\": false, \"same_kind\": true}}}",
                      order[] = "{\"not_above\": [[\"y\", \"z\"]]}";
    assert_int_equal(broken_by(&w, rules, r, 1), -1);
    assert_int_equal(broken_by(&w, rules, s, 1), RULE_RELATION);
    assert_int_equal(broken_by(&w, rules, loop, 1), RULE_LOOP);
    assert_int_equal(broken_by(&w, rules, kinds, 1), RULE_KIND);
    assert_int_equal(broken_by(&w, "{\"relations\": {\"r\": {\"count\": [2, 3]}}}", r, 1), RULE_COUNT);
    assert_int_equal(broken_by(&w, order, years, 2), -1);
    assert_int_equal(broken_by(&w, order, late, 2), RULE_ORDER);
    world_clear(&w);
}

static void test_bad_files(void **state)
{
    (void)state;
    static const char *const files[][2] = {{"{", "rules.json:1: no JSON"},
                                           {"[]", "rules.json: no JSON object"},
                                           {"{\"tripels\": [1, 2]}", "no rule: \"tripels\""},
                                           {"{\"triples\": [2, 1]}", "no [least, most]"},
                                           {"{\"triples\": [1, 65]}", "no [least, most]"},
                                           {"{\"path\": 1}", "neither true nor false"},
                                           {"{\"relations\": []}", "\"relations\" is no object"},
                                           {"{\"relations\": {\"q\": {}}}", "knows no relation \"q\""},
                                           {"{\"relations\": {\"r\": {\"x\": 1}}}", "no rule of a relation: \"x\""},
                                           {"{\"relations\": {\"r\": 1}}", "no object of rules"},
                                           {"{\"not_above\": 1}", "no list of pairs"},
                                           {"{\"not_above\": [[\"y\", \"q\"]]}", "does not know: \"q\""}};
    world w;
    world_init(&w);
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        graph_rules r;
        gat_error err = {0};
        write_text(RULES, files[i][0]);
        assert_int_equal(graph_rules_read(&r, RULES, w.relations, &err), GAT_EDATA);
        if (!strstr(err.message, files[i][1])) fail_msg("\"%s\" does not say \"%s\"", err.message, files[i][1]);
    }
    graph_rules r;
    assert_int_equal(graph_rules_read(&r, "nowhere.json", w.relations, NULL), GAT_EDATA);
    world_clear(&w);
}

static void test_failing_allocations(void **state)
{
    (void)state;
    world w;
    world_init(&w);
    write_text(RULES, "{\"not_above\": [[\"y\", \"z\"]], \"relations\": {\"r\": {}}}");
    for (int64_t n = 1;; n++) {
        graph_rules r;
        memory_fail_at(n, false);
        gat_status st = graph_rules_read(&r, RULES, w.relations, NULL);
        bool done = memory_count() < n;
        memory_fail_at(0, false);
        if (!st) graph_rules_clear(&r);
        if (done) break;
        assert_int_equal(st, GAT_ENOMEM);
    }
    world_clear(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_roles),     cmocka_unit_test(test_usual_rules),
        cmocka_unit_test(test_paths),     cmocka_unit_test(test_rules_of_relations),
        cmocka_unit_test(test_bad_files), cmocka_unit_test(test_failing_allocations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

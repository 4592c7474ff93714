/* Growth of small graphs: every proposal obeys what was asked for, whatever the kind of model. */
#include "grow/growth.h"

#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "base/parallel.h"
#include "support/check.h"
#include "support/path_data.h"
#include "support/ring_data.h"
#include "support/small_model.h"

enum { NONE, GAT, PATH, MODELS };

typedef struct grow_state {
    gat_dataset *data;
    gat_model *model[MODELS];
} grow_state;

static int setup(void **state)
{
    grow_state *s = gat_calloc(1, sizeof *s);
    assert_non_null(s);
    s->data = ring_dataset(false);
    gat_config none = ring_config("model=none epochs=8"), gat = ring_config("model=gat epochs=2"),
               path = path_config("");
    s->model[NONE] = ring_train(s->data, &none, NULL, GAT_OK);
    s->model[GAT] = ring_train(s->data, &gat, NULL, GAT_OK);
    s->model[PATH] = ring_train(s->data, &path, NULL, GAT_OK);
    *state = s;
    return 0;
}

static int teardown(void **state)
{
    grow_state *s = *state;
    for (int i = 0; i < MODELS; i++) model_free(s->model[i]);
    dataset_free(s->data);
    gat_free(s);
    return 0;
}

static gat_growth *grow(const gat_model *m, const gat_growth_options *o)
{
    gat_growth *g;
    gat_error err = {0};
    if (growth_run(&g, m, o, &err)) fail_msg("%s", err.message);
    return g;
}

static bool known(const gat_model *m, const gat_proposal *p)
{
    int32_t r = intern_find(m->relations, p->relation, strlen(p->relation));
    return filter_contains(m->view->known, entity_id(m->entities, p->head), r, entity_id(m->entities, p->tail));
}

static bool same(const gat_proposal *a, const gat_proposal *b)
{
    return !strcmp(a->head, b->head) && !strcmp(a->relation, b->relation) && !strcmp(a->tail, b->tail);
}

static void check_reasons(const gat_model *m, const gat_proposal *p)
{
    int rules = 0;
    for (int i = 0; i < p->num_reasons; i++) {
        const gat_growth_reason *r = &p->reason[i];
        rules += r->rule;
        assert_true(r->weight > 0 && r->weight <= 1 && r->num_steps > 0);
        const gat_path_step *first = &r->step[0], *last = &r->step[r->num_steps - 1];
        assert_true(!strcmp(first->head, p->head) || !strcmp(first->tail, p->head));
        assert_true(!strcmp(last->head, p->tail) || !strcmp(last->tail, p->tail));
        if (r->rule) assert_true(r->weight <= p->rule_confidence + 1e-6);
    }
    if (p->rule_confidence >= .02) assert_true(rules > 0);
    if (!m->path) assert_int_equal(rules, p->num_reasons);
}

static void check_growth(const gat_model *m, const gat_growth *g)
{
    double sum = 0;
    for (int64_t i = 0; i < g->count; i++) {
        const gat_proposal *p = &g->proposal[i];
        assert_false(known(m, p));
        assert_string_not_equal(p->head, p->tail);
        assert_true(p->probability >= 0 && p->probability <= 1);
        assert_true(p->tail_probability >= 0 && p->tail_probability <= 1);
        assert_true(p->head_probability >= 0 && p->head_probability <= 1);
        for (int64_t k = 0; k < i; k++) assert_false(same(p, &g->proposal[k]));
        check_reasons(m, p);
        sum += log(p->probability);
    }
    assert_true(fabs(sum - g->log_probability) < 1e-9);
    assert_true(g->supported >= 0 && g->supported <= 1);
}

static void test_whole_graph(void **state)
{
    grow_state *s = *state;
    for (int i = 0; i < MODELS; i++) {
        const gat_growth_options o = {.count = 6};
        gat_growth *g = grow(s->model[i], &o);
        assert_int_equal(g->count, 6);
        assert_int_equal(g->rounds, 6);
        assert_false(g->fitted);
        check_growth(s->model[i], g);
        growth_free(g);
    }
}

static void test_constraints(void **state)
{
    grow_state *s = *state;
    for (int i = 0; i < MODELS; i++) {
        const char *entity = intern_string(s->data->entities, 3);
        const gat_growth_options o = {.count = 4, .around = entity, .relation = "opposite", .data = s->data};
        gat_growth_options likely = {.count = 50, .min_probability = .2, .batch = 5};
        gat_growth *g = NULL;
        gat_error err = {0};
        gat_status st = growth_run(&g, s->model[i], &o, &err);
        assert_true(st == GAT_OK || st == GAT_EUSAGE); /* all opposites may be known */
        for (int64_t k = 0; g && k < g->count; k++) {
            const gat_proposal *p = &g->proposal[k];
            assert_true(!strcmp(p->head, entity) || !strcmp(p->tail, entity));
            assert_string_equal(p->relation, "opposite");
        }
        growth_free(g);
        g = grow(s->model[i], &likely);
        for (int64_t k = 0; k < g->count; k++) assert_true(g->proposal[k].probability >= .2);
        check_growth(s->model[i], g);
        growth_free(g);
        likely.min_probability = 1;
        g = grow(s->model[i], &likely);
        assert_int_equal(g->count, 0);
        assert_true(isnan(g->coherence) && g->best_probability < 1);
        growth_free(g);
    }
}

/* What was added is known afterwards: growing twice as far begins with the same facts. */
static void test_prefix(void **state)
{
    grow_state *s = *state;
    const gat_growth_options few = {.count = 3, .batch = 1}, more = {.count = 6, .batch = 1};
    gat_growth *a = grow(s->model[GAT], &few), *b = grow(s->model[GAT], &more);
    for (int i = 0; i < 3; i++) {
        assert_true(same(&a->proposal[i], &b->proposal[i]));
        assert_true(a->proposal[i].probability == b->proposal[i].probability);
    }
    growth_free(a);
    growth_free(b);
}

static void test_measures(void **state)
{
    grow_state *s = *state;
    for (int i = 0; i < MODELS; i++) {
        const gat_growth_options o = {.data = s->data, .measure = true};
        gat_growth *g = grow(s->model[i], &o);
        const gat_growth_measures *m = g->measures;
        assert_non_null(m);
        assert_int_equal(m->hidden, s->data->splits[GAT_SPLIT_TEST].count);
        assert_true(g->count <= m->hidden);
        assert_string_equal(m->row[0].name, "grown");
        assert_string_equal(m->row[1].name, "scores alone");
        assert_int_equal(m->num_rows, 4);
        int64_t right = 0;
        for (int64_t k = 0; k < g->count; k++)
            for (int64_t t = 0; t < m->hidden; t++) {
                gat_triple f = s->data->splits[GAT_SPLIT_TEST].data[t];
                right += !strcmp(g->proposal[k].head, intern_string(s->data->entities, f.head)) &&
                         !strcmp(g->proposal[k].relation, intern_string(s->data->relations, f.relation)) &&
                         !strcmp(g->proposal[k].tail, intern_string(s->data->entities, f.tail));
            }
        assert_int_equal(m->row[0].right, right);
        assert_true(m->row[0].in_type == 1);
        assert_true(m->row[3].precision > 0 && m->row[3].precision < .5);
        growth_free(g);
    }
}

static void test_threads(void **state)
{
    grow_state *s = *state;
    for (int i = 0; i < 2 * MODELS; i++) {
        const gat_growth_options plain = {.count = 8, .batch = 3}, measured = {.data = s->data, .measure = true};
        const gat_growth_options o = i < MODELS ? plain : measured;
        parallel_set_threads(1);
        gat_growth *one = grow(s->model[i % MODELS], &o);
        parallel_set_threads(2);
        gat_growth *two = grow(s->model[i % MODELS], &o);
        parallel_set_threads(0);
        assert_int_equal(one->count, two->count);
        for (int64_t k = 0; k < one->count; k++) {
            assert_true(same(&one->proposal[k], &two->proposal[k]));
            assert_memory_equal(&one->proposal[k].probability, &two->proposal[k].probability, sizeof(double));
            assert_int_equal(one->proposal[k].num_reasons, two->proposal[k].num_reasons);
        }
        assert_true(one->log_probability == two->log_probability);
        growth_free(one);
        growth_free(two);
    }
}

static void test_rules(void **state)
{
    grow_state *s = *state;
    gat_rule_list *list;
    assert_int_equal(rule_list_make(&list, s->model[NONE], NULL, NULL, 1000, 0, NULL), GAT_OK);
    assert_int_equal(list->num_shapes, 3);
    bool symmetric = false;
    for (int64_t i = 0; i < list->count; i++) {
        const gat_rule *r = &list->rule[i];
        if (i) assert_true(list->rule[i - 1].confidence >= r->confidence);
        symmetric = symmetric || (!strcmp(r->relation, "opposite") && !r->body[1] && r->reversed[0] &&
                                  !strcmp(r->body[0], "opposite"));
    }
    assert_true(symmetric);
    rule_list_free(list);
    assert_int_equal(rule_list_make(&list, s->model[NONE], NULL, "next", 2, 0, NULL), GAT_OK);
    assert_true(list->count <= 2 && list->num_shapes == 1);
    for (int64_t i = 0; i < list->count; i++) assert_string_equal(list->rule[i].relation, "next");
    rule_list_free(list);
    assert_int_equal(rule_list_make(&list, s->model[NONE], NULL, "nxt", 2, 0, NULL), GAT_EUSAGE);
    assert_null(list);
    assert_int_equal(rule_list_make(&list, s->model[NONE], NULL, NULL, 0, 0, NULL), GAT_EUSAGE);
}

static void refused(const gat_model *m, gat_growth_options o, gat_status expected, const char *text)
{
    gat_growth *g = (gat_growth *)1;
    gat_error err = {0};
    assert_int_equal(growth_run(&g, m, &o, &err), expected);
    assert_null(g);
    if (!strstr(err.message, text)) fail_msg("\"%s\" lacks \"%s\"", err.message, text);
}

static void test_refused(void **state)
{
    grow_state *s = *state;
    gat_model *m = s->model[NONE];
    refused(m, (gat_growth_options){0}, GAT_EUSAGE, "number of facts, found 0");
    refused(m, (gat_growth_options){.count = 1, .min_probability = 1.5}, GAT_EUSAGE, "from 0 to 1");
    refused(m, (gat_growth_options){.count = 1, .min_probability = (double)NAN}, GAT_EUSAGE, "from 0 to 1");
    refused(m, (gat_growth_options){.count = 1, .batch = -1}, GAT_EUSAGE, "negative");
    refused(m, (gat_growth_options){.count = 1, .around = "nobody"}, GAT_EUSAGE, "unknown entity");
    refused(m, (gat_growth_options){.count = 1, .relation = "opposit"}, GAT_EUSAGE, "nearest: opposite");
    refused(m, (gat_growth_options){.measure = true}, GAT_EUSAGE, "no test facts");
    refused(m, (gat_growth_options){.measure = true, .data = s->data, .relation = "next"}, GAT_EUSAGE, "whole graph");
    m->calibrated = false;
    refused(m, (gat_growth_options){.count = 1}, GAT_EUSAGE, "no calibrated probabilities");
    m->calibrated = true;
    put_file("lone.tsv", "x\tnext\ty\n");
    gat_dataset *lone = dataset_of("lone.tsv");
    refused(m, (gat_growth_options){.count = 1, .graph = lone, .around = "y", .relation = "opposite"}, GAT_EUSAGE,
            "no fact around \"y\" of relation \"opposite\" is possible");
    dataset_free(lone);
}

static void test_failing_allocations(void **state)
{
    grow_state *s = *state;
    gat_status st = GAT_ENOMEM;
    const gat_growth_options o = {.count = 2, .batch = 1, .data = s->data, .measure = true};
    parallel_set_threads(1);
    for (int64_t n = 1, step = 1; st; n += step, step = 1 + n / 12) {
        gat_growth *g;
        gat_error err = {0};
        memory_fail_at(n, false);
        st = growth_run(&g, s->model[NONE], &o, &err);
        memory_fail_at(0, false);
        assert_true(st == GAT_OK ? g != NULL : g == NULL && err.code == GAT_ENOMEM);
        growth_free(g);
    }
    parallel_set_threads(0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_whole_graph), cmocka_unit_test(test_constraints),
        cmocka_unit_test(test_prefix),      cmocka_unit_test(test_measures),
        cmocka_unit_test(test_threads),     cmocka_unit_test(test_rules),
        cmocka_unit_test(test_refused),     cmocka_unit_test(test_failing_allocations),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}

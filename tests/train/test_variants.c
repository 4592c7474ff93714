/* Training runs with every variant of the attention: they learn, repeat to the bit, go on after a stop, come back from
 * files with all they need, and show the weights they use. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "graph/igraph_bridge.h"
#include "model/model_io.h"
#include "model/positions.h"
#include "model/embedding_view.h"
#include "support/check.h"
#include "support/ring_data.h"

static const char path[] = "run.checkpoint", file[] = "model.gatkit";

static const char *const variants[] = {"selection=top-k select-k=2",
                                       "selection=sampled select-k=3",
                                       "selection=gumbel select-k=2 select-temperature=0.5",
                                       "attn-query=learned attention=dynamic",
                                       "reach=hops reach-hops=3 reach-edges=3",
                                       "reach=sampled reach-edges=4 selection=top-k",
                                       "reach=global",
                                       "positions=random-walk position-dim=5",
                                       "recurrent-depth=2 layers=2",
                                       "fan-out=4 negatives=12 recurrent-depth=2 positions=random-walk selection=top-k",
                                       "positions=laplacian position-dim=5 reach=global attn-query=learned"};
enum { VARIANTS = sizeof variants / sizeof *variants };

/* The last one needs igraph. */
static int usable(void) { return bridge_built_in() ? VARIANTS : VARIANTS - 1; }

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

static void test_they_learn(void **state)
{
    for (int i = 0; i < usable(); i++) {
        char settings[200];
        ring_watch w = {0};
        snprintf(settings, sizeof settings, "%s epochs=8 dropout=0 init=0.1", variants[i]);
        gat_config c = ring_config(settings);
        gat_train_options o = ring_watched(&w);
        ring_run(*state, &c, &o);
        if (!(w.loss[7] < 0.9 * w.loss[0])) fail_msg("%s: loss %g, then %g", variants[i], w.loss[0], w.loss[7]);
    }
}

static void test_threads_give_the_same_model(void **state)
{
    for (int i = 0; i < usable(); i++) {
        gat_config c = ring_config(variants[i]);
        parallel_set_threads(1);
        ring_digest one = ring_run(*state, &c, NULL);
        for (int t = 2; t <= 8; t += 6) {
            parallel_set_threads(t);
            ring_digest more = ring_run(*state, &c, NULL);
            assert_same_digest(one, more);
        }
    }
    parallel_set_threads(2);
}

static void test_each_differs_from_the_default(void **state)
{
    gat_config plain = ring_config("");
    ring_digest usual = ring_run(*state, &plain, NULL);
    for (int i = 0; i < usable(); i++) {
        gat_config c = ring_config(variants[i]);
        ring_digest other = ring_run(*state, &c, NULL);
        assert_other_digest(usual, other);
    }
}

static void test_stop_and_resume(void **state)
{
    for (int i = 0; i < usable(); i++) {
        gat_config c = ring_config(variants[i]);
        ring_digest whole = ring_run(*state, &c, NULL);
        ring_watch w = {.stop_after_steps = 8};
        gat_train_options o = ring_watched(&w), again = {.checkpoint = path, .resume = true};
        o.checkpoint = path;
        assert_int_equal(file_remove(path, NULL), GAT_OK);
        ring_train(*state, &c, &o, GAT_EINTERRUPTED);
        ring_digest parts = ring_run(*state, &c, &again);
        assert_same_digest(whole, parts);
    }
}

static gat_model *loaded(void)
{
    gat_model *m;
    gat_error err = {0};
    if (model_load(&m, file, &err) || model_finish(m, &err)) fail_msg("%s", err.message);
    return m;
}

static void test_files_hold_all(void **state)
{
    for (int i = 0; i < usable(); i++) {
        gat_config c = ring_config(variants[i]);
        gat_model *m = ring_train(*state, &c, NULL, GAT_OK), *back;
        assert_int_equal(model_save(m, file, NULL), GAT_OK);
        back = loaded();
        assert_string_equal(m->config_lines, back->config_lines);
        assert_memory_equal(embedding_view_of(m->view)->encoded, embedding_view_of(back->view)->encoded,
                            (size_t)(m->view->num_entities * embedding_view_of(m->view)->dim) * sizeof(float));
        model_free(m);
        model_free(back);
    }
}

/* Weights of a node's edges: of all together not above 1, and 1 where nothing lies beyond; of a hard selection, few. */
static void check_weights(const gat_model *m, const float *alpha, int32_t node, const char *settings)
{
    const gat_graph *g = m->view->graph;
    int64_t edges = g->in_indptr[node + 1] - g->in_indptr[node], heads = m->encoder.num_heads;
    bool far = embedding_view_of(m->view)->far_graph != NULL,
         few = m->config.selection == GAT_SELECT_TOP_K || m->config.selection == GAT_SELECT_GUMBEL;
    for (int64_t j = 0; j < heads; j++) {
        double sum = 0;
        int64_t heard = 0;
        for (int64_t e = 0; e < edges; e++) {
            sum += (double)alpha[e * heads + j];
            heard += alpha[e * heads + j] > 0;
        }
        if (sum > 1 + 1e-5 || (!far && sum < 1 - 1e-5)) fail_msg("%s: weights sum to %g", settings, sum);
        assert_true(!few || heard <= m->config.select_k);
        assert_true(heard > 0 || far);
    }
}

static void test_attention_of_views(void **state)
{
    for (int i = 0; i < usable(); i++) {
        int32_t nodes[RING];
        float *alpha, *one;
        gat_config c = ring_config(variants[i]);
        gat_model *m = ring_train(*state, &c, NULL, GAT_OK);
        const gat_graph *g = m->view->graph;
        int64_t heads = m->encoder.num_heads, at = 0;
        assert_int_equal(embedding_view_of(m->view)->far_graph != NULL,
                         c.reach == GAT_REACH_HOPS || c.reach == GAT_REACH_SAMPLED);
        for (int32_t v = 0; v < RING; v++) nodes[v] = v;
        assert_int_equal(embedding_attention(&alpha, embedding_view_of(m->view), nodes, RING, NULL), GAT_OK);
        for (int32_t v = 0; v < RING; v++) {
            int64_t size = (g->in_indptr[v + 1] - g->in_indptr[v]) * heads;
            check_weights(m, alpha + at, v, variants[i]);
            assert_int_equal(embedding_attention(&one, embedding_view_of(m->view), &v, 1, NULL), GAT_OK);
            assert_memory_equal(one, alpha + at, (size_t)size * sizeof *one);
            gat_free(one);
            at += size;
        }
        gat_free(alpha);
        model_free(m);
    }
}

/* Entities that training has not seen, in a graph of their own: all variants are computed there anew. */
static void test_other_graphs(void **state)
{
    for (int i = 0; i < usable(); i++) {
        gat_config c = ring_config(variants[i]);
        gat_model *m = ring_train(*state, &c, NULL, GAT_OK);
        gat_intern *names = intern_new();
        gat_triples facts = {0};
        model_view *v, *again;
        for (int32_t e = 0; e < 7; e++) {
            char name[20];
            snprintf(name, sizeof name, "new %d", e);
            assert_int_equal(intern_add(names, name, strlen(name)), e);
            if (e < 6) assert_int_equal(triples_push(&facts, (gat_triple){e, e % 2, (e + 1) % 6}, NULL), GAT_OK);
        }
        assert_int_equal(view_build(&v, m, names, &facts, NULL), GAT_OK);
        assert_int_equal(view_build(&again, m, names, &facts, NULL), GAT_OK);
        assert_memory_equal(embedding_view_of(v)->encoded, embedding_view_of(again)->encoded,
                            (size_t)(7 * embedding_view_of(v)->dim) * sizeof(float));
        for (int64_t j = 0; j < 7 * embedding_view_of(v)->dim; j++)
            assert_true(isfinite(embedding_view_of(v)->encoded[j]));
        assert_memory_not_equal(embedding_view_of(v)->encoded,
                                embedding_view_of(v)->encoded + 6 * embedding_view_of(v)->dim,
                                (size_t)embedding_view_of(v)->dim * sizeof(float));
        view_free(v);
        view_free(again);
        intern_free(names);
        triples_clear(&facts);
        model_free(m);
    }
}

/* Writes the model with other positions; NULL: without. */
static void save_with_positions(const gat_model *m, const void *bytes, int64_t length)
{
    model_sections s;
    assert_int_equal(sections_of_model(&s, m, NULL), GAT_OK);
    for (int i = 0; i < s.count; i++)
        if (!strcmp(s.list[i].name, "positions"))
            s.list[i] = (gat_section){bytes ? "positions" : "places", bytes ? bytes : "", length};
    assert_int_equal(model_file_write(file, s.list, s.count, NULL), GAT_OK);
    sections_clear(&s);
}

static void assert_refused(const char *part)
{
    gat_model *m;
    gat_error err = {0};
    assert_int_equal(model_load(&m, file, &err), GAT_EMODEL);
    assert_null(m);
    if (!strstr(err.message, part)) fail_msg("\"%s\" does not say \"%s\"", err.message, part);
}

static void test_damaged_positions(void **state)
{
    gat_config c = ring_config("positions=random-walk position-dim=4 epochs=1");
    gat_model *m = ring_train(*state, &c, NULL, GAT_OK);
    float places[RING * 4] = {0};
    save_with_positions(m, NULL, 0);
    assert_refused("positions");
    save_with_positions(m, places, sizeof places - 4);
    assert_refused("positions and header disagree");
    save_with_positions(m, places, sizeof places);
    model_free(loaded());
    places[5] = NAN;
    save_with_positions(m, places, sizeof places);
    assert_refused("a position is not a number");
    model_free(m);
}

/* Lines of a model made before there were variants. */
static void test_older_models(void **state)
{
    (void)state;
    gat_config old, now;
    config_init(&old);
    config_init(&now);
    assert_int_equal(config_parse(&old, "model = gat\nattention = additive\nslope = 0.2\n", "test", NULL), GAT_OK);
    char *a = config_text(&old), *b = config_text(&now);
    assert_true(a && b);
    assert_string_equal(a, b);
    assert_non_null(strstr(a, "selection = soft\n"));
    assert_non_null(strstr(a, "reach = local\n"));
    assert_non_null(strstr(a, "positions = none\n"));
    assert_non_null(strstr(a, "attn-query = node\n"));
    assert_non_null(strstr(a, "recurrent-depth = 1\n"));
    gat_free(a);
    gat_free(b);
}

static void test_refusals(void **state)
{
    (void)state;
    gat_error err = {0};
    gat_config c = ring_config("selection=sampled select-k=1");
    assert_int_equal(config_check(&c, &err), GAT_EUSAGE);
    assert_non_null(strstr(err.message, "select-k"));
    c = ring_config("reach=global fan-out=3");
    assert_int_equal(config_check(&c, &err), GAT_EUSAGE);
    assert_non_null(strstr(err.message, "reach local"));
}

static void test_no_positions_without_igraph(void **state)
{
    gat_error err = {0};
    gat_model *m;
    gat_config c = ring_config("positions=laplacian");
    if (bridge_built_in()) return;
    assert_int_equal(train_model(&m, *state, &c, NULL, &err), GAT_EUSAGE);
    assert_non_null(strstr(err.message, "GATKIT_IGRAPH"));
}

static void test_failing_allocations(void **state)
{
    gat_config c = ring_config("epochs=1 selection=gumbel reach=hops positions=random-walk position-dim=2");
    gat_status st = GAT_ENOMEM;
    int64_t n;
    for (n = 1; st; n++) {
        gat_model *m;
        gat_error err = {0};
        memory_fail_at(n, false);
        st = train_model(&m, *state, &c, NULL, &err);
        memory_fail_at(0, false);
        assert_true(st == GAT_OK || (st == GAT_ENOMEM && !m && err.code == st));
        if (!st) model_free(m);
    }
    assert_true(n > 60);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_they_learn),
        cmocka_unit_test(test_threads_give_the_same_model),
        cmocka_unit_test(test_each_differs_from_the_default),
        cmocka_unit_test(test_stop_and_resume),
        cmocka_unit_test(test_files_hold_all),
        cmocka_unit_test(test_attention_of_views),
        cmocka_unit_test(test_other_graphs),
        cmocka_unit_test(test_damaged_positions),
        cmocka_unit_test(test_older_models),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_no_positions_without_igraph),
        cmocka_unit_test(test_failing_allocations),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}

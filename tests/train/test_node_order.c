/* Entities numbered by degree while training: faster on large graphs, and nobody can tell from the model. */
#include "support/small_model.h"
#include "model/embedding_view.h"

#include <math.h>

#include "model/relabel.h"
#include "support/check.h"
#include "support/ring_data.h"

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

static gat_model *trained(const gat_dataset *d, const char *order, const char *more)
{
    char text[300];
    snprintf(text, sizeof text,
             "dim=8 attn-heads=2 dropout=0 attn-dropout=0 epochs=6 batch=1000 init=1 encoder-lr=0 node-order=%s %s",
             order, more);
    gat_config c = ring_config(text);
    return ring_train(d, &c, NULL, GAT_OK);
}

static void assert_same_model(const gat_model *a, const gat_model *b)
{
    assert_int_equal(intern_count(a->entities), intern_count(b->entities));
    for (int32_t i = 0; i < intern_count(a->entities); i++) {
        assert_string_equal(intern_string(a->entities, i), intern_string(b->entities, i));
        const char *x = a->entity_text[i], *y = b->entity_text[i];
        assert_true(x && y ? !strcmp(x, y) : x == y);
    }
    assert_int_equal(a->facts.count, b->facts.count);
    assert_memory_equal(a->facts.data, b->facts.data, (size_t)a->facts.count * sizeof *a->facts.data);
    for (int64_t k = 0; k < a->params.size; k++) assert_at_most(fabsf(a->params.value[k] - b->params.value[k]), 1e-4);
    for (int64_t k = 0; k < a->view->num_entities * embedding_view_of(a->view)->dim; k++)
        assert_at_most(fabsf(embedding_view_of(a->view)->encoded[k] - embedding_view_of(b->view)->encoded[k]), 1e-3);
    assert_at_most(fabs(a->origin.valid.realistic.mrr - b->origin.valid.realistic.mrr), 1e-9);
}

/* With one batch an epoch only sums run in another order. The layer's own weights stay: Adagrad makes whole steps of what
 * rounding leaves of a zero gradient. */
static void test_the_same_model(void **state)
{
    static const char *const more[] = {"", "layers=2 attention=dynamic", "model=none",
                                       "positions=random-walk position-dim=4", "loss=bce keep=last"};
    for (size_t i = 0; i < sizeof more / sizeof *more; i++) {
        gat_model *given = trained(*state, "given", more[i]), *degree = trained(*state, "degree", more[i]);
        assert_same_model(given, degree);
        assert_memory_equal(given->origin.data_digest, degree->origin.data_digest, sizeof given->origin.data_digest);
        model_free(given);
        model_free(degree);
    }
}

/* A run cut in two, and one with a sample, whose draws go by number. */
static void test_resume_and_samples(void **state)
{
    gat_config c = ring_config("dim=8 attn-heads=2 epochs=4 batch=7 node-order=degree negatives=4 fan-out=2");
    ring_watch w = {.stop_after_steps = 5};
    gat_train_options o = ring_watched(&w);
    gat_model *whole = ring_train(*state, &c, NULL, GAT_OK);
    o.checkpoint = "cut.checkpoint";
    ring_train(*state, &c, &o, GAT_EINTERRUPTED);
    o = (gat_train_options){.checkpoint = "cut.checkpoint", .resume = true};
    gat_model *resumed = ring_train(*state, &c, &o, GAT_OK);
    ring_digest a = ring_digest_of(whole), b = ring_digest_of(resumed);
    assert_same_digest(a, b);
    model_free(whole);
    model_free(resumed);
}

static void test_places(void **state)
{
    (void)state;
    gat_triple data[] = {{0, 0, 2}, {1, 0, 2}, {2, 1, 3}, {3, 0, 1}, {2, 0, 9}};
    gat_triples facts = {.data = data, .count = 5};
    static const int32_t right[] = {3, 1, 0, 2}; /* degrees 1, 2, 4, 2 */
    int32_t *place;
    assert_int_equal(relabel_by_degree(&place, &facts, 4, NULL), GAT_OK);
    assert_memory_equal(place, right, sizeof right);
    relabel_facts(&facts, place, 4);
    assert_true(data[0].head == 3 && data[0].tail == 0 && data[4].tail == 9);
    assert_int_equal(relabel_invert(place, 4, NULL), GAT_OK);
    relabel_facts(&facts, place, 4);
    assert_true(data[0].head == 0 && data[0].tail == 2 && data[3].head == 3 && data[3].tail == 1);
    gat_free(place);
}

static void test_when_it_is_wanted(void **state)
{
    (void)state;
    gat_config c = ring_config("dim=64"), given = ring_config("dim=64 node-order=given"),
               sampled = ring_config("dim=64 negatives=5"), none = ring_config("dim=64 model=none");
    assert_true(relabel_wanted(&c, (1 << 18) + 1));
    assert_false(relabel_wanted(&c, 1 << 18));
    assert_false(relabel_wanted(&given, 1 << 24) || relabel_wanted(&sampled, 1 << 24) ||
                 relabel_wanted(&none, 1 << 24));
}

static void test_failing_allocations(void **state)
{
    gat_status st = GAT_ENOMEM;
    gat_config c = ring_config("dim=4 attn-heads=1 epochs=1 node-order=degree");
    for (int64_t n = 1; st; n += n < 60 ? 1 : 7) {
        gat_model *m = NULL;
        memory_fail_at(n, false);
        st = train_model(&m, *state, &c, NULL, NULL);
        memory_fail_at(0, false);
        assert_true(st ? st == GAT_ENOMEM && !m : m != NULL);
        model_free(m);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_same_model),
        cmocka_unit_test(test_resume_and_samples),
        cmocka_unit_test(test_places),
        cmocka_unit_test(test_when_it_is_wanted),
        cmocka_unit_test(test_failing_allocations),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}

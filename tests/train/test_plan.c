/* What a plan says a training will hold is what it holds, by the bytes that are counted: resident memory would hold those
 * of a sanitizer, too. Times are not tested, but that they add up. */
#include "train/plan.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/memory.h"
#include "base/parallel.h"
#include "base/random.h"
#include "support/check.h"
#include "support/path_data.h"

static const double TRIED_SECONDS = .01, WITHIN = .15;

typedef struct graph_size {
    const char *folder;
    int64_t entities, relations, facts;
} graph_size;

static const graph_size small = {"small", 300, 5, 600}, middle = {"middle", 1500, 12, 1500};

/* Ends by a power law: the square of a uniform number. */
static int64_t draw_entity(const graph_size *g, uint64_t stream, uint64_t i)
{
    double u = (double)random_below(7, stream, i, 1 << 20) / (1 << 20);
    return (int64_t)(u * u * (double)g->entities);
}

static gat_dataset *load(const graph_size *g)
{
    char path[100];
    FILE *split[2];
    gat_dataset *data;
    gat_error err = {0};
    mkdir(g->folder, 0777);
    for (int i = 0; i < 2; i++) {
        snprintf(path, sizeof path, "%s/%s.tsv", g->folder, i ? "valid" : "train");
        assert_non_null(split[i] = fopen(path, "wb"));
    }
    for (uint64_t i = 0; i < (uint64_t)g->facts; i++) {
        long long head = (long long)draw_entity(g, 1, i), tail = (long long)draw_entity(g, 2, i),
                  relation = (long long)random_below(7, 3, i, g->relations);
        fprintf(split[0], "e%lld\tr%lld\te%lld\n", head, relation, tail);
        if (i % 20 == 0) fprintf(split[1], "e%lld\tr%lld\te%lld\n", head, relation, (tail + 1) % 10);
    }
    for (int i = 0; i < 2; i++) assert_int_equal(fclose(split[i]), 0);
    if (dataset_load(&data, g->folder, NULL, &err)) fail_msg("%s", err.message);
    return data;
}

static gat_plan make_plan(const gat_dataset *data, const gat_config *c, const gat_train_options *o)
{
    gat_plan p;
    gat_error err = {0};
    memory_restart_peak();
    if (plan_training(&p, data, c, o, TRIED_SECONDS, &err)) fail_msg("%s", err.message);
    return p;
}

static int64_t train(const gat_dataset *data, const gat_config *c)
{
    memory_restart_peak();
    model_free(ring_train(data, c, NULL, GAT_OK));
    return memory_peak();
}

static void assert_near(const char *what, const char *settings, int64_t said, int64_t held)
{
    double off = (double)said / (double)held - 1;
    if (fabs(off) > WITHIN)
        fail_msg("%s, %s: %lld bytes for %lld (%+.0f %%)", settings, what, (long long)said, (long long)held, 100 * off);
}

static gat_config config_of(const char *settings)
{
    return strstr(settings, "path-") ? path_config(settings) : ring_config(settings);
}

/* Whether steps are tried or not. */
static void check(const gat_dataset *data, const char *settings)
{
    gat_config c = config_of(settings);
    gat_plan p = make_plan(data, &c, NULL);
    int64_t held = train(data, &c), tried_program = p.part[0].counted, program = p.part[0].estimated;
    assert_true(p.tried && p.tried_steps > 0);
    assert_near("with steps", settings, p.bytes - tried_program, held);
    assert_near("from sizes", settings, p.estimated_bytes - program, held);
}

static const char *const kinds[] = {
    "epochs=1 batch=250 dim=64",
    "epochs=1 batch=250 dim=64 attention=dynamic layers=2",
    "epochs=1 batch=250 dim=64 model=none decoder=complex",
    "epochs=1 batch=250 dim=64 model=none decoder=complex relation-weight=0.5 optimizer=adam members=3",
};

static void check_graph(const graph_size *g, const char *paths)
{
    gat_dataset *data = load(g);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) check(data, kinds[i]);
    check(data, paths);
    dataset_free(data);
}

static void test_a_small_graph(void **state)
{
    (void)state;
    check_graph(&small, "path-hide=fact layers=3 dim=64 queries=64 batch=16");
}

static void test_a_middle_graph(void **state)
{
    (void)state;
    check_graph(&middle, "path-hide=fact layers=2 dim=64 queries=16 batch=8");
}

static void test_what_it_tells(void **state)
{
    (void)state;
    gat_dataset *data = ring_dataset(false);
    gat_config c = ring_config("epochs=6 eval-every=4 batch=16");
    gat_plan p = make_plan(data, &c, NULL);
    assert_int_equal(p.epochs, 6);
    assert_int_equal(p.validations, 2);
    assert_true(p.steps > 6 && p.steps % 6 == 0 && p.questions == 0);
    double all = p.preparing.clock + (double)p.steps * p.step.clock + (double)p.validations * p.validation.clock +
                 p.ending.clock;
    assert_true(p.step.clock > 0 && p.all.processor > 0 && fabs(p.all.clock - all) < 1e-9);
    gat_train_options limit = {.time_limit = 1e-9};
    gat_plan cut = make_plan(data, &c, &limit);
    assert_true(cut.all.clock <= 1e-9);
    c = path_config("path-hide=fact queries=50 members=2 eval-queries=10");
    p = make_plan(data, &c, NULL);
    assert_true(p.questions == 50 && p.validations == 5 && p.tried_questions > 0 && p.epochs == 0);
    dataset_free(data);
}

/* Above the limit nothing is tried, and train refuses by the same number. */
static void test_limit(void **state)
{
    (void)state;
    gat_dataset *data = ring_dataset(false);
    gat_config c = ring_config("");
    gat_train_options o = {.max_memory = 1 << 16};
    gat_plan p = make_plan(data, &c, &o);
    assert_true(!p.tried && p.estimated_bytes > o.max_memory && p.bytes == p.estimated_bytes);
    assert_int_equal(p.part[p.num_parts - 1].counted, -1);
    ring_train(data, &c, &o, GAT_ENOSPC);
    o.max_memory = (int64_t)1 << 40;
    p = make_plan(data, &c, &o);
    assert_true(p.tried);
    dataset_free(data);
}

static int stops_at_once(void *context) { return ++*(int *)context > 0; }
static int stops_later(void *context) { return ++*(int *)context > 2; }

/* Numbers of a trial that was cut short would be wrong. */
static void test_interrupted(void **state)
{
    (void)state;
    static const char *const settings[] = {"epochs=1 batch=4", "path-hide=fact queries=50"};
    gat_dataset *data = ring_dataset(false);
    for (int i = 0; i < 4; i++) {
        int asked = 0;
        gat_plan p;
        gat_error err = {0};
        gat_config c = config_of(settings[i / 2]);
        gat_train_options o = {.should_stop = i % 2 ? stops_later : stops_at_once, .context = &asked};
        assert_int_equal(plan_training(&p, data, &c, &o, TRIED_SECONDS, &err), GAT_EINTERRUPTED);
        assert_string_equal(err.message, "interrupted");
        assert_true(!p.tried && asked > 0);
    }
    dataset_free(data);
}

/* The peak of the process is known after a plan as before. */
static void test_peak_is_kept(void **state)
{
    (void)state;
    gat_dataset *data = ring_dataset(false);
    gat_config c = ring_config("");
    gat_free(gat_alloc(64 << 20, 1));
    int64_t most = memory_peak();
    gat_plan p;
    assert_int_equal(plan_training(&p, data, &c, NULL, 0, NULL), GAT_OK);
    assert_true(memory_peak() >= most && p.bytes >= most);
    dataset_free(data);
}

static void test_bad_options(void **state)
{
    (void)state;
    gat_dataset *data = ring_dataset(false);
    gat_config c = ring_config("dim=7");
    gat_plan p;
    gat_error err = {0};
    assert_int_equal(plan_training(&p, data, &c, NULL, TRIED_SECONDS, &err), GAT_EUSAGE);
    assert_non_null(strstr(err.message, "dim"));
    dataset_free(data);
}

static void test_failing_allocations(void **state)
{
    (void)state;
    static const char *const settings[] = {"epochs=1 batch=1000", "path-hide=fact queries=5"};
    gat_dataset *data = ring_dataset(false);
    for (int i = 0; i < 2; i++) {
        gat_config c = config_of(settings[i]);
        gat_plan p;
        memory_fail_at(0, false);
        assert_int_equal(plan_training(&p, data, &c, NULL, 0, NULL), GAT_OK);
        int64_t count = memory_count(), step = count / 25 + 1;
        int64_t before = memory_in_use();
        for (int64_t n = 1; n < count; n += step) {
            memory_fail_at(n, true);
            gat_status st = plan_training(&p, data, &c, NULL, 0, NULL);
            memory_fail_at(0, false);
            if (st && st != GAT_ENOMEM) fail_msg("allocation %lld: status %d", (long long)n, st);
            assert_int_equal(memory_in_use(), before);
        }
    }
    dataset_free(data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_small_graph), cmocka_unit_test(test_a_middle_graph),
        cmocka_unit_test(test_what_it_tells), cmocka_unit_test(test_limit),
        cmocka_unit_test(test_bad_options),   cmocka_unit_test(test_failing_allocations),
        cmocka_unit_test(test_interrupted),   cmocka_unit_test(test_peak_is_kept),
    };
    parallel_set_threads(2);
    return cmocka_run_group_tests(tests, NULL, NULL);
}

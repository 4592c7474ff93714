/* The estimate that --max-memory is compared with: it grows with what grows, and a sample of a large graph is small. */
#include "model/training_memory.h"

#include <stdio.h>

#include "support/check.h"

enum { TAXA = 1038071, TAXON_RELATIONS = 4, TAXON_FACTS = 4005738, DATA_BYTES = 180 << 20 };

static gat_config config_of(const char *settings)
{
    gat_config c;
    gat_error err = {0};
    config_init(&c);
    if (config_parse(&c, settings, "test", &err)) fail_msg("%s", err.message);
    return c;
}

static int64_t taxonomy_megabytes(const char *settings)
{
    gat_config c = config_of(settings);
    training_sizes sizes = {.entities = TAXA,
                            .relations = TAXON_RELATIONS,
                            .facts = TAXON_FACTS,
                            .valid = 2000,
                            .names = 100 * TAXA,
                            .threads = 2};
    training_memory m;
    assert_int_equal(training_memory_of(&m, &c, &sizes, NULL), GAT_OK);
    return (training_memory_peak(&m) + DATA_BYTES) >> 20;
}

static void test_what_is_sampled(void **state)
{
    (void)state;
    static const char *const sampled[] = {"negatives=5", "fan-out=2", "model=none\nnegatives=5"};
    static const char *const whole[] = {"", "model=none", "model=none\nfan-out=2"};
    for (int i = 0; i < 3; i++) {
        gat_config yes = config_of(sampled[i]), no = config_of(whole[i]);
        assert_true(training_is_sampled(&yes));
        assert_false(training_is_sampled(&no));
    }
}

/* The preset for a million entities was measured at 1.6 GB. */
static void test_a_large_graph(void **state)
{
    (void)state;
    assert_in_range(taxonomy_megabytes("preset=large"), 1400, 2047);
    assert_true(taxonomy_megabytes("preset=large\nnegatives=0\nfan-out=0") > 4000);
    assert_true(taxonomy_megabytes("preset=large\nmodel=none") < taxonomy_megabytes("preset=large"));
}

static void test_it_grows(void **state)
{
    (void)state;
    static const char *const more[] = {"dim=128",     "layers=3",  "optimizer=adam",
                                       "batch=20000", "fan-out=8", "negatives=50000"};
    int64_t base = taxonomy_megabytes("preset=large\nfan-out=2");
    for (size_t i = 0; i < sizeof more / sizeof *more; i++) {
        char text[100];
        snprintf(text, sizeof text, "preset=large\nfan-out=2\n%s", more[i]);
        if (taxonomy_megabytes(text) <= base) fail_msg("no more memory with %s", more[i]);
    }
}

/* Members that are done are kept, and joined at the end. */
static void test_members(void **state)
{
    (void)state;
    int64_t one = taxonomy_megabytes("model=none\ndim=64"), two = taxonomy_megabytes("model=none\ndim=64\nmembers=2"),
            many = taxonomy_megabytes("model=none\ndim=64\nmembers=30"), table = (int64_t)TAXA * 64 * 4 >> 20;
    assert_true(two >= one + table && many >= 60 * table);
}

/* A model of paths has other sizes: no table of entities, but everything that its questions reach. */
static void test_paths(void **state)
{
    (void)state;
    static const char *const more[] = {"dim=128", "layers=7", "members=4", "batch=300"};
    int64_t base = taxonomy_megabytes("model=path\nlayers=5\nqueries=10");
    for (size_t i = 0; i < sizeof more / sizeof *more; i++) {
        char text[100];
        snprintf(text, sizeof text, "model=path\nlayers=5\nqueries=10\n%s", more[i]);
        if (taxonomy_megabytes(text) <= base) fail_msg("no more memory with %s", more[i]);
    }
    assert_true(taxonomy_megabytes("model=path\nlayers=5\npath-budget=1000") < base);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_sampled), cmocka_unit_test(test_a_large_graph), cmocka_unit_test(test_it_grows),
        cmocka_unit_test(test_paths),           cmocka_unit_test(test_members),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

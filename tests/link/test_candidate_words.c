/* What the words around a mention say of its candidates: nearness by vectors of the user's own, overlap, and the entries of the
 * wide part. */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/parallel.h"
#include "link/candidate_words.h"
#include "link/link_source.h"
#include "support/check.h"

enum { OVERLAP = NODE_FEATURES + WORDS_WEIGHT, NEARNESS = OVERLAP + WORDS_OVERLAP, PLACES = 5, ENTRIES = 2 * PLACES };

static const char FACTS[] = "test_candidate_words.tsv", NAMES[] = "test_candidate_words.names",
                  TEXTS[] = "test_candidate_words.texts", VECTORS[] = "test_candidate_words.vec",
                  DOCUMENTS[] = "test_candidate_words.jsonl";

static void write_file(const char *path, const char *text)
{
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    assert_true(fputs(text, f) >= 0);
    assert_int_equal(fclose(f), 0);
}

static int setup(void **state)
{
    (void)state;
    parallel_set_threads(1);
    write_file(FACTS, "paris_fr\tin\tfrance\nparis_us\tin\ttexas\nlyon\tin\tfrance\n");
    write_file(NAMES, "paris_fr\tParis\t9\nparis_us\tParis\t1\n");
    write_file(TEXTS, "paris_fr\tcapital rivers\tplace.city\nparis_us\ttown cowboys\tplace.town\nlyon\tbridge\n");
    write_file(VECTORS, "5 2\ncapital 1 0\nrivers .6 .8\nbridge .8 .6\ncowboys -1 0\nnothing 0 1\n");
    write_file(DOCUMENTS, "{\"text\":\"one bridge near Paris beside Lyon\",\"mentions\":[{\"start\":16,\"end\":21},"
                          "{\"start\":29,\"end\":33}]}\n");
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    unlink(FACTS);
    unlink(NAMES);
    unlink(TEXTS);
    unlink(VECTORS);
    unlink(DOCUMENTS);
    return 0;
}

/* Everything a document needs; node 0 is paris_fr, 1 paris_us, 2 lyon. */
typedef struct word_case {
    lexicon names;
    gat_arena *arena;
    gat_intern *types;
    candidate_graph g;
} word_case;

static void case_init(word_case *c, const char *vectors)
{
    const lexicon_sources from = {.kg = FACTS, .names = NAMES, .descriptions = TEXTS, .vectors = vectors, .seed = 1};
    link_source source;
    link_document *d;
    gat_error err = {0};
    if (lexicon_load(&c->names, &from, &err)) fail_msg("%s", err.message);
    c->arena = arena_new();
    c->types = intern_new();
    assert_int_equal(link_source_open(&source, DOCUMENTS, &c->names, false, &err), GAT_OK);
    assert_int_equal(link_source_next(&d, &source, c->arena, &err), GAT_OK);
    assert_int_equal(candidate_graph_make(&c->g, d, &c->names, c->types, c->arena, &err), GAT_OK);
    link_source_close(&source);
    assert_int_equal(c->g.nodes, 3);
    assert_int_equal(c->g.inputs, NODE_FEATURES + WORDS_FEATURES);
}

static void case_clear(word_case *c)
{
    lexicon_clear(&c->names);
    arena_free(c->arena);
    intern_free(c->types);
}

static void assert_near(float x, double expected)
{
    if (!(fabs((double)x - expected) < 1e-5)) fail_msg("%g, expected %g", (double)x, expected);
}

static void test_nearness(void **state)
{
    (void)state;
    word_case c;
    case_init(&c, VECTORS);
    assert_int_equal(c.names.about.dim, 2);
    const float *fr = c.g.x, *us = c.g.x + c.g.inputs;
    /* The text says "bridge" = (.8, .6); paris_fr is (1, 0) + (.6, .8), paris_us (-1, 0). */
    double near = (.8 * 1.6 + .6 * .8) / sqrt(1.6 * 1.6 + .8 * .8);
    assert_near(fr[NEARNESS], near);
    assert_near(fr[NEARNESS + 1], log(.02 + near) / 4);
    assert_near(fr[NEARNESS + 2], 0);
    assert_near(fr[NEARNESS + 3], 1);
    assert_near(us[NEARNESS], -.8);
    assert_near(us[NEARNESS + 1], log(.02) / 4);
    assert_near(us[NEARNESS + 2], -.8 - near);
    assert_near(us[NEARNESS + 3], 0);
    for (int i = 0; i < 3; i++) assert_near(fr[OVERLAP + i] + us[OVERLAP + i], 0);
    /* A word is worth log(1 + entities / (1 + those that have it)) / 5: Lyon is described by "bridge" alone. */
    assert_near(c.g.x[2 * c.g.inputs + OVERLAP], log(1 + 5. / 2) / 5);
    assert_near(fr[NODE_FEATURES + 2], .9);
    case_clear(&c);
}

/* Places times classes: the type, and the part of it before a point, which both candidates share. */
static void test_wide(void **state)
{
    (void)state;
    word_case c;
    int shared = 0;
    case_init(&c, NULL);
    const bag_rows *w = &c.g.wide;
    assert_int_equal(w->rows, 3);
    const int64_t expected[] = {0, ENTRIES, 2 * ENTRIES, 2 * ENTRIES}; /* Lyon has no type */
    for (int i = 0; i < 4; i++) assert_int_equal(w->first[i], expected[i]);
    for (int i = 0; i < 2 * ENTRIES; i++) {
        assert_in_range(w->column[i], 0, WIDE_ROWS - 1);
        assert_near(w->value[i], .5);
    }
    for (int i = 0; i < ENTRIES; i++) shared += w->column[i] == w->column[ENTRIES + i];
    assert_int_equal(shared, PLACES);
    case_clear(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nearness),
        cmocka_unit_test(test_wide),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}

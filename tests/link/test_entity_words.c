/* Names that are alike, what may be a mention, descriptions, removed entities, documents made from a graph. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/parallel.h"
#include "link/graph_documents.h"
#include "link/name_lookup.h"
#include "link/removed_entities.h"
#include "link/word_stem.h"
#include "support/check.h"

static const char FACTS[] = "test_entity_words.tsv", NAMES[] = "test_entity_words.names",
                  TEXTS[] = "test_entity_words.text";

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
    write_file(FACTS,
               "paris_fr\tin\tfrance\nparis_us\tin\ttexas\nlyon\tin\tfrance\ndallas\tin\ttexas\nfrance\tnear\tspain\n");
    write_file(NAMES, "paris_fr\tParis\t9\nparis_us\tParis\t1\nlyon\tLyon\nlyon\trunning\nunknown\tParis\t50\n");
    write_file(TEXTS, "paris_fr\tthe capital of a country of many rivers\tplace.city\n"
                      "paris_us\ta small town with a tower\tplace.town\nspain\tkings and olives\n");
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    unlink(FACTS);
    unlink(NAMES);
    unlink(TEXTS);
    return 0;
}

static gat_status load(lexicon *x, const char *texts, gat_error *err)
{
    const lexicon_sources from = {.kg = FACTS, .names = NAMES, .descriptions = texts, .seed = 1};
    return lexicon_load(x, &from, err);
}

static name_way way_of(const lexicon *x, const char *s)
{
    int32_t name[LOOKUP_MOST];
    int count;
    name_way way;
    assert_int_equal(lookup_similar(&way, name, &count, x, s, strlen(s), NULL), GAT_OK);
    return way;
}

static bool is_mention(const lexicon *x, const char *s)
{
    int32_t name[LOOKUP_MOST];
    int count;
    name_way way = lookup_name(name, &count, x, s, strlen(s));
    return lookup_is_mention(way, name, count, x, s, strlen(s));
}

static void test_names(void **state)
{
    (void)state;
    lexicon x;
    gat_error err = {0};
    if (load(&x, NULL, &err)) fail_msg("%s", err.message);
    assert_int_equal(way_of(&x, "Paris"), NAME_EXACT);
    assert_int_equal(way_of(&x, "PARIS"), NAME_FOLDED);
    assert_int_equal(way_of(&x, "Paris's"), NAME_INFLECTED);
    assert_int_equal(way_of(&x, "Dallass"), NAME_INFLECTED);
    assert_int_equal(way_of(&x, "Dalllas"), NAME_SIMILAR);
    assert_int_equal(way_of(&x, "zzz"), NAME_NONE);
    assert_true(is_mention(&x, "Paris") && is_mention(&x, "dallas") && is_mention(&x, "running"));
    assert_false(is_mention(&x, "paris")); /* a name that is always written with a capital */
    int32_t name = intern_find(x.names, "paris", 5);
    assert_true(x.weight[x.start[name]] > 8 && x.start[name + 1] - x.start[name] == 2);
    lexicon_clear(&x);
}

static void test_words(void **state)
{
    (void)state;
    lexicon x;
    gat_error err = {0};
    char stem[STEM_MOST];
    assert_int_equal(word_stem(stem, "Running", 7), 3);
    assert_string_equal(stem, "run");
    assert_int_equal(word_stem(stem, "?", 1), 0);
    if (load(&x, TEXTS, &err)) fail_msg("%s", err.message);
    int32_t paris = intern_find(x.kg.entities, "paris_fr", 8), capital = intern_find(x.about.words, "capital", 7);
    assert_true(capital >= 0 && x.about.weight[capital] > 0);
    assert_string_equal(intern_string(x.about.types, x.about.type[paris]), "place.city");
    lexicon_clear(&x);
    write_file(TEXTS, "paris_fr\ta\nparis_fr\n");
    assert_int_equal(load(&x, TEXTS, &err), GAT_EDATA);
    assert_non_null(strstr(err.message, "test_entity_words.text:2: expected an id"));
    lexicon_clear(&x);
    write_file(TEXTS, "paris_fr\ta\nparis_fr\tb\n");
    assert_int_equal(load(&x, TEXTS, &err), GAT_EDATA);
    lexicon_clear(&x);
    write_file(NAMES, "paris_fr\tParis\tmany\n");
    assert_int_equal(load(&x, NULL, &err), GAT_EDATA);
    assert_non_null(strstr(err.message, "test_entity_words.names:1: the weight"));
    lexicon_clear(&x);
    setup(NULL);
}

static void test_made_documents(void **state)
{
    (void)state;
    lexicon x;
    entity_names names;
    link_document *d[2], *less;
    gat_arena *arena = arena_new();
    int64_t known = 0, nil = 0;
    assert_int_equal(load(&x, NULL, NULL), GAT_OK);
    assert_int_equal(entity_names_make(&names, &x, NULL), GAT_OK);
    assert_int_equal(names.num_confused, 2);
    for (int i = 0; i < 2; i++) assert_int_equal(graph_document_make(&d[i], &x, &names, 3, 7, arena, NULL), GAT_OK);
    assert_true(d[0]->num_mentions >= 2 && d[0]->num_mentions == d[1]->num_mentions);
    for (int64_t i = 0; i < d[0]->num_mentions; i++) {
        assert_string_equal(d[0]->mention[i].text, d[1]->mention[i].text);
        assert_int_equal(d[0]->mention[i].gold, d[1]->mention[i].gold);
        known += d[0]->mention[i].gold >= 0;
    }
    assert_int_equal(known, d[0]->num_mentions);
    assert_int_equal(remove_entities(&less, d[0], 1, 1, arena, NULL), GAT_OK);
    for (int64_t i = 0; i < less->num_mentions; i++) nil += less->mention[i].gold == GOLD_NIL;
    assert_int_equal(nil, known);
    assert_int_equal(remove_entities(&less, d[0], 0, 1, arena, NULL), GAT_OK);
    assert_int_equal(less->num_edges, d[0]->num_edges);
    entity_names_clear(&names);
    lexicon_clear(&x);
    arena_free(arena);
}

static void test_failing_allocations(void **state)
{
    (void)state;
    lexicon x;
    gat_error err = {0};
    memory_fail_at(0, false);
    assert_int_equal(load(&x, TEXTS, &err), GAT_OK);
    int64_t count = memory_count();
    lexicon_clear(&x);
    for (int64_t n = 1; n <= count; n += 1 + n / 16) {
        memory_fail_at(n, false);
        gat_status st = load(&x, TEXTS, &err);
        memory_fail_at(0, false);
        lexicon_clear(&x);
        if (st && st != GAT_ENOMEM) fail_msg("allocation %lld: %s", (long long)n, err.message);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_words),
        cmocka_unit_test(test_made_documents),
        cmocka_unit_test(test_failing_allocations),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}

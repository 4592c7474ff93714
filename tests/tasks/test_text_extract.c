/* From texts to facts: which pairs are asked about, in which order and sentence, and failing allocations. */
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "base/parallel.h"
#include "gatkit.h"
#include "support/check.h"
#include "support/text_data.h"
#include "tasks/text_extract.h"
#include "text/unicode_text.h"

static gat_relations *model;

static void put(const char *path, const char *text)
{
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs(text, f);
    fclose(f);
}

static void train(const char *sentences)
{
    gat_relation_config *config;
    gat_error err = {0};
    const gat_relation_inputs inputs = {.sentences = sentences};
    assert_int_equal(gat_relation_config_new(&config, NULL), GAT_OK);
    assert_int_equal(gat_relation_config_set(config, "members", "0", NULL), GAT_OK);
    assert_int_equal(gat_relation_config_set(config, "folds", "2", NULL), GAT_OK);
    if (gat_relations_train(&model, &inputs, config, &err)) fail_msg("%s", err.message);
    gat_relation_config_free(config);
}

static int setup(void **state)
{
    (void)state;
    text_data_write("train.jsonl", 80, 0, 0, 1);
    train("train.jsonl");
    put("kg.tsv", "xenon\tkind\tthing1a\nyeast\tkind\tobject2b\nxenon\tnear\tother\nt. x\tkind\tthing\n");
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    gat_relations_free(model);
    return 0;
}

/* "id e1 e2 label; " of everything told. */
typedef struct told {
    char text[2000];
    size_t used;
} told;

static int note(void *context, const gat_extraction *x)
{
    told *t = context;
    t->used += (size_t)snprintf(t->text + t->used, sizeof t->text - t->used, "%s %s %s %s; ", x->id, x->entity[0],
                                x->entity[1], x->answer[0].label);
    return 0;
}

static gat_status extract(told *t, const char *documents, gat_error *err)
{
    const gat_extract_options options = {.on_sentence = note, .context = t};
    *t = (told){.used = 0};
    put("documents.jsonl", documents);
    return text_extract(model, NULL, "kg.tsv", "documents.jsonl", &options, err);
}

static void assert_told(const char *documents, const char *wanted)
{
    told t;
    gat_error err = {0};
    if (extract(&t, documents, &err)) fail_msg("%s", err.message);
    assert_string_equal(t.text, wanted);
}

static void test_pairs(void **state)
{
    (void)state;
    /* Pairs of one sentence, in their order; none over the end of a sentence, of one entity, or with a stranger. */
    assert_told("{\"id\":\"a\",\"text\":\"The thing1a causes the object2b. Yeast contains Other, Yeast.\"}\n\n"
                "{\"id\":\"b\",\"text\":\"The thing1a causes Thing1A and strangers.\"}\n",
                "a thing1a object2b Cause(e1,e2); a yeast other Whole(e1,e2); a other yeast Other; ");
    /* Given mentions, of a text in characters and of tokens; "t. x" holds the point that would end a sentence. */
    assert_told(
        "{\"id\":\"c\",\"text\":\"\xc3\x9c xenon causes yeast\",\"mentions\":[{\"start\":15,\"end\":20},"
        "{\"start\":2,\"end\":7}]}\n"
        "{\"id\":\"d\",\"tokens\":[\"The\",\"t. X\",\"contains\",\"xenon\"],\"mentions\":[{\"start\":1,\"end\":2},"
        "{\"start\":3,\"end\":4}]}\n",
        "c xenon yeast Cause(e1,e2); d t. x xenon Whole(e1,e2); ");
    /* What the document says of a mention is believed; NIL is nobody. */
    assert_told("{\"id\":\"e\",\"tokens\":[\"He\",\"causes\",\"it\",\"xenon\"],\"mentions\":[{\"start\":0,\"end\":1,"
                "\"entity\":\"xenon\"},{\"start\":2,\"end\":3,\"entity\":\"yeast\"},{\"start\":3,\"end\":4,\"entity\":"
                "\"NIL\"}]}\n",
                "e xenon yeast Cause(e1,e2); ");
    /* Mentions found among tokens, at the beginning too. */
    assert_told("{\"id\":\"f\",\"tokens\":[\"The\",\"xenon\",\"causes\",\"the\",\"yeast\"]}\n"
                "{\"id\":\"g\",\"tokens\":[\"yeast\",\"contains\",\"Xenon\",\".\"]}\n",
                "f xenon yeast Cause(e1,e2); g yeast xenon Whole(e1,e2); ");
    assert_told("", "");
}

/* A sentence without end: two mentions are judged by what is around them, and far ones not together. */
static void test_endless_sentence(void **state)
{
    (void)state;
    enum { WORDS = 150000 };
    told t;
    gat_error err = {0};
    char *line = gat_alloc(8 * WORDS, 1);
    size_t used = (size_t)snprintf(line, 8 * WORDS, "{\"id\":\"a\",\"text\":\"the xenon causes the yeast");
    for (int i = 0; i < WORDS; i++) used += (size_t)snprintf(line + used, 8 * WORDS - used, " word");
    snprintf(line + used, 8 * WORDS - used, " the xenon contains the yeast\"}\n");
    if (extract(&t, line, &err)) fail_msg("%s", err.message);
    assert_string_equal(t.text, "a xenon yeast Cause(e1,e2); a xenon yeast Whole(e1,e2); ");
    gat_free(line);
}

static void test_refused(void **state)
{
    (void)state;
    told t;
    gat_error err = {0};
    assert_int_equal(extract(&t,
                             "{\"id\":\"a\",\"text\":\"xenon causes yeast\"}\n"
                             "{\"id\":\"b\",\"text\":\"xenon causes yeast\",\"mentions\":[{\"start\":0,\"end\":99}]}\n",
                             &err),
                     GAT_EDATA);
    assert_non_null(strstr(err.message, "documents.jsonl:2:"));
    assert_string_equal(t.text, "a xenon yeast Cause(e1,e2); ");
    assert_int_equal(extract(&t, "{\"id\":\"a\",\"text\":\"xenon \xff\"}\n", &err), GAT_EDATA);
    assert_int_equal(extract(&t, "{\"id\":\"a\",\"text\":\"\"}\n", &err), GAT_EDATA);
    const gat_extract_options options = {.on_sentence = note, .context = &t};
    assert_int_equal(text_extract(model, NULL, "kg.tsv", "missing.jsonl", &options, &err), GAT_EDATA);
    assert_int_equal(text_extract(model, NULL, "missing.tsv", "documents.jsonl", &options, &err), GAT_EDATA);
}

/* Documents with their candidates have no text to read relations from. */
static void test_no_text(void **state)
{
    (void)state;
    told t;
    gat_error err = {0};
    assert_int_equal(
        extract(&t,
                "{\"doc\":1,\"entities\":[[1,\"A\",5,3,\"PER\",2.5]],\"edges\":[],\"mentions\":[{\"text\":\"a\","
                "\"ctx\":\"A\",\"gold\":\"A\",\"cand\":[0],\"gold_ix\":0}]}\n",
                &err),
        GAT_EDATA);
    assert_non_null(strstr(err.message, "read from texts"));
}

static void test_failing_allocations(void **state)
{
    (void)state;
    const char *text = "{\"id\":\"a\",\"text\":\"The thing1a causes the object2b. Yeast contains Other.\"}\n";
    told t;
    bool done = false;
    for (int64_t n = 1; !done; n += 1 + n / 16) {
        memory_fail_at(n, false);
        gat_status st = extract(&t, text, NULL);
        done = memory_count() < n;
        memory_fail_at(0, false);
        if (!done && st != GAT_ENOMEM && st != GAT_OK) fail_msg("allocation %lld: %d", (long long)n, st);
        if (done) assert_int_equal(st, GAT_OK);
    }
}

/* Where each sentence of a text ends. */
static void assert_ends(const char *text, const char *wanted)
{
    char found[200];
    size_t used = 0, length = strlen(text);
    for (size_t at = 0; at < length;) {
        at = text_sentence_end(text, length, at);
        used += (size_t)snprintf(found + used, sizeof found - used, "%zu ", at);
    }
    assert_string_equal(found, wanted);
}

static void test_sentence_ends(void **state)
{
    (void)state;
    assert_ends("One is. Two was? (Three!) Four", "7 16 25 30 ");
    assert_ends("Of 3.5 km, e.g. this one.", "25 ");
    assert_ends("J. R. Smith ran.\nHe won. \xc3\x9c"
                "ber all.",
                "16 17 24 35 ");
    assert_ends("\"Go.\" 12 went", "5 13 ");
    assert_ends(".", "1 ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_pairs),
                                       cmocka_unit_test(test_endless_sentence),
                                       cmocka_unit_test(test_refused),
                                       cmocka_unit_test(test_no_text),
                                       cmocka_unit_test(test_failing_allocations),
                                       cmocka_unit_test(test_sentence_ends)};
    parallel_set_threads(1);
    return cmocka_run_group_tests(tests, setup, teardown);
}

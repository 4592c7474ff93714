/* A generator of graphs: learns, is made again from the same seed, kept and read again, drawn from under constraints; inputs and
 * files that are refused; allocations that fail. */
#include <math.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/parallel.h"
#include "gatkit.h"
#include "generate/graph_data.h"
#include "support/reseal.h"

static const char DATA[] = "graphs", TRAIN[] = "graphs/train.jsonl", VALID[] = "graphs/valid.jsonl",
                  TEST[] = "graphs/test.jsonl", MODEL[] = "g.gatkit", BAD[] = "bad.jsonl",
                  CHECKPOINT[] = "g.checkpoint";

static int setup(void **state)
{
    (void)state;
    parallel_set_threads(1);
    mkdir(DATA, 0777);
    write_graphs(TRAIN, 0, 40);
    write_graphs(VALID, 40, 10);
    write_graphs(TEST, 50, 10);
    return 0;
}

static gat_status train_with(gat_generator **out, gat_generator_inputs inputs, const char *epochs, gat_error *err)
{
    gat_generator_config *config = NULL;
    const char *const settings[][2] = {{"dim", "16"},      {"attn-heads", "2"}, {"layers", "2"},
                                       {"epochs", epochs}, {"batch", "8"},      {"lr", "0.02"}};
    *out = NULL;
    gat_status st = gat_generator_config_new(&config, err);
    for (int i = 0; !st && i < 6; i++) st = gat_generator_config_set(config, settings[i][0], settings[i][1], err);
    if (!st) st = gat_generator_train(out, &inputs, config, err);
    gat_generator_config_free(config);
    return st;
}

static gat_generator *trained(const char *epochs)
{
    gat_generator *m;
    gat_error err = {0};
    if (train_with(&m, (gat_generator_inputs){.data = DATA}, epochs, &err)) fail_msg("%s", err.message);
    return m;
}

static void digest_of(char digest[33], const gat_generator *m)
{
    gat_generator_info info;
    assert_int_equal(gat_generator_describe(&info, m, NULL), GAT_OK);
    memcpy(digest, info.digest, 33);
}

static void test_learns(void **state)
{
    (void)state;
    gat_generator *m = trained("60");
    gat_generator_info info;
    gat_generator_evaluation e;
    gat_error err = {0};
    assert_int_equal(gat_generator_describe(&info, m, NULL), GAT_OK);
    assert_int_equal(info.entities, 9);
    assert_int_equal(info.relations, 2);
    assert_int_equal(info.most_triples, 2);
    assert_int_equal(info.train_graphs, 40);
    assert_int_equal(info.valid_graphs, 10);
    if (gat_generator_evaluate(&e, m, DATA, NULL, &err)) fail_msg("%s", err.message);
    assert_int_equal(e.graphs, 2000);
    assert_int_equal(e.test_graphs, 10);
    assert_int_equal(e.scored, 10);
    assert_int_equal(e.test_valid, 10);
    if (e.valid < 1300 || e.distinct < 10)
        fail_msg("%d valid, %d distinct, %f bits", (int)e.valid, (int)e.distinct, e.bits);
    assert_true(e.bits > 5 && e.bits < 12); /* about 64 graphs in two orders each */
    assert_at_most(fabs(e.bits - e.bits_set - 1), 1e-9);
    assert_at_most(e.relation.generated, 0.1);
    assert_at_most(e.relation.floor, 1e-9);
    gat_generator_free(m);
}

static void test_file(void **state)
{
    (void)state;
    gat_generator *m = trained("2"), *again = trained("2"), *read;
    char digest[3][33];
    gat_file_kind kind;
    assert_int_equal(gat_generator_save(m, MODEL, NULL), GAT_OK);
    assert_int_equal(gat_generator_load(&read, MODEL, NULL), GAT_OK);
    assert_int_equal(gat_file_kind_of(&kind, MODEL, NULL), GAT_OK);
    assert_int_equal(kind, GAT_FILE_GENERATOR);
    assert_int_equal(gat_model_verify(MODEL, NULL), GAT_OK);
    digest_of(digest[0], m);
    digest_of(digest[1], again);
    digest_of(digest[2], read);
    assert_string_equal(digest[0], digest[1]);
    assert_string_equal(digest[0], digest[2]);
    gat_generator_free(m);
    gat_generator_free(again);
    gat_generator_free(read);
}

/* Stopped after an epoch and in the middle of one, and gone on. */
static int stop_calls;
static int stop_soon(void *context)
{
    (void)context;
    return ++stop_calls == 8;
}

static void test_resume(void **state)
{
    (void)state;
    gat_generator *whole = trained("4"), *m;
    char digest[2][33];
    gat_generator_inputs inputs = {.data = DATA, .checkpoint = CHECKPOINT, .resume = true, .stop_after = 1};
    unlink(CHECKPOINT);
    assert_int_equal(train_with(&m, inputs, "4", NULL), GAT_EINTERRUPTED);
    inputs.stop_after = 0;
    inputs.should_stop = stop_soon;
    assert_int_equal(train_with(&m, inputs, "4", NULL), GAT_EINTERRUPTED);
    inputs.should_stop = NULL;
    assert_int_equal(train_with(&m, inputs, "5", NULL), GAT_EUSAGE); /* another run */
    assert_int_equal(train_with(&m, inputs, "4", NULL), GAT_OK);
    digest_of(digest[0], whole);
    digest_of(digest[1], m);
    assert_string_equal(digest[0], digest[1]);
    assert_int_equal(gat_generator_save(m, MODEL, NULL), GAT_OK);
    gat_generator_free(m);
    unlink(CHECKPOINT);
    inputs.finished = MODEL;
    inputs.should_stop = stop_soon; /* is not asked: the run has finished */
    stop_calls = 7;
    assert_int_equal(train_with(&m, inputs, "4", NULL), GAT_OK);
    assert_int_equal(stop_calls, 7);
    gat_generator_free(m);
    gat_generator_free(whole);
}

/* ---- drawing --------------------------------------------------------------------------------------------- */

typedef struct told {
    int64_t graphs, known, with_p1, with_likes;
    char text[4096];
} told;

static int on_graph(void *context, const gat_generated_graph *g)
{
    told *t = context;
    assert_int_equal(g->index, t->graphs);
    bool p1 = false, likes = false;
    for (int64_t i = 0; i < g->num_triples; i++) {
        p1 |= !strcmp(g->triple[i].head, "p1") || !strcmp(g->triple[i].tail, "p1");
        likes |= !strcmp(g->triple[i].relation, "likes");
        size_t used = strlen(t->text);
        snprintf(t->text + used, sizeof t->text - used, "%s-%s-%s ", g->triple[i].head, g->triple[i].relation,
                 g->triple[i].tail);
    }
    assert_true(g->log2_likelihood < 0 && g->log2_likelihood_as_a_set >= g->log2_likelihood);
    t->graphs++;
    t->known += g->known;
    t->with_p1 += p1;
    t->with_likes += likes;
    return 0;
}

static gat_status draw(told *t, const gat_generator *m, gat_generate_options o, gat_error *err)
{
    memset(t, 0, sizeof *t);
    o.on_graph = on_graph;
    o.context = t;
    o.seed = 3;
    return gat_generator_draw(m, &o, NULL, err);
}

static void test_constraints(void **state)
{
    (void)state;
    gat_generator *m = trained("20");
    told t;
    gat_error err = {0};
    const char *const likes[] = {"likes"}, *const knows[] = {"knows"}, *const unknown[] = {"hates"};
    assert_int_equal(draw(&t, m, (gat_generate_options){.count = 50, .contains = "p1"}, &err), GAT_OK);
    assert_int_equal(t.with_p1, 50);
    assert_int_equal(draw(&t, m, (gat_generate_options){.count = 20, .contains = "t1"}, &err), GAT_OK);
    assert_int_equal(draw(&t, m, (gat_generate_options){.count = 50, .relations = knows, .num_relations = 1}, &err),
                     GAT_OK);
    assert_int_equal(t.with_likes, 0);
    assert_int_equal(draw(&t, m, (gat_generate_options){.count = 20, .novel = true}, &err), GAT_OK);
    assert_int_equal(t.known, 0);
    assert_int_equal(draw(&t, m, (gat_generate_options){.count = 20, .top_k = 1, .free = true}, &err), GAT_OK);
    assert_int_equal(draw(&t, m, (gat_generate_options){.count = 5, .contains = "x"}, &err), GAT_EUSAGE);
    assert_int_equal(draw(&t, m, (gat_generate_options){.count = 5, .relations = unknown, .num_relations = 1}, &err),
                     GAT_EUSAGE);
    assert_int_equal(
        draw(&t, m, (gat_generate_options){.count = 5, .contains = "t1", .relations = knows, .num_relations = 1}, &err),
        GAT_EUSAGE);
    assert_non_null(strstr(err.message, "nobody can meet"));
    assert_int_equal(draw(&t, m, (gat_generate_options){.count = 5, .temperature = 1e-9}, &err), GAT_EUSAGE);
    assert_int_equal(draw(&t, m, (gat_generate_options){.count = 5, .top_p = 2}, &err), GAT_EUSAGE);
    /* 15 graphs "knows" of one triple and few others are all there is; a thousand new ones there are not. */
    gat_generate_options many = {
        .count = 1000, .novel = true, .temperature = .01, .relations = likes, .num_relations = 1};
    many.top_k = 1;
    gat_status st = draw(&t, m, many, &err);
    assert_true(st == GAT_OK || st == GAT_EFAILED);
    gat_generator_free(m);
}

/* The first graphs of a seed are the same whatever the count, and whatever the threads. */
static void test_draws_repeat(void **state)
{
    (void)state;
    gat_generator *m = trained("2");
    told few, many;
    assert_int_equal(draw(&few, m, (gat_generate_options){.count = 5}, NULL), GAT_OK);
    for (FOR_THREADS(i)) {
        parallel_set_threads(thread_counts[i]);
        assert_int_equal(draw(&many, m, (gat_generate_options){.count = 70 * (i + 1)}, NULL), GAT_OK);
        assert_memory_equal(few.text, many.text, strlen(few.text));
        gat_generator *same = trained("2");
        char digest[2][33];
        digest_of(digest[0], m);
        digest_of(digest[1], same);
        assert_string_equal(digest[0], digest[1]);
        gat_generator_free(same);
    }
    parallel_set_threads(1);
    gat_generator_free(m);
}

/* ---- refused --------------------------------------------------------------------------------------------- */

static void assert_refused(const char *text, const char *message)
{
    gat_generator *m;
    gat_error err = {0};
    write_text(BAD, text);
    assert_int_equal(train_with(&m, (gat_generator_inputs){.data = BAD}, "1", &err), GAT_EDATA);
    assert_null(m);
    if (!strstr(err.message, message)) fail_msg("\"%s\" does not say \"%s\"", err.message, message);
}

static void test_refused_graphs(void **state)
{
    (void)state;
    static const char good[] = "[[\"a\",\"r\",\"b\"]]\n";
    char text[8192];
    assert_refused("", "bad.jsonl: no graphs");
    assert_refused(good, "bad.jsonl: one graph");
    snprintf(text, sizeof text, "%s[[\"a\",\"r\"]]\n", good);
    assert_refused(text, "bad.jsonl:2: a triple is no");
    snprintf(text, sizeof text, "%s[]\n", good);
    assert_refused(text, "bad.jsonl:2: no list of triples");
    snprintf(text, sizeof text, "%s{\"text\": 1}\n", good);
    assert_refused(text, "bad.jsonl:2: no list of triples");
    snprintf(text, sizeof text, "%s[[\"a\",\n", good);
    assert_refused(text, "bad.jsonl:2: no JSON");
    snprintf(text, sizeof text, "%s[[\"a\",\"\",\"b\"]]\n", good);
    assert_refused(text, "bad.jsonl:2: a name is");
    snprintf(text, sizeof text, "%s[[\"a\",\"r\\u0000x\",\"b\"]]\n", good);
    assert_refused(text, "bad.jsonl:2: ");
    snprintf(text, sizeof text, "%s[[\"a\",1.5,\"b\"]]\n", good);
    assert_refused(text, "bad.jsonl:2: a name is");
    size_t used = (size_t)snprintf(text, sizeof text, "%s[", good);
    for (int i = 0; i < 65; i++)
        used += (size_t)snprintf(text + used, sizeof text - used, "%s[\"a\",\"r\",\"%d\"]", i ? "," : "", i);
    snprintf(text + used, sizeof text - used, "]\n");
    assert_refused(text, "bad.jsonl:2: a graph of more than 64");
}

static void assert_evaluates(const char *vocabulary, const gat_generator *m, gat_status wanted)
{
    gat_generator_evaluation e;
    gat_error err = {0};
    write_text("numbered/vocab.json", vocabulary);
    write_text("numbered/test.jsonl", "[[0,0,1]]\n");
    gat_status st =
        gat_generator_evaluate(&e, m, "numbered", &(gat_generator_evaluate_options){.draw = {.count = 2}}, &err);
    if (st != wanted) fail_msg("%s: %d: %s", vocabulary, st, err.message);
    if (st) assert_non_null(strstr(err.message, "not the one that the model was trained with"));
}

/* Numbers are places of vocab.json where there is one. */
static void test_vocabulary(void **state)
{
    (void)state;
    gat_generator *m;
    gat_error err = {0};
    gat_generator_info info;
    mkdir("numbered", 0777);
    write_text("numbered/vocab.json", "{\"entities\":[\"a\",\"b\",\"c\"],\"relations\":[\"r\"]}");
    write_text("numbered/train.jsonl", "[[0,0,1],[2,0,1],[0,0,1]]\n{\"triples\":[[1,0,2]]}\n");
    assert_int_equal(train_with(&m, (gat_generator_inputs){.data = "numbered"}, "1", &err), GAT_OK);
    assert_int_equal(gat_generator_describe(&info, m, NULL), GAT_OK);
    assert_int_equal(info.entities, 3);
    assert_int_equal(info.most_triples, 3);
    assert_evaluates("{\"entities\":[\"a\",\"b\",\"c\"],\"relations\":[\"r\"]}", m, GAT_OK);
    assert_evaluates("{\"entities\":[\"a\",\"b\"],\"relations\":[\"s\"]}", m, GAT_EDATA);
    assert_evaluates("{\"entities\":[\"b\",\"a\"],\"relations\":[\"r\"]}", m, GAT_EDATA);
    gat_generator_free(m);
    write_text("numbered/vocab.json", "{\"entities\":[\"a\",\"b\",\"c\"],\"relations\":[\"r\"]}");
    write_text("numbered/train.jsonl", "[[0,0,1]]\n[[0,0,3]]\n");
    assert_int_equal(train_with(&m, (gat_generator_inputs){.data = "numbered"}, "1", &err), GAT_EDATA);
    assert_non_null(strstr(err.message, "train.jsonl:2: the number 3"));
    write_text("numbered/vocab.json", "{\"entities\":[\"a\",\"a\"],\"relations\":[\"r\"]}");
    assert_int_equal(train_with(&m, (gat_generator_inputs){.data = "numbered"}, "1", &err), GAT_EDATA);
    assert_non_null(strstr(err.message, "vocab.json: \"entities\" has a name twice"));
    assert_int_equal(train_with(&m, (gat_generator_inputs){.data = "."}, "1", &err), GAT_EDATA);
    assert_non_null(strstr(err.message, "no train.jsonl"));
}

static void test_failing_allocations(void **state)
{
    (void)state;
    bool done = false;
    for (int64_t n = 1; !done; n += n < 60 ? 1 : 37) {
        gat_generator *m;
        gat_generator_evaluation e;
        memory_fail_at(n, false);
        gat_status st = train_with(&m, (gat_generator_inputs){.data = DATA}, "1", NULL);
        if (!st)
            st = gat_generator_evaluate(&e, m, DATA, &(gat_generator_evaluate_options){.draw = {.count = 3}}, NULL);
        done = memory_count() < n;
        memory_fail_at(0, false);
        if (!done) assert_int_equal(st, GAT_ENOMEM);
        gat_generator_free(m);
    }
}

/* ---- hostile files --------------------------------------------------------------------------------------- */

static char *image_of_model(size_t *size)
{
    gat_generator *m = trained("1");
    assert_int_equal(gat_generator_save(m, MODEL, NULL), GAT_OK);
    gat_generator_free(m);
    FILE *f = fopen(MODEL, "rb");
    assert_non_null(f);
    assert_int_equal(fseek(f, 0, SEEK_END), 0);
    *size = (size_t)ftell(f);
    rewind(f);
    char *image = gat_alloc((int64_t)*size, 1);
    assert_non_null(image);
    assert_int_equal(fread(image, 1, *size, f), *size);
    fclose(f);
    return image;
}

static bool is_refused(char *image, size_t size)
{
    gat_generator *m;
    gat_error err = {0};
    image_reseal(image, size);
    FILE *f = fopen("bad.gatkit", "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(image, 1, size, f), size);
    assert_int_equal(fclose(f), 0);
    gat_status st = gat_generator_load(&m, "bad.gatkit", &err);
    if (st && st != GAT_EMODEL) fail_msg("%d: %s", st, err.message);
    if (!st) st = gat_generator_draw(m, &(gat_generate_options){.count = 2, .seed = 1}, NULL, &err);
    gat_generator_free(m);
    return st != GAT_OK;
}

static void test_hostile_counts(void **state)
{
    (void)state;
    enum { FIRST = 3, COUNTS = 10, EPOCHS = 4, BEST = 5 };
    static const int64_t values[] = {INT64_MIN, -1, 0, 1, 1 << 27, INT32_MAX, INT64_MAX / 4, INT64_MAX};
    size_t size, at = 0;
    char *image = image_of_model(&size), *copy = gat_alloc((int64_t)size, 1);
    for (uint64_t e = 1; e <= image_get(image, HEADER_COUNT, 4); e++)
        if (!strcmp(image + e * ENTRY, "graphs_header")) at = image_get(image, e * ENTRY + ENTRY_OFFSET, 8);
    assert_true(at > 0);
    for (size_t field = FIRST; field < COUNTS; field++)
        for (size_t v = 0; v < sizeof values / sizeof *values; v++) {
            if (field == EPOCHS || field == BEST) continue; /* nothing depends on them */
            uint64_t before = image_get(image, at + 8 * field, 8);
            memcpy(copy, image, size);
            image_put(copy, at + 8 * field, (uint64_t)values[v], 8);
            if (!is_refused(copy, size) && before != (uint64_t)values[v])
                fail_msg("count %zu: %lld is accepted", field, (long long)values[v]);
        }
    gat_free(image);
    gat_free(copy);
}

static void test_hostile_bytes(void **state)
{
    (void)state;
    size_t size;
    int tried = 0, refused = 0;
    char *image = image_of_model(&size), *copy = gat_alloc((int64_t)size, 1);
    for (uint64_t e = 1; e <= image_get(image, HEADER_COUNT, 4); e++) {
        size_t offset = image_get(image, e * ENTRY + ENTRY_OFFSET, 8),
               length = image_get(image, e * ENTRY + ENTRY_LENGTH, 8);
        for (size_t at = 0; at < length; at += 1 + length / 16, tried++) {
            memcpy(copy, image, size);
            copy[offset + at] = (char)(copy[offset + at] ^ (at % 2 ? 0x80 : 0xff));
            refused += is_refused(copy, size);
        }
    }
    assert_true(tried > 100 && refused > tried / 4);
    gat_free(image);
    gat_free(copy);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_learns),         cmocka_unit_test(test_file),
        cmocka_unit_test(test_resume),         cmocka_unit_test(test_constraints),
        cmocka_unit_test(test_draws_repeat),   cmocka_unit_test(test_refused_graphs),
        cmocka_unit_test(test_vocabulary),     cmocka_unit_test(test_failing_allocations),
        cmocka_unit_test(test_hostile_counts), cmocka_unit_test(test_hostile_bytes),
    };
    return cmocka_run_group_tests(tests, setup, NULL);
}

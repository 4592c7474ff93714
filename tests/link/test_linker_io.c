/* A model of entity linking with weighed names, descriptions and vectors of the user's own: made again, read again, and hostile
 * files of it, whose checksums are right. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/parallel.h"
#include "gatkit.h"
#include "support/check.h"
#include "support/reseal.h"

static const char DOCUMENTS[] = "test_linker_io.jsonl", FACTS[] = "test_linker_io.tsv",
                  NAMES[] = "test_linker_io.names", TEXTS[] = "test_linker_io.texts", VECTORS[] = "test_linker_io.vec",
                  MODEL[] = "test_linker_io.gatkit", BAD[] = "test_linker_io.bad";

static void write_file(const char *path, const char *bytes, size_t size)
{
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(bytes, 1, size, f), size);
    assert_int_equal(fclose(f), 0);
}

static void write_text(const char *path, const char *text) { write_file(path, text, strlen(text)); }

static int setup(void **state)
{
    (void)state;
    parallel_set_threads(1);
    write_text(FACTS, "paris_fr\tin\tfrance\nparis_us\tin\ttexas\nlyon\tin\tfrance\ndallas\tin\ttexas\n");
    write_text(NAMES, "paris_fr\tParis\t9\nparis_us\tParis\t1\n");
    write_text(TEXTS, "paris_fr\ta capital with rivers\tplace.city\nparis_us\ta town of cowboys\tplace.town\nlyon\ta "
                      "bridge\ndallas\ta ranch\n");
    write_text(VECTORS, "capital 1 0\nrivers .6 .8\nbridge .8 .6\ncowboys -1 0\nranch -.8 .6\n");
    write_text(DOCUMENTS,
               "{\"text\":\"a bridge in Paris\",\"mentions\":[{\"start\":12,\"end\":17,\"entity\":\"paris_fr\"}]}\n"
               "{\"text\":\"capital Paris and Lyon\",\"mentions\":[{\"start\":8,\"end\":13,\"entity\":"
               "\"paris_fr\"},{\"start\":18,\"end\":22,\"entity\":\"lyon\"}]}\n"
               "{\"text\":\"cowboys in Paris\",\"mentions\":[{\"start\":11,\"end\":16,\"entity\":\"paris_us\"}]}\n");
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    const char *const files[] = {DOCUMENTS, FACTS, NAMES, TEXTS, VECTORS, MODEL, BAD};
    for (int i = 0; i < 7; i++) unlink(files[i]);
    return 0;
}

static gat_status train(gat_linker **out, const char *vectors, gat_error *err)
{
    gat_link_config *config = NULL;
    const gat_link_inputs inputs = {
        .documents = DOCUMENTS, .kg = FACTS, .lexicon = NAMES, .descriptions = TEXTS, .word_vectors = vectors};
    static const char *const settings[][2] = {{"dim", "4"},     {"attn-heads", "1"}, {"layers", "1"},
                                              {"epochs", "40"}, {"batch", "2"},      {"lr", "0.03"}};
    *out = NULL;
    gat_status st = gat_link_config_new(&config, err);
    for (int i = 0; !st && i < 6; i++) st = gat_link_config_set(config, settings[i][0], settings[i][1], err);
    if (!st) st = gat_linker_train(out, &inputs, config, err);
    gat_link_config_free(config);
    return st;
}

static void assert_digest(char digest[33], const gat_linker *linker)
{
    gat_link_info info;
    assert_int_equal(gat_linker_describe(&info, linker, NULL), GAT_OK);
    memcpy(digest, info.digest, sizeof info.digest);
}

/* The vectors of the file are in the model: another file, another model; the same after reading. */
static void test_vectors(void **state)
{
    (void)state;
    gat_linker *made, *again, *own, *read;
    gat_error err = {0};
    char digest[4][33];
    if (train(&made, VECTORS, &err)) fail_msg("%s", err.message);
    assert_int_equal(train(&again, VECTORS, &err), GAT_OK);
    assert_int_equal(train(&own, NULL, &err), GAT_OK);
    assert_int_equal(gat_linker_save(made, MODEL, &err), GAT_OK);
    assert_int_equal(gat_linker_load(&read, MODEL, &err), GAT_OK);
    assert_digest(digest[0], made);
    assert_digest(digest[1], again);
    assert_digest(digest[2], read);
    assert_digest(digest[3], own);
    assert_string_equal(digest[0], digest[1]);
    assert_string_equal(digest[0], digest[2]);
    assert_string_not_equal(digest[0], digest[3]);
    gat_link_evaluation e;
    assert_int_equal(gat_linker_evaluate(&e, read, DOCUMENTS, NULL, &err), GAT_OK);
    assert_int_equal(e.in_kg, 4);
    assert_true(e.micro > 0.99 && e.heaviest_name < 0.8);
    gat_linker_free(made);
    gat_linker_free(again);
    gat_linker_free(own);
    gat_linker_free(read);
}

static void test_bad_vectors(void **state)
{
    (void)state;
    gat_linker *linker;
    gat_error err = {0};
    write_text(BAD, "capital 1 0\nrivers 1\n");
    assert_int_equal(train(&linker, BAD, &err), GAT_EDATA);
    assert_non_null(strstr(err.message, "test_linker_io.bad:2: "));
    assert_null(linker);
    assert_int_equal(train(&linker, "nowhere.vec", &err), GAT_EDATA);
}

/* ---- hostile files --------------------------------------------------------------------------------------- */

static char *image_of_model(size_t *size)
{
    gat_linker *linker;
    assert_int_equal(train(&linker, VECTORS, NULL), GAT_OK);
    assert_int_equal(gat_linker_save(linker, MODEL, NULL), GAT_OK);
    gat_linker_free(linker);
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

static int ignore(void *context, const gat_link_answer *x)
{
    (void)context;
    return !(x->probability >= 0 && x->probability <= 1);
}

/* Refused, or read and used; anything else ends the test. */
static bool is_refused(char *image, size_t size)
{
    gat_linker *linker;
    gat_error err = {0};
    const gat_link_options options = {.on_mention = ignore};
    image_reseal(image, size);
    write_file(BAD, image, size);
    gat_status st = gat_linker_load(&linker, BAD, &err);
    if (st && st != GAT_EMODEL) fail_msg("%d: %s", st, err.message);
    if (!st) st = gat_linker_answer(linker, DOCUMENTS, &options, &err);
    gat_linker_free(linker);
    return st != GAT_OK;
}

/* Every count of the header, larger and smaller than it is. */
static void test_counts(void **state)
{
    (void)state;
    /* Nothing depends on the first three (documents, mentions, held back); a model may have no words of entities. */
    enum { COUNTS = 16, INFORMATION = 3, WORDS = 12 };
    static const int64_t values[] = {INT64_MIN, -2, -1, 0, 1, 1 << 30, INT32_MAX - 3, INT64_MAX / 4, INT64_MAX};
    size_t size, at = 0;
    char *image = image_of_model(&size), *copy = gat_alloc((int64_t)size, 1);
    for (uint64_t e = 1; e <= image_get(image, HEADER_COUNT, 4); e++)
        if (!strcmp(image + e * ENTRY, "linking_header")) at = image_get(image, e * ENTRY + ENTRY_OFFSET, 8);
    assert_true(at > 0);
    for (size_t field = INFORMATION; field < COUNTS; field++)
        for (size_t v = 0; v < sizeof values / sizeof *values; v++) {
            if (field == WORDS && values[v] == -1) continue;
            uint64_t before = image_get(image, at + 8 * field, 8);
            memcpy(copy, image, size);
            image_put(copy, at + 8 * field, (uint64_t)values[v], 8);
            bool refused = is_refused(copy, size);
            if (!refused && before != (uint64_t)values[v])
                fail_msg("count %zu: %lld is accepted for %llu", field, (long long)values[v],
                         (unsigned long long)before);
        }
    gat_free(image);
    gat_free(copy);
}

static void test_bytes(void **state)
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
    assert_true(tried > 150 && refused > tried / 3);
    gat_free(image);
    gat_free(copy);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_vectors),
        cmocka_unit_test(test_bad_vectors),
        cmocka_unit_test(test_counts),
        cmocka_unit_test(test_bytes),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}

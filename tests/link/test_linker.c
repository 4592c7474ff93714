/* A model of entity linking: trained, written, read; memory that fails at every point. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/parallel.h"
#include "gatkit.h"
#include "support/check.h"

static const char DOCUMENTS[] = "test_linker.jsonl", FACTS[] = "test_linker.tsv", MODEL[] = "test_linker.gatkit";

static void write_file(const char *path, const char *text)
{
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    assert_true(fputs(text, f) >= 0);
    assert_int_equal(fclose(f), 0);
}

static void write_inputs(void)
{
    write_file(FACTS, "paris_(france)\tin\tfrance\nparis_(texas)\tin\ttexas\nlyon\tin\tfrance\ndallas\tin\ttexas\n");
    write_file(DOCUMENTS,
               "{\"id\":\"a\",\"text\":\"Paris and Lyon\",\"mentions\":[{\"start\":0,\"end\":5,\"entity\":\"paris_("
               "france)\"},{\"start\":10,\"end\":14,\"entity\":\"lyon\"}]}\n"
               "{\"id\":\"b\",\"tokens\":[\"Paris\",\"and\",\"Dallas\"],\"mentions\":[{\"start\":0,\"end\":1,"
               "\"entity\":\"paris_(texas)\"},{\"start\":2,\"end\":3}]}\n");
}

static int setup(void **state)
{
    (void)state;
    parallel_set_threads(1);
    write_inputs();
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    unlink(DOCUMENTS);
    unlink(FACTS);
    unlink(MODEL);
    return 0;
}

static gat_status train(gat_linker **out, gat_error *err)
{
    gat_link_config *config = NULL;
    const gat_link_inputs inputs = {.documents = DOCUMENTS, .kg = FACTS};
    static const char *const settings[][2] = {
        {"dim", "4"}, {"attn-heads", "1"}, {"layers", "2"}, {"epochs", "1"}, {"batch", "2"}};
    *out = NULL;
    gat_status st = gat_link_config_new(&config, err);
    for (int i = 0; !st && i < 5; i++) st = gat_link_config_set(config, settings[i][0], settings[i][1], err);
    if (!st) st = gat_linker_train(out, &inputs, config, err);
    gat_link_config_free(config);
    return st;
}

/* Sum over answers, so that they can be compared. */
static int add_up(void *context, const gat_link_answer *x)
{
    double *sum = context;
    *sum += x->probability + (double)x->num_candidates + (double)x->num_supports;
    return 0;
}

static gat_status answer(double *sum, const gat_linker *linker, gat_error *err)
{
    *sum = 0;
    const gat_link_options options = {.on_mention = add_up, .context = sum};
    return gat_linker_answer(linker, DOCUMENTS, &options, err);
}

static const char BYTES[] =
    "{\"text\": \"Paris and Lyon\", \"mentions\": [{\"start\": 0, \"end\": 5}, {\"start\": 10, \"end\": 14}]}\n";

static gat_status answer_bytes(double *sum, const gat_linker *linker, const char *bytes, bool find, gat_error *err)
{
    *sum = 0;
    const gat_link_options options = {.find_mentions = find, .on_mention = add_up, .context = sum};
    return gat_linker_answer_memory(linker, bytes, strlen(bytes), "bytes", &options, err);
}

static int keep_first(void *context, const gat_link_answer *x)
{
    double *nil = context;
    double sum = 0;
    for (int i = 0; i < x->num_choices; i++) sum += x->choice[i].belief;
    assert_true(x->num_choices ? sum > 0.999 && sum < 1.001 : sum <= 0);
    assert_true(x->nil >= 0 && x->nil <= 1);
    nil[x->mention] = x->nil;
    return 0;
}

/* Bytes in place of a file, mentions given or found; a fault names the line. */
static void test_memory(void **state)
{
    (void)state;
    gat_linker *linker = NULL;
    gat_error err = {0};
    double given, found, nil[2] = {-1, -1};
    assert_int_equal(train(&linker, &err), GAT_OK);
    assert_int_equal(answer_bytes(&given, linker, BYTES, false, &err), GAT_OK);
    assert_int_equal(answer_bytes(&found, linker, "{\"text\": \"Nobody and Lyon\"}\n", true, &err), GAT_OK);
    assert_true(given > 3 && found > 1);
    assert_int_equal(answer_bytes(&found, linker, "{\"text\": \"Paris\"}\n", false, &err), GAT_EDATA);
    assert_non_null(strstr(err.message, "bytes:1: "));
    assert_int_equal(answer_bytes(&found, linker, "", true, &err), GAT_OK);
    const gat_link_options options = {.on_mention = keep_first, .context = nil};
    static const char unknown[] =
        "{\"text\": \"Paris xyzzy\", \"mentions\": [{\"start\": 0, \"end\": 5}, {\"start\": 6, \"end\": 11}]}";
    assert_int_equal(gat_linker_answer_memory(linker, unknown, sizeof unknown - 1, "b", &options, &err), GAT_OK);
    assert_true(nil[0] >= 0 && nil[0] < 1 && nil[1] >= 1);
    gat_linker_free(linker);
}

static void test_round_trip(void **state)
{
    (void)state;
    gat_linker *made = NULL, *read = NULL;
    gat_link_info info[2];
    gat_error err = {0};
    double sum[2];
    if (train(&made, &err)) fail_msg("%s", err.message);
    assert_int_equal(gat_linker_save(made, MODEL, &err), GAT_OK);
    gat_file_kind kind;
    assert_int_equal(gat_file_kind_of(&kind, MODEL, &err), GAT_OK);
    assert_int_equal(kind, GAT_FILE_LINKER);
    if (gat_linker_load(&read, MODEL, &err)) fail_msg("%s", err.message);
    assert_int_equal(gat_linker_describe(&info[0], made, &err), GAT_OK);
    assert_int_equal(gat_linker_describe(&info[1], read, &err), GAT_OK);
    assert_string_equal(info[0].digest, info[1].digest);
    assert_string_equal(info[0].config, info[1].config);
    assert_int_equal(info[1].kg_entities, 6);
    assert_int_equal(info[1].mentions, 3);
    assert_int_equal(answer(&sum[0], made, &err), GAT_OK);
    assert_int_equal(answer(&sum[1], read, &err), GAT_OK);
    assert_true(sum[0] > 4 && sum[0] - sum[1] <= 0 && sum[1] - sum[0] <= 0);
    gat_linker_free(made);
    gat_linker_free(read);
}

static gat_status use_all(gat_error *err)
{
    gat_linker *linker = NULL;
    gat_link_evaluation e;
    double sum;
    gat_status st = train(&linker, err);
    if (!st) st = gat_linker_save(linker, MODEL, err);
    gat_linker_free(linker);
    linker = NULL;
    if (!st) st = gat_linker_load(&linker, MODEL, err);
    if (!st) st = answer(&sum, linker, err);
    if (!st) st = answer_bytes(&sum, linker, BYTES, true, err);
    if (!st) st = gat_linker_evaluate(&e, linker, DOCUMENTS, NULL, err);
    gat_linker_free(linker);
    return st;
}

static void test_failing_allocations(void **state)
{
    (void)state;
    gat_error err = {0};
    memory_fail_at(0, false);
    assert_int_equal(use_all(&err), GAT_OK);
    int64_t count = memory_count();
    for (int64_t n = 1; n <= count; n += 1 + n / 8) {
        memory_fail_at(n, false);
        gat_status st = use_all(&err);
        memory_fail_at(0, false);
        if (st && st != GAT_ENOMEM) fail_msg("allocation %lld: %s", (long long)n, err.message);
    }
}

static void test_refused(void **state)
{
    (void)state;
    gat_link_config *config = NULL;
    gat_error err = {0};
    gat_file_kind kind;
    assert_int_equal(gat_link_config_new(&config, &err), GAT_OK);
    assert_int_equal(gat_link_config_set(config, "dim", "3.5", &err), GAT_EUSAGE);
    assert_int_equal(gat_link_config_set(config, "members", "1", &err), GAT_EUSAGE);
    assert_int_equal(gat_link_config_set(config, "lr", "nan", &err), GAT_EUSAGE);
    assert_int_equal(gat_link_config_set(config, "layers", "9", &err), GAT_EUSAGE);
    gat_link_config_free(config);
    assert_int_equal(gat_file_kind_of(&kind, FACTS, &err), GAT_EMODEL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_memory),
        cmocka_unit_test(test_failing_allocations),
        cmocka_unit_test(test_refused),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}

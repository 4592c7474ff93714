/* The public header alone, and a tour through its functions. */
#include "support/small_model.h"

#include "gatkit.h"

/* 0: compiled; 1: not; -1: no such compiler. */
static int compile(const char *compiler, const char *options, const char *file)
{
    char command[2000];
    const char *source = getenv("GATKIT_SOURCE");
    assert_non_null(source);
    snprintf(command, sizeof command, "%s --version >/dev/null 2>&1", compiler);
    if (system(command) != 0) return -1;
    snprintf(command, sizeof command, "%s %s -Wall -Wextra -Werror -fsyntax-only -I'%s/src' %s", compiler, options,
             source, file);
    return system(command) != 0;
}

static void test_header_alone(void **state)
{
    (void)state;
    put_file("alone.c", "#include \"gatkit.h\"\nint use(gat_model *m);\nint use(gat_model *m) { return "
                        "gat_model_entity(m, 0) != 0; }\n");
    put_file("alone.cc", "#include \"gatkit.h\"\nint use(gat_model *m);\nint use(gat_model *m) { return "
                         "gat_model_entity(m, 0) != 0; }\n");
    assert_true(compile("cc", "-std=c11 -pedantic", "alone.c") <= 0);
    assert_true(compile("c++", "-std=c++11", "alone.cc") <= 0);
}

static void test_library(void **state)
{
    (void)state;
    gat_error err = {0};
    assert_string_equal(gat_version(), GAT_VERSION);
    assert_string_equal(gat_status_text(GAT_EMODEL), "bad model file");
    assert_true(gat_peak_rss() > 0);
    gat_set_threads(1);
    gat_set_threads(0);
    char before[32];
    snprintf(before, sizeof before, "%s", gat_isa());
    assert_int_equal(gat_set_isa("mmx", &err), GAT_EUSAGE);
    assert_non_null(strstr(err.message, "auto, portable"));
    assert_string_equal(gat_isa(), before);
    assert_int_equal(gat_set_isa("portable", &err), GAT_OK);
    assert_string_equal(gat_isa(), "portable");
    assert_int_equal(gat_set_isa("auto", &err), GAT_OK);
    assert_string_equal(gat_isa(), before);
}

static void test_config(void **state)
{
    (void)state;
    gat_config *c;
    gat_error err = {0};
    assert_int_equal(gat_config_new(&c, &err), GAT_OK);
    for (int i = 0; gat_config_option(i); i++) {
        const gat_option *o = gat_config_option(i);
        assert_non_null(gat_config_get(c, o->name));
        assert_int_equal(gat_config_set(c, o->name, o->initial ? o->initial : o->path, &err), GAT_OK);
    }
    for (int i = 0; gat_config_preset(i); i++)
        assert_int_equal(gat_config_set(c, "preset", gat_config_preset(i), &err), GAT_OK);
    assert_int_equal(gat_config_set(c, "dimm", "8", &err), GAT_EUSAGE);
    assert_non_null(strstr(err.message, "dim"));
    assert_int_equal(gat_config_set(c, "dim", "eight", &err), GAT_EUSAGE);
    assert_null(gat_config_get(c, "dimm"));
    put_file("options", "# a comment\ndim = 16\n");
    assert_int_equal(gat_config_read(c, "options", &err), GAT_OK);
    assert_string_equal(gat_config_get(c, "dim"), "16");
    put_file("options", "dim = 16\ndepth = 3\n");
    assert_int_equal(gat_config_read(c, "options", &err), GAT_EUSAGE);
    assert_non_null(strstr(err.message, "options:2"));
    gat_config_free(c);
    gat_config_free(NULL);
}

static void test_data(void **state)
{
    small_state *s = *state;
    gat_dataset *d;
    gat_stats *stats;
    gat_error err = {0};
    char digest[33], again[33];
    assert_int_equal(gat_dataset_load(&d, "small", NULL, &err), GAT_OK);
    gat_dataset_digest(digest, d);
    gat_dataset_digest(again, s->data);
    assert_int_equal(strlen(digest), 32);
    assert_string_equal(digest, again);
    assert_int_equal(gat_stats_make(&stats, d, &err), GAT_OK);
    assert_int_equal(stats->entities, 13);
    gat_stats_free(stats);
    gat_dataset_free(d);
    assert_int_equal(gat_dataset_load(&d, "nowhere.tsv", NULL, &err), GAT_EDATA);
    assert_null(d);
}

static void assert_described(const gat_model *m, const gat_dataset *d)
{
    gat_model_info info;
    char digest[33];
    gat_dataset_digest(digest, d);
    assert_int_equal(gat_model_describe(&info, m, NULL), GAT_OK);
    assert_string_equal(info.model, "gat");
    assert_string_equal(info.attention, "additive");
    assert_string_equal(info.decoder, "complex");
    assert_string_equal(info.data_digest, digest);
    assert_int_equal(strlen(info.digest), 32);
    assert_non_null(strstr(info.config, "dim = 8\n"));
    assert_int_equal(info.entities, 13);
    assert_int_equal(info.seen_entities, 12);
    assert_int_equal(info.relations, 3);
    assert_int_equal(info.train_triples, 21);
    assert_int_equal(info.dim, 8);
    assert_int_equal(info.epochs, 3);
    assert_true(info.has_valid && info.valid.queries == 6 && info.parameters > 100);
}

static void test_names(void **state)
{
    small_state *s = *state;
    assert_string_equal(gat_model_entity(s->gat, 0), "a");
    assert_string_equal(gat_model_entity(s->gat, 12), "late");
    assert_null(gat_model_entity(s->gat, 13));
    assert_null(gat_model_entity(s->gat, -1));
    assert_string_equal(gat_model_relation(s->gat, 0), "likes");
    assert_null(gat_model_relation(s->gat, 3));
    assert_string_equal(gat_model_entity_text(s->gat, "a"), "first letter");
    assert_null(gat_model_entity_text(s->gat, "c"));
    assert_null(gat_model_entity_text(s->gat, "nobody"));
}

static void assert_same_answers(const gat_model *a, const gat_model *b)
{
    gat_answer *x, *y;
    int64_t n, m;
    assert_int_equal(gat_predict(&x, &n, a, "a", "likes", "?", 5, false, NULL, NULL), GAT_OK);
    assert_int_equal(gat_predict(&y, &m, b, "a", "likes", "?", 5, false, NULL, NULL), GAT_OK);
    assert_int_equal(n, m);
    for (int64_t i = 0; i < n; i++) {
        assert_string_equal(x[i].tail, y[i].tail);
        assert_true(x[i].score == y[i].score && x[i].probability == y[i].probability);
    }
    gat_free_list(x);
    gat_free_list(y);
}

/* A reloaded model is the same model. */
static void test_save_and_load(void **state)
{
    small_state *s = *state;
    gat_model *m;
    gat_error err = {0};
    assert_described(s->gat, s->data);
    assert_int_equal(gat_model_save(s->gat, "small.gatkit", &err), GAT_OK);
    assert_int_equal(gat_model_verify("small.gatkit", &err), GAT_OK);
    assert_int_equal(gat_model_load(&m, "small.gatkit", &err), GAT_OK);
    assert_described(m, s->data);
    assert_same_answers(m, s->gat);
    gat_model_free(m);
    put_file("bad.gatkit", "not a model");
    assert_int_equal(gat_model_verify("bad.gatkit", &err), GAT_EMODEL);
    assert_int_equal(gat_model_load(&m, "bad.gatkit", &err), GAT_EMODEL);
    assert_null(m);
}

static void test_none_has_no_attention(void **state)
{
    small_state *s = *state;
    gat_model_info info;
    assert_int_equal(gat_model_describe(&info, s->none, NULL), GAT_OK);
    assert_string_equal(info.model, "none");
    assert_string_equal(info.attention, "");
}

static int stop_at_once(void *context) { return ++*(int *)context; }

static void test_stopped_evaluation(void **state)
{
    small_state *s = *state;
    gat_evaluation *e = NULL;
    gat_error err = {0};
    int asked = 0;
    for (int bf16 = 0; bf16 < 2; bf16++) {
        const gat_evaluate_options options = {.split = GAT_SPLIT_VALID,
                                              .precision = bf16 ? GAT_PRECISION_BF16 : GAT_PRECISION_F32,
                                              .should_stop = stop_at_once,
                                              .context = &asked};
        assert_int_equal(gat_evaluate(&e, s->gat, s->data, &options, &err), GAT_EINTERRUPTED);
        assert_null(e);
    }
    assert_int_equal(asked, 2);
}

static void test_tasks(void **state)
{
    small_state *s = *state;
    gat_evaluation *e;
    gat_neighbor *list;
    int64_t count;
    double likeness;
    const gat_evaluate_options valid = {.split = GAT_SPLIT_VALID};
    assert_int_equal(gat_evaluate(&e, s->gat, s->data, &valid, NULL), GAT_OK);
    assert_int_equal(e->both.queries, 6);
    gat_evaluation_free(e);
    assert_int_equal(gat_neighbors(&list, &count, s->gat, "a", GAT_BY_GRAPH, 1, 3, NULL, NULL), GAT_OK);
    assert_int_equal(count, 3);
    gat_free_list(list);
    assert_int_equal(gat_similarity(&likeness, s->gat, "a", "b", NULL, NULL), GAT_OK);
    gat_map_point *points;
    assert_int_equal(gat_map(&points, &count, s->gat, NULL, NULL), GAT_OK);
    assert_true(count == 13 && !strcmp(points[0].entity, "a"));
    gat_free_list(points);
    assert_int_equal(gat_export(s->gat, "npy", "small.npy", NULL), GAT_OK);
    put_file("questions.tsv", "a\tlikes\t?\n");
    assert_int_equal(gat_score_file(s->gat, "questions.tsv", "rows.npy", "names.txt", NULL, &count, NULL), GAT_OK);
    assert_int_equal(count, 1);
}

/* From two files to pairs, to a file, and to questions to it. */
static void test_alignment(void **state)
{
    small_state *s = *state;
    gat_alignment *m;
    gat_alignment_info info;
    gat_align_report report;
    gat_file_kind kind;
    gat_model *none;
    gat_neighbor *list;
    int64_t count = 0, dim = 0;
    int graph = 0, graphs[2] = {0};
    double likeness = 0;
    gat_error err = {0};
    put_file("one.tsv", "a\tr\tb\nb\tr\tc\nc\tr\td\nd\ts\ta\n");
    put_file("two.tsv", "A\tp\tB\nB\tp\tC\nC\tp\tD\nD\tq\tA\n");
    put_file("links.tsv", "a\tA\nc\tC\n");
    gat_align_options o = {.kg1 = "one.tsv", .kg2 = "two.tsv", .seeds = "links.tsv"};
    assert_int_equal(gat_align(&m, &o, &err), GAT_OK);
    gat_alignment_report(&report, m);
    assert_int_equal(report.pairs, 2);
    assert_int_equal(gat_alignment_save(m, "links.gatkit", &err), GAT_OK);
    gat_alignment_free(m);
    assert_int_equal(gat_file_kind_of(&kind, "links.gatkit", &err), GAT_OK);
    assert_int_equal(kind, GAT_FILE_ALIGNMENT);
    assert_int_equal(gat_model_verify("links.gatkit", &err), GAT_OK);
    assert_int_equal(gat_model_load(&none, "links.gatkit", &err), GAT_EUSAGE);
    assert_int_equal(gat_alignment_load(&m, "links.gatkit", &err), GAT_OK);
    gat_alignment_describe(&info, m);
    assert_true(info.entities1 == 4 && info.facts2 == 4 && info.report.pairs == 2 && !info.names);
    assert_int_equal(gat_alignment_neighbors(&list, &count, &graph, m, "b", 1, &err), GAT_OK);
    assert_true(count == 1 && graph == 1);
    assert_string_equal(list[0].entity, "B");
    gat_free_list(list);
    assert_int_equal(gat_alignment_similarity(&likeness, graphs, m, "b", "B", &err), GAT_OK);
    assert_true(likeness > .5 && graphs[1] == 2);
    assert_int_equal(gat_alignment_export(m, "word2vec", "links.vec", &dim, &err), GAT_OK);
    assert_true(dim > 0);
    gat_alignment_free(m);
    assert_int_equal(gat_model_save(s->gat, "small.gatkit", NULL), GAT_OK);
    assert_int_equal(gat_file_kind_of(&kind, "small.gatkit", &err), GAT_OK);
    assert_int_equal(kind, GAT_FILE_MODEL);
    assert_int_equal(gat_alignment_load(&m, "small.gatkit", &err), GAT_EMODEL);
    assert_int_equal(gat_file_kind_of(&kind, "absent", &err), GAT_EMODEL);
}

static void test_train(void **state)
{
    small_state *s = *state;
    gat_config *c;
    gat_model *m;
    gat_error err = {0};
    assert_int_equal(gat_config_new(&c, &err), GAT_OK);
    static const char *const settings[][2] = {{"dim", "8"}, {"attn-heads", "2"}, {"epochs", "1"}};
    for (int i = 0; i < 3; i++) assert_int_equal(gat_config_set(c, settings[i][0], settings[i][1], &err), GAT_OK);
    gat_plan plan;
    assert_int_equal(gat_plan_training(&plan, s->data, c, &(gat_train_options){.max_memory = 1}, &err), GAT_OK);
    assert_true(!plan.tried && plan.estimated_bytes > 1 && plan.num_parts == GAT_PLAN_PARTS - 1);
    assert_int_equal(gat_train(&m, s->data, c, NULL, &err), GAT_OK);
    gat_model_free(m);
    assert_int_equal(gat_config_set(c, "dim", "9", &err), GAT_OK);
    assert_int_equal(gat_train(&m, s->data, c, NULL, &err), GAT_EUSAGE);
    assert_null(m);
    gat_config_free(c);
}

static void test_failing_allocations(void **state)
{
    small_state *s = *state;
    gat_status st = GAT_ENOMEM;
    assert_int_equal(gat_model_save(s->gat, "small.gatkit", NULL), GAT_OK);
    for (int64_t n = 1; st; n++) {
        gat_model *m;
        gat_model_info info;
        gat_error err = {0};
        memory_fail_at(n, false);
        st = gat_model_load(&m, "small.gatkit", &err);
        if (!st) st = gat_model_describe(&info, m, &err);
        memory_fail_at(0, false);
        assert_true(st == GAT_OK || err.code == GAT_ENOMEM);
        gat_model_free(m);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_header_alone),
        cmocka_unit_test(test_library),
        cmocka_unit_test(test_config),
        cmocka_unit_test(test_data),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_save_and_load),
        cmocka_unit_test(test_none_has_no_attention),
        cmocka_unit_test(test_tasks),
        cmocka_unit_test(test_stopped_evaluation),
        cmocka_unit_test(test_alignment),
        cmocka_unit_test(test_train),
        cmocka_unit_test(test_failing_allocations),
    };
    return cmocka_run_group_tests(tests, small_setup, small_teardown);
}

/* Options by name: values round trip through text, what is wrong is named, files tell the line. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "model/config.h"
#include "support/check.h"

static void assert_refused(const char *name, const char *value, const char *part)
{
    gat_config c, before;
    gat_error err = {0};
    config_init(&c);
    before = c;
    assert_int_equal(config_set(&c, name, value, &err), GAT_EUSAGE);
    assert_int_equal(err.code, GAT_EUSAGE);
    if (!strstr(err.message, part)) fail_msg("%s = %s: \"%s\" does not say \"%s\"", name, value, err.message, part);
    assert_memory_equal(&c, &before, sizeof c);
    assert_int_equal(config_set(&c, name, value, NULL), GAT_EUSAGE);
}

static void set(gat_config *c, const char *name, const char *value)
{
    gat_error err = {0};
    if (config_set(c, name, value, &err)) fail_msg("%s", err.message);
}

/* The text form of c, read into a fresh configuration, gives every value again. */
static void assert_round_trip(gat_config *c)
{
    gat_config again;
    gat_error err = {0};
    char *text = config_text(c), *second;
    assert_non_null(text);
    config_init(&again);
    if (config_parse(&again, text, "text", &err)) fail_msg("%s", err.message);
    second = config_text(&again);
    assert_string_equal(text, second);
    memcpy(again.text, c->text, sizeof again.text);
    memcpy(again.given, c->given, sizeof again.given);
    assert_memory_equal(c, &again, sizeof again);
    gat_free(text);
    gat_free(second);
}

static void test_initial_values(void **state)
{
    (void)state;
    gat_config c;
    int count = 0;
    config_init(&c);
    for (const gat_option *o; (o = config_option(count)); count++) {
        assert_string_equal(config_get(&c, o->name), o->initial ? o->initial : o->path);
        assert_true(*o->name && *o->argument);
    }
    assert_true(count > 30);
    assert_null(config_option(-1));
    assert_null(config_option(count));
    assert_null(config_get(&c, "no such option"));
    assert_int_equal(config_check(&c, NULL), GAT_OK);
    assert_round_trip(&c);
}

/* Initial values are those of the model, in whatever order it is set; what was set stays. */
static void test_initial_values_of_paths(void **state)
{
    (void)state;
    gat_config c;
    config_init(&c);
    set(&c, "lr", "0.5");
    set(&c, "model", "path");
    set(&c, "layers", "5");
    for (int i = 0; config_option(i); i++) {
        const gat_option *o = config_option(i);
        const char *initial = o->path ? o->path : o->initial;
        if (!strcmp(o->name, "lr")) initial = "0.5";
        if (!strcmp(o->name, "layers")) initial = "5";
        assert_string_equal(config_get(&c, o->name), initial);
    }
    assert_int_equal(config_check(&c, NULL), GAT_OK);
    assert_round_trip(&c);
    char *text = config_text(&c);
    assert_null(strstr(text, "decoder"));
    assert_non_null(strstr(text, "path-gate = yes\n"));
    gat_free(text);
    set(&c, "model", "none");
    assert_string_equal(config_get(&c, "dim"), "192");
    assert_string_equal(config_get(&c, "layers"), "5");
    assert_string_equal(config_get(&c, "lr"), "0.5");
    text = config_text(&c);
    assert_null(strstr(text, "path"));
    gat_free(text);
}

static void test_options_of_other_models(void **state)
{
    (void)state;
    static const char *const cases[][3] = {
        {"path", "decoder", "complex"}, {"path", "n3", "0"}, {"gat", "path-gate", "no"}, {"none", "queries", "5"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        gat_config c;
        gat_error err = {0};
        config_init(&c);
        set(&c, cases[i][1], cases[i][2]);
        set(&c, "model", cases[i][0]);
        assert_int_equal(config_check(&c, &err), GAT_EUSAGE);
        assert_non_null(strstr(err.message, "is no option of --model"));
    }
}

/* A configuration that has this option. */
static void init_for(gat_config *c, const gat_option *o)
{
    config_init(c);
    if (!o->initial) set(c, "model", "path");
}

/* Each choice of a row such as "a|b|c" in turn. */
static void check_choices(const gat_option *o)
{
    char list[200], *save = NULL;
    gat_config c;
    init_for(&c, o);
    snprintf(list, sizeof list, "%s", o->argument);
    for (char *choice = strtok_r(list, "|", &save); choice; choice = strtok_r(NULL, "|", &save)) {
        set(&c, o->name, choice);
        assert_string_equal(config_get(&c, o->name), choice);
        assert_round_trip(&c);
    }
    assert_refused(o->name, "neither", o->argument);
    assert_refused(o->name, "", "expected one of");
    assert_refused(o->name, o->argument, "expected one of");
}

static void check_number(const gat_option *o)
{
    static const char *const values[] = {
        "2", "16", "0.5", "0.123456789012345678", "1e-7", "0.30000000000000004", "9007199254740991"};
    static const char *const wrong[] = {"", " ", "x", "1x", "1 2", "nan", "inf", "-inf", "1e400", "-1", "1e17"};
    gat_config c;
    int accepted = 0;
    init_for(&c, o);
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        if (config_set(&c, o->name, values[i], NULL)) continue;
        accepted++;
        assert_round_trip(&c);
    }
    assert_true(accepted > 0);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) assert_refused(o->name, wrong[i], o->name);
    if (!strcmp(o->argument, "N")) assert_refused(o->name, "2.5", "whole number");
}

static void test_every_option(void **state)
{
    (void)state;
    for (int i = 0; config_option(i); i++) {
        const gat_option *o = config_option(i);
        if (strchr(o->argument, '|')) check_choices(o);
        else check_number(o);
    }
}

/* The first option opens a group; every heading stands once. */
static void test_headings(void **state)
{
    (void)state;
    int headings = 0;
    assert_non_null(config_heading(0));
    for (int i = 0; config_option(i); i++) {
        headings += config_heading(i) != NULL;
        for (int j = 0; j < i && config_heading(i); j++)
            if (config_heading(j)) assert_string_not_equal(config_heading(i), config_heading(j));
    }
    assert_true(headings >= 4);
    assert_null(config_heading(-1));
}

static void test_bounds(void **state)
{
    (void)state;
    assert_refused("attn-heads", "0", "from 1 to 64");
    assert_refused("attn-heads", "65", "found \"65\"");
    assert_refused("dropout", "0.96", "from 0 to 0.95");
    assert_refused("dim", "1", "whole number from 2");
    assert_refused("layers", "9", "from 1 to 8");
}

static void test_unknown_names_have_neighbours(void **state)
{
    (void)state;
    assert_refused("attn-head", "4", "nearest: attn-heads");
    assert_refused("drop-out", "0", "nearest: dropout");
    assert_refused("zzzzzzzz", "0", "unknown option \"zzzzzzzz\"");
    assert_refused("", "0", "unknown option");
    assert_refused("preset", "quickstrat", "unknown preset \"quickstrat\"");
    assert_refused("preset", "quickstrat", "quickstart");
}

static void test_presets(void **state)
{
    (void)state;
    int count = 0;
    for (const char *name; (name = preset_name(count)); count++) {
        gat_config c;
        config_init(&c);
        set(&c, "preset", name);
        assert_int_equal(config_check(&c, NULL), GAT_OK);
        assert_round_trip(&c);
        assert_non_null(preset_lines(name));
    }
    assert_true(count > 0);
    assert_null(preset_name(-1));
    assert_null(preset_lines("no such preset"));
}

static void put(const char *path, const char *text, size_t count)
{
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(text, 1, count, f), count);
    assert_int_equal(fclose(f), 0);
}

static void assert_file(const char *text, gat_status expected, const char *part)
{
    gat_config c;
    gat_error err = {0};
    config_init(&c);
    put("options.txt", text, strlen(text));
    assert_int_equal(config_read(&c, "options.txt", &err), expected);
    if (part && !strstr(err.message, part)) fail_msg("\"%s\" does not say \"%s\"", err.message, part);
}

static void test_files(void **state)
{
    (void)state;
    gat_config c;
    const char text[] =
        "# a comment\n\n  dim = 64 # of an entity\r\nattention=dynamic\npreset = quickstart\n\tlr\t=\t0.25\ndim = 66";
    config_init(&c);
    put("options.txt", text, sizeof text - 1);
    assert_int_equal(config_read(&c, "options.txt", NULL), GAT_OK);
    assert_string_equal(config_get(&c, "attention"), "dynamic");
    assert_string_equal(config_get(&c, "lr"), "0.25");
    assert_int_equal(c.dim, 66);
    assert_file("", GAT_OK, NULL);
    assert_file("dim = 8\nbatch = none\n", GAT_EUSAGE, "options.txt:2: batch: expected");
    assert_file("dim = 8\n\n\nhelp\n", GAT_EUSAGE, "options.txt:4: expected \"name = value\"");
    assert_file("epoch = 8", GAT_EUSAGE, "options.txt:1: unknown option \"epoch\"; nearest: epochs");
    assert_file("= 8", GAT_EUSAGE, "options.txt:1: ");
    assert_file("dim =", GAT_EUSAGE, "options.txt:1: dim");
    assert_file("dim == 8", GAT_EUSAGE, "options.txt:1: dim");
}

static void test_bad_files(void **state)
{
    (void)state;
    gat_config c;
    gat_error err = {0};
    config_init(&c);
    assert_int_equal(config_read(&c, "absent.txt", &err), GAT_EDATA);
    assert_non_null(strstr(err.message, "absent.txt"));
    put("binary.txt", "dim = 8\0\n", 9);
    assert_int_equal(config_read(&c, "binary.txt", &err), GAT_EUSAGE);
    assert_non_null(strstr(err.message, "binary.txt"));
    char *line = gat_calloc(100001, 1);
    assert_non_null(line);
    memset(line, 'x', 100000);
    put("long.txt", line, 100000);
    assert_int_equal(config_read(&c, "long.txt", &err), GAT_EUSAGE);
    memcpy(line, "dim = ", 6);
    put("long.txt", line, 100000);
    assert_int_equal(config_read(&c, "long.txt", &err), GAT_EUSAGE);
    line[50000] = '=';
    put("long.txt", line + 6, 99994);
    assert_int_equal(config_read(&c, "long.txt", &err), GAT_EUSAGE);
    gat_free(line);
}

static void test_checks_across_options(void **state)
{
    (void)state;
    static const struct {
        const char *text, *part;
    } bad[] = {
        {"dim = 9\ndecoder = complex\nattn-heads = 3", "even dim"},
        {"dim = 9\ndecoder = rotate\nmodel = none", "even dim"},
        {"dim = 10\nattn-heads = 4", "not a multiple"},
        {"dim = 4096\nattn-heads = 2\nmerge = mean", "4096"},
        {"decoder = transe\nrelation-weight = 0.1", "relation-weight"},
        {"relation-dim = 16", "relation-dim"},
        {"decoder = conve\ndim = 10\nattn-heads = 2\nrelation-dim = 7", "conve"},
        {"decoder = rescal\nrelation-weight = 1", "relation-weight"},
        {"decoder = rotate\nrelation-dropout = 0.1", "angles"},
        {"hidden-dropout = 0.1", "hidden-dropout"},
        {"softmax-draws = 16\nloss = bce", "softmax-draws"},
        {"softmax-draws = 16\nlabel-smoothing = 0.1", "softmax-draws"},
        {"softmax-draws = 16\ndecoder = rotate", "softmax-draws"},
        {"loss = bce\nanswer-degree = 0.5", "answer-degree"},
        {"decoder = rotate\ndura = 0.1", "dura"},
        {"residual = no\nbranch-scale = 0", "branch-scale"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        gat_config c;
        gat_error err = {0};
        config_init(&c);
        assert_int_equal(config_parse(&c, bad[i].text, "text", NULL), GAT_OK);
        assert_int_equal(config_check(&c, &err), GAT_EUSAGE);
        assert_non_null(strstr(err.message, bad[i].part));
    }
}

static void test_failing_allocations(void **state)
{
    (void)state;
    gat_status st = GAT_ENOMEM;
    put("options.txt", "dim = 64\n", 9);
    for (int64_t n = 1; st; n++) {
        gat_config c;
        gat_error err = {0};
        config_init(&c);
        memory_fail_at(n, false);
        st = config_read(&c, "options.txt", &err);
        char *text = st ? NULL : config_text(&c);
        if (!st && !text) st = GAT_ENOMEM;
        memory_fail_at(0, false);
        assert_true(st == GAT_OK || st == GAT_ENOMEM);
        gat_free(text);
    }
    for (int64_t n = 1; n < 12; n++) {
        gat_config c;
        config_init(&c);
        memory_fail_at(n, false);
        st = config_set(&c, "dims", "1", NULL);
        memory_fail_at(0, false);
        assert_true(st == GAT_EUSAGE || st == GAT_ENOMEM);
    }
}

static void test_failing_files(void **state)
{
    (void)state;
    gat_status st = GAT_EIO;
    put("options.txt", "dim = 64\n", 9);
    for (int64_t n = 1; st; n++) {
        gat_config c;
        config_init(&c);
        file_fail_at(n, EIO);
        st = config_read(&c, "options.txt", NULL);
        file_fail_at(0, 0);
        assert_true(st == GAT_OK ? n > 1 : st == GAT_EIO);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_initial_values),
        cmocka_unit_test(test_initial_values_of_paths),
        cmocka_unit_test(test_options_of_other_models),
        cmocka_unit_test(test_every_option),
        cmocka_unit_test(test_headings),
        cmocka_unit_test(test_bounds),
        cmocka_unit_test(test_unknown_names_have_neighbours),
        cmocka_unit_test(test_presets),
        cmocka_unit_test(test_files),
        cmocka_unit_test(test_bad_files),
        cmocka_unit_test(test_checks_across_options),
        cmocka_unit_test(test_failing_allocations),
        cmocka_unit_test(test_failing_files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

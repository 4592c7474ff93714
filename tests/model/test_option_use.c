/* What was asked for and would do nothing is told; what presets and files say may stand. */
#include "model/option_use.h"

#include <string.h>

#include "support/check.h"

static gat_config config_of(const char *settings)
{
    gat_config c;
    gat_error err = {0};
    config_init(&c);
    if (config_parse(&c, settings, "test", &err)) fail_msg("%s", err.message);
    return c;
}

static void test_told(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"model = none\nfan-out = 8", "fan-out would do nothing here: it needs --model gat"},
        {"unknown-entities = 0.1\nmodel = none", "unknown-entities"},
        {"model = none\nedge-drop = 0.1", "edge-drop"},
        {"model = none\nlayers = 2", "layers"},
        {"model = none\nselection = top-k\nselect-k = 8", "selection"},
        {"model = none\nselect-k = 8", "select-k"},
        {"model = none\ndropout = 0.5", "decoder-dropout"},
        {"conv-channels = 8", "conv-channels would do nothing here: it needs decoder conve"},
        {"select-k = 8", "selection top-k"},
        {"selection = top-k\nselect-temperature = 2", "selection gumbel"},
        {"reach-hops = 3", "reach hops"},
        {"reach = global\nreach-edges = 3", "reach hops or sampled"},
        {"position-dim = 3", "positions random-walk"},
        {"dura-query = 1", "dura above 0"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        gat_config c = config_of(cases[i][0]);
        gat_error err = {0};
        assert_int_equal(option_use_check(&c, &err), GAT_EUSAGE);
        if (!strstr(err.message, cases[i][1])) fail_msg("\"%s\" does not say \"%s\"", err.message, cases[i][1]);
    }
}

static void test_not_told(void **state)
{
    (void)state;
    static const char *const settings[] = {"",
                                           "fan-out = 8",
                                           "model = none\nfan-out = 0\nattention = additive\nselect-k = 4",
                                           "model = none\nattn-heads = 2\nbranch-scale = 0.1\nencoder-lr = 0.1",
                                           "preset = large\nmodel = none",
                                           "preset = inductive\nmodel = none",
                                           "decoder = conve\nconv-channels = 8",
                                           "model = none\ndecoder = conve\nconv-channels = 8",
                                           "selection = gumbel\nselect-k = 8\nselect-temperature = 2",
                                           "reach = hops\nreach-hops = 3\nreach-edges = 3",
                                           "reach = sampled\nreach-edges = 3",
                                           "positions = laplacian\nposition-dim = 3",
                                           "dura = 0.1\ndura-query = 1",
                                           "model = path"};
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) {
        gat_config c = config_of(settings[i]);
        gat_error err = {0};
        if (option_use_check(&c, &err)) fail_msg("%s: %s", settings[i], err.message);
    }
}

static void test_a_preset_and_then_the_user(void **state)
{
    (void)state;
    gat_config c = config_of("preset = large\nmodel = none\nfan-out = 9");
    assert_int_equal(option_use_check(&c, NULL), GAT_EUSAGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_told),
        cmocka_unit_test(test_not_told),
        cmocka_unit_test(test_a_preset_and_then_the_user),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

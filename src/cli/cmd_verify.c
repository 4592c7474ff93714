/* gatkit verify: whether a model file is whole. */
#include "cli/report.h"

typedef struct verify_arguments {
    gat_common common;
    const char *model;
} verify_arguments;

static error_t read_option(int key, char *arg, struct argp_state *state)
{
    verify_arguments *a = state->input;
    static const char *const names[] = {"MODEL"};
    return argument_positional(state, key, arg, &a->model, names, 1);
}

static const struct argp argp = {
    .parser = read_option,
    .args_doc = "MODEL",
    .doc = "Check that a model file is whole: every checksum, every length, every id. Exit code 4 when it is not.\n\n"
           "  gatkit verify build/wordnet.gatkit\n"
           "  gatkit verify build/wordnet.gatkit && echo sound",
    .children = common_options,
};

/* With --json a damaged file has an answer too: what is wrong with it. */
static gat_status answer(const verify_arguments *a, gat_status found, gat_error *err)
{
    bool whole = found == GAT_OK;
    if (!a->common.json) {
        if (whole) printf("%s is whole\n", a->model);
        return GAT_OK;
    }
    json_t *fault = whole ? json_null() : report_string(a->common.error.message);
    return report_json(json_pack("{s:b,s:o}", "whole", whole, "fault", fault), err);
}

int cmd_verify(int argc, char **argv)
{
    verify_arguments a = {0};
    gat_error wrong = {0};
    int code = arguments_read(&argp, argc, argv, &a.common);
    if (code >= 0) return code;
    gat_status found = gat_model_verify(a.model, &a.common.error);
    gat_status st = found && found != GAT_EMODEL ? GAT_OK : answer(&a, found, &wrong);
    if (st) a.common.error = wrong;
    return report_end(&a.common, st ? st : found);
}

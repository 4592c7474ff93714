/* gatkit generate: what is proposed depends on what the model has learned from. */
#include "base/error.h"
#include "cli/commands.h"
#include "cli/generate_graphs.h"
#include "cli/generate_growth.h"
#include "cli/report.h"

static gat_status generate(generate_arguments *a)
{
    gat_file_kind kind;
    gat_error *err = &a->common.error;
    gat_status st = gat_file_kind_of(&kind, a->model, err);
    if (st) return st;
    bool sets = kind == GAT_FILE_GENERATOR;
    const char *wrong = sets ? a->growth.given : a->sets.given;
    if (wrong)
        return error_set(err, GAT_EUSAGE, "--%s: %s is %s of --task graphs", wrong, a->model,
                         sets ? "a model" : "no model");
    return sets ? generate_graphs(a) : generate_growth(a);
}

int cmd_generate(int argc, char **argv)
{
    generate_arguments a = {0};
    int code = generate_arguments_read(&a, argc, argv);
    if (code < 0) code = report_end(&a.common, generate(&a));
    generate_arguments_clear(&a);
    return code;
}

/* gatkit generate: what is drawn depends on what the model has learned from. */
#include "base/error.h"
#include "cli/generate_graphs.h"

static gat_status generate(generate_arguments *a)
{
    gat_file_kind kind;
    gat_error *err = &a->common.error;
    gat_status st = gat_file_kind_of(&kind, a->model, err);
    if (st) return st;
    if (kind == GAT_FILE_GENERATOR) return generate_graphs(a);
    return error_set(err, GAT_EUSAGE, "%s: no model of --task graphs", a->model);
}

int cmd_generate(int argc, char **argv)
{
    generate_arguments a = {.graphs = {.count = 10}};
    int code = generate_arguments_read(&a, argc, argv);
    if (code >= 0) return code;
    gat_status st = generate(&a);
    generate_arguments_clear(&a);
    return report_end(&a.common, st);
}

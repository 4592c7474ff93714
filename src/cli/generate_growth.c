#include "cli/generate_growth.h"

#include "base/error.h"
#include "cli/growth_report.h"
#include "cli/output_path.h"

enum { DEFAULT_COUNT = 10 };

static gat_status report_rules(const generate_arguments *a, const gat_model *model, const gat_dataset *graph,
                               gat_error *err)
{
    gat_rule_list *rules = NULL;
    gat_status st = gat_rules(&rules, model, graph, a->growth.options.relation, a->growth.options.count,
                              a->growth.options.min_probability, err);
    if (!st) st = a->common.json ? report_json(rules_object(rules), err) : print_rules(rules, err);
    gat_rules_free(rules);
    return st;
}

static gat_status report_growth(generate_arguments *a, const gat_model *model, gat_error *err)
{
    gat_growth *growth = NULL;
    a->growth.options.log = screen_log(&a->common.screen);
    gat_status st = gat_grow(&growth, model, &a->growth.options, err);
    if (!st && a->output) st = growth_write(growth, a->output, err);
    if (!st && a->common.json) st = report_json(growth_object(growth, report_seconds(&a->common)), err);
    else if (!st) st = print_growth(growth, a->growth.options.min_probability, err);
    gat_growth_free(growth);
    return st;
}

/* A single file is split as the training has split it. */
static gat_status load_training_data(gat_dataset **out, generate_arguments *a, const gat_model *model)
{
    gat_model_info info;
    gat_status st = gat_model_describe(&info, model, &a->common.error);
    if (st) return st;
    return load_data(out, &a->common, a->growth.data,
                     (gat_dataset_options){.holdout = info.holdout > 0 ? info.holdout : -1, .seed = info.holdout_seed});
}

gat_status generate_growth(generate_arguments *a)
{
    gat_error *err = &a->common.error;
    gat_model *model = NULL;
    gat_dataset *graph = NULL, *data = NULL;
    a->growth.options.count = a->count ? a->count : a->growth.options.measure ? 0 : DEFAULT_COUNT;
    gat_status st = a->output ? output_check(a->output, err) : GAT_OK;
    if (!st) st = gat_model_load(&model, a->model, err);
    if (!st) st = graph_option_load(&graph, &a->growth.graph, model, &a->common);
    if (!st && a->growth.data) st = load_training_data(&data, a, model);
    a->growth.options.graph = graph;
    a->growth.options.data = data;
    if (!st) st = a->growth.rules ? report_rules(a, model, graph, err) : report_growth(a, model, err);
    gat_dataset_free(graph);
    gat_dataset_free(data);
    gat_model_free(model);
    return st;
}

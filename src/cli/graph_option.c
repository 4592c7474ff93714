#include "cli/graph_option.h"

#include "base/error.h"
#include "cli/report.h"

bool graph_option_read(graph_option *o, int key, const char *arg)
{
    if (key == KEY_GRAPH) o->graph = arg;
    if (key == KEY_ADD) o->add = arg;
    return key == KEY_GRAPH || key == KEY_ADD;
}

gat_status graph_option_load(gat_dataset **out, const graph_option *o, const gat_model *model, gat_common *common)
{
    gat_error *err = &common->error;
    const char *path = o->graph ? o->graph : o->add;
    *out = NULL;
    if (o->graph && o->add)
        return error_set(err, GAT_EUSAGE,
                         "--graph replaces the training facts and --add stands beside them: one of them");
    if (!path) return GAT_OK;
    gat_status st = load_data(out, common, path, (gat_dataset_options){.holdout = -1});
    return st || !o->add ? st : gat_dataset_add_training(*out, model, err);
}

#include "cli/graph_option.h"

#include "base/error.h"
#include "cli/report.h"

bool graph_option_read(graph_option *o, int key, const char *arg)
{
    if (key == KEY_GRAPH) o->graph = arg;
    if (key == KEY_ADD) o->add = arg;
    if (key == KEY_SKIP_UNKNOWN) o->skip_unknown = true;
    return key == KEY_GRAPH || key == KEY_ADD || key == KEY_SKIP_UNKNOWN;
}

gat_status graph_option_skip(gat_dataset *data, const graph_option *o, const gat_model *model, gat_common *common)
{
    int64_t skipped;
    const char *relation;
    char text[32];
    if (!o->skip_unknown || !data) return GAT_OK;
    gat_status st = gat_dataset_skip_unknown(data, model, &skipped, &relation, &common->error);
    if (!st && skipped)
        screen_note(&common->screen, "%s facts left out: relations unseen in training, the first is \"%.100s\"",
                    format_count(text, skipped), relation);
    return st;
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
    if (!st) st = graph_option_skip(*out, o, model, common);
    return st || !o->add ? st : gat_dataset_add_training(*out, model, err);
}

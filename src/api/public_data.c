/* The public functions about data sets and their counts. */
#include "api/digest_text.h"
#include "base/error.h"
#include "base/file.h"
#include "gatkit.h"
#include "io/dataset.h"
#include "tasks/joined_graph.h"
#include "tasks/skip_unknown.h"
#include "tasks/stats.h"

gat_status gat_dataset_load(gat_dataset **out, const char *path, const gat_dataset_options *options, gat_error *err)
{
    *out = NULL;
    if (!file_exists(path)) return error_set(err, GAT_EDATA, "%s: no such file or folder", path);
    return dataset_load(out, path, options, err);
}

void gat_dataset_free(gat_dataset *dataset) { dataset_free(dataset); }

gat_status gat_dataset_add_training(gat_dataset *graph, const gat_model *model, gat_error *err)
{
    return graph_join_model(graph, model, err);
}

gat_status gat_dataset_skip_unknown(gat_dataset *data, const gat_model *model, int64_t *skipped, const char **relation,
                                    gat_error *err)
{
    return skip_unknown_relations(data, model, skipped, relation, err);
}

void gat_dataset_digest(char out[33], const gat_dataset *dataset) { digest_text(out, dataset->digest); }

gat_status gat_stats_make(gat_stats **out, const gat_dataset *dataset, gat_error *err)
{
    return stats_make(out, dataset, err);
}

void gat_stats_free(gat_stats *stats) { stats_free(stats); }

/* gatkit train --task graphs. */
#ifndef GAT_CLI_TRAIN_GRAPHS_H
#define GAT_CLI_TRAIN_GRAPHS_H

#include "cli/report.h"
#include "cli/train_options.h"

typedef struct graphs_arguments {
    bool wanted;            /* --task graphs */
    const char *data, *log; /* log NULL: none */
    double time_limit;      /* 0: none */
    int64_t stop_after;     /* epochs; 0: never */
    bool resume;
} graphs_arguments;

gat_status train_graphs(gat_common *common, const gat_train_settings *settings, const graphs_arguments *arguments,
                        const char *output);

/* What train and info both tell of such a model. */
json_t *generator_object(const gat_generator_info *info);

#endif

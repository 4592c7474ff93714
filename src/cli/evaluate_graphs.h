/* gatkit evaluate and info for models of --task graphs. */
#ifndef GAT_CLI_EVALUATE_GRAPHS_H
#define GAT_CLI_EVALUATE_GRAPHS_H

#include "cli/generate_graphs.h"

gat_status evaluate_graphs(gat_common *common, const char *model, const char *data,
                           const gat_generator_evaluate_options *options);
gat_status info_graphs(gat_common *common, const char *model);

#endif

/* gatkit generate for models of --task graphs: whole small graphs. */
#ifndef GAT_CLI_GENERATE_GRAPHS_H
#define GAT_CLI_GENERATE_GRAPHS_H

#include "cli/generate_arguments.h"

gat_status generate_graphs(generate_arguments *arguments);

/* Whether MODEL is one of --task graphs. A file that cannot be read is none: loading it tells what is wrong. */
bool is_generator(const char *path);

#endif

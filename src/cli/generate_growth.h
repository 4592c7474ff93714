/* gatkit generate with a model of a knowledge graph: facts that could be added. */
#ifndef GAT_CLI_GENERATE_GROWTH_H
#define GAT_CLI_GENERATE_GROWTH_H

#include "cli/generate_arguments.h"

gat_status generate_growth(generate_arguments *arguments);

#endif

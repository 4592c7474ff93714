/* gatkit generate with a model of a knowledge graph: facts that could be added. */
#ifndef GAT_CLI_CMD_GENERATE_GROWTH_H
#define GAT_CLI_CMD_GENERATE_GROWTH_H

/* As a gat_command_function. */
int generate_growth(int argc, char **argv);

#endif

/* gatkit generate: which kind of generation is meant is told by the model. */
#include "cli/cmd_generate_growth.h"
#include "cli/commands.h"

int cmd_generate(int argc, char **argv) { return generate_growth(argc, argv); }

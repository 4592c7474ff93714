/* Outputs that would destroy what the command reads. */
#ifndef GAT_CLI_OUTPUT_PATH_H
#define GAT_CLI_OUTPUT_PATH_H

#include "cli/arguments.h"

/* At the end of the arguments, for each output: refuses one that is missing, empty, the same file as one of `count`
 * inputs (NULL inputs are passed over), or a file of facts in an input folder. option: "output MODEL". */
error_t argument_output(struct argp_state *state, const char *value, const char *option, const char *const *inputs,
                        int count);

#endif

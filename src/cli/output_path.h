/* Outputs that would destroy what the command reads. */
#ifndef GAT_CLI_OUTPUT_PATH_H
#define GAT_CLI_OUTPUT_PATH_H

#include "cli/arguments.h"

/* At the end of the arguments, for each output: refuses one that is missing, empty, the same file as one of `count`
 * inputs (NULL inputs are passed over), or a file of facts in an input folder. option: "output MODEL". */
error_t argument_output(struct argp_state *state, const char *value, const char *option, const char *const *inputs,
                        int count);

/* Opening and giving up a temporary file beside the output tells now, and not after hours, that it cannot be written. */
gat_status output_check(const char *path, gat_error *err);

/* "MODEL.checkpoint", for gat_free; NULL: out of memory. */
char *output_checkpoint(const char *output);

#endif

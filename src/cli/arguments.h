/* Arguments of a verb: an argp table of its own plus the options every verb has.
 *
 * Each verb's argument struct starts with a gat_common; its argp parser is given a pointer to that struct as
 * state->input, names common_options as its child, and answers mistakes with argument_refuse. */
#ifndef GAT_CLI_ARGUMENTS_H
#define GAT_CLI_ARGUMENTS_H

#include <argp.h>
#include <stdbool.h>
#include <stdint.h>

#include "cli/screen.h"
#include "gatkit.h"

typedef struct gat_common {
    double started;   /* seconds of the monotonic clock when the command began */
    const char *verb; /* "gatkit train" */
    bool json;
    int threads;            /* 0: all cores */
    const char *isa, *seed; /* as given; NULL: not given */
    gat_screen screen;
    gat_error error; /* of whatever failed last */
} gat_common;

/* Children of every verb's argp. */
extern const struct argp_child common_options[];

/* Reads the arguments and applies the common ones. -1: go on; otherwise the exit code: --help and --version
 * were answered, or a mistake was told. common must be zeroed. */
int arguments_read(const struct argp *argp, int argc, char **argv, gat_common *common);

/* Remembers a usage error, for `return argument_refuse(...)`. */
__attribute__((format(printf, 2, 3))) error_t argument_refuse(struct argp_state *state, const char *format, ...);

/* For all keys a verb does not handle itself: hands the input to the common options, puts the arguments into
 * slots[0..count), and names what is missing ("MODEL") or too much. */
error_t argument_positional(struct argp_state *state, int key, char *arg, const char **slots, const char *const *names,
                            unsigned count);

/* At the end: refuses when the value of a needed option was not given. */
error_t argument_required(struct argp_state *state, const char *value, const char *option);

/* Whole decimal number in [least, most], or a refusal naming the option. */
error_t argument_count(struct argp_state *state, int64_t *out, const char *arg, const char *option, int64_t least,
                       int64_t most);

/* Finite decimal number in [least, most]. */
error_t argument_real(struct argp_state *state, double *out, const char *arg, const char *option, double least,
                      double most);

/* Bytes: a number with an optional suffix K, M, G or T (powers of 1024). */
error_t argument_size(struct argp_state *state, int64_t *out, const char *arg, const char *option);

#endif

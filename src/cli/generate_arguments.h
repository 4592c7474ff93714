/* What the command line of generate asks for: options for facts, for whole graphs, and for both. */
#ifndef GAT_CLI_GENERATE_ARGUMENTS_H
#define GAT_CLI_GENERATE_ARGUMENTS_H

#include "cli/arguments.h"
#include "cli/graph_option.h"

enum { GENERATE_MOST_RELATIONS = 256 };

typedef struct generate_arguments {
    gat_common common;
    const char *model, *output; /* output NULL: standard output */
    int64_t count;              /* 0: not given */
    struct {
        graph_option graph;
        const char *data;
        bool rules;
        gat_growth_options options;
        const char *given; /* an option for facts alone; NULL: there was none */
    } growth;
    struct {
        gat_generate_options options;
        char *relation_text; /* of --relations, cut at the commas */
        const char *relation[GENERATE_MOST_RELATIONS];
        const char *given; /* an option for whole graphs alone */
    } sets;
} generate_arguments;

/* As arguments_read, of zeroed arguments; then generate_arguments_clear. */
int generate_arguments_read(generate_arguments *arguments, int argc, char **argv);
void generate_arguments_clear(generate_arguments *arguments);

/* Sets top_p: above 0, which in the options means all. */
error_t argument_top_p(struct argp_state *state, gat_generate_options *options, const char *arg);

#endif

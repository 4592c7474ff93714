/* gatkit generate for models of --task graphs: whole small graphs; and evaluate and info for them. */
#ifndef GAT_CLI_GENERATE_GRAPHS_H
#define GAT_CLI_GENERATE_GRAPHS_H

#include "cli/report.h"

enum { GENERATE_MOST_RELATIONS = 256 };

typedef struct generate_arguments {
    gat_common common;
    const char *model, *output; /* output NULL: standard output */
    gat_generate_options graphs;
    char *relation_text; /* of --relations, cut at the commas */
    const char *relation[GENERATE_MOST_RELATIONS];
} generate_arguments;

/* As arguments_read; where that does not go on, nothing is to be cleared. */
int generate_arguments_read(generate_arguments *arguments, int argc, char **argv);
void generate_arguments_clear(generate_arguments *arguments);

gat_status generate_graphs(generate_arguments *arguments);

/* Whether MODEL is one of --task graphs. A file that cannot be read is none: loading it tells what is wrong. */
bool is_generator(const char *path);

#endif

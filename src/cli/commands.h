/* The table of verbs, and the pages of help that are not about one verb. */
#ifndef GAT_CLI_COMMANDS_H
#define GAT_CLI_COMMANDS_H

#include <stdio.h>

/* Exit codes of the program. */
enum {
    EXIT_DONE = 0,
    EXIT_FAILED = 1,
    EXIT_USAGE = 2,
    EXIT_DATA = 3,
    EXIT_MODEL = 4,
    EXIT_RESOURCE = 5,
    EXIT_INTERRUPTED = 130
};

/* argv[0] is "gatkit VERB"; returns the exit code. */
typedef int gat_command_function(int argc, char **argv);

typedef struct gat_command {
    const char *name;
    gat_command_function *function;
    const char *help; /* one line */
} gat_command;

/* NULL: unknown. */
const gat_command *command_find(const char *name);

/* Tells an unknown verb and the nearest one; returns the exit code. */
int command_unknown(const char *name);

/* The same for an option that stands before the verb. */
int option_unknown(const char *option);

/* What `gatkit --help` and `gatkit --version` show. */
void print_help(FILE *stream);
void print_version(void);

/* Runs a verb with argv[0] naming it. */
int command_run(const gat_command *command, int argc, char **argv);

gat_command_function cmd_train, cmd_evaluate, cmd_score, cmd_predict, cmd_explain, cmd_neighbors, cmd_similarity,
    cmd_plan, cmd_info, cmd_verify, cmd_export, cmd_stats, cmd_align, cmd_extract, cmd_link, cmd_serve, cmd_plot,
    cmd_generate, cmd_recommend, cmd_help;

#endif
